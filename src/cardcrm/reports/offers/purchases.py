"""Read which products customers ordered: on which days, and for what amount."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm.reports.product_sales.line_sql import ORDERED
from cardcrm.store import Query, Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Row

SAMPLE = 500  # latest lines of a product whose buyers are looked at

_COUNTED = f"s.currency = :currency AND s.on_date <= :today AND {ORDERED}"
# Completed by further conditions, and by the groups of the first columns.
_FROM = f"FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE {_COUNTED}"
PURCHASES = (
    "SELECT s.contact_id, l.product_id, min(s.on_date), max(s.on_date), "
    f"count(DISTINCT s.on_date), sum(l.amount) {_FROM}"
)
ORDER_DAYS = f"SELECT s.contact_id, l.product_id, s.on_date, sum(l.amount) {_FROM}"


class Purchase(NamedTuple):
    """The orders of a product by a customer: days, their number, and what was paid for all."""

    first_on: str
    last_on: str
    orders: int
    amount: int


Basket = dict[int, Purchase]  # by product


class Orders(NamedTuple):
    """The days on which a customer ordered a product, in rising order, and what it paid for all."""

    days: tuple[str, ...]
    amount: int


def gather_orders(rows: Iterable[tuple[int, str, int]]) -> dict[int, Orders]:
    """Return the orders of each product from rows with a product, a day and an amount."""
    days: dict[int, dict[str, int]] = {}
    for product_id, day, amount in rows:
        of_product = days.setdefault(product_id, {})
        of_product[day] = of_product.get(day, 0) + int(amount)
    return {
        product_id: Orders(tuple(sorted(of_product)), sum(of_product.values()))
        for product_id, of_product in days.items()
    }


def day_params(currency: str, today: dt.date) -> dict[str, Any]:
    """Return the parameters of `PURCHASES` and `ORDER_DAYS`."""
    return {"currency": currency, "today": today.isoformat()}


def read_order_days(
    store: Store, currency: str, today: dt.date, contact_ids: Iterable[int]
) -> list[Row]:
    """Return contact, product, day and amount of the orders of some contacts."""
    return [
        row
        for marks, params in chunks(contact_ids)
        for row in store.rows(
            f"{ORDER_DAYS} AND s.contact_id IN ({marks}) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            **params,
            **day_params(currency, today),
        )
    ]


def read_baskets(
    store: Store, currency: str, today: dt.date, contact_ids: Iterable[int]
) -> dict[int, Basket]:
    """Return what each of some contacts ordered."""
    found: dict[int, Basket] = {}
    for marks, params in chunks(contact_ids):
        for row in store.rows(
            f"{PURCHASES} AND s.contact_id IN ({marks}) GROUP BY 1, 2 ORDER BY 1, 2",
            **params,
            **day_params(currency, today),
        ):
            found.setdefault(row[0], {})[row[1]] = to_purchase(row)
    return found


def to_purchase(row: Row) -> Purchase:
    """Return the purchase of a row of `PURCHASES`."""
    return Purchase(row[2], row[3], row[4], int(row[5]))


def read_buyers(
    store: Store, currency: str, today: dt.date, product_ids: Sequence[int]
) -> Mapping[int, list[int]]:
    """Return the contacts who ordered each product, as of its latest lines."""
    queries = [
        Query(
            "SELECT DISTINCT s.contact_id FROM (SELECT sale_id, quantity FROM sale_line "
            "WHERE product_id = :product ORDER BY sale_id DESC LIMIT :most) l "
            f"JOIN sale s ON s.id = l.sale_id WHERE {_COUNTED} ORDER BY s.contact_id",
            {"product": product_id, "most": SAMPLE, **day_params(currency, today)},
            lambda rows: [row[0] for row in rows],
        )
        for product_id in product_ids
    ]
    return dict(zip(product_ids, store.fetch_many(queries), strict=True))
