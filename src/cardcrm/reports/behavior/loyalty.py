"""Sources that bring customers who stay, or the values of another field.

A repeat purchase is an order on a second day. A customer stayed after 12 months with an order in
the second year after the first order; this is asked of those who first bought at least two years
ago, so that each of them had the whole second year. Shares have Wilson intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.periods import add_years
from cardcrm.money import Money
from cardcrm.reports.market.dimension import Dimension
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.statistics.intervals import Interval, wilson_interval
from cardcrm.store import Store

MIN_CUSTOMERS = 5  # a share of fewer customers is not shown


@dataclass(frozen=True)
class Share:
    """A number of customers among some."""

    hits: int
    count: int

    @property
    def value(self) -> float | None:
        """The share; None for fewer than `MIN_CUSTOMERS`."""
        return self.hits / self.count if self.count >= MIN_CUSTOMERS else None

    @property
    def interval(self) -> Interval:
        """The 95 % interval of the share."""
        return wilson_interval(self.hits, self.count)


@dataclass(frozen=True)
class SourceLoyalty:
    """The customers of one source: the share with a repeat purchase, and of those who stayed."""

    name: str
    customers: int
    repeat: Share
    stayed: Share
    revenue: Money

    @property
    def by_customer(self) -> Money:
        """The revenue of each customer in the mean."""
        return Money(round(self.revenue.minor / self.customers), self.revenue.currency)


@dataclass(frozen=True)
class LoyaltyReport:
    """The sources, those whose customers stay first, and all customers together."""

    field: str
    sources: tuple[SourceLoyalty, ...]
    total: SourceLoyalty | None
    is_overlapping: bool


def build_loyalty(store: Store, scope: Scope, dimension: Dimension) -> LoyaltyReport:
    """Return the loyalty of customers by a field; the days of a scope are those of first orders."""
    condition, params = _condition(store, scope)
    bought = _BOUGHT.format(condition=condition)
    rows = [tuple(row) for row in store.rows(_group_sql(store, dimension, bought), **params)]
    whole = [("", *row[1:]) for row in rows]
    if dimension.join:  # a customer has several rows
        sql = f"SELECT '', {_FIGURES} FROM ({bought}) AS b"
        whole = [tuple(row) for row in store.rows(sql, **params)]
    label = dimension.label([(row[0], int(row[1])) for row in rows])
    named = [(label(row[0]), *row[1:]) for row in rows]
    total = sum_sources(whole, scope.currency)
    return LoyaltyReport(
        dimension.name,
        sum_sources(named, scope.currency),
        total[0] if total else None,
        bool(dimension.join),
    )


_NEXT_YEAR = "CAST(CAST(substr(v.first_on, 1, 4) AS INTEGER) + {} AS TEXT) || substr(v.first_on, 5)"
_STAYED = (
    "EXISTS (SELECT 1 FROM sale s WHERE s.contact_id = v.contact_id AND s.currency = v.currency "
    f"AND s.on_date >= {_NEXT_YEAR.format(1)} AND s.on_date < {_NEXT_YEAR.format(2)} "
    "AND s.amount > 0)"
)
_BOUGHT = (
    "SELECT v.contact_id, v.revenue, CASE WHEN v.days > 1 THEN 1 ELSE 0 END AS is_repeat, "
    "CASE WHEN v.first_on <= :two_years_ago THEN 1 ELSE 0 END AS is_old, "
    f"CASE WHEN v.first_on <= :two_years_ago AND {_STAYED} THEN 1 ELSE 0 END AS has_stayed "
    "FROM contact_value v WHERE {condition}"
)
_FIGURES = "count(*), sum(b.is_repeat), sum(b.is_old), sum(b.has_stayed), sum(b.revenue)"


def _condition(store: Store, scope: Scope) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on customers ``v``, and the parameters."""
    conditions = ["v.currency = :currency AND v.own = 1 AND v.orders > 0 AND v.first_on <= :until"]
    params: dict[str, Any] = {
        "currency": scope.currency,
        "until": min(scope.until or scope.today, scope.today).isoformat(),
        "two_years_ago": add_years(scope.today, -2).isoformat(),
    }
    if scope.since is not None:
        conditions.append("v.first_on >= :since")
        params["since"] = scope.since.isoformat()
    if scope.where is not None:
        found, more = contact_condition(store, scope.where, "v.contact_id")
        conditions.append(found)
        params |= more
    return " AND ".join(conditions), params


def _group_sql(store: Store, dimension: Dimension, bought: str) -> str:
    """Return SQL for the figures of each stored value of a field."""
    valued, value, org = dimension.grouped_sql(store.engine.concat_function)
    return (  # in the order of contacts, which takes half the time of the order of an index
        f"WITH {valued}, bought AS ({bought}) SELECT {value}, {_FIGURES} "
        f"FROM valued v {org}CROSS JOIN bought b WHERE b.contact_id = v.id GROUP BY {value}"
    )


def sum_sources(rows: Sequence[tuple[Any, ...]], currency: str) -> tuple[SourceLoyalty, ...]:
    """Return the sources of named figures: first those whose customers stay for certain.

    They are ordered by the lower bounds of the share that stayed, then of the repeat share.
    """
    sums: dict[str, list[int]] = {}
    for name, *figures in rows:
        known = sums.setdefault(name, [0, 0, 0, 0, 0])
        for at, figure in enumerate(figures):
            known[at] += int(figure or 0)
    found = [
        SourceLoyalty(
            name, customers, Share(repeat, customers), Share(stayed, old), Money(revenue, currency)
        )
        for name, (customers, repeat, old, stayed, revenue) in sums.items()
        if customers
    ]
    found.sort(key=lambda each: (-each.stayed.interval.low, -each.repeat.interval.low, each.name))
    return tuple(found)
