"""`report pipeline`: the open deals by stage, or what came and went by month."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.deal_sheets import CURRENCY, Figure, build_sheet, to_money
from cardcrm.cli.reports.explanations import conclude
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.chart import BarChart
    from cardcrm.cli.session import Session
    from cardcrm.reports.pipeline.deal_scope import DealScope
    from cardcrm.reports.pipeline.open_pipeline import OpenStage, PipelineMonth
    from cardcrm.sheet import Cell

app = typer.Typer()

NO_DEALS = "no deals: cardcrm deal add TITLE --contact WHO"
_STAGES = (
    Figure("pipeline", "pipeline", "heading"),
    Figure("stage", "stage", "text"),
    Figure("probability", "chance", "percent"),
    CURRENCY,
    Figure("deals", "deals"),
    Figure("amount", "amount", "money"),
    Figure("weighted", "weighted", "money"),
    Figure("without_amount"),
    Figure("mean_days", "days", "number"),
    Figure("late_deals", "late"),
    Figure("rotting_deals", "rotting"),
)
_MONTHS = (
    Figure("month", "month", "text"),
    CURRENCY,
    Figure("opened_deals", "opened"),
    Figure("opened_amount", "", "money"),
    Figure("won", "won"),
    Figure("won_amount", "amount", "money"),
    Figure("lost", "lost"),
    Figure("lost_amount", "amount", "money"),
    Figure("open_deals", "open"),
    Figure("open_amount", "amount", "money"),
)


@app.command("pipeline")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def pipeline(
    ctx: typer.Context,
    options: ReportOptions,
    by_month: Annotated[
        bool,
        typer.Option("--by-month", help="Show the deals opened, won, lost and open by month."),
    ] = False,
) -> Result:
    """Show the open deals of each stage: number, amount, weighted amount and age.

    --by-month shows the deals that were opened, won and lost in each month, and those open at its
    end, of the last 12 months or from --from to --to.

    Examples:
        cardcrm report pipeline

        cardcrm report pipeline --by-month --owner me

    """
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.open_pipeline import read_open_stages

    session = session_of(ctx)
    scope = options.read_deal_scope(session)
    if by_month:
        return _show_months(session, options, complete_days(scope))
    if scope.since or scope.until:
        raise UsageError(
            "--from and --to need --by-month: the open deals are those of today",
            "Add --by-month for the deals opened, won, lost and open in these months.",
        )
    found = read_open_stages(session.store(), scope)
    sheet = build_sheet(session, _STAGES, map(_row, found), "Open deals by stage", _describe(found))
    empty = "no open deals: cardcrm deal add TITLE --contact WHO"
    notes = ("weighted: amount × probability; days: in the stage; late: the close is past",)
    charts = (_draw(found),) if found else ()
    return conclude(session, options, "pipeline", sheet, empty, notes, charts)


def _row(each: "OpenStage") -> "tuple[Cell, ...]":
    from cardcrm.records.fields.number_fields import from_thousandths

    return (
        each.pipeline,
        each.stage,
        from_thousandths(each.probability),
        each.currency,
        each.deals,
        Money(each.amount, each.currency),
        Money(each.weighted, each.currency),
        each.without_amount,
        each.mean_age,
        each.overdue,
        each.rotting,
    )


def _describe(found: "Sequence[OpenStage]") -> str:
    """Return the sums of all stages by currency."""
    currencies = sorted({each.currency for each in found})
    parts = []
    for code in currencies:
        own = [each for each in found if each.currency == code]
        amount = format_money(Money(sum(each.amount for each in own), code))
        weighted = format_money(Money(sum(each.weighted for each in own), code))
        parts.append(
            f"{pluralize(sum(each.deals for each in own), 'deal')}, {amount}, weighted {weighted}"
        )
    return f"all: {'; '.join(parts)}"


def _draw(found: "Sequence[OpenStage]") -> "BarChart":
    from cardcrm.reports.charts import build_money_bars

    currency = max(found, key=lambda each: each.amount).currency
    rows = [
        (each.stage, Money(each.amount, currency)) for each in found if each.currency == currency
    ]
    return build_money_bars("Open deals by stage", rows, currency)


def _show_months(session: "Session", options: ReportOptions, scope: "DealScope") -> Result:
    from cardcrm.reports.pipeline.open_pipeline import read_months

    found = read_months(session.store(), scope)
    title = f"Pipeline, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _MONTHS, map(_month_row, found), title)
    notes = ("open: at the end of the month, by the amounts of now",)
    return conclude(session, options, "pipeline", sheet, NO_DEALS, notes)


def _month_row(each: "PipelineMonth") -> "tuple[Cell, ...]":
    return (
        each.month,
        each.currency,
        each.opened,
        to_money(each.opened_amount, each.currency),
        each.won,
        to_money(each.won_amount, each.currency),
        each.lost,
        to_money(each.lost_amount, each.currency),
        each.open,
        to_money(each.open_amount, each.currency),
    )
