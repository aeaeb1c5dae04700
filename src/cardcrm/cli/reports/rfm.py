"""`report rfm`: customers by RFM standing, and how they moved."""

import datetime as dt
from typing import Annotated

import typer

from cardcrm.chart import BarChart, HeatMap
from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.money import format_money
from cardcrm.percent import format_percent
from cardcrm.records.sales import rfm as scores
from cardcrm.reports.rfm.moves import (
    Move,
    StandingCount,
    StandingReport,
    end_of_last_quarter,
    report_standings,
)
from cardcrm.sheet import Cell, Column, Sheet

app = typer.Typer()

COLUMNS = (
    Column("standing", "standing"),
    Column("customers", "customers", "right"),
    Column("revenue", "revenue", "right", currency="currency"),
    Column("share", "share", "right", digits=6),
    Column("customers_before", "then", "right"),
    Column("joined", "joined", "right"),
    Column("departed", "left", "right"),
)
MOVES = (
    Column("standing_before", "then"),
    Column("standing", "now"),
    Column("customers", "customers", "right"),
)
_NO_SALE = "(no sale yet)"


_NOTE = (
    "each contact is compared with all others, by its own purchases; `report at-risk` compares "
    "each with its own habit, and `value` counts people with their organization"
)


@app.command("rfm")
@add_options("where", "currency")
def rfm(
    ctx: typer.Context,
    options: ReportOptions,
    moves: Annotated[
        bool, typer.Option("--moves", help="List the moves from one standing to another.")
    ] = False,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="DATE",
            help="Compare with the end of this day (default: the end of the last quarter).",
        ),
    ] = "",
) -> Result:
    """Show customers by RFM standing, and their moves since the last quarter.

    Standings rate how recently, how often and for how much a customer bought, against all other
    customers. Those of the earlier day are computed from the sales up to that day. `find
    rfm:champions` lists the customers.

    Examples:
        cardcrm report rfm

        cardcrm report rfm --moves --since 2026-06-30

    """
    session = session_of(ctx)
    scope = options.read_scope(session)
    then = _read_day(session, since, scope.today)
    report = report_standings(session.store(), scope, then)
    notes = note_currencies(session.store(), scope.currency)
    if not report.standings:
        least = f"no RFM scores: at least {scores.MIN_CUSTOMERS} customers are needed"
        return Result(Sheet(MOVES if moves else COLUMNS, ()), notes=(least, *notes))
    is_table = session.is_for_people
    if report.standings[0].before is None:
        few = f"fewer than {scores.MIN_CUSTOMERS} customers had bought by {then}: no moves"
        notes = (few, *notes)
    title = f"Customers by standing, in {scope.currency}, and since {then}" if is_table else ""
    if moves:
        sheet = Sheet(MOVES, [_move_row(each, is_table=is_table) for each in report.moves], title)
    else:
        sheet = Sheet(COLUMNS, [_row(each, is_table=is_table) for each in report.standings], title)
    return Result(sheet._replace(ids="standing"), notes=(_NOTE, *notes), charts=_draw(report))


def _read_day(session: Session, text: str, today: dt.date) -> dt.date:
    """Return the day to compare with. Raises UsageError for one that is not over."""
    if not text.strip():
        return end_of_last_quarter(today)
    from cardcrm import dates
    from cardcrm.records.query_sql.date_periods import parse_past_period

    day = parse_past_period(text, dates.now(session.store().locale.zone))[1]
    if day >= today:
        raise UsageError(f"{day} is not over", "Give an earlier day.")
    return day


def _row(each: StandingCount, *, is_table: bool) -> tuple[Cell, ...]:
    revenue: Cell = format_money(each.revenue, code=False) if is_table else each.revenue
    share: Cell = each.share
    if is_table:
        share = format_percent(each.share)
    figures = (each.before, each.joined, each.left)
    return (each.standing, each.customers, revenue, share, *figures)


def _move_row(each: Move, *, is_table: bool) -> tuple[Cell, ...]:
    return (each.before or (_NO_SALE if is_table else None), each.now, each.customers)


def _draw(report: StandingReport) -> tuple[BarChart | HeatMap, ...]:
    names = tuple(each.standing for each in report.standings)
    bars = BarChart(
        "Customers by standing",
        names,
        tuple(float(each.customers) for each in report.standings),
        "customers",
    )
    if not report.moves:
        return (bars,)
    counts = {(each.before, each.now): float(each.customers) for each in report.moves}
    rows = tuple(
        name for name in ("", *scores.STANDINGS) if any(then == name for then, _ in counts)
    )
    cells = tuple(tuple(counts.get((then, now)) for now in names) for then in rows)
    heads = tuple(then or _NO_SALE for then in rows)
    return (bars, HeatMap("Moves between standings", heads, names, cells, "customers"))
