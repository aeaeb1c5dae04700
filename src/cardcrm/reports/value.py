"""Customer value: who brings how much, how recently and how often, and what they may yet bring.

All figures are of one currency; unlike currencies are never added. They are read from the sums that
the store keeps of each card's sales: refunds lower revenue and margin, and are no orders.
"""

import datetime as dt
import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.query import Node
from cardcrm.reports import rfm
from cardcrm.reports.lifetime import (
    Lifespan,
    Lifetime,
    lifespan,
    lifetime,
    observed,
    rounded,
    told,
)
from cardcrm.store import Store
from cardcrm.store.ahead import asked_ahead
from cardcrm.store.engine import Row
from cardcrm.text import near
from cardcrm.written import add_months

WORTH = "coalesce(v.margin, v.revenue)"  # in minor units
ORDERS: dict[str, str] = {
    "revenue": "v.revenue DESC, v.contact_id",
    "orders": "v.orders DESC, v.revenue DESC, v.contact_id",
    "margin": "v.margin DESC, v.contact_id",
    "clv": f"{WORTH} DESC, v.contact_id",  # among customers of one first day
}
_EVERYTHING = 2**62
COLUMNS = (
    "v.contact_id, c.name, v.currency, v.revenue, v.margin, v.orders, v.first_on, v.last_on, "
    f"{WORTH} AS worth"
)


@dataclass(frozen=True)
class Worth:
    """One customer's figures in one currency. ``share`` is of all revenue, 0 to 1, None where that
    is not above 0; ``margin`` is None where a cost is unknown, ``average`` and ``lifetime`` where
    there was no order; ``scores`` where there are too few customers.
    """

    rank: int
    contact_id: int
    name: str
    revenue: Money
    share: float | None
    margin: Money | None
    orders: int
    average: Money | None
    first_on: dt.date
    last_on: dt.date
    scores: rfm.Scores | None
    lifetime: Lifetime | None


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


@dataclass(frozen=True)
class Report:
    """The totals, the boundaries of the scores, and the customers asked for, best first."""

    totals: Totals
    scale: rfm.Scale | None
    rows: tuple[Worth, ...]


def currencies(store: Store) -> list[str]:
    """The currencies there are sales in, by code."""
    found: list[str] = []
    while code := store.value(
        "SELECT min(currency) FROM contact_value WHERE currency > :last",
        last=found[-1] if found else "",
    ):
        found.append(code)
    return found


def report(
    store: Store,
    currency: str,
    today: dt.date,
    *,
    by: str = "revenue",
    limit: int | None = 20,
    where: Node | None = None,
    years: float | None = None,
) -> Report | None:
    """The most valuable customers; None where nothing was sold in that currency.

    ``by`` is one of `ORDERS`; ``where`` keeps those that a query finds; ``years`` is the expected
    lifetime where it is not to be reckoned. Raises UsageError for another order.
    """
    if by not in ORDERS:
        like = near(by, ORDERS)
        raise UsageError(
            f"customers cannot be ranked by “{by}”",
            f"Did you mean {like[0]}?" if like else f"There are: {', '.join(ORDERS)}.",
        )
    together = totals(store, currency, today, years)
    if together is None:
        return None
    scale = _scale(store, currency, together.customers)
    most = _EVERYTHING if limit is None else limit
    condition, params = _condition(store, currency, where)
    if by in ("margin", "clv"):
        rows = _best_by_day(store, by, condition, params, today, most)
    else:
        rows = _best_rows(store, by, condition, params, most)
    return Report(
        together,
        scale,
        tuple(worth(row, rank, together, scale, today) for rank, row in enumerate(rows, 1)),
    )


def _condition(store: Store, currency: str, where: Node | None) -> tuple[str, dict[str, Any]]:
    """SQL that keeps the customers meant among ``contact_value v``, and its parameters."""
    if where is None:
        return "v.currency = :currency", {"currency": currency}
    from cardcrm.records.filters import compile_query

    found, params = compile_query(store, where)
    return (
        f"v.currency = :currency AND v.contact_id IN (SELECT c.id FROM contact c WHERE {found})",
        {**params, "currency": currency},
    )


def _best_rows(
    store: Store, by: str, condition: str, params: dict[str, Any], most: int
) -> list[Row]:
    """The first rows in an order; names are looked up for these alone."""
    return store.rows(
        f"SELECT {COLUMNS} FROM (SELECT v.* FROM contact_value v WHERE {condition} "
        f"ORDER BY {ORDERS[by]} LIMIT :most) v JOIN contact c ON c.id = v.contact_id "
        f"ORDER BY {ORDERS[by]}",
        **params,
        most=most,
    )


def _best_by_day(
    store: Store, by: str, condition: str, params: dict[str, Any], today: dt.date, most: int
) -> list[Row]:
    """The rows of the highest margins or lifetime values, where these can be told.

    Customers of one first day rank as what they brought. So the best of all are among the best of
    those days whose own best are highest, and these are soon found by an index.
    """
    # The sum keeps a planner from taking the index of orders, which all customers pass.
    known = "v.margin IS NOT NULL" if by == "margin" else "v.orders + 0 > 0"

    def height(row: Row) -> float:
        since = observed(_day(row["first_on"]), today) if by == "clv" else 1.0
        return float(row["worth"] / since)

    days = store.rows(
        f"SELECT first_on, worth FROM (SELECT v.first_on, max(CASE WHEN {known} THEN {WORTH} END) "
        f"AS worth FROM contact_value v WHERE {condition} GROUP BY v.first_on) best "
        "WHERE worth IS NOT NULL",
        **params,
    )
    rows: list[Row] = []
    for day in heapq.nlargest(min(most, len(days)), days, key=height):
        inside = {**params, "day": day["first_on"]}
        here = f"{condition} AND v.first_on = :day AND {known}"
        rows += _best_rows(store, by, here, inside, most)
    return heapq.nlargest(min(most, len(rows)), rows, key=height)


def of_contact(
    store: Store, contact_id: int, today: dt.date, *, years: float | None = None
) -> list[tuple[Worth, Totals]]:
    """One customer's figures, a currency at a time, with the totals they are a part of.

    The rank is that by revenue. Empty where nothing was sold to them.
    """
    found = []
    for row in store.rows(
        f"SELECT {COLUMNS} FROM contact_value v JOIN contact c ON c.id = v.contact_id "
        "WHERE v.contact_id = :id ORDER BY v.currency",
        id=contact_id,
    ):
        together = totals(store, row["currency"], today, years)
        assert together is not None
        scale = _scale(store, row["currency"], together.customers)
        before = store.value(
            "SELECT count(*) FROM contact_value WHERE currency = :currency AND revenue > :revenue",
            currency=row["currency"],
            revenue=row["revenue"],
        )
        found.append((worth(row, before + 1, together, scale, today), together))
    return found


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
        per_year = sum(day["worth"] / observed(_day(day["first_on"]), today) for day in days)
        per_year -= _without_orders(store, currency, today)
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


def _without_orders(store: Store, currency: str, today: dt.date) -> float:
    """What customers with refunds alone would add a year: they have no lifetime value."""
    rows = store.rows(
        f"SELECT first_on, sum({WORTH}) AS worth FROM contact_value v "
        "WHERE currency = :currency AND orders < 1 GROUP BY first_on",
        currency=currency,
    )
    return float(sum(row["worth"] / observed(_day(row["first_on"]), today) for row in rows))


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


def _scale(store: Store, currency: str, customers: int) -> rfm.Scale | None:
    if customers < rfm.FEWEST:
        return None
    asked = [
        partial(_at, currency=currency, column=column, place=place, count=customers)
        for column in ("last_on", "orders", "revenue")
        for place in _places(column, customers)
    ]
    with asked_ahead(store, *asked):
        return rfm.Scale(
            _quintiles(store, currency, "last_on", customers),
            _quintiles(store, currency, "orders", customers),
            _quintiles(store, currency, "revenue", customers),
        )


def _quintiles(store: Store, currency: str, column: str, count: int) -> rfm.Quintiles[Any]:
    """The boundaries of a kept sum, each looked up in its index."""
    first, *cuts, last = (
        _at(store, currency, column, place, count) for place in _places(column, count)
    )
    return rfm.Quintiles(tuple(cuts), first == last, column == "last_on")


def _places(column: str, count: int) -> tuple[int, ...]:
    """The places of the first, the boundaries and the last; of days the latest boundary first."""
    places = rfm.ranks(count)
    if column == "last_on":
        places = tuple(count - 1 - place for place in places)
    return 0, *places, count - 1


def _at(store: Store, currency: str, column: str, place: int, count: int) -> Any:
    """The value at a place in rising order, walked to from the nearer end."""
    falling = place > count // 2
    return store.value(
        f"SELECT {column} FROM contact_value WHERE currency = :currency "
        f"ORDER BY {column} {'DESC' if falling else 'ASC'} LIMIT 1 OFFSET :place",
        currency=currency,
        place=count - 1 - place if falling else place,
    )


def worth(row: Row, rank: int, together: Totals, scale: rfm.Scale | None, today: dt.date) -> Worth:
    """One customer's figures from their kept sums."""
    currency, revenue, margin = row["currency"], row["revenue"], row["margin"]
    orders, first_on = row["orders"], _day(row["first_on"])
    all_revenue = together.revenue.minor
    return Worth(
        rank,
        row["contact_id"],
        row["name"],
        Money(revenue, currency),
        revenue / all_revenue if all_revenue > 0 else None,
        None if margin is None else Money(margin, currency),
        orders,
        Money(rounded(revenue / orders), currency) if orders else None,
        first_on,
        _day(row["last_on"]),
        scale.scores(row["last_on"], orders, revenue) if scale else None,
        lifetime(
            Money(revenue, currency),
            margin,
            orders,
            observed(first_on, today),
            together.lifespan.years,
        ),
    )


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def scored(scale: rfm.Scale) -> tuple[str, dict[str, Any]]:
    """SQL of the scores ``r``, ``f`` and ``fm`` (the mean of frequency and monetary value, halves
    rounded up), and its parameters.
    """
    params: dict[str, Any] = {}
    scores = {}
    for name, column, quintiles in (
        ("r", "v.last_on", scale.recency),
        ("f", "v.orders", scale.frequency),
        ("m", "v.revenue", scale.monetary),
    ):
        scores[name] = str(rfm.MIDDLE)
        if not quintiles.flat:
            cuts = {f"{name}{number}": cut for number, cut in enumerate(quintiles.cuts)}
            params |= cuts
            scores[name] = _score(column, list(cuts), is_day=name == "r")
    r, f, m = scores["r"], scores["f"], scores["m"]
    return f"{r} AS r, {f} AS f, (({f}) + ({m}) + 1) / 2 AS fm", params


def _score(column: str, cuts: list[str], *, is_day: bool) -> str:
    """SQL of `rfm.Quintiles.score`: the cuts of days fall, those of the others rise."""
    compare, scores = (">=", range(5, 1, -1)) if is_day else ("<=", range(1, 5))
    steps = zip(cuts, scores, strict=True)
    whens = " ".join(f"WHEN {column} {compare} :{cut} THEN {score}" for cut, score in steps)
    return f"CASE {whens} ELSE {1 if is_day else 5} END"


def slipping(
    store: Store, currency: str, today: dt.date, found: Report, limit: int = 10
) -> tuple[Worth, ...]:
    """Good customers who have not bought for long, those who brought most first.

    They are of the two lowest fifths by their last sale and of a mean of frequency and monetary
    value of at least 3: the segments “At risk” and “Can't lose them”. ``found`` is the report they
    are a part of; their rank counts them alone.
    """
    if found.scale is None:
        return ()
    scores, params = scored(found.scale)
    rows = store.rows(
        f"SELECT * FROM (SELECT {COLUMNS}, {scores} FROM contact_value v "
        "JOIN contact c ON c.id = v.contact_id WHERE v.currency = :currency) AS s "
        "WHERE r <= 2 AND fm >= 3 ORDER BY revenue DESC, contact_id LIMIT :limit",
        currency=currency,
        limit=limit,
        **params,
    )
    return tuple(
        worth(row, rank, found.totals, found.scale, today) for rank, row in enumerate(rows, 1)
    )
