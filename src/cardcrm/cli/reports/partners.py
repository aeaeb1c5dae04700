"""`report partners`: leads, win rate, revenue, margin and commission of each partner."""

from typing import TYPE_CHECKING

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money
from cardcrm.percent import format_percent
from cardcrm.sheet import Cell, Column, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.chart import Chart
    from cardcrm.reports.partners.scorecard import PartnerScore

app = typer.Typer()

_BARS = 10
_NO_PARTNERS = "no partners yet: cardcrm partner add WHO --commission 10%"
_DEFINITIONS = (
    "leads: registered in the period; win rate: won / (won + lost); "
    "days: median from opening to winning; "
    "unpaid: commission up to the last day less payouts"
)


@app.command("partners")
@add_options("limit", "since", "until", "currency")
def partners(ctx: typer.Context, options: ReportOptions) -> Result:
    """Compare partners by leads, win rate, revenue, commission and time to close.

    Without --from and --to, all sales up to today count. Revenue, margin and commission come from
    the sales that `partner statement` lists.

    Examples:
        cardcrm report partners

        cardcrm report partners --from 2026-01 --to 2026-06 --json

    """
    from cardcrm import dates
    from cardcrm.reports.partners.scorecard import build_scorecard

    session = session_of(ctx)
    store = session.store()
    scope = options.read_scope(session)
    last = scope.until or dates.today(store.locale.zone)
    found = build_scorecard(store, scope.currency, scope.since, last)
    shown = found[: options.count_rows(session)]
    sheet = _to_table(shown, scope.currency) if session.is_for_people else _to_sheet(shown)
    notes = (_DEFINITIONS,) if found else (_NO_PARTNERS,)
    return Result(
        sheet,
        notes=(*notes, *note_currencies(store, scope.currency)),
        charts=_draw(found, scope.currency),
    )


_COLUMNS = (
    Column("partner_id", "id", "right"),
    Column("partner", "partner"),
    Column("type", "type"),
    Column("is_active", "active"),
    Column("lead_count", "leads", "right"),
    Column("opened_deals", "opened", "right"),
    Column("won", "won", "right"),
    Column("lost", "lost", "right"),
    Column("win_rate", "win rate", "right", digits=6),
    Column("days_to_close", "days", "right", digits=1),
    Column("customers", "customers", "right"),
    Column("revenue", "revenue", "right", currency="currency"),
    Column("margin", "margin", "right", currency="currency"),
    Column("earned", "commission", "right", currency="currency"),
    Column("unpaid", "unpaid", "right", currency="currency"),
)


def _to_sheet(found: "Sequence[PartnerScore]") -> Sheet:
    """Return the figures for programs."""
    return Sheet(_COLUMNS, [tuple(each) for each in found], ids="partner_id")


def _to_table(found: "Sequence[PartnerScore]", currency: str) -> Sheet:
    """Return the figures for people."""
    columns = (
        Column("partner", "partner", wide=True, min_width=10),
        *(
            Column(name, name, "right")
            for name in (
                "leads", "won", "lost", "win rate", "days", "revenue", "margin", "commission",
                "unpaid",
            )
        ),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            sanitize(each.name),
            each.leads,
            each.won,
            each.lost,
            "" if each.win_rate is None else format_percent(each.win_rate),
            "" if each.days_to_close is None else f"{each.days_to_close:g}",
            format_money(each.revenue, code=False),
            "" if each.margin is None else format_money(each.margin, code=False),
            format_money(each.commission, code=False),
            format_money(each.unpaid, code=False),
        )
        for each in found
    ]
    return Sheet(columns, rows, f"Partners, in {currency}" if found else "", ids="partner")


def _draw(found: "Sequence[PartnerScore]", currency: str) -> "tuple[Chart, ...]":
    """Return bars of the revenue of partners."""
    from cardcrm.reports.charts import build_money_bars

    revenue = [(each.name, each.revenue) for each in found if each.revenue.minor > 0]
    return (build_money_bars("Revenue by partner", revenue, currency, _BARS),) if revenue else ()
