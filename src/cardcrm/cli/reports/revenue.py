"""`report revenue`: sums of sales by period."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.scope_options import Currency, Where
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.reports import revenue_periods
from cardcrm.reports.revenue_periods import PeriodRevenue, Span
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from cardcrm.query import Node

app = typer.Typer()


@app.command("revenue")
def revenue(
    ctx: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            metavar="PERIOD",
            help="Sum by day, week, month, quarter or year.",
            autocompletion=complete_from(*revenue_periods.PERIODS),
        ),
    ] = "month",
    last: Annotated[
        int, typer.Option(metavar="N", help="Number of periods, up to today.", min=1, max=4000)
    ] = 12,
    where: Where = "",
    currency: Currency = "",
) -> Result:
    """Show revenue by month, or by another period.

    Each currency is summed by itself. A refund lowers the period of its own date. The margin counts
    sales whose cost is known.

    Examples:
        cardcrm report revenue --by month

        cardcrm report revenue --by quarter --last 8 --where tag:vip --format csv

    """
    from cardcrm import dates
    from cardcrm.money import count_decimals

    session = session_of(ctx)
    store = session.store()
    if currency:
        count_decimals(currency)
    today = dates.today(store.locale.zone)
    span = Span(revenue_periods.parse_period(by), last, today, _parse(session, where))
    rows = revenue_periods.sum_revenue(store, span, currency.upper())
    notes = () if rows else (f"no sales in the last {last} {span.by}s",)
    return Result(_sheet(span.by, rows), notes=notes)


def _parse(session: Session, where: str) -> "Node | None":
    if not where.strip():
        return None
    from cardcrm.records.query_sql import contact_query

    return contact_query.parse(session.store(), where)


def _sheet(by: str, rows: list[PeriodRevenue]) -> Sheet:
    columns = (
        Column("period", by),
        Column("revenue", "revenue", "right", currency="currency"),
        Column("sale_count", "sales", "right"),
        Column("refunds", "refunds", "right", currency="currency"),
        Column("margin", "margin", "right", currency="currency"),
    )
    cells = [
        (each.period.name, each.revenue, each.sales, each.refunds, each.margin) for each in rows
    ]
    return Sheet(columns, cells, ids="period")
