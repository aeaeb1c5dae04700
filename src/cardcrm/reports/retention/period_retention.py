"""Count customers who stay, leave, come and return, by month, quarter or year.

A customer of a period is a contact with at least one purchase, a sale above 0, in it. Of the
customers of the period before, the *retained* ones are customers of this period too, and the
*lost* ones are not. A *new* customer makes the first purchase of all in this period; a *returned*
one had bought, but not in the period before.

> retention = retained / customers of the period before; defection rate = lost / the same number

The two rates add up to 1. F. Reichheld, *The Loyalty Effect*, 1996, names the share of customers
who leave in a period the defection rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.dates.periods import find_numbered_start, name_numbered_period
from cardcrm.reports.retention.numbered_periods import complete_numbers, number_sql
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Store


class PeriodCount(NamedTuple):
    """The customers of a period: all, those with their first purchase, and those who stayed."""

    customers: int
    new: int
    retained: int


NONE = PeriodCount(0, 0, 0)


@dataclass(frozen=True)
class PeriodRetention:
    """The customers of a period, and what became of the ``before`` customers of the one before."""

    period: str
    before: int
    retained: int
    lost: int
    new: int
    returned: int
    customers: int

    @property
    def retention(self) -> float | None:
        """The share of the customers before who stayed; None if there were none."""
        return self.retained / self.before if self.before else None

    @property
    def defection(self) -> float | None:
        """The share of the customers before who left; None if there were none."""
        return self.lost / self.before if self.before else None


def compute_retention(
    by: str, counts: Mapping[int, PeriodCount], first: int, last: int
) -> list[PeriodRetention]:
    """Return the retention of the periods from ``first`` to ``last``, by their numbers.

    It begins with the first period that has customers.
    """
    first = max(first, min(counts, default=last + 1))
    return [
        _compare(
            name_numbered_period(by, number), counts.get(number - 1, NONE), counts.get(number, NONE)
        )
        for number in range(first, last + 1)
    ]


def _compare(period: str, before: PeriodCount, here: PeriodCount) -> PeriodRetention:
    return PeriodRetention(
        period,
        before.customers,
        here.retained,
        before.customers - here.retained,
        here.new,
        here.customers - here.new - here.retained,
        here.customers,
    )


def report_retention(store: Store, scope: Scope, by: str) -> list[PeriodRetention]:
    """Return the retention of the complete periods of a span, the oldest first.

    The days of the scope choose the periods that are shown; whether a customer is new depends on
    all sales.
    """
    first, last = complete_numbers(by, scope.today, scope.since, scope.until)
    return compute_retention(by, _count(store, scope, by, last), first, last)


def _count(store: Store, scope: Scope, by: str, last: int) -> dict[int, PeriodCount]:
    """Return the customers of each period up to the number ``last``."""
    condition, params = "1 = 1", dict[str, Any]()
    if scope.where is not None:
        condition, params = contact_condition(store, scope.where, "s.contact_id")
    # The order of the window is that of the index `sale_contact`, so nothing is sorted.
    rows = store.rows(
        "SELECT number, count(*) AS customers, "
        "sum(CASE WHEN before IS NULL THEN 1 ELSE 0 END) AS fresh, "
        "sum(CASE WHEN before = number - 1 THEN 1 ELSE 0 END) AS retained FROM "
        f"(SELECT {number_sql(by, 's.on_date')} AS number, "
        f"lag({number_sql(by, 's.on_date')}) "
        "OVER (PARTITION BY s.contact_id ORDER BY s.on_date) AS before "
        "FROM sale s WHERE s.currency = :currency AND s.amount > 0 AND s.on_date < :end "
        f"AND {condition}) AS w WHERE before IS NULL OR before < number GROUP BY number",
        currency=scope.currency,
        end=find_numbered_start(by, last + 1).isoformat(),
        **params,
    )
    return {
        row["number"]: PeriodCount(row["customers"], int(row["fresh"]), int(row["retained"]))
        for row in rows
    }
