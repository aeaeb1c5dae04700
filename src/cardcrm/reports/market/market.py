"""Customers and revenue of a period by the values of a field, with growth and shares.

A person without a value counts under that of their organization. Growth compares with the same
days of the year before, and needs sales from before them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cardcrm.money import Money
from cardcrm.reports.dimension import Dimension
from cardcrm.reports.market.focus import score_groups
from cardcrm.reports.market.market_group import MarketGroup, MarketSize
from cardcrm.reports.revenue_report.comparison import Days, find_year_before
from cardcrm.reports.scope import Scope, complete_period, contact_condition, sale_condition
from cardcrm.store import Store
from cardcrm.text import fold


@dataclass(frozen=True)
class Market:
    """The groups of a field, the highest revenue first, over the days from ``since`` to ``until``.

    ``customers`` and ``revenue`` are of all groups, each customer once, even where a contact is in
    several groups. ``first_sale`` is the day of the first order: growth needs one up to ``before``,
    the first day of the year before.
    """

    field: str
    since: dt.date
    until: dt.date
    before: dt.date
    groups: tuple[MarketGroup, ...]
    customers: int
    revenue: Money
    is_overlapping: bool
    first_sale: dt.date | None


def build_market(
    store: Store,
    scope: Scope,
    dimension: Dimension,
    sizes: Mapping[str, MarketSize] | None = None,
    *,
    focus: bool = False,
) -> Market:
    """Return the groups of a field. With ``focus`` they have scores, and the best is the first."""
    scope = complete_period(scope)
    assert scope.since is not None
    assert scope.until is not None
    before = find_year_before(Days(scope.since, scope.until))
    bought, params = _bought_sql(store, scope, before)
    rows = [*map(tuple, store.rows(_group_sql(store, scope, dimension, bought, focus), **params))]
    sums = [sum(int(row[at] or 0) for row in rows) for at in (1, 2)]
    if dimension.join:  # a contact has several rows
        total = f"SELECT sum(is_customer), sum(now) FROM ({bought}) AS b"
        sums = [int(each or 0) for each in store.rows(total, **params)[0]]
    first = store.value(
        "SELECT min(first_on) FROM contact_value WHERE currency = :currency", **params
    )
    market = Market(
        dimension.name,
        scope.since,
        scope.until,
        before.first,
        (),
        sums[0],
        Money(sums[1], scope.currency),
        bool(dimension.join),
        dt.date.fromisoformat(first) if first else None,
    )
    groups = _join_groups(rows, dimension, scope.currency, focus=focus)
    return rank_groups(market, groups, sizes or {}, focus=focus)


def _bought_sql(store: Store, scope: Scope, before: Days) -> tuple[str, dict[str, Any]]:
    """Return SQL for the sums of each customer in the period and a year before."""
    assert scope.since is not None
    assert scope.until is not None
    whole = Scope(scope.currency, scope.today, before.first, scope.until, scope.where)
    condition, params = sale_condition(store, whole)
    params |= {
        "first": scope.since.isoformat(),
        "before": before.last.isoformat(),
    }
    now = "s.on_date >= :first"
    sql = (
        "SELECT s.contact_id, "
        f"max(CASE WHEN {now} AND s.amount > 0 THEN 1 ELSE 0 END) AS is_customer, "
        f"sum(CASE WHEN {now} THEN s.amount ELSE 0 END) AS now, "
        "sum(CASE WHEN s.on_date <= :before THEN s.amount ELSE 0 END) AS earlier "
        f"FROM sale s WHERE {condition} GROUP BY s.contact_id"
    )
    return sql, params


_REACHABLE = (
    "v.status = 'active' AND coalesce(b.is_customer, 0) = 0 AND EXISTS (SELECT 1 FROM point x "
    "WHERE x.contact_id = v.id AND x.kind IN ('email', 'phone') AND x.opted_out = 0 "
    "AND x.invalid = 0)"
)


def _group_sql(store: Store, scope: Scope, dimension: Dimension, bought: str, focus: bool) -> str:
    """Return SQL for the sums of each stored value of a field."""
    valued, value, org = dimension.grouped_sql(store.engine.concat_function)
    reachable = f"sum(CASE WHEN {_REACHABLE} THEN 1 ELSE 0 END)" if focus else "0"
    join = "JOIN"
    where = ""
    if focus:
        join = "LEFT JOIN"
        if scope.where is not None:
            where = f"WHERE {contact_condition(store, scope.where, 'v.id')[0]} "
    return (
        f"WITH {valued}, bought AS ({bought}) "
        f"SELECT {value}, sum(b.is_customer), sum(b.now), sum(b.earlier), {reachable}, count(*) "
        f"FROM valued v {join} bought b ON b.contact_id = v.id {org}{where}GROUP BY {value}"
    )


def _join_groups(
    rows: Sequence[tuple[Any, ...]], dimension: Dimension, currency: str, *, focus: bool
) -> list[MarketGroup]:
    """Return one group for each name, from the sums of the stored values."""
    label = dimension.label([(row[0], int(row[5])) for row in rows])
    sums: dict[str, list[int]] = {}
    for value, *figures, _ in rows:
        known = sums.setdefault(label(value), [0, 0, 0, 0])
        for at, figure in enumerate(figures):
            known[at] += int(figure or 0)
    return [
        MarketGroup(
            name,
            customers,
            Money(now, currency),
            Money(earlier, currency),
            reachable=reachable if focus else None,
        )
        for name, (customers, now, earlier, reachable) in sums.items()
        if customers or now or earlier or reachable
    ]


def rank_groups(
    market: Market,
    groups: Sequence[MarketGroup],
    sizes: Mapping[str, MarketSize],
    *,
    focus: bool,
) -> Market:
    """Return the market with its groups: their growth, shares and scores, in order."""
    known = market.first_sale is not None and market.first_sale <= market.before
    found = [_complete(each, market, sizes.get(fold(each.name)), known) for each in groups]
    if focus:
        found = score_groups(found)
    found.sort(key=lambda each: (-(each.score or 0.0) * focus, -each.revenue.minor, each.name))
    return replace(market, groups=tuple(found))


def _complete(
    group: MarketGroup, market: Market, size: MarketSize | None, known: bool
) -> MarketGroup:
    revenue, before = group.revenue.minor, group.revenue_before.minor
    return replace(
        group,
        growth=revenue / before - 1 if known and before > 0 else None,
        share=revenue / market.revenue.minor if market.revenue.minor > 0 else None,
        market_share=_divide_by_size(group, size),
    )


def _divide_by_size(group: MarketGroup, size: MarketSize | None) -> float | None:
    if size is None:
        return None
    if size.amount is not None:
        return group.revenue.minor / size.amount.minor
    return group.customers / size.customers if size.customers else None
