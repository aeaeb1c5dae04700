"""`report touches`: the time since customers were last reached, against what they bring."""

from typing import TYPE_CHECKING

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.currency_notes import explain_no_sales, note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money, to_units
from cardcrm.percent import format_percent
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.chart import Chart
    from cardcrm.reports.behavior.touches import TouchReport

app = typer.Typer()

_LABELS = 10  # customers that the chart names
_LONG_AGO = 180  # days


@app.command("touches")
@add_options("since", "until", "where", "currency")
def touches(
    ctx: typer.Context,
    options: ReportOptions,
) -> Result:
    """Show how long ago customers were last reached, against what they bring.

    The customers are those with an order in the last 12 months, or from --from to --to. A touch is
    an interaction that reached the contact; a note or an attempt without an answer is not.

    Examples:
        cardcrm report touches

        cardcrm report touches --where tag:vip --html touches.html

    """
    from cardcrm.reports.behavior.touches import build_touches

    session = session_of(ctx)
    scope = options.read_scope(session)
    found = build_touches(session.store(), scope)
    others = note_currencies(session.store(), scope.currency)
    if not found.groups:
        empty = explain_no_sales(
            session.store(), scope.currency, found.since, found.until, "orders"
        )
        return Result(_to_sheet(found), notes=(empty, *others))
    is_program = not session.is_for_people
    sheet = _to_sheet(found) if is_program else _to_table(found, scope.currency)
    return Result(sheet, notes=(*_explain(found), *others), charts=_draw(found, scope.currency))


def _to_sheet(found: "TouchReport") -> Sheet:
    """Return the groups for programs."""
    columns = (
        Column("last_touch", "last touch"),
        Column("customers", "customers"),
        Column("revenue", "revenue", currency="currency"),
        Column("revenue_per_customer", "per customer", currency="currency"),
        Column("share", "share", digits=6),
    )
    rows: list[tuple[Cell, ...]] = [
        (each.name, each.customers, each.revenue, each.by_customer, each.share)
        for each in found.groups
    ]
    return Sheet(columns, rows, ids="last_touch")


def _to_table(found: "TouchReport", currency: str) -> Sheet:
    """Return the groups for people."""
    columns = (
        Column("last_touch", "last touch", wide=True),
        Column("customers", "customers", "right"),
        Column("revenue", "revenue", "right"),
        Column("revenue_per_customer", "per customer", "right"),
        Column("share", "share", "right"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            each.name,
            f"{each.customers:,}",
            format_money(each.revenue, code=False),
            format_money(each.by_customer, code=False),
            format_percent(each.share),
        )
        for each in found.groups
    ]
    title = f"Time since the last touch, {found.since} to {found.until}, in {currency}"
    return Sheet(columns, rows, title, ids="last_touch")


def _explain(found: "TouchReport") -> tuple[str, ...]:
    quiet = [each for each in found.best if each.days > _LONG_AGO][:3]
    if not quiet:
        return ()
    names = ", ".join(
        f"{each.name} ({each.days:,} days, {format_money(each.revenue)})" for each in quiet
    )
    return (f"good customers not reached for {_LONG_AGO} days: {names}",)


def _draw(found: "TouchReport", currency: str) -> "tuple[Chart, ...]":
    from cardcrm.chart import Point, ScatterPlot

    if not found.best:
        return ()
    points = tuple(
        Point(float(each.days), to_units(each.revenue), each.name if at < _LABELS else "")
        for at, each in enumerate(found.best)
    )
    title = "Time since the last touch against revenue"
    return (ScatterPlot(title, "days since the last touch", f"revenue, {currency}", points),)
