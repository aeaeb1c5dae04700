"""Follow the customers of each month, quarter or year of their first purchase: a cohort.

A period has an age: the number of periods since the first purchase, which was at age 0. A customer
counts at each age with a purchase in exactly that period, or with ``or_later`` at each age up to
the last purchase. Sales after the last complete period do not count at all; otherwise a young
cohort would look as if it had left. A purchase is a sale above 0. Revenue is less refunds, and a
refund dated before the first purchase belongs to age 0.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

from cardcrm.dates.periods import find_numbered_start, name_numbered_period
from cardcrm.money import Money
from cardcrm.reports.retention.numbered_periods import complete_numbers, number_sql
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Store


class CohortCount(NamedTuple):
    """The purchases of the customers of one first period at one age.

    ``last`` counts the customers whose last purchase was at this age.
    """

    first: int
    age: int
    customers: int
    last: int
    revenue: int


@dataclass(frozen=True)
class Age:
    """The customers and the revenue of a cohort at one age, and the period that this was."""

    age: int
    period: str
    customers: int
    share: float
    revenue: Money


@dataclass(frozen=True)
class Cohort:
    """The customers whose first purchase was in a period, at each age that is complete."""

    period: str
    size: int
    ages: tuple[Age, ...]


def build_cohorts(
    by: str, counts: Iterable[CohortCount], span: tuple[int, int], currency: str, *, or_later: bool
) -> list[Cohort]:
    """Return the cohorts of the periods of a span, the oldest first, without empty ones."""
    first, last = span
    found: dict[int, dict[int, CohortCount]] = {}
    for each in counts:
        found.setdefault(each.first, {})[each.age] = each
    return [
        _build_cohort(by, number, last, ages, currency, or_later=or_later)
        for number, ages in sorted(found.items())
        if first <= number <= last
    ]


def _build_cohort(
    by: str,
    number: int,
    last: int,
    counts: Mapping[int, CohortCount],
    currency: str,
    *,
    or_later: bool,
) -> Cohort:
    numbers = range(last - number + 1)
    none = CohortCount(number, 0, 0, 0, 0)
    rows = [counts.get(age, none) for age in numbers]
    customers, revenue = [each.customers for each in rows], [each.revenue for each in rows]
    size = customers[0]
    if or_later:
        customers = _sum_later([each.last for each in rows])
        revenue = _sum_later(revenue)
    ages = (
        Age(
            age,
            name_numbered_period(by, number + age),
            customers[age],
            customers[age] / size,
            Money(revenue[age], currency),
        )
        for age in numbers
    )
    return Cohort(name_numbered_period(by, number), size, tuple(ages))


def _sum_later(values: list[int]) -> list[int]:
    """Return for each place the sum of the values from there to the end."""
    return list(accumulate(reversed(values)))[::-1]


def average_shares(cohorts: Iterable[Cohort]) -> list[float]:
    """Return the share of customers at each age over all cohorts that have reached it.

    Each customer has one weight, so a large cohort counts for more.
    """
    customers: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for cohort in cohorts:
        for each in cohort.ages:
            customers[each.age] = customers.get(each.age, 0) + each.customers
            sizes[each.age] = sizes.get(each.age, 0) + cohort.size
    return [customers[age] / sizes[age] for age in sorted(sizes)]


def report_cohorts(store: Store, scope: Scope, by: str, *, or_later: bool = False) -> list[Cohort]:
    """Return the cohorts whose first purchase was in a complete period of the scope's span.

    The end of the span is also the end of the sales that count.
    """
    span = complete_numbers(by, scope.today, scope.since, scope.until)
    counts = _count(store, scope, by, span[1])
    return build_cohorts(by, counts, span, scope.currency, or_later=or_later)


def _count(store: Store, scope: Scope, by: str, last: int) -> list[CohortCount]:
    """Return the counts by first period and age, from all sales up to the number ``last``."""
    condition, params = "1 = 1", dict[str, Any]()
    if scope.where is not None:
        condition, params = contact_condition(store, scope.where, "s.contact_id")
    number = number_sql(by, "s.on_date")
    bought = f"CASE WHEN s.amount > 0 THEN {number} END"
    # Sums by customer and period first; the windows then read far fewer rows.
    rows = store.rows(
        "SELECT start AS first, age, sum(buys) AS customers, "
        "sum(CASE WHEN number = latest THEN buys ELSE 0 END) AS last, sum(amount) AS revenue FROM "
        "(SELECT start, latest, number, buys, amount, "
        "CASE WHEN number > start THEN number - start ELSE 0 END AS age FROM "
        "(SELECT number, amount, buys, min(bought) OVER w AS start, max(bought) OVER w AS latest "
        f"FROM (SELECT s.contact_id, {number} AS number, sum(s.amount) AS amount, "
        f"min({bought}) AS bought, "
        "max(CASE WHEN s.amount > 0 THEN 1 ELSE 0 END) AS buys "
        f"FROM sale s WHERE s.currency = :currency AND s.on_date < :end AND {condition} "
        "GROUP BY 1, 2) AS p WINDOW w AS (PARTITION BY contact_id)) AS q "
        "WHERE start IS NOT NULL) AS r GROUP BY start, age ORDER BY start, age",
        currency=scope.currency,
        end=find_numbered_start(by, last + 1).isoformat(),
        **params,
    )
    return [
        CohortCount(
            row["first"], row["age"], int(row["customers"]), int(row["last"]), int(row["revenue"])
        )
        for row in rows
    ]
