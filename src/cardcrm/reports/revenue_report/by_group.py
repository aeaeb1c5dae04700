"""Sum revenue by product, category, customer, channel, segment, or a field of the customers.

The parts add up to the whole: a sale is split by its lines, and one without lines has no product.
Groups that may share customers, such as segments, add up to more.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from cardcrm.query import Node, Or
from cardcrm.records.query_sql.compiled_segments import InvalidSegment, compile_segments
from cardcrm.reports.revenue_report.comparison import Comparison
from cardcrm.reports.revenue_report.figures import (
    ADDED,
    OF_LINES,
    OF_SALES,
    Figures,
    add_figures,
    day_params,
    read_figures,
)
from cardcrm.reports.revenue_report.grouping import Grouping, join_spellings
from cardcrm.reports.revenue_report.report import NO_PRODUCT, Group, GroupSums, rank_groups
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store

_NO_LIMIT = 2**62


def sum_groups(
    store: Store, scope: Scope, grouping: Grouping, whole: Comparison, limit: int | None = None
) -> GroupSums:
    """Return the figures of the groups, at most ``limit``, and of all sales."""
    scope = _widen(scope, whole)
    if grouping.kind == "customer":
        return _sum_customers(store, scope, whole, limit)
    if grouping.kind == "segment":
        groups, total, invalid = _sum_segments(store, scope, grouping, whole)
    else:
        groups, total = _SUMS[grouping.kind](store, scope, grouping, whole)
        invalid = ()
    ranked = rank_groups(groups)
    return GroupSums(ranked[:limit], total, len(ranked), invalid)


def _widen(scope: Scope, whole: Comparison) -> Scope:
    """Return a scope with the days now and before."""
    first = whole.now.first if whole.before is None else min(whole.now.first, whole.before.first)
    return replace(scope, since=first, until=whole.now.last)


def read_total(store: Store, scope: Scope, whole: Comparison) -> Figures:
    """Return the figures of all sales."""
    condition, params = sale_condition(store, _widen(scope, whole))
    sql = f"SELECT {OF_SALES} FROM sale s WHERE {condition}"
    row = store.row(sql, **params, **day_params(whole))
    return read_figures(row) if row else Figures()


def _sum_customers(store: Store, scope: Scope, whole: Comparison, limit: int | None) -> GroupSums:
    """Return the customers with the highest revenue, by one scan of the sales."""
    condition, params = sale_condition(store, scope)
    has_sales = "(b.sales > 0 OR b.before_sum <> 0)"
    total, *rows = store.rows(
        f"WITH b AS MATERIALIZED (SELECT s.contact_id, {OF_SALES} FROM sale s WHERE {condition} "
        "GROUP BY s.contact_id) "
        "SELECT * FROM (SELECT 0 AS customers, b.*, c.name, c.name_key, 0 AS is_total "
        f"FROM b JOIN contact c ON c.id = b.contact_id WHERE {has_sales} UNION ALL "
        f"SELECT sum(CASE WHEN {has_sales} THEN 1 ELSE 0 END), NULL, {ADDED}, NULL, NULL, 1 "
        "FROM b) AS found ORDER BY is_total DESC, revenue DESC, name_key, contact_id LIMIT :most",
        **params,
        **day_params(whole),
        most=_NO_LIMIT if limit is None else limit + 1,
    )
    groups = [Group(row["name"], read_figures(row), row["contact_id"]) for row in rows]
    return GroupSums(groups, read_figures(total), int(total["customers"] or 0))


Sums = tuple[Sequence[Group], Figures]


def _sum_products(store: Store, scope: Scope, grouping: Grouping, whole: Comparison) -> Sums:
    """Return the figures of products, or of their categories, and of sales without a product."""
    condition, params = sale_condition(store, scope)
    rows = store.rows(
        f"SELECT l.product_id, {OF_LINES} FROM sale s JOIN sale_line l ON l.sale_id = s.id "
        f"WHERE {condition} GROUP BY l.product_id",
        **params,
        **day_params(whole),
    )
    sums = {row["product_id"]: read_figures(row) for row in rows}
    rest, total = _read_rest(store, scope, whole)
    groups = _name_products(store, sums, by_category=grouping.kind == "category")
    return [*groups, Group(NO_PRODUCT, _balance(total, rest, sums.values()))], total


def _read_rest(store: Store, scope: Scope, whole: Comparison) -> tuple[Figures, Figures]:
    """Return the figures of the sales without lines, and those of all sales."""
    condition, params = sale_condition(store, scope)
    has_lines = "CASE WHEN EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = s.id) THEN 1 ELSE 0"
    rows = store.rows(
        f"SELECT {has_lines} END AS has_lines, {OF_SALES} FROM sale s WHERE {condition} GROUP BY 1",
        **params,
        **day_params(whole),
    )
    found = {row["has_lines"]: read_figures(row) for row in rows}
    return found.get(0, Figures()), add_figures(found.values())


def _balance(total: Figures, rest: Figures, lines: Iterable[Figures]) -> Figures:
    """Return the figures of sales without lines, with what the lines of others may lack."""
    found = add_figures([rest, *lines])
    lacks, lacked = total.revenue - found.revenue, total.before - found.before
    return rest._replace(
        revenue=rest.revenue + lacks, untaxed=rest.untaxed + lacks, before=rest.before + lacked
    )


def _name_products(
    store: Store, sums: Mapping[int, Figures], *, by_category: bool
) -> Sequence[Group]:
    rows = store.rows("SELECT id, name, category FROM product ORDER BY id") if sums else ()
    known = [row for row in rows if row["id"] in sums]
    if not by_category:
        return [Group(row["name"], sums[row["id"]], row["id"]) for row in known]
    return _join_spellings(((row["category"], sums[row["id"]]) for row in known), "category")


def _join_spellings(found: Iterable[tuple[str | None, Figures]], name: str) -> list[Group]:
    """Return groups of texts, of which those that differ in case or accents alone are one."""
    joined = join_spellings(found, name, lambda figures: figures.revenue)
    return [Group(text, add_figures(figures)) for text, figures in joined.items()]


def _sum_channels(store: Store, scope: Scope, grouping: Grouping, whole: Comparison) -> Sums:
    condition, params = sale_condition(store, scope)
    rows = store.rows(
        f"SELECT s.channel, {OF_SALES} FROM sale s WHERE {condition} GROUP BY s.channel",
        **params,
        **day_params(whole),
    )
    found = [(row["channel"], read_figures(row)) for row in rows]
    return _join_spellings(found, grouping.name), add_figures(each for _, each in found)


def _sum_field(store: Store, scope: Scope, grouping: Grouping, whole: Comparison) -> Sums:
    """Return the figures of the customers by the values of a field."""
    assert grouping.field is not None
    condition, params = sale_condition(store, scope)
    valued, value, org = grouping.field.grouped_sql(store.engine.concat_function)
    rows = store.rows(
        f"WITH {valued}, bought AS (SELECT s.contact_id, {OF_SALES} FROM sale s "
        f"WHERE {condition} GROUP BY s.contact_id) "
        f"SELECT {value} AS value, count(*) AS contacts, {ADDED} "
        f"FROM valued v JOIN bought b ON b.contact_id = v.id {org}GROUP BY {value}",
        **params,
        **day_params(whole),
    )
    label = grouping.field.label([(row["value"], int(row["contacts"])) for row in rows])
    sums: dict[str, list[Figures]] = {}
    for row in rows:
        sums.setdefault(label(row["value"]), []).append(read_figures(row))
    groups = [
        Group(name or f"(no {grouping.name})", add_figures(each)) for name, each in sums.items()
    ]
    if grouping.field.join:  # a contact may be in several groups
        return groups, read_total(store, scope, whole)
    return groups, add_figures(each.figures for each in groups)


def _sum_segments(
    store: Store, scope: Scope, grouping: Grouping, whole: Comparison
) -> tuple[Sequence[Group], Figures, tuple[InvalidSegment, ...]]:
    """Return the figures of each segment, as a query by that segment finds them."""
    total = read_total(store, scope, whole)
    valid, invalid = compile_segments(store)

    def read(node: Node) -> Figures:
        return read_total(store, replace(scope, segment=node), whole)

    groups = [Group(each.name, read(each.node)) for each in valid]
    inside = read(Or(tuple(each.node for each in valid))) if valid else Figures()
    rest = Group(f"(no {grouping.name})", _subtract(total, inside))
    return [*groups, rest], total, invalid


def _subtract(total: Figures, part: Figures) -> Figures:
    """Return the figures of the sales that are not in a part of all of them."""
    revenue, untaxed = total.revenue - part.revenue, total.untaxed - part.untaxed
    tax = (total.tax or 0) - (part.tax or 0)
    return Figures(
        revenue,
        total.sales - part.sales,
        total.refunds - part.refunds,
        None if total.margin is None else total.margin - (part.margin or 0),
        None if not tax and untaxed == revenue else tax,
        untaxed,
        total.before - part.before,
    )


_SUMS: Mapping[str, Callable[[Store, Scope, Grouping, Comparison], Sums]] = {
    "product": _sum_products,
    "category": _sum_products,
    "channel": _sum_channels,
    "field": _sum_field,
}
