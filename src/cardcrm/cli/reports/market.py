"""`report market`: customers and revenue by city, age, source or any field."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.currency_notes import explain_no_sales, note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.money import format_money, to_units
from cardcrm.percent import format_percent
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.chart import Chart
    from cardcrm.cli.session import Session
    from cardcrm.reports.dimension import Dimension
    from cardcrm.reports.market.market import Market
    from cardcrm.reports.market.market_group import MarketGroup, MarketSize
    from cardcrm.reports.scope import Scope
    from cardcrm.store import Store

app = typer.Typer()

_NO_VALUE = "(none)"
_SHOWN = 12  # bars of the chart
_SCORE = (
    "score: the mean of three ranks from 0 to 100: revenue per customer, growth, and contacts who "
    "have an address or a number and did not buy"
)


By = Annotated[
    str,
    typer.Option(
        metavar="FIELD",
        help="Group by city, country, industry, age, source, tag or any other field.",
    ),
]
Sizes = Annotated[
    list[str],
    typer.Option(
        "--size",
        metavar="NAME=AMOUNT",
        help="Size of a market in the period: leeds=250000, or leeds=12000 customers.",
    ),
]
Remember = Annotated[
    bool, typer.Option("--remember", help="Keep the market sizes in the database.")
]
Forget = Annotated[
    list[str],
    typer.Option("--forget", metavar="NAME", help="Remove a market size from the database."),
]
Focus = Annotated[bool, typer.Option("--focus", help="Rank the groups by value, growth and reach.")]


@app.command("market")
@add_options("limit", "since", "until", "where", "currency")
def market(
    ctx: typer.Context,
    options: ReportOptions,
    by: By = "city",
    size: Sizes = [],
    remember: Remember = False,
    forget: Forget = [],
    focus: Focus = False,
) -> Result:
    """Show customers and revenue by any field of contacts, with growth and shares.

    Without --from, the last 12 months are shown. Growth compares with the same days of the year
    before. A person without a value counts under that of their organization.

    Examples:
        cardcrm report market --by city

        cardcrm report market --by city --size leeds=250000 --size york=90000

        cardcrm report market --by source --focus

    """
    from cardcrm.reports.dimension import find_dimension
    from cardcrm.reports.market.sizes import parse_sizes

    session = session_of(ctx)
    store, scope = session.store(), options.read_scope(session)
    dimension = find_dimension(store, by, scope.today)
    sizes = parse_sizes(size, scope.currency)
    _keep_sizes(store, dimension.name, sizes if remember else {}, forget)
    found = _build(store, scope, dimension, sizes, focus=focus)
    result = _show(session, found, options.count_rows(session) or 0, focus=focus)
    unknown = set(sizes) - {_fold(each.name) for each in found.groups} if found.groups else ()
    return result._replace(
        notes=(*result.notes, *note_currencies(store, scope.currency)),
        warnings=tuple(f"no group “{each}” for a market size" for each in sorted(unknown)),
    )


def _build(
    store: "Store",
    scope: "Scope",
    dimension: "Dimension",
    sizes: "dict[str, MarketSize]",
    *,
    focus: bool,
) -> "Market":
    """Return the groups of a field, with the sizes of their markets that are stored, and more."""
    from cardcrm.reports.market.market import build_market
    from cardcrm.reports.market.sizes import read_sizes

    stored = read_sizes(store, dimension.name, scope.currency)
    return build_market(store, scope, dimension, {**stored, **sizes}, focus=focus)


def _show(session: "Session", found: "Market", limit: int, *, focus: bool) -> Result:
    from cardcrm.reports.market.market_group import join_smallest

    if not found.groups:
        currency = found.revenue.currency
        empty = explain_no_sales(session.store(), currency, found.since, found.until)
        return Result(_to_sheet((), focus=focus), notes=(empty,))
    groups = join_smallest(found.groups, limit)
    is_for_people = session.is_for_people
    return Result(
        _to_table(found, groups, focus=focus) if is_for_people else _to_sheet(groups, focus=focus),
        notes=_explain(found, groups, focus=focus),
        charts=_draw(found, groups, focus=focus),
    )


def _keep_sizes(
    store: "Store", field: str, sizes: "dict[str, MarketSize]", forgotten: "Sequence[str]"
) -> None:
    """Keep market sizes in the database, and remove others."""
    from cardcrm.records.sales.market_sizes import remember_sizes
    from cardcrm.reports.market.sizes import format_size

    changes = {_fold(name): "" for name in forgotten}
    changes |= {name: format_size(each) for name, each in sizes.items()}
    if changes:
        remember_sizes(store, field, changes)


def _fold(name: str) -> str:
    from cardcrm.text import fold

    return fold(name)


def _to_sheet(groups: "Sequence[MarketGroup]", *, focus: bool) -> Sheet:
    """Return the groups for programs."""
    columns = [
        Column("group", "group"),
        Column("customers", "customers"),
        Column("revenue", "revenue", currency="currency"),
        Column("revenue_per_customer", "per customer", currency="currency"),
        Column("revenue_before", "year before", currency="currency"),
        Column("growth", "growth", digits=6),
        Column("share", "share", digits=6),
        Column("market_share", "market share", digits=6),
    ]
    if focus:
        columns += [Column("reachable", "reachable"), Column("score", "score", digits=6)]
    return Sheet(tuple(columns), [_row(each, focus=focus) for each in groups], ids="group")


def _row(each: "MarketGroup", *, focus: bool) -> tuple[Cell, ...]:
    row = (
        each.name,
        each.customers,
        each.revenue,
        each.by_customer,
        each.revenue_before,
        each.growth,
        each.share,
        each.market_share,
    )
    return (*row, each.reachable, each.score) if focus else row


def _to_table(found: "Market", groups: "Sequence[MarketGroup]", *, focus: bool) -> Sheet:
    """Return the groups for people, which fit a terminal of 80 columns."""
    has_sizes = any(each.market_share is not None for each in groups)
    columns = [
        Column("group", found.field, wide=True, min_width=12, wrapped=True),
        Column("customers", "customers", "right"),
        Column("revenue", "revenue", "right"),
        Column("revenue_per_customer", "per customer", "right"),
        Column("growth", "growth", "right"),
        Column("share", "share", "right"),
        *((Column("market_share", "of market", "right"),) if has_sizes else ()),
        *((Column("reachable", "reach", "right"),) if focus else ()),
        *((Column("score", "score", "right"),) if focus else ()),
    ]
    rows = [_table_row(each, has_sizes=has_sizes, focus=focus) for each in groups]
    title = f"Market by {found.field}, {found.since} to {found.until}, in {found.revenue.currency}"
    note = f"total: {pluralize(found.customers, 'customer')}, revenue {format_money(found.revenue)}"
    return Sheet(tuple(columns), rows, title, note, ids="group")


def _table_row(each: "MarketGroup", *, has_sizes: bool, focus: bool) -> tuple[Cell, ...]:
    mean = each.by_customer
    row: tuple[Cell, ...] = (
        each.name or _NO_VALUE,
        f"{each.customers:,}",
        format_money(each.revenue, code=False),
        "" if mean is None else format_money(mean, code=False),
        "" if each.growth is None else f"{each.growth:+,.0%}",
        format_percent(each.share),
    )
    if has_sizes:
        row += (format_percent(each.market_share),)
    if focus:
        row += (
            "" if each.reachable is None else f"{each.reachable:,}",
            "" if each.score is None else f"{each.score * 100:.0f}",
        )
    return row


def _explain(found: "Market", groups: "Sequence[MarketGroup]", *, focus: bool) -> tuple[str, ...]:
    lines = []
    if found.first_sale and found.first_sale > found.before:
        lines.append(
            f"no growth: it needs sales from {found.before} on; the first sale is of "
            f"{found.first_sale}"
        )
    if found.is_overlapping:
        lines.append("a contact counts in each of its tags, so the shares add up to more than all")
    if focus:
        lines.append(_SCORE)
        if all(each.score is None for each in groups):
            lines[-1] = "no scores: at least 2 groups of 5 customers are needed"
    return tuple(lines)


def _draw(found: "Market", groups: "Sequence[MarketGroup]", *, focus: bool) -> "tuple[Chart, ...]":
    from cardcrm.chart import Point, ScatterPlot
    from cardcrm.reports.charts import build_money_bars

    currency, shown = found.revenue.currency, groups[:_SHOWN]
    rows = [(each.name or _NO_VALUE, each.revenue) for each in shown]
    bars = build_money_bars(f"Revenue by {found.field}", rows, currency, _SHOWN)
    points = tuple(
        Point(to_units(each.by_customer), 100 * each.growth, each.name or _NO_VALUE)
        for each in shown
        if each.growth is not None and each.by_customer is not None
    )
    if not focus or len(points) < 2:
        return (bars,)
    title = f"Value and growth by {found.field}"
    value = f"revenue per customer, {currency}"
    return (bars, ScatterPlot(title, value, "growth, %", points))
