"""The time since customers were last reached, against what they bring."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.day_numbers import count_days_since
from cardcrm.money import Money
from cardcrm.reports.scope import Scope, complete_period, sale_condition
from cardcrm.store import Store

_LIMITS = (30, 90, 180, 365)  # days
_MOST_POINTS = 200
NEVER = "never"


@dataclass(frozen=True)
class TouchGroup:
    """The customers of a period whose last touch is some days ago, and what they brought in it."""

    name: str
    customers: int
    revenue: Money
    share: float | None

    @property
    def by_customer(self) -> Money:
        """The revenue of each customer in the mean."""
        return Money(round(self.revenue.minor / self.customers), self.revenue.currency)


@dataclass(frozen=True)
class TouchedCustomer:
    """A customer, the days since the last touch, and the revenue of the period."""

    contact_id: int
    name: str
    days: int
    revenue: Money


@dataclass(frozen=True)
class TouchReport:
    """The groups by time since the last touch, and the best customers that were ever reached."""

    since: dt.date
    until: dt.date
    groups: tuple[TouchGroup, ...]
    best: tuple[TouchedCustomer, ...]


def build_touches(store: Store, scope: Scope) -> TouchReport:
    """Return customers of a period, by default of the last twelve months, by their last touch."""
    scope = complete_period(scope)
    assert scope.since is not None
    assert scope.until is not None
    condition, params = sale_condition(store, scope)
    bought = (
        "SELECT s.contact_id, sum(s.amount) AS revenue FROM sale s "
        f"WHERE {condition} GROUP BY s.contact_id "
        "HAVING sum(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) > 0"
    )
    rows = store.rows(
        "SELECT c.touched_on, count(*), sum(b.revenue) "
        f"FROM ({bought}) AS b JOIN contact c ON c.id = b.contact_id GROUP BY c.touched_on",
        **params,
    )
    best = store.rows(
        "SELECT c.id, c.name, c.touched_on, b.revenue "
        f"FROM ({bought}) AS b JOIN contact c ON c.id = b.contact_id "
        "WHERE c.touched_on IS NOT NULL ORDER BY b.revenue DESC, c.id LIMIT :most",
        **params,
        most=_MOST_POINTS,
    )
    return TouchReport(
        scope.since,
        scope.until,
        group_touches(map(tuple, rows), scope.today, scope.currency),
        tuple(
            TouchedCustomer(
                id_, name, count_days_since(day, scope.today), Money(int(sum_), scope.currency)
            )
            for id_, name, day, sum_ in best
        ),
    )


def group_touches(
    rows: Iterable[tuple[Any, ...]], today: dt.date, currency: str
) -> tuple[TouchGroup, ...]:
    """Return the groups of days of the last touch, with their customers and revenue."""
    sums: dict[str, list[int]] = {}
    for day, customers, revenue in rows:
        known = sums.setdefault(_name_group(day, today), [0, 0])
        known[0] += int(customers)
        known[1] += int(revenue)
    total = sum(revenue for _, revenue in sums.values())
    return tuple(
        TouchGroup(
            name,
            sums[name][0],
            Money(sums[name][1], currency),
            sums[name][1] / total if total > 0 else None,
        )
        for name in _list_names()
        if name in sums
    )


def _name_group(day: str | None, today: dt.date) -> str:
    if day is None:
        return NEVER
    days = count_days_since(day, today)
    return _list_names()[sum(days > limit for limit in _LIMITS)]


def _list_names() -> tuple[str, ...]:
    starts = (0, *(limit + 1 for limit in _LIMITS))
    spans = (f"{start}–{end} days" for start, end in zip(starts, _LIMITS, strict=False))
    return (*spans, f"over {_LIMITS[-1]} days", NEVER)
