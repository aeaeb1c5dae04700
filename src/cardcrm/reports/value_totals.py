"""All customers of a currency together: their sums, and what they will yet bring."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cardcrm.date_parser import add_months
from cardcrm.money import Money
from cardcrm.reports.lifetime import Lifespan, lifespan, observed, rounded, told
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of

WORTH = "coalesce(v.margin, v.revenue)"  # in minor units


@dataclass(frozen=True)
class Totals:
    """All customers of one currency together. ``margin`` is that of the customers whose costs are
    known, ``unknown`` the number of the others; ``best_share`` is the part of revenue that the best
    fifth of the customers (``best`` of them) bring, 0 to 1.
    """

    currency: str
    customers: int
    orders: int
    revenue: Money
    margin: Money | None
    unknown: int
    equity: Money
    best: int
    best_share: float | None
    lifespan: Lifespan


def totals(
    store: Store, currency: str, today: dt.date, years: float | None = None
) -> Totals | None:
    """All customers of a currency together; None where there are none."""
    days = store.rows(
        "SELECT first_on, count(*) AS customers, count(margin) AS known, sum(orders) AS orders, "
        f"sum(revenue) AS revenue, sum(margin) AS margin, sum({WORTH}) AS worth "
        "FROM contact_value v WHERE currency = :currency GROUP BY first_on",
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
        _without_orders_query(currency, today),
        _best_query(currency, best),
        *(_last_sold_query(currency, span) for span in _spans(today)),
    ]
    without_orders, best_revenue, gone, lost = store.fetch_many(queries)
    span = told(years) if years is not None else _lifespan(days, today, gone, lost)
    per_year = _a_year(days, today) - without_orders
    return Totals(
        currency,
        count,
        int(sum(day["orders"] for day in days)),
        Money(revenue, currency),
        Money(margin, currency) if known else None,
        count - known,
        Money(rounded(per_year * span.years), currency),
        best,
        best_revenue / revenue if revenue > 0 else None,
        span,
    )


def _best_query(currency: str, count: int) -> Query[int]:
    """Build the query of the revenue that the best customers bring together."""
    return Query(
        "SELECT sum(revenue) FROM (SELECT revenue FROM contact_value "
        "WHERE currency = :currency ORDER BY revenue DESC LIMIT :count) best",
        {"currency": currency, "count": count},
        count_of,
    )


def _a_year(days: Iterable[Row], today: dt.date) -> float:
    """What customers bring a year, by the days of their first sales."""
    first_on = dt.date.fromisoformat
    return float(sum(day["worth"] / observed(first_on(day["first_on"]), today) for day in days))


def _without_orders_query(currency: str, today: dt.date) -> Query[float]:
    """Build the query of the yearly sum of customers with refunds alone.

    They have no lifetime value, so the sum of all customers is lowered by theirs.
    """
    return Query(
        f"SELECT first_on, sum({WORTH}) AS worth FROM contact_value v "
        "WHERE currency = :currency AND orders < 1 GROUP BY first_on",
        {"currency": currency},
        lambda rows: _a_year(rows, today),
    )


def _lifespan(days: Iterable[Row], today: dt.date, gone: int, lost: int) -> Lifespan:
    """Return the expected years by the churn of the last year; see `lifetime.Lifespan`.

    ``gone`` customers bought last more than a year ago, ``lost`` of them in the year before.
    """
    a_year_ago = _years_ago(today, 1)
    since = sum(day["customers"] for day in days if day["first_on"] <= a_year_ago)
    return lifespan(since - gone + lost, lost)


def _spans(today: dt.date) -> tuple[tuple[str, str], tuple[str, str]]:
    """All days up to a year ago, and those of them within the year before, each after the first."""
    then = _years_ago(today, 1)
    return ("", then), (_years_ago(today, 2), then)


def _years_ago(today: dt.date, years: int) -> str:
    return add_months(today, -12 * years).isoformat()


def _last_sold_query(currency: str, span: tuple[str, str]) -> Query[int]:
    """Build the query that counts customers whose last sale was after one day, up to another."""
    return Query(
        "SELECT count(*) FROM contact_value "
        "WHERE currency = :currency AND last_on > :after AND last_on <= :until",
        {"currency": currency, "after": span[0], "until": span[1]},
        count_of,
    )
