"""Read which products customers ordered: first and last day, number of days, and the amount."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cardcrm.reports.product_sales.line_sql import ORDERED
from cardcrm.store import Query, Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Row

SAMPLE = 500  # latest lines of a product whose buyers are looked at


class Purchase(NamedTuple):
    """The orders of a product by a customer: days, their number, and what was paid for all."""

    first_on: str
    last_on: str
    orders: int
    amount: int


class CatalogProduct(NamedTuple):
    """A product; ``price`` is in ten-thousandths of a minor unit of the currency, if known."""

    id: int
    name: str
    category: str
    retired: bool
    price: int | None


Basket = dict[int, Purchase]  # by product


def read_order_days(
    store: Store, currency: str, today: dt.date, contact_ids: Iterable[int]
) -> dict[int, list[dt.date]]:
    """Return the days on which some contacts together ordered each product, in rising order."""
    days: dict[int, set[str]] = {}
    for marks, params in chunks(contact_ids):
        for row in store.rows(
            "SELECT DISTINCT l.product_id, s.on_date FROM sale s "
            f"JOIN sale_line l ON l.sale_id = s.id WHERE s.contact_id IN ({marks}) AND {_COUNTED}",
            **params,
            currency=currency,
            today=today.isoformat(),
        ):
            days.setdefault(row[0], set()).add(row[1])
    return {key: [dt.date.fromisoformat(day) for day in sorted(days[key])] for key in sorted(days)}


_COUNTED = f"s.currency = :currency AND s.on_date <= :today AND {ORDERED}"


def read_baskets(
    store: Store, currency: str, today: dt.date, contact_ids: Iterable[int]
) -> dict[int, Basket]:
    """Return what each of some contacts ordered."""
    found: dict[int, Basket] = {}
    for marks, params in chunks(contact_ids):
        for row in store.rows(
            f"{PURCHASES} AND s.contact_id IN ({marks}) GROUP BY 1, 2 ORDER BY 1, 2",
            **params,
            currency=currency,
            today=today.isoformat(),
        ):
            found.setdefault(row[0], {})[row[1]] = to_purchase(row)
    return found


# Completed by further conditions, and by the groups of the first two columns.
PURCHASES = (
    "SELECT s.contact_id, l.product_id, min(s.on_date), max(s.on_date), "
    "count(DISTINCT s.on_date), sum(l.amount) FROM sale s JOIN sale_line l ON l.sale_id = s.id "
    f"WHERE {_COUNTED}"
)


def to_purchase(row: Row) -> Purchase:
    """Return the purchase of a row of `PURCHASES`."""
    return Purchase(row[2], row[3], row[4], int(row[5]))


def read_buyers(
    store: Store, currency: str, today: dt.date, product_ids: Sequence[int]
) -> dict[int, list[int]]:
    """Return the contacts who ordered each product, as of its latest lines."""
    queries = [
        Query(
            "SELECT DISTINCT s.contact_id FROM (SELECT sale_id, quantity FROM sale_line "
            "WHERE product_id = :product ORDER BY sale_id DESC LIMIT :most) l "
            f"JOIN sale s ON s.id = l.sale_id WHERE {_COUNTED} ORDER BY s.contact_id",
            {
                "product": product_id,
                "most": SAMPLE,
                "currency": currency,
                "today": today.isoformat(),
            },
            lambda rows: [row[0] for row in rows],
        )
        for product_id in product_ids
    ]
    return dict(zip(product_ids, store.fetch_many(queries), strict=True))


def read_catalog(store: Store, currency: str) -> dict[int, CatalogProduct]:
    """Return all products by their ids; a price in another currency is unknown."""
    rows = store.rows(
        "SELECT id, name, category, retired, price, price_rest, currency FROM product ORDER BY id"
    )
    return {
        row["id"]: CatalogProduct(
            row["id"],
            row["name"],
            row["category"],
            bool(row["retired"]),
            row["price"] * 10_000 + row["price_rest"]
            if row["price"] is not None and row["currency"] == currency
            else None,
        )
        for row in rows
    }
