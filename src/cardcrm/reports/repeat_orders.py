"""Figures about repeated orders: how many customers come back, how often, and when next.

A *purchase* is a day with a sale above 0. A customer with two purchases is a repeat customer.

> repeat rate = repeat customers / customers
> expected next order = last purchase + median days between own purchases

Three purchases make a habit, as for `at_risk`; a customer with fewer has no expected order. One
whose expected order is more than one usual interval ago is likely lost rather than late.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from cardcrm.reports.at_risk import Habit, find_habit
from cardcrm.reports.org_members import ONE_WITH_MEMBERS
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.reports.statistics.quantiles import find_counted_median
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

LATE, COMING, LOST = "late", "coming", "likely lost"
_ORDER = {LATE: 0, COMING: 1, LOST: 2}


class Buyer(NamedTuple):
    """The purchases of a customer: the numbers of their days in rising order, and the orders."""

    contact_id: int
    days: Sequence[int]
    orders: int


class RepeatFigures(NamedTuple):
    """Figures of all customers; rates and medians are None where too few bought."""

    customers: int
    repeat_customers: int
    orders: int
    purchases: int
    median_days: float | None

    @property
    def repeat_rate(self) -> float | None:
        """The share of customers with two purchases or more, from 0 to 1."""
        return self.repeat_customers / self.customers if self.customers else None

    @property
    def orders_per_customer(self) -> float | None:
        """The mean number of orders."""
        return self.orders / self.customers if self.customers else None

    @property
    def purchases_per_customer(self) -> float | None:
        """The mean number of days with an order."""
        return self.purchases / self.customers if self.customers else None


class NextOrder(NamedTuple):
    """The order that a customer is expected to place next, by the usual interval."""

    contact_id: int
    name: str
    purchases: int
    usual_days: float
    last_on: dt.date
    expected_on: dt.date
    days_late: int
    state: str


def count_repeats(buyers: Iterable[Buyer]) -> RepeatFigures:
    """Return the figures of some customers."""
    customers = repeats = orders = purchases = 0
    gaps: Counter[int] = Counter()
    for _, days, count in buyers:
        customers += 1
        repeats += len(days) > 1
        orders += count
        purchases += len(days)
        gaps.update(later - day for day, later in pairwise(days))
    median = find_counted_median(gaps) if gaps else None
    return RepeatFigures(customers, repeats, orders, purchases, median)


def expect_order(habit: Habit, name: str, today: dt.date) -> NextOrder:
    """Return the next order of a customer with a habit."""
    last_on = today - dt.timedelta(days=habit.silent_days)
    expected_on = last_on + dt.timedelta(days=round(habit.usual_days))
    late = max((today - expected_on).days, 0)
    return NextOrder(
        habit.contact_id,
        name,
        habit.purchases,
        habit.usual_days,
        last_on,
        expected_on,
        late,
        LOST if habit.is_late else LATE if late else COMING,
    )


def report_repeats(store: Store, scope: Scope) -> RepeatFigures:
    """Return the figures of all customers who bought in the days of a scope."""
    return count_repeats(read_buyers(store, scope))


def list_next_orders(
    store: Store, scope: Scope, limit: int | None = None, *, only_late: bool = False
) -> tuple[list[NextOrder], int]:
    """Return the expected orders, late ones first, then the next, and their number.

    Customers who are likely lost come last. Contacts that are deceased or closed are left out.
    """
    today = scope.today.toordinal()
    buyers = read_buyers(store, scope)
    habits = (find_habit(each.contact_id, each.days, 0, today) for each in buyers)
    found = [expect_order(habit, "", scope.today) for habit in habits if habit is not None]
    if only_late:
        found = [each for each in found if each.state != COMING]
    found.sort(key=lambda each: (_ORDER[each.state], each.expected_on, each.contact_id))
    names = _read_names(store, [each.contact_id for each in found])
    known = [
        each._replace(name=names[each.contact_id]) for each in found if each.contact_id in names
    ]
    return known[:limit], len(known)


def find_next_order(store: Store, contact_id: int, name: str, today: dt.date) -> NextOrder | None:
    """Return the next order of one customer, with its people; None without a habit."""
    rows = store.rows(
        f"SELECT DISTINCT on_date FROM sale WHERE contact_id IN ({ONE_WITH_MEMBERS}) "
        "AND amount > 0 AND on_date <= :today",
        contact=contact_id,
        today=today.isoformat(),
    )
    days = [dt.date.fromisoformat(row[0]).toordinal() for row in rows]
    habit = find_habit(contact_id, days, 0, today.toordinal())
    return expect_order(habit, name, today) if habit else None


def read_buyers(store: Store, scope: Scope) -> Iterator[Buyer]:
    """Yield the purchases of each customer up to today, in all currencies unless one is named."""
    until = min(scope.until or scope.today, scope.today)
    condition, params = sale_condition(store, _replace_until(scope, until))
    rows = store.stream(
        f"SELECT s.contact_id, {store.engine.concat_function}(s.on_date, ' '), count(*) "
        f"FROM sale s WHERE {condition} AND s.amount > 0 GROUP BY s.contact_id",
        params,
    )
    numbers = _DayNumbers()
    for contact_id, days, orders in rows:
        found = sorted({numbers[day] for day in days.split()})
        yield Buyer(contact_id, found, orders)


def _replace_until(scope: Scope, until: dt.date) -> Scope:
    return Scope(scope.currency, scope.today, scope.since, until, scope.where)


class _DayNumbers(dict[str, int]):
    """The numbers of ISO days; many sales share the same few thousand days."""

    def __missing__(self, day: str) -> int:
        self[day] = number = dt.date.fromisoformat(day).toordinal()
        return number


def _read_names(store: Store, ids: Sequence[int]) -> dict[int, str]:
    """Return the names of the active ones of some contacts."""
    sql = "SELECT id, name FROM contact WHERE status = 'active' AND id IN ({})"
    found: dict[int, Any] = {}
    for marks, params in chunks(ids):
        found |= {row[0]: row[1] for row in store.rows(sql.format(marks), **params)}
    return found
