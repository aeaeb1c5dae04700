"""Sum revenue and cost by the groups of a report: periods, products, customers, segments, fields.

The groups are those of `report revenue`, and their names are the same.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cardcrm.dates.date_parts import WEEKDAYS
from cardcrm.dates.periods import name_period
from cardcrm.query import Node, Or
from cardcrm.records.query_sql.compiled_segments import CompiledSegment
from cardcrm.records.sales.margin import build_unknown
from cardcrm.reports.contact_names import read_names
from cardcrm.reports.product_sales.line_sql import COST
from cardcrm.reports.revenue_report.grouping import PERIOD, Grouping, join_spellings
from cardcrm.reports.revenue_report.report import NO_PRODUCT
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store
from cardcrm.store.engine import Row

_NO_LIMIT = 2**62


class Figures(NamedTuple):
    """Sums in minor units: revenue = cost + margin + ``unknown``, the revenue of unknown cost."""

    revenue: int = 0
    cost: int = 0
    unknown: int = 0
    unknown_count: int = 0  # sales or lines above 0 without a cost
    number: int = 0  # of sales or lines

    @property
    def margin(self) -> int:
        """Revenue whose cost is known, less that cost."""
        return self.revenue - self.unknown - self.cost

    @property
    def is_known(self) -> bool:
        """Return whether the cost of any sale or line is known."""
        return self.number > self.unknown_count


class Group(NamedTuple):
    """The figures of one group; ``id`` is the number of a product or customer."""

    id: int | None
    name: str
    figures: Figures


def _build_sums(alias: str, cost: str) -> str:
    """Return the SQL of `Figures` over rows with an amount, whose cost is a column or an SQL."""
    amount = f"{alias}.amount"
    return (
        f"sum({amount}) AS revenue, coalesce(sum({cost}), 0) AS cost, "
        f"sum({build_unknown(amount, f'{alias}.cost')}) AS unknown, "
        f"sum(CASE WHEN {alias}.cost IS NULL AND {amount} > 0 THEN 1 ELSE 0 END) AS missing, "
        "count(*) AS rows_summed"
    )


_OF_SALES = _build_sums("s", "s.cost")
_COLUMNS = ("revenue", "cost", "unknown", "missing", "rows_summed")
_ADDED = ", ".join(f"sum({name}) AS {name}" for name in _COLUMNS)
_MARGIN = "revenue - unknown - cost"


def _to_figures(row: Row) -> Figures:
    return Figures(*(int(row[name] or 0) for name in _COLUMNS))


def add_figures(found: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    return Figures(*map(sum, zip(Figures(), *found, strict=True)))


def _subtract(whole: Figures, part: Figures) -> Figures:
    return Figures(*(one - other for one, other in zip(whole, part, strict=True)))


def read_total(store: Store, scope: Scope) -> Figures:
    """Return the sums of all sales of a scope."""
    condition, params = sale_condition(store, scope)
    (row,) = store.rows(f"SELECT {_OF_SALES} FROM sale s WHERE {condition}", **params)
    return _to_figures(row)


def read_groups(store: Store, scope: Scope, grouping: Grouping) -> list[Group]:
    """Return the sums of each group, in no order; not for customers and segments."""
    return list(_READERS[grouping.kind](store, scope, grouping))


# Periods


def _read_periods(store: Store, scope: Scope, grouping: Grouping) -> Iterator[Group]:
    """Yield the sums of the periods with sales."""
    yield from _name_days(store, scope, lambda day: name_period(grouping.name, day))


def _read_weekdays(store: Store, scope: Scope, _: Grouping) -> Iterator[Group]:
    yield from _name_days(store, scope, lambda day: WEEKDAYS[day.weekday()])


def _name_days(store: Store, scope: Scope, name: Callable[[dt.date], str]) -> Iterator[Group]:
    condition, params = sale_condition(store, scope)
    sql = f"SELECT s.on_date, {_OF_SALES} FROM sale s WHERE {condition} GROUP BY s.on_date"
    found: dict[str, list[Figures]] = {}
    for row in store.rows(sql, **params):
        day = dt.date.fromisoformat(row["on_date"])
        found.setdefault(name(day), []).append(_to_figures(row))
    for key, figures in found.items():
        yield Group(None, key, add_figures(figures))


# Products


def _read_products(store: Store, scope: Scope, grouping: Grouping) -> Iterator[Group]:
    """Yield the sums of products or categories, and those of sales without lines."""
    condition, params = sale_condition(store, scope)
    rows = store.rows(
        f"SELECT l.product_id, {_build_sums('l', COST)} FROM sale s "
        f"JOIN sale_line l ON l.sale_id = s.id WHERE {condition} GROUP BY l.product_id",
        **params,
    )
    sums = {row["product_id"]: _to_figures(row) for row in rows}
    catalog = store.rows("SELECT id, name, category FROM product ORDER BY id") if sums else []
    if grouping.kind == "category":
        named = ((row["category"], sums[row["id"]]) for row in catalog if row["id"] in sums)
        yield from _join_spellings(named, "category")
    else:
        for row in catalog:
            if row["id"] in sums:
                yield Group(row["id"], row["name"], sums[row["id"]])
    rest = _read_rest(store, scope)
    if rest.number:
        yield Group(None, NO_PRODUCT, rest)


def _read_rest(store: Store, scope: Scope) -> Figures:
    """Return the sums of the sales without lines."""
    condition, params = sale_condition(store, scope)
    without = "NOT EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = s.id)"
    sql = f"SELECT {_OF_SALES} FROM sale s WHERE {condition} AND {without}"
    (row,) = store.rows(sql, **params)
    return _to_figures(row)


def _join_spellings(found: Iterable[tuple[str | None, Figures]], name: str) -> Iterator[Group]:
    joined = join_spellings(found, name, lambda figures: figures.revenue)
    for text, figures in joined.items():
        yield Group(None, text, add_figures(figures))


# Channels, and fields of customers


def _read_channels(store: Store, scope: Scope, grouping: Grouping) -> Iterator[Group]:
    condition, params = sale_condition(store, scope)
    sql = f"SELECT s.channel, {_OF_SALES} FROM sale s WHERE {condition} GROUP BY s.channel"
    rows = store.rows(sql, **params)
    found = ((row["channel"], _to_figures(row)) for row in rows)
    yield from _join_spellings(found, grouping.name)


def _read_fields(store: Store, scope: Scope, grouping: Grouping) -> Iterator[Group]:
    """Yield the sums of the customers by the values of a field."""
    assert grouping.field is not None
    condition, params = sale_condition(store, scope)
    valued, value, org = grouping.field.grouped_sql(store.engine.concat_function)
    rows = store.rows(
        f"WITH {valued}, bought AS (SELECT s.contact_id, {_OF_SALES} FROM sale s "
        f"WHERE {condition} GROUP BY s.contact_id) "
        f"SELECT {value} AS value, count(*) AS contacts, {_ADDED} "
        f"FROM valued v JOIN bought b ON b.contact_id = v.id {org}GROUP BY {value}",
        **params,
    )
    label = grouping.field.label([(row["value"], int(row["contacts"])) for row in rows])
    sums: dict[str, list[Figures]] = {}
    for row in rows:
        sums.setdefault(label(row["value"]), []).append(_to_figures(row))
    for name, figures in sums.items():
        yield Group(None, name or f"(no {grouping.name})", add_figures(figures))


_READERS: Mapping[str, Callable[[Store, Scope, Grouping], Iterator[Group]]] = {
    PERIOD: _read_periods,
    "weekday": _read_weekdays,
    "product": _read_products,
    "category": _read_products,
    "channel": _read_channels,
    "field": _read_fields,
}


# Segments


def read_segments(store: Store, scope: Scope, valid: Sequence[CompiledSegment]) -> Iterator[Group]:
    """Yield the sums of each segment, as a query by it finds them, and of sales in none."""

    def read(node: Node) -> Figures:
        return read_total(store, replace(scope, segment=node))

    for each in valid:
        yield Group(None, each.name, read(each.node))
    inside = read(Or(tuple(each.node for each in valid))) if valid else Figures()
    yield Group(None, "(no segment)", _subtract(read_total(store, scope), inside))


# Customers


def read_customers(
    store: Store, scope: Scope, limit: int | None
) -> tuple[list[Group], int, Figures]:
    """Return the customers of the highest margin, the number of all, and their sum, by one scan."""
    condition, params = sale_condition(store, scope)
    found = store.rows(
        f"WITH g AS MATERIALIZED (SELECT s.contact_id, {_OF_SALES} FROM sale s "
        f"WHERE {condition} GROUP BY 1) "
        f"SELECT * FROM (SELECT 0 AS groups, contact_id, {', '.join(_COLUMNS)} FROM g "
        f"ORDER BY {_MARGIN} DESC, revenue DESC, contact_id LIMIT :most) first UNION ALL "
        f"SELECT count(*), NULL, {_ADDED} FROM g",
        **params,
        most=_NO_LIMIT if limit is None else limit,
    )
    total = next(row for row in found if row["contact_id"] is None)
    sums = {row["contact_id"]: _to_figures(row) for row in found if row["contact_id"] is not None}
    names = read_names(store, [*sums])
    groups = [Group(id_, names[id_], figures) for id_, figures in sums.items()]
    return groups, total["groups"], _to_figures(total)
