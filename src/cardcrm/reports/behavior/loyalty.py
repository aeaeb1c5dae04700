"""Sources that bring customers who stay, or the values of another field.

A customer came back with an order on a second day within a year after the first one; this is asked
of those who first bought at least a year ago. A customer stayed with an order in the second year
after the first one, and is asked of those who first bought at least two years ago. So each of them
had the whole time, and a source of new customers does not look worse than an old one. Shares have
Wilson intervals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.periods import add_years
from cardcrm.money import Money
from cardcrm.reports.dimension import Dimension
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
        """The 95% interval of the share."""
        return wilson_interval(self.hits, self.count)


@dataclass(frozen=True)
class SourceLoyalty:
    """The customers of one source: the shares of those who came back, and of those who stayed."""

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


_YEARS_LATER = (
    "CAST(CAST(substr(v.first_on, 1, 4) AS INTEGER) + {} AS TEXT) || substr(v.first_on, 5)"
)
_ORDERED = (
    "EXISTS (SELECT 1 FROM sale s WHERE s.contact_id = v.contact_id AND s.currency = v.currency "
    "AND s.on_date {} AND s.on_date < {} AND s.amount > 0)"
)
_CAME_BACK = _ORDERED.format("> v.first_on", _YEARS_LATER.format(1))
_STAYED = _ORDERED.format(f">= {_YEARS_LATER.format(1)}", _YEARS_LATER.format(2))
_BOUGHT = (
    "SELECT v.contact_id, v.revenue, "
    "CASE WHEN v.first_on <= :year_ago THEN 1 ELSE 0 END AS had_year, "
    f"CASE WHEN v.first_on <= :year_ago AND v.days > 1 AND {_CAME_BACK} THEN 1 ELSE 0 END "
    "AS came_back, "
    "CASE WHEN v.first_on <= :two_years_ago THEN 1 ELSE 0 END AS had_two, "
    f"CASE WHEN v.first_on <= :two_years_ago AND {_STAYED} THEN 1 ELSE 0 END AS has_stayed "
    "FROM contact_value v WHERE {condition}"
)
_FIGURES = (
    "count(*), sum(b.had_year), sum(b.came_back), sum(b.had_two), sum(b.has_stayed), sum(b.revenue)"
)


def _condition(store: Store, scope: Scope) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on customers ``v``, and the parameters."""
    conditions = ["v.currency = :currency AND v.own = 1 AND v.orders > 0 AND v.first_on <= :until"]
    params: dict[str, Any] = {
        "currency": scope.currency,
        "until": min(scope.until or scope.today, scope.today).isoformat(),
        "year_ago": add_years(scope.today, -1).isoformat(),
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

    They are ordered by the lower bounds of the share that stayed, then of that who came back.
    """
    sums: dict[str, list[int]] = {}
    for name, *figures in rows:
        known = sums.setdefault(name, [0] * len(figures))
        for at, figure in enumerate(figures):
            known[at] += int(figure or 0)
    found = [
        SourceLoyalty(
            name,
            customers,
            Share(came_back, had_year),
            Share(stayed, had_two),
            Money(revenue, currency),
        )
        for name, (customers, had_year, came_back, had_two, stayed, revenue) in sums.items()
        if customers
    ]
    found.sort(key=lambda each: (-each.stayed.interval.low, -each.repeat.interval.low, each.name))
    return tuple(found)
