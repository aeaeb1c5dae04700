"""Customer value: who brings how much, how recently and how often, and what they may yet bring.

All figures are of one currency; unlike currencies are never added. They are read from the sums that
the store keeps of each card's sales: refunds lower revenue and margin, and are no orders.
"""

import datetime as dt
import heapq
from dataclasses import dataclass
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.query import Node
from cardcrm.reports import rfm
from cardcrm.reports.lifetime import Lifetime, lifetime, observed, rounded
from cardcrm.reports.rfm_scale import scale_of, scored
from cardcrm.reports.value_totals import WORTH, Totals, totals
from cardcrm.store import Store
from cardcrm.store.engine import Row
from cardcrm.text import near

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
    scale = scale_of(store, currency, together.customers)
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
    from cardcrm.records.query_sql.compiler import compile_query

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
        since = observed(dt.date.fromisoformat(row["first_on"]), today) if by == "clv" else 1.0
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
        scale = scale_of(store, row["currency"], together.customers)
        before = store.value(
            "SELECT count(*) FROM contact_value WHERE currency = :currency AND revenue > :revenue",
            currency=row["currency"],
            revenue=row["revenue"],
        )
        found.append((worth(row, before + 1, together, scale, today), together))
    return found


def worth(row: Row, rank: int, together: Totals, scale: rfm.Scale | None, today: dt.date) -> Worth:
    """One customer's figures from their kept sums."""
    currency, revenue, margin = row["currency"], row["revenue"], row["margin"]
    orders, first_on = row["orders"], dt.date.fromisoformat(row["first_on"])
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
        dt.date.fromisoformat(row["last_on"]),
        scale.scores(row["last_on"], orders, revenue) if scale else None,
        lifetime(
            Money(revenue, currency),
            margin,
            orders,
            observed(first_on, today),
            together.lifespan.years,
        ),
    )


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
