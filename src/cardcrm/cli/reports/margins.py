"""`report margins`: revenue, cost and margin by product, customer, owner and more."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.chart import BarChart
from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.product_tables import (
    percent,
)
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money
from cardcrm.records.query_sql import segments
from cardcrm.reports.charts import MAX_BARS, build_money_bars
from cardcrm.reports.product_sales.margins import (
    GROUPINGS,
    GroupMargin,
    Margins,
    is_by_time,
    parse_margin_grouping,
    sum_margins,
)
from cardcrm.sheet import Column, Sheet
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from cardcrm.money import Money
    from cardcrm.reports.revenue_report.grouping import Grouping
    from cardcrm.reports.scope import Scope
    from cardcrm.sheet import Cell
    from cardcrm.store import Store

app = typer.Typer()


@app.command("margins")
@add_options("limit", "since", "until", "where", "currency")
def margins(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            metavar="GROUP",
            help=f"Sum by {', '.join(GROUPINGS)}, or a field of contacts.",
            autocompletion=complete_from(*GROUPINGS),
        ),
    ] = "product",
) -> Result:
    """Show revenue, cost and margin by product, customer, owner and more.

    Revenue whose cost is unknown is shown by itself and has no part in the margin. The margin in
    percent is that of the revenue whose cost is known.

    Examples:
        cardcrm report margins --by customer

        cardcrm report margins --by month --from 2026 --format csv

    """
    session = session_of(ctx)
    scope = options.read_scope(session)
    grouping = parse_margin_grouping(session.store(), by, scope.today)
    group = grouping.name
    found = sum_margins(session.store(), scope, grouping, options.count_rows(session))
    notes = (
        *_explain_none(session.store(), found, grouping, scope),
        *(each.describe() for each in found.invalid),
        *note_currencies(session.store(), scope.currency),
    )
    data = _lay_out(found, group, scope) if session.is_for_people else _list_groups(found, group)
    return Result(data, notes=notes, charts=_draw(found, grouping, scope))


def _explain_none(
    store: "Store", found: Margins, grouping: "Grouping", scope: "Scope"
) -> tuple[str, ...]:
    """Return a note on what is missing, if there are no sales or no segments."""
    if not found.rows:
        return (f"no sales in {scope.currency}: cardcrm sell WHO AMOUNT --cost AMOUNT",)
    if grouping.kind == "segment" and not segments.list_segments(store):
        return ("no segments yet: cardcrm segment add NAME QUERY",)
    return ()


def _lay_out(found: Margins, group: str, scope: "Scope") -> Sheet:
    has_unknown = any(each.unknown.minor or each.unknown_count for each in found.rows)
    columns = [
        Column(group, group, wide=True, min_width=14, wrapped=True),
        Column("revenue", "revenue", "right"),
        Column("cost", "cost", "right"),
        Column("margin", "margin", "right"),
        Column("margin_rate", "margin %", "right"),
    ]
    if has_unknown:
        columns.append(Column("unknown", "unknown cost", "right"))
    rows: list[tuple[Cell, ...]] = [_row(each, has_unknown=has_unknown) for each in found.rows]
    if found.total and len(found.rows) > 1:
        rows.append(_row(found.total, has_unknown=has_unknown))
    title = f"Margins by {group}, in {scope.currency}" if rows else ""
    return Sheet(tuple(columns), rows, title, _explain(found, group))


def _row(each: GroupMargin, *, has_unknown: bool) -> "tuple[Cell, ...]":
    amounts = [each.revenue, each.cost, each.margin]
    cells = [each.name, *(_format(amount) for amount in amounts)]
    unknown = format_money(each.unknown, code=False) if each.unknown_count else ""
    return (*cells, percent(each.rate, 1), *([unknown] if has_unknown else []))


def _format(amount: "Money | None") -> str:
    return "" if amount is None else format_money(amount, code=False)


def _explain(found: Margins, group: str) -> str:
    if not found.rows:
        return ""
    what = "line" if group in ("product", "category") else "sale"
    notes = []
    if found.groups > len(found.rows):
        notes.append(f"{len(found.rows):,} of {found.groups:,}, with the total of all.")
    if found.is_overlapping and len(found.rows) > 1:
        notes.append("A customer may be in several of them, so they add up to more than the total.")
    if found.total and found.total.unknown_count:
        notes.append(
            f"The cost of {pluralize(found.total.unknown_count, what)} is unknown: a revenue of "
            f"{format_money(found.total.unknown)} is not in the margin."
        )
    return " ".join(notes)


def _list_groups(found: Margins, group: str) -> Sheet:
    columns = (
        Column("group_id", "id", "right"),
        Column("name", group),
        Column("revenue", "revenue", "right", currency="currency"),
        Column("cost", "cost", "right", currency="currency"),
        Column("margin", "margin", "right", currency="currency"),
        Column("margin_rate", "margin rate", "right"),
        Column("unknown_cost_revenue", "of unknown cost", "right", currency="currency"),
        Column("unknown_cost_count", "without cost", "right"),
    )
    rows = [
        (
            each.id, each.name, each.revenue, each.cost, each.margin, each.rate, each.unknown,
            each.unknown_count,
        )
        for each in found.rows
    ]  # fmt: skip
    return Sheet(columns, rows, ids="name" if rows and rows[-1][0] is None else "group_id")


def _draw(found: Margins, grouping: "Grouping", scope: "Scope") -> tuple[BarChart, ...]:
    known = [(each.name, each.margin) for each in found.rows if each.margin is not None]
    rows = known[-MAX_BARS:] if is_by_time(grouping) else known[:MAX_BARS]
    if not rows:
        return ()
    return (build_money_bars(f"Margin by {grouping.name}", rows, scope.currency),)
