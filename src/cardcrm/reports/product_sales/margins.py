"""Sum revenue, cost and margin by product, customer, owner, segment, channel or period.

Revenue = cost + margin + revenue of unknown cost: where a cost is missing, that revenue is named
and has no part in the margin, see `records.sales.margin`. The cost of a line is unit cost ×
quantity, rounded once. Products are summed over lines, everything else over sales.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.query import And
from cardcrm.records.query_sql.compiled_segments import (
    CompiledSegment,
    InvalidSegment,
    compile_segments,
)
from cardcrm.records.sales.margin import build_unknown
from cardcrm.reports.product_sales.line_sql import COST, end_today
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Row
from cardcrm.text import find_similar

_NO_LIMIT = 2**62
_MANY = 20_000  # customers
_CITY = "(SELECT a.city FROM address a WHERE a.contact_id = s.contact_id ORDER BY a.id LIMIT 1)"
_QUARTER = (
    "substr(s.on_date, 1, 4) || '-Q' || "
    "CAST((CAST(substr(s.on_date, 6, 2) AS INTEGER) + 2) / 3 AS TEXT)"
)
# The SQL of the group of a sale; ``c`` is its customer.
_GROUPS = {
    "customer": "s.contact_id",
    "owner": "c.owner",
    "channel": "s.channel",
    "source": "c.source",
    "stage": "c.stage",
    "city": f"coalesce({_CITY}, '')",
    "month": "substr(s.on_date, 1, 7)",
    "quarter": _QUARTER,
    "year": "substr(s.on_date, 1, 4)",
}
_OF_LINES = {"product": "l.product_id", "category": "p.category"}
PERIODS = ("month", "quarter", "year")
DIMENSIONS = (*_OF_LINES, *_GROUPS, "segment")
NO_PRODUCT = "(no product)"


class Figures(NamedTuple):
    """Sums in minor units: revenue = cost + margin + ``unknown``, the revenue of unknown cost."""

    revenue: int = 0
    cost: int = 0
    unknown: int = 0
    unknown_count: int = 0  # sales or lines above 0 without a cost

    @property
    def margin(self) -> int:
        """Revenue whose cost is known, less that cost."""
        return self.revenue - self.unknown - self.cost


class GroupMargin(NamedTuple):
    """The figures of one group; ``rate`` is margin / revenue of known cost, None at or below 0.

    ``id`` is the number of a product or customer, None for other groups. ``unknown`` is the revenue
    of ``unknown_count`` sales, or lines of sales, whose cost is missing.
    """

    id: int | None
    name: str
    revenue: Money
    cost: Money
    margin: Money
    rate: float | None
    unknown: Money
    unknown_count: int


class Margins(NamedTuple):
    """The groups, the highest margin first or the latest period last, their number, and the total.

    ``is_overlapping`` groups, such as segments, may share customers. ``invalid`` segments are left
    out.
    """

    rows: tuple[GroupMargin, ...]
    groups: int
    total: GroupMargin | None
    is_overlapping: bool
    invalid: tuple[InvalidSegment, ...] = ()


def parse_dimension(word: str) -> str:
    """Return what to group by as typed. Raises UsageError."""
    name = word.strip().lower()
    for each in DIMENSIONS:
        if name in (each, f"{each}s", f"{each}ly"):
            return each
    like = find_similar(name, DIMENSIONS, limit=1)
    start = f"Did you mean {like[0]}? " if like else ""
    raise UsageError(f"unknown group “{word}”", f"{start}Use {', '.join(DIMENSIONS)}.")


def sum_margins(store: Store, scope: Scope, by: str, limit: int | None = None) -> Margins:
    """Return revenue, cost and margin of each group, at most ``limit``: the best or the latest."""
    scope = end_today(store, scope)
    invalid: tuple[InvalidSegment, ...] = ()
    if by in _GROUPS:
        rows, groups, total = _read_sales(store, scope, by, limit)
        shown = rows
    else:
        if by == "segment":
            valid, invalid = compile_segments(store)
            rows = list(_read_segments(store, scope, valid))
        else:
            rows = list(_read_all(store, scope, by))
        rows.sort(key=lambda row: (-row[2].margin, -row[2].revenue, row[1], row[0] or 0))
        groups, shown = len(rows), rows[:limit]
        # The costs of lines may be known where those of sales are not.
        total = _fold(row[2] for row in rows) if by in _OF_LINES else _read_total(store, scope)
    return Margins(
        tuple(_build(scope, *row) for row in shown),
        groups,
        None if total is None else _build(scope, None, "total", total),
        is_overlapping=by == "segment",
        invalid=invalid,
    )


_Group = tuple[int | None, str, Figures]


def _build(scope: Scope, id_: int | None, name: str, sums: Figures) -> GroupMargin:
    known = sums.revenue - sums.unknown
    code = scope.currency
    return GroupMargin(
        id_,
        name,
        Money(sums.revenue, code),
        Money(sums.cost, code),
        Money(sums.margin, code),
        sums.margin / known if known > 0 else None,
        Money(sums.unknown, code),
        sums.unknown_count,
    )


def _sums(alias: str, cost: str) -> str:
    """Return the SQL of `Figures` over rows with an amount, whose cost is a column or an SQL."""
    amount = f"{alias}.amount"
    return (
        f"sum({amount}) AS revenue, coalesce(sum({cost}), 0) AS cost, "
        f"sum({build_unknown(amount, f'{alias}.cost')}) AS unknown, "
        f"sum(CASE WHEN {alias}.cost IS NULL AND {alias}.amount > 0 THEN 1 ELSE 0 END) AS missing"
    )


_OF_SALES = _sums("s", "s.cost")
_MARGIN = "revenue - unknown - cost"


def _figures(row: Row) -> Figures:
    names = ("revenue", "cost", "unknown", "missing")
    return Figures(*(int(row[name] or 0) for name in names))


def _fold(found: Iterable[Figures]) -> Figures | None:
    """Return the sum of figures; None without any."""
    columns = list(zip(*found, strict=True))
    return Figures(*map(sum, columns)) if columns else None


def _read_total(store: Store, scope: Scope) -> Figures | None:
    """Return the sums of all sales of a scope; None without any."""
    condition, params = sale_condition(store, scope)
    sql = f"SELECT {_OF_SALES}, count(*) AS sales FROM sale s WHERE {condition}"
    (row,) = store.rows(sql, **params)
    return _figures(row) if row["sales"] else None


def _read_all(store: Store, scope: Scope, by: str) -> Iterator[_Group]:
    """Yield the sums of products or categories, and those of sales without lines."""
    yield from _read_lines(store, scope, by)
    yield from _read_rest(store, scope)


def _read_sales(
    store: Store, scope: Scope, by: str, limit: int | None
) -> tuple[list[_Group], int, Figures | None]:
    """Return the first groups of sales, the number of all, and their total, by one scan."""
    condition, params = sale_condition(store, scope)
    group = _GROUPS[by]
    join = " JOIN contact c ON c.id = s.contact_id" if "c." in group else ""
    order = "name DESC" if by in PERIODS else f"{_MARGIN} DESC, revenue DESC, name"
    found = store.rows(
        f"WITH g AS MATERIALIZED (SELECT {group} AS name, {_OF_SALES} FROM sale s{join} "
        f"WHERE {condition} GROUP BY 1) "
        "SELECT * FROM (SELECT 0 AS groups, name, revenue, cost, unknown, missing FROM g "
        f"ORDER BY {order} LIMIT :most) first UNION ALL SELECT count(*), NULL, sum(revenue), "
        "sum(cost), sum(unknown), sum(missing) FROM g",
        **params,
        most=_NO_LIMIT if limit is None else limit,
    )
    total = next(row for row in found if row["name"] is None)
    rows = [(row["name"], _figures(row)) for row in found if row["name"] is not None]
    if by in PERIODS:
        rows.sort(key=lambda row: row[0])
    else:
        rows.sort(key=lambda row: (-row[1].margin, -row[1].revenue, row[0]))
    groups = total["groups"]
    if by != "customer":
        return [(None, *row) for row in rows], groups, _figures(total) if groups else None
    names = _read_names(store, [id_ for id_, _ in rows])
    named = [(id_, names[id_], sums) for id_, sums in rows]
    return named, groups, _figures(total) if groups else None


def _read_names(store: Store, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of contacts; of many, those of all, which takes fewer queries."""
    if len(ids) > _MANY:
        return {row[0]: row[1] for row in store.rows("SELECT id, name FROM contact")}
    return {
        row[0]: row[1]
        for marks, params in chunks(ids)
        for row in store.rows(f"SELECT id, name FROM contact WHERE id IN ({marks})", **params)
    }


def _read_lines(store: Store, scope: Scope, by: str) -> Iterator[_Group]:
    """Yield the sums of the lines of each product or category."""
    condition, params = sale_condition(store, scope)
    rows = store.rows(
        f"SELECT l.product_id, {_sums('l', COST)} FROM sale s "
        f"JOIN sale_line l ON l.sale_id = s.id WHERE {condition} GROUP BY l.product_id",
        **params,
    )
    sums = {row["product_id"]: _figures(row) for row in rows}
    if by == "product":
        names = {row[0]: row[1] for row in store.rows("SELECT id, name FROM product")}
        yield from ((id_, names[id_], each) for id_, each in sums.items())
        return
    categories: dict[str, list[Figures]] = {}
    for row in store.rows("SELECT id, category FROM product ORDER BY id"):
        if row["id"] in sums:
            categories.setdefault(row["category"], []).append(sums[row["id"]])
    for name, found in categories.items():
        yield None, name, _fold(found) or Figures()


def _read_rest(store: Store, scope: Scope) -> Iterator[_Group]:
    """Yield the sums of the sales without lines, if there are any."""
    condition, params = sale_condition(store, scope)
    without = "NOT EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = s.id)"
    for row in store.rows(
        f"SELECT {_OF_SALES}, count(*) AS sales FROM sale s WHERE {condition} AND {without}",
        **params,
    ):
        if row["sales"]:
            yield None, NO_PRODUCT, _figures(row)


def _read_segments(
    store: Store, scope: Scope, valid: Iterable[CompiledSegment]
) -> Iterator[_Group]:
    """Yield the sums of the contacts of each segment, and of the people of organizations there."""
    for each in valid:
        where = each.node if scope.where is None else And((scope.where, each.node))
        sums = _read_total(store, replace(scope, where=where))
        if sums is not None:
            yield None, each.name, sums
