"""`report cohorts`: the customers of each first period, and how many of them still buy."""

from typing import Annotated

import typer

from cardcrm.choices import parse_choice
from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.reports.retention import explain_empty
from cardcrm.cli.result import Result
from cardcrm.dates.periods import MONTHS_IN
from cardcrm.money import to_units
from cardcrm.reports.charts import build_cohort_map
from cardcrm.reports.retention.cohorts import Age, Cohort, average_shares, report_cohorts
from cardcrm.reports.retention.numbered_periods import parse_long_period
from cardcrm.sheet import Cell, Column, Sheet

app = typer.Typer()

MEASURES = ("customers", "revenue", "share")
COLUMNS = (
    Column("cohort", "first purchase"),
    Column("cohort_size", "customers", "right"),
    Column("age", "after", "right"),
    Column("period", "period"),
    Column("customers", "customers", "right"),
    Column("share", "share", "right", digits=6),
    Column("revenue", "revenue", "right", currency="currency"),
)
_FITTING = {"customers": 12, "share": 12, "revenue": 7}  # ages that fit a terminal of 80 columns


@app.command("cohorts")
@add_options("since", "until", "where", "currency")
def cohorts(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            metavar="PERIOD",
            help="Follow the customers of a month, quarter or year.",
            autocompletion=complete_from(*MONTHS_IN),
        ),
    ] = "month",
    measure: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Show customers, revenue, or the share of customers who still buy.",
            autocompletion=complete_from(*MEASURES),
        ),
    ] = "share",
    or_later: Annotated[
        bool,
        typer.Option(
            "--or-later",
            help="Count those who bought in a period or later, not in exactly that period.",
        ),
    ] = False,
) -> Result:
    """Show how many customers of each first purchase still buy, as a triangle.

    Each line has the customers who first bought in one period. Column 0 is that period, column 1
    the next one. By default a customer counts in exactly the periods in which they bought.

    Examples:
        cardcrm report cohorts --by quarter

        cardcrm report cohorts --by month --measure revenue --format csv

    """
    session = session_of(ctx)
    period, measure = parse_long_period(by), parse_choice(measure, MEASURES, "measure")
    scope = options.read_scope(session)
    found = report_cohorts(session.store(), scope, period, or_later=or_later)
    notes = note_currencies(session.store(), scope.currency)
    if not found:
        return Result(Sheet(COLUMNS, ()), notes=(explain_empty(period), *notes))
    is_table = session.is_for_people
    sheet = _triangle(found, period, measure, or_later=or_later) if is_table else _list(found)
    return Result(sheet, notes=notes, charts=(build_cohort_map(found, period, measure),))


def _list(cohorts: list[Cohort]) -> Sheet:
    """Return all figures for programs, a row for each cohort and age."""
    rows = [
        (each.period, each.size, age.age, age.period, age.customers, age.share, age.revenue)
        for each in cohorts
        for age in each.ages
    ]
    return Sheet(COLUMNS, rows, ids="cohort")


def _triangle(cohorts: list[Cohort], period: str, measure: str, *, or_later: bool) -> Sheet:
    """Return one measure for people, a row for each cohort and a column for each age."""
    width = min(_FITTING[measure], max(len(each.ages) for each in cohorts))
    shown = cohorts[-_FITTING[measure] :]
    heads = (
        Column("cohort", "first"),
        Column("cohort_size", "customers", "right"),
        *(Column(f"age_{age}", str(age), "right") for age in range(width)),
    )
    rows: list[tuple[Cell, ...]] = [
        (each.period, each.size, *_pad([_show(age, measure) for age in each.ages[:width]], width))
        for each in shown
    ]
    if measure == "share":
        total = sum(each.size for each in shown)
        average = [f"{share * 100:.0f}" for share in average_shares(shown)[:width]]
        rows.append(("all", total, *_pad(average, width)))
    return Sheet(heads, rows, _title(shown, period, measure), _note(period, or_later=or_later))


def _pad(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _show(age: Age, measure: str) -> str:
    if measure == "share":
        return f"{age.share * 100:.0f}"
    if measure == "customers":
        return f"{age.customers:,}"
    return f"{round(to_units(age.revenue)):,}"


def _title(cohorts: list[Cohort], period: str, measure: str) -> str:
    currency = cohorts[0].ages[0].revenue.currency
    what = {
        "share": "Percent of customers who buy",
        "customers": "Customers who buy",
        "revenue": f"Revenue in {currency}",
    }[measure]
    return f"{what}, {period}s after the first purchase"


def _note(period: str, *, or_later: bool) -> str:
    which = f"in that {period} or later" if or_later else f"in exactly that {period}"
    return f"counted are purchases {which}; the {period} that is not over is left out"
