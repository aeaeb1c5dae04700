"""Gather the figures by which customers are clustered: RFM, and the mix of what they buy."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cardcrm.money import count_decimals
from cardcrm.reports.clusters.k_means import Point
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Store

MOST_PRODUCTS = 6  # of the mix


@dataclass(frozen=True)
class Customers:
    """Customers in the order of their ids, each with its figures.

    ``days`` are those since the last order, ``purchases`` days with an order, ``revenue`` is in
    minor units. ``mix`` has for each customer the shares of the ``products`` in what they bought.
    """

    ids: list[int]
    days: list[int]
    purchases: list[int]
    revenue: list[int]
    products: tuple[str, ...]
    mix: list[tuple[float, ...]]


def read_customers(store: Store, scope: Scope) -> Customers:
    """Return all customers with an order up to today, and the mix of the most frequent products."""
    condition, params = "", {"currency": scope.currency, "today": scope.today.isoformat()}
    if scope.where is not None:
        found, more = contact_condition(store, scope.where, "v.contact_id")
        condition, params = f" AND {found}", params | more
    customers = (
        "contact_value v WHERE v.currency = :currency AND v.own = 1 AND v.orders > 0 "
        f"AND v.first_on <= :today{condition}"
    )
    rows = store.rows(
        f"SELECT v.contact_id, v.last_on, v.days, v.revenue FROM {customers} ORDER BY v.contact_id",
        **params,
    )
    products = _read_products(store, customers, params)
    shares = _read_mix(store, customers, params, [each for each, _ in products])
    blank = (0.0,) * len(products)
    return Customers(
        [row[0] for row in rows],
        [_count_days(row[1], scope.today) for row in rows],
        [int(row[2]) for row in rows],
        [int(row[3]) for row in rows],
        tuple(name for _, name in products),
        [shares.get(row[0], blank) for row in rows],
    )


def _count_days(day: str, today: dt.date) -> int:
    return max(0, (today - dt.date.fromisoformat(day)).days)


_LINES = (
    "sale s JOIN sale_line l ON l.sale_id = s.id WHERE s.currency = :currency AND l.amount > 0 "
    "AND s.on_date <= :today AND s.contact_id IN (SELECT v.contact_id FROM {})"
)


def _read_products(store: Store, customers: str, params: dict[str, Any]) -> list[tuple[int, str]]:
    """Return the products that most customers bought."""
    rows = store.rows(
        "SELECT b.product_id, p.name FROM (SELECT l.product_id, "
        f"count(DISTINCT s.contact_id) AS buyers FROM {_LINES.format(customers)} "
        "GROUP BY l.product_id) AS b JOIN product p ON p.id = b.product_id "
        "ORDER BY b.buyers DESC, b.product_id LIMIT :most",
        **params,
        most=MOST_PRODUCTS,
    )
    return [(row[0], row[1]) for row in rows]


def _read_mix(
    store: Store, customers: str, params: dict[str, Any], products: Sequence[int]
) -> dict[int, tuple[float, ...]]:
    """Return the share of each product in what a customer bought, by the id of the customer."""
    if not products:
        return {}
    sums = ", ".join(
        f"sum(CASE WHEN l.product_id = {product} THEN l.amount ELSE 0 END)" for product in products
    )
    rows = store.stream(
        f"SELECT s.contact_id, sum(l.amount), {sums} FROM {_LINES.format(customers)} "
        "GROUP BY s.contact_id",
        params,
    )
    return {row[0]: tuple(int(each) / int(row[1]) for each in tuple(row)[2:]) for row in rows}


def standardize(found: Customers, currency: str) -> list[Point]:
    """Return the customers as points: each figure has mean 0 and standard deviation 1.

    Days, purchases and revenue are logarithms of one more, as a few customers have most of each.
    The mix of products together weighs as much as one of them.
    """
    scale = 10 ** count_decimals(currency)
    columns: list[list[float]] = [
        [math.log1p(each) for each in found.days],
        [math.log1p(each) for each in found.purchases],
        [math.log1p(max(each, 0) / scale) for each in found.revenue],
    ]
    weight = 1 / math.sqrt(len(found.products)) if found.products else 1.0
    figures = [_standardize(column, 1.0) for column in columns]
    figures += [_standardize(column, weight) for column in zip(*found.mix, strict=True)]
    return list(zip(*figures, strict=True))


def _standardize(column: Sequence[float], weight: float) -> list[float]:
    mean = math.fsum(column) / len(column)
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in column) / len(column))
    if spread < 1e-12:
        return [0.0] * len(column)
    return [(each - mean) / spread * weight for each in column]
