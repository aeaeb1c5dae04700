"""Gather the figures of complete months: revenue, orders, new and lost customers."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.periods import find_numbered_start, number_period, parse_month_number
from cardcrm.errors import UsageError
from cardcrm.reports.scope import Scope, contact_condition, sale_condition
from cardcrm.store import Store
from cardcrm.text import find_similar

FIGURES = ("revenue", "orders", "new", "lost")


@dataclass(frozen=True)
class MonthlySeries:
    """The values of complete months in a row, from the month ``first`` on.

    Revenue is in minor units; the others are numbers of orders or customers.
    """

    figure: str
    first: int
    values: tuple[int, ...]


def parse_figure(word: str) -> str:
    """Return the figure that a word names. Raises UsageError."""
    name = word.strip().lower()
    name = {"new customers": "new", "lost customers": "lost", "sales": "revenue"}.get(name, name)
    if name in FIGURES:
        return name
    like = find_similar(name, FIGURES)
    raise UsageError(
        f"unknown figure “{word}”",
        f"Did you mean {like[0]}?" if like else f"Choose one of: {', '.join(FIGURES)}.",
    )


def read_series(store: Store, scope: Scope, figure: str, lost_after: int) -> MonthlySeries:
    """Return a figure by month, from the first month of sales to the last complete month.

    The month of today is not complete. A customer is lost in the last of ``lost_after`` months
    without an order.
    """
    first, end = _find_first(store, scope), _find_end(scope)
    if figure == "lost" and first is not None:
        first += lost_after
    if scope.since is not None and first is not None:
        first = max(first, number_period("month", scope.since) + (scope.since.day > 1))
    if first is None or first >= end:
        return MonthlySeries(figure, end, ())
    found = {
        "revenue": _read_revenue,
        "orders": _read_orders,
        "new": _read_new,
    }.get(figure)
    sums = found(store, scope, end) if found else _read_lost(store, scope, end, lost_after)
    return MonthlySeries(figure, first, tuple(sums.get(each, 0) for each in range(first, end)))


def _find_end(scope: Scope) -> int:
    """Return the month after the last complete one."""
    end = number_period("month", scope.today)
    if scope.until is None:
        return end
    return min(end, number_period("month", scope.until + dt.timedelta(days=1)))


def _before(store: Store, scope: Scope, end: int) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on sales ``s`` before a month, whatever the first day asked for."""
    whole = Scope(scope.currency, scope.today, where=scope.where)
    condition, params = sale_condition(store, whole)
    first = find_numbered_start("month", end).isoformat()
    return f"{condition} AND s.on_date < :end", {**params, "end": first}


def _find_first(store: Store, scope: Scope) -> int | None:
    condition, params = _before(store, scope, _find_end(scope))
    day = store.value(f"SELECT min(s.on_date) FROM sale s WHERE {condition}", **params)
    return parse_month_number(day) if day else None


def _read_revenue(store: Store, scope: Scope, end: int) -> dict[int, int]:
    return _sum_sales(store, scope, end, "sum(s.amount)")


def _read_orders(store: Store, scope: Scope, end: int) -> dict[int, int]:
    return _sum_sales(store, scope, end, "sum(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END)")


def _sum_sales(store: Store, scope: Scope, end: int, figure: str) -> dict[int, int]:
    condition, params = _before(store, scope, end)
    sql = (
        f"SELECT substr(s.on_date, 1, 7) AS month, {figure} FROM sale s "
        f"WHERE {condition} GROUP BY substr(s.on_date, 1, 7)"
    )
    return {parse_month_number(month): int(total) for month, total in store.rows(sql, **params)}


def _read_new(store: Store, scope: Scope, end: int) -> dict[int, int]:
    """Return the number of customers by the month of their first order."""
    condition, params = "v.currency = :currency", {"currency": scope.currency}
    if scope.where is not None:
        found, more = contact_condition(store, scope.where, "v.contact_id")
        condition, params = f"{condition} AND {found}", params | more
    sql = (
        "SELECT substr(v.first_on, 1, 7), count(*) FROM contact_value v "
        f"WHERE {condition} AND v.own = 1 AND v.orders > 0 AND v.first_on < :end "
        "GROUP BY substr(v.first_on, 1, 7)"
    )
    rows = store.rows(sql, **params, end=find_numbered_start("month", end).isoformat())
    return {parse_month_number(month): int(count) for month, count in rows}


def _read_lost(store: Store, scope: Scope, end: int, lost_after: int) -> dict[int, int]:
    """Return the number of customers by the month in which they were lost, perhaps for a time."""
    condition, params = _before(store, scope, end)
    sql = (
        "SELECT month, next, count(*) FROM (SELECT month, lead(month) OVER "
        "(PARTITION BY contact_id ORDER BY month) AS next FROM "
        "(SELECT DISTINCT s.contact_id, substr(s.on_date, 1, 7) AS month FROM sale s "
        f"WHERE {condition} AND s.amount > 0) AS bought) AS gaps GROUP BY month, next"
    )
    lost: dict[int, int] = {}
    for month, following, count in store.rows(sql, **params):
        at = parse_month_number(month) + lost_after
        if following is None or parse_month_number(following) > at:
            lost[at] = lost.get(at, 0) + int(count)
    return lost
