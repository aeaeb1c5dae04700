"""Compute the totals of all customers in one currency."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.date_parts import add_months
from cardcrm.money import Money
from cardcrm.reports.value.lifetime_value import (
    Lifespan,
    estimate_lifespan,
    given_lifespan,
    round_half_away,
    years_observed,
)
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of

VALUE_SQL = "coalesce(v.margin, v.revenue)"  # in minor units


@dataclass(frozen=True)
class Totals:
    """The totals of all customers in one currency.

    ``margin`` is the margin of customers whose costs are known, ``unknown`` the number of the
    others. ``best_share`` is the share of revenue, 0 to 1, of the best fifth of the customers;
    ``best`` is the number of customers in that fifth.
    """

    currency: str
    customers: int
    orders: int
    revenue: Money
    margin: Money | None
    unknown: int
    lifetime_value: Money
    best: int
    best_share: float | None
    lifespan: Lifespan


def compute_totals(
    store: Store, currency: str, today: dt.date, years: float | None = None
) -> Totals | None:
    """Return the totals of all customers in a currency; None if there are no customers.

    Each sale counts once, as one of the person or organization that paid.
    """
    days = store.rows(
        "SELECT first_on, count(*) AS customers, count(margin) AS known, sum(orders) AS orders, "
        # Customers without orders have no lifetime value.
        "sum(revenue) AS revenue, sum(margin) AS margin, "
        f"sum(CASE WHEN orders > 0 THEN {VALUE_SQL} ELSE 0 END) AS worth "
        "FROM contact_value v WHERE currency = :currency AND own = 1 GROUP BY first_on",
        currency=currency,
    )
    if not days:
        return None
    count = sum(day["customers"] for day in days)
    known = sum(day["known"] for day in days)
    revenue = int(sum(day["revenue"] for day in days))
    margin = int(sum(day["margin"] or 0 for day in days))
    best = -(-count // 5)
    queries: list[Query[Any]] = [
        _best_query(currency, best),
        *(_last_sold_query(currency, span) for span in _find_spans(today)),
    ]
    best_revenue, gone, lost = store.fetch_many(queries)
    span = (
        given_lifespan(years) if years is not None else _estimate_lifespan(days, today, gone, lost)
    )
    return Totals(
        currency,
        count,
        int(sum(day["orders"] for day in days)),
        Money(revenue, currency),
        Money(margin, currency) if known else None,
        count - known,
        Money(round_half_away(_value_per_year(days, today) * span.years), currency),
        best,
        best_revenue / revenue if revenue > 0 else None,
        span,
    )


def total_rows(rows: Sequence[Row], everyone: Totals, today: dt.date) -> Totals | None:
    """Return the totals of some rows of ``contact_value``, with the lifespan of all customers."""
    if not rows:
        return None
    currency, best = everyone.currency, -(-len(rows) // 5)
    revenues = sorted((row["revenue"] for row in rows), reverse=True)
    margins = [row["margin"] for row in rows if row["margin"] is not None]
    worth: dict[str, int] = {}
    for row in rows:
        if row["orders"]:
            value = row["revenue"] if row["margin"] is None else row["margin"]
            worth[row["first_on"]] = worth.get(row["first_on"], 0) + value
    days = [{"first_on": day, "worth": value} for day, value in worth.items()]
    revenue = sum(revenues)
    return Totals(
        currency,
        len(rows),
        sum(row["orders"] for row in rows),
        Money(revenue, currency),
        Money(sum(margins), currency) if margins else None,
        len(rows) - len(margins),
        Money(round_half_away(_value_per_year(days, today) * everyone.lifespan.years), currency),
        best,
        sum(revenues[:best]) / revenue if revenue > 0 else None,
        everyone.lifespan,
    )


def _best_query(currency: str, count: int) -> Query[int]:
    """Build the query for the revenue of the ``count`` best customers."""
    return Query(
        "SELECT sum(revenue) FROM (SELECT revenue FROM contact_value "
        "WHERE currency = :currency AND own = 1 ORDER BY revenue DESC LIMIT :count) best",
        {"currency": currency, "count": count},
        count_of,
    )


def _value_per_year(days: Iterable[Mapping[str, Any] | Row], today: dt.date) -> float:
    """Return the value of customers per year, from sums by the day of the first sale."""
    first_on = dt.date.fromisoformat
    return float(
        sum(day["worth"] / years_observed(first_on(day["first_on"]), today) for day in days)
    )


def _estimate_lifespan(days: Iterable[Row], today: dt.date, gone: int, lost: int) -> Lifespan:
    """Return the lifespan from the churn of the last year; see `lifetime.Lifespan`.

    ``gone`` customers last bought more than a year ago, ``lost`` of them in the year before that.
    """
    a_year_ago = _find_day_years_ago(today, 1)
    since = sum(day["customers"] for day in days if day["first_on"] <= a_year_ago)
    return estimate_lifespan(since - gone + lost, lost)


def _find_spans(today: dt.date) -> tuple[tuple[str, str], tuple[str, str]]:
    """Return two spans that end a year ago: all days, and the year before that."""
    then = _find_day_years_ago(today, 1)
    return ("", then), (_find_day_years_ago(today, 2), then)


def _find_day_years_ago(today: dt.date, years: int) -> str:
    return add_months(today, -12 * years).isoformat()


def _last_sold_query(currency: str, span: tuple[str, str]) -> Query[int]:
    """Build the query that counts customers whose last sale is in a span, without its first day."""
    return Query(
        "SELECT count(*) FROM contact_value "
        "WHERE currency = :currency AND own = 1 AND last_on > :after AND last_on <= :until",
        {"currency": currency, "after": span[0], "until": span[1]},
        count_of,
    )
