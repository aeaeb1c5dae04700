"""Gather the figures of complete months: revenue, orders, new and lost customers."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cardcrm.choices import parse_choice
from cardcrm.dates.periods import (
    find_end,
    find_numbered_start,
    number_period,
    parse_month_number,
)
from cardcrm.reports.scope import Scope, contact_condition, sale_condition
from cardcrm.store import Store

FIGURES = ("revenue", "orders", "new", "lost")
_ONE = dt.timedelta(days=1)


@dataclass(frozen=True)
class RunningMonth:
    """The month that is not over: its value ``so_far``, and the part ``before`` today.

    ``rests`` are the parts of the values of the complete months that fell in as many days at their
    end as are left in this month, today included.
    """

    so_far: int
    before: int
    rests: tuple[int, ...]


@dataclass(frozen=True)
class MonthlySeries:
    """The values of complete months in a row, from the month ``first`` on.

    Revenue is in minor units; the others are numbers of orders or customers. ``running`` is the
    month after them, where a part of it is known. ``basis`` is the number of months with a sale
    that revenue and orders rest on, or of customers.
    """

    figure: str
    first: int
    values: tuple[int, ...]
    running: RunningMonth | None = None
    basis: int = 0

    @property
    def end(self) -> int:
        """The month after the last complete one."""
        return self.first + len(self.values)


OTHER_NAMES = {
    "new customers": "new",
    "lost customers": "lost",
    "customers": "new",
    "sales": "revenue",
    "turnover": "revenue",
}


def parse_figure(word: str) -> str:
    """Return the figure that a word names. Raises UsageError."""
    return parse_choice(word, FIGURES, "figure", OTHER_NAMES)


def read_series(store: Store, scope: Scope, figure: str, lost_after: int) -> MonthlySeries:
    """Return a figure by month, from the first month of sales to the last complete month.

    The month of today is not complete; what is sold by today counts, also with an earlier last day
    in the scope. A customer is lost in the last of ``lost_after`` months without an order, so no
    customer is lost before the end of a month.
    """
    scope, today = _end_scope(scope)
    first, end = _find_first(store, scope), number_period("month", today)
    if figure == "lost" and first is not None:
        first += lost_after
    if scope.since is not None and first is not None:
        first = max(first, number_period("month", scope.since) + (scope.since.day > 1))
    if first is None or first >= end:
        return MonthlySeries(figure, end, ())
    if figure == "lost":
        lost, customers = _read_lost(store, scope, end, lost_after)
        values = tuple(lost.get(each, 0) for each in range(first, end))
        return MonthlySeries(figure, first, values, basis=customers)
    return split_days(figure, first, _READERS[figure](store, scope), today)


def _end_scope(scope: Scope) -> tuple[Scope, dt.date]:
    """Return a scope up to a day, and the first day that is not over: today, or the next day."""
    until = min(scope.until or scope.today, scope.today)
    following = until + _ONE
    if until == scope.today or number_period("month", following) == number_period(
        "month", scope.today
    ):
        return replace(scope, until=scope.today), scope.today
    return scope, following


def split_days(figure: str, first: int, days: Mapping[str, int], today: dt.date) -> MonthlySeries:
    """Return the series of the values of days, from a month on up to the month of today."""
    end = number_period("month", today)
    starts = {month: _find_rest(month, today) for month in range(first, end + 1)}
    values, rests = Counter[int](), Counter[int]()
    for day, value in days.items():
        month = parse_month_number(day)
        if month in starts:
            values[month] += value
            rests[month] += value if day >= starts[month] else 0
    complete = range(first, end)
    running = None
    if today.day > 1 or end in values:
        before = values[end] - rests[end]
        running = RunningMonth(values[end], before, tuple(rests[each] for each in complete))
    known = tuple(values[each] for each in complete)
    basis = sum(known) if figure == "new" else sum(each != 0 for each in known)
    return MonthlySeries(figure, first, known, running, basis)


def _find_rest(month: int, today: dt.date) -> str:
    """Return the first of as many days at the end of a month as are left in the month of today."""
    last = find_end("month", find_numbered_start("month", month))
    left = (find_end("month", today) - today).days
    return last.replace(day=max(1, last.day - left) if today.day > 1 else 1).isoformat()


def _find_first(store: Store, scope: Scope) -> int | None:
    condition, params = _condition(store, scope)
    day = store.value(f"SELECT min(s.on_date) FROM sale s WHERE {condition}", **params)
    return parse_month_number(day) if day else None


def _condition(store: Store, scope: Scope) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on sales ``s`` up to the end of a scope, whatever its first day."""
    return sale_condition(store, replace(scope, since=None))


def _read_revenue(store: Store, scope: Scope) -> dict[str, int]:
    return _sum_sales(store, scope, "sum(s.amount)")


def _read_orders(store: Store, scope: Scope) -> dict[str, int]:
    return _sum_sales(store, scope, "sum(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END)")


def _sum_sales(store: Store, scope: Scope, figure: str) -> dict[str, int]:
    condition, params = _condition(store, scope)
    sql = f"SELECT s.on_date, {figure} FROM sale s WHERE {condition} GROUP BY s.on_date"
    return {day: int(total) for day, total in store.rows(sql, **params)}


def _read_new(store: Store, scope: Scope) -> dict[str, int]:
    """Return the number of customers by the day of their first order."""
    condition, params = "v.currency = :currency", {"currency": scope.currency}
    if scope.where is not None:
        found, more = contact_condition(store, scope.where, "v.contact_id")
        condition, params = f"{condition} AND {found}", params | more
    sql = (
        "SELECT v.first_on, count(*) FROM contact_value v "
        f"WHERE {condition} AND v.own = 1 AND v.orders > 0 AND v.first_on <= :until "
        "GROUP BY v.first_on"
    )
    return {day: int(count) for day, count in store.rows(sql, **params, until=str(scope.until))}


_READERS: Mapping[str, Callable[[Store, Scope], dict[str, int]]] = {
    "revenue": _read_revenue,
    "orders": _read_orders,
    "new": _read_new,
}


def _read_lost(store: Store, scope: Scope, end: int, lost_after: int) -> tuple[dict[int, int], int]:
    """Return the number of customers by the month in which they were lost, perhaps for a time.

    The second figure is the number of all customers.
    """
    condition, params = _condition(store, scope)
    sql = (
        "SELECT month, next, count(*) FROM (SELECT month, lead(month) OVER "
        "(PARTITION BY contact_id ORDER BY month) AS next FROM "
        "(SELECT DISTINCT s.contact_id, substr(s.on_date, 1, 7) AS month FROM sale s "
        f"WHERE {condition} AND s.on_date < :end AND s.amount > 0) AS bought) AS gaps "
        "GROUP BY month, next"
    )
    lost: dict[int, int] = {}
    customers = 0
    for month, following, count in store.rows(
        sql, **params, end=find_numbered_start("month", end).isoformat()
    ):
        customers += int(count) if following is None else 0
        at = parse_month_number(month) + lost_after
        if following is None or parse_month_number(following) > at:
            lost[at] = lost.get(at, 0) + int(count)
    return lost, customers
