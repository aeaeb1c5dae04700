"""Expect the next order of each customer with a habit.

> expected next order = last purchase + usual interval

The rule on what is late is that of `reports.habits`. A customer with fewer than three purchases has
no expected order.
"""

import datetime as dt
from typing import NamedTuple

from cardcrm.reports.contact_names import read_names
from cardcrm.reports.habits import MIN_PURCHASES, Habit, find_habit
from cardcrm.reports.org_members import ONE_WITH_MEMBERS
from cardcrm.reports.retention.buyers import read_buyers
from cardcrm.reports.scope import Scope
from cardcrm.store import Store

LATE, DUE, COMING, OVERDUE = "late", "due", "coming", "long overdue"
# The place of the state, the number of the expected day, the contact, and its habit.
_RankedOrder = tuple[int, int, int, Habit]
_ORDER = {LATE: 0, DUE: 1, COMING: 2, OVERDUE: 3}


class NextOrder(NamedTuple):
    """The order that a customer is expected to place next, by the usual interval.

    ``days_late`` are those since the expected day.
    """

    contact_id: int
    name: str
    purchases: int
    usual_days: float
    last_on: dt.date
    expected_on: dt.date
    days_late: int
    state: str


def expect_order(contact_id: int, name: str, habit: Habit, today: dt.date) -> NextOrder:
    """Return the next order of a customer with a habit."""
    last_on = today - dt.timedelta(days=habit.silent_days)
    expected_on = last_on + dt.timedelta(days=habit.expected_days)
    return NextOrder(
        contact_id,
        name,
        habit.purchases,
        habit.usual_days,
        last_on,
        expected_on,
        max((today - expected_on).days, 0),
        _name_state(habit),
    )


def _name_state(habit: Habit) -> str:
    if habit.is_likely_lost:
        return OVERDUE
    if habit.is_late:
        return LATE
    return DUE if habit.is_due else COMING


def list_next_orders(
    store: Store, scope: Scope, limit: int | None = None, *, only_late: bool = False
) -> tuple[list[NextOrder], int]:
    """Return the expected orders, late ones first, then the next, and their number.

    Orders that are long overdue come last. Contacts that are deceased or closed are left out.
    """
    today = scope.today.toordinal()
    inactive = {row[0] for row in store.rows("SELECT id FROM contact WHERE status <> 'active'")}
    found: list[_RankedOrder] = []
    for contact_id, days, _ in read_buyers(store, scope, least=MIN_PURCHASES):
        habit = find_habit(days, today)
        if habit is None or (only_late and not habit.is_late) or contact_id in inactive:
            continue
        expected = today - habit.silent_days + habit.expected_days
        found.append((_ORDER[_name_state(habit)], expected, contact_id, habit))
    found.sort()  # a contact occurs once, so habits are not compared
    shown = found[:limit]
    names = read_names(store, [contact_id for _, _, contact_id, _ in shown])
    return [
        expect_order(contact_id, names[contact_id], habit, scope.today)
        for _, _, contact_id, habit in shown
    ], len(found)


def find_next_order(store: Store, contact_id: int, name: str, today: dt.date) -> NextOrder | None:
    """Return the next order of one customer, with its people; None without a habit."""
    rows = store.rows(
        f"SELECT DISTINCT on_date FROM sale WHERE contact_id IN ({ONE_WITH_MEMBERS}) "
        "AND amount > 0 AND on_date <= :today",
        contact=contact_id,
        today=today.isoformat(),
    )
    days = [dt.date.fromisoformat(row[0]).toordinal() for row in rows]
    habit = find_habit(days, today.toordinal())
    return expect_order(contact_id, name, habit, today) if habit else None
