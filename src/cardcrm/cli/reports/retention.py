"""`report retention`: customers who stay, leave, come and return, by period."""

from typing import Annotated

import typer

from cardcrm.chart import LineChart, Series
from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.dates.periods import MONTHS_IN
from cardcrm.percent import format_percent
from cardcrm.reports.retention.numbered_periods import parse_long_period
from cardcrm.reports.retention.period_retention import PeriodRetention, report_retention
from cardcrm.sheet import Cell, Column, Sheet

app = typer.Typer()

COLUMNS = (
    Column("period", "period"),
    Column("customers_before", "before", "right"),
    Column("retained", "stayed", "right"),
    Column("lost", "lost", "right"),
    Column("new_customers", "new", "right"),
    Column("returned", "back", "right"),
    Column("customers", "customers", "right"),
    Column("retention", "retention", "right", digits=6),
    Column("defection_rate", "defection", "right", digits=6),
)


@app.command("retention")
@add_options("since", "until", "where", "currency")
def retention(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            metavar="PERIOD",
            help="Compare months, quarters or years.",
            autocompletion=complete_from(*MONTHS_IN),
        ),
    ] = "month",
) -> Result:
    """Show how many customers stay and leave, by month, quarter or year.

    A customer of a period bought something in it. Of the customers of the period before, those who
    bought again stayed, and the others are lost: retention and defection rate are their shares. An
    unfinished period is left out.

    Examples:
        cardcrm report retention --by quarter

        cardcrm report retention --by year --where "city:leeds" --format csv

    """
    session = session_of(ctx)
    period = parse_long_period(by)
    scope = options.read_scope(session)
    rows = report_retention(session.store(), scope, period)
    is_table = session.is_for_people
    notes = note_currencies(session.store(), scope.currency)
    if not rows:
        return Result(Sheet(COLUMNS, ()), notes=(explain_empty(period), *notes))
    sheet = Sheet(
        COLUMNS,
        [_row(each, is_table=is_table) for each in rows],
        f"Customers by {period}, in {scope.currency}" if is_table else "",
        f"stayed, lost: the customers of the {period} before who bought again, or did not; back: "
        f"those who bought earlier, but not in the {period} before"
        if is_table
        else "",
        ids="period",
    )
    return Result(sheet, notes=notes, charts=(_draw(rows),))


def explain_empty(period: str) -> str:
    """Return why a report by complete periods has no rows."""
    return f"no sales in a complete {period} yet: at least one {period} with sales must be over"


def _row(each: PeriodRetention, *, is_table: bool) -> tuple[Cell, ...]:
    rates: tuple[Cell, ...] = (each.retention, each.defection)
    if is_table:
        rates = tuple(format_percent(rate) for rate in (each.retention, each.defection))
    return (
        each.period,
        each.before,
        each.retained,
        each.lost,
        each.new,
        each.returned,
        each.customers,
        *rates,
    )


def _draw(rows: list[PeriodRetention]) -> LineChart:
    return LineChart(
        "Retention and defection rate",
        tuple(each.period for each in rows),
        (
            Series("retention", tuple(each.retention for each in rows)),
            Series("defection rate", tuple(each.defection for each in rows)),
        ),
        unit="%",
    )
