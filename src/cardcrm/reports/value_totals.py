"""All customers of a currency together: their sums, and what they will yet bring."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from cardcrm.date_parser import add_months
from cardcrm.money import Money
from cardcrm.reports.lifetime import Lifespan, lifespan, observed, rounded, told
from cardcrm.store import Store
from cardcrm.store.ahead import asked_ahead
from cardcrm.store.engine import Row

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
    asked = [partial(_last_sold, currency=currency, span=span) for span in _spans(today)]
    with asked_ahead(
        store,
        *asked,
        partial(_without_orders, currency=currency, today=today),
        partial(_best, currency=currency, count=best),
    ):
        lifespan = told(years) if years is not None else _lifespan(store, currency, today, days)
        per_year = _a_year(days, today) - _without_orders(store, currency, today)
        return Totals(
            currency,
            count,
            int(sum(day["orders"] for day in days)),
            Money(revenue, currency),
            Money(margin, currency) if known else None,
            count - known,
            Money(rounded(per_year * lifespan.years), currency),
            best,
            _best(store, currency, best) / revenue if revenue > 0 else None,
            lifespan,
        )


def _best(store: Store, currency: str, count: int) -> int:
    """What the best customers bring together."""
    return int(
        store.value(
            "SELECT sum(revenue) FROM (SELECT revenue FROM contact_value "
            "WHERE currency = :currency ORDER BY revenue DESC LIMIT :count) best",
            currency=currency,
            count=count,
        )
    )


def _a_year(days: Iterable[Row], today: dt.date) -> float:
    """What customers bring a year, by the days of their first sales."""
    first_on = dt.date.fromisoformat
    return float(sum(day["worth"] / observed(first_on(day["first_on"]), today) for day in days))


def _without_orders(store: Store, currency: str, today: dt.date) -> float:
    """What customers with refunds alone would add a year: they have no lifetime value."""
    rows = store.rows(
        f"SELECT first_on, sum({WORTH}) AS worth FROM contact_value v "
        "WHERE currency = :currency AND orders < 1 GROUP BY first_on",
        currency=currency,
    )
    return _a_year(rows, today)


def _lifespan(store: Store, currency: str, today: dt.date, days: Iterable[Row]) -> Lifespan:
    """The expected years by the churn of the last year; see `lifetime.Lifespan`."""
    long_ago, last_year = _spans(today)
    since = sum(day["customers"] for day in days if day["first_on"] <= last_year[1])
    gone = _last_sold(store, currency, long_ago)
    lost = _last_sold(store, currency, last_year)
    return lifespan(since - gone + lost, lost)


def _spans(today: dt.date) -> tuple[tuple[str, str], tuple[str, str]]:
    """All days up to a year ago, and those of them within the year before, each after the first."""
    then = _years_ago(today, 1)
    return ("", then), (_years_ago(today, 2), then)


def _years_ago(today: dt.date, years: int) -> str:
    return add_months(today, -12 * years).isoformat()


def _last_sold(store: Store, currency: str, span: tuple[str, str]) -> int:
    """How many customers' last sale was after one day and up to another."""
    after, until = span
    return int(
        store.value(
            "SELECT count(*) FROM contact_value "
            "WHERE currency = :currency AND last_on > :after AND last_on <= :until",
            currency=currency,
            after=after,
            until=until,
        )
    )
