"""`report regions`: contacts, customers and revenue by country, region or town."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import check_word, complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money
from cardcrm.percent import format_percent
from cardcrm.sheet import Column, Sheet
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.chart import Chart
    from cardcrm.reports.places.regions import RegionFigures

app = typer.Typer()

_NO_PLACE = "(none)"
_BARS = 12
_KINDS = ("country", "region", "city")


@app.command("regions")
@add_options("limit", "since", "until", "where", "currency")
def regions(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            metavar="PLACE",
            help="Group by country, region or city.",
            autocompletion=complete_from(*_KINDS),
        ),
    ] = "region",
) -> Result:
    """Show contacts, customers and revenue by country, region or town.

    A contact counts where its first address is; a person without an address counts where the
    organization is. Without --from and --to all sales count.

    Examples:
        cardcrm report regions

        cardcrm report regions --by city --limit 10

        cardcrm report regions --by country --from 2026-01 --json

    """
    from cardcrm.reports.places.regions import build_regions

    session = session_of(ctx)
    check_word("--by", by, _KINDS)
    store, scope = session.store(), options.read_scope(session)
    found = build_regions(store, scope, by)
    shown = found[: options.count_rows(session) or None]
    is_for_people = session.is_for_people
    return Result(
        _to_table(by, found, shown) if is_for_people else _to_sheet(shown),
        notes=(() if found else ("no contacts yet",)) + note_currencies(store, scope.currency),
        charts=_draw(by, found, scope.currency),
    )


def _to_sheet(shown: "Sequence[RegionFigures]") -> Sheet:
    """Return the places for programs."""
    columns = (
        Column("place", "place"),
        Column("contacts", "contacts"),
        Column("located_contacts", "located"),
        Column("customers", "customers"),
        Column("revenue", "revenue", currency="currency"),
        Column("share", "share", digits=6),
    )
    rows = [
        (each.name, each.contacts, each.located, each.customers, each.revenue, each.share)
        for each in shown
    ]
    return Sheet(columns, rows, ids="place")


def _to_table(by: str, found: "Sequence[RegionFigures]", shown: "Sequence[RegionFigures]") -> Sheet:
    """Return the places for people."""
    columns = (
        Column("place", by, wide=True, min_width=12),
        *(Column(name, name, "right") for name in ("contacts", "located", "customers", "revenue")),
        Column("share", "share", "right"),
    )
    rows = [
        (
            each.name or _NO_PLACE,
            f"{each.contacts:,}",
            f"{each.located:,}",
            f"{each.customers:,}",
            format_money(each.revenue, code=False),
            format_percent(each.share),
        )
        for each in shown
    ]
    currency = found[0].revenue.currency if found else ""
    title = f"Contacts and revenue by {by}" + (f", in {currency}" if currency else "")
    total = pluralize(sum(each.contacts for each in found), "contact")
    return Sheet(columns, rows, title, f"total: {total}", ids="place")


def _draw(by: str, found: "Sequence[RegionFigures]", currency: str) -> "tuple[Chart, ...]":
    """Return bars of the revenue and of the number of contacts."""
    from cardcrm.chart import BarChart
    from cardcrm.reports.charts import build_money_bars

    if not found:
        return ()
    revenue = [(each.name or _NO_PLACE, each.revenue) for each in found if each.revenue.minor > 0]
    most = sorted(found, key=lambda each: -each.contacts)[:_BARS]
    names = tuple(each.name or _NO_PLACE for each in most)
    contacts = BarChart(f"Contacts by {by}", names, tuple(float(each.contacts) for each in most))
    if not revenue:
        return (contacts,)
    return (build_money_bars(f"Revenue by {by}", revenue, currency, _BARS), contacts)
