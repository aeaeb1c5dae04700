"""Gather the figures by which customers are clustered: RFM, and the mix of what they buy."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from cardcrm.dates.day_numbers import count_days_since
from cardcrm.money import count_decimals
from cardcrm.reports.clusters.k_means import Point
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Store

MOST_PRODUCTS = 6  # of the mix


@dataclass(frozen=True)
class Customers:
    """Customers in the order of their ids, each with its figures.

    ``days`` are those since the last order, ``purchases`` days with an order, ``revenue`` is in
    minor units. ``mix`` has for each customer the shares of the ``products`` in what they bought; a
    product that has a category is counted under it.
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
    products, shares = _read_mix(store, params, {row[0] for row in rows})
    blank = (0.0,) * len(products)
    return Customers(
        [row[0] for row in rows],
        [count_days_since(row[1], scope.today) for row in rows],
        [int(row[2]) for row in rows],
        [int(row[3]) for row in rows],
        products,
        [shares.get(row[0], blank) for row in rows],
    )


_LINES = (
    "SELECT s.contact_id, l.product_id, sum(l.amount) FROM sale_line l JOIN sale s "
    "ON s.id = l.sale_id WHERE s.currency = :currency AND l.amount > 0 AND s.on_date <= :today "
    "GROUP BY s.contact_id, l.product_id"
)


def _read_mix(
    store: Store, params: dict[str, Any], customers: Collection[int]
) -> tuple[tuple[str, ...], dict[int, tuple[float, ...]]]:
    """Return the products that most customers bought, and their shares by customer.

    A product that has a category is counted under it.
    """
    names = {
        row["id"]: row["category"] or row["name"]
        for row in store.rows("SELECT id, name, category FROM product ORDER BY id")
    }
    bought: dict[int, dict[str, int]] = {}
    wanted = {"currency": params["currency"], "today": params["today"]}
    for contact_id, product_id, amount in store.stream_tuples(_LINES, wanted):
        if contact_id in customers:
            own, name = bought.setdefault(contact_id, {}), names[product_id]
            own[name] = own.get(name, 0) + int(amount)
    places = {name: at for at, name in enumerate(dict.fromkeys(names.values()))}
    buyers = Counter(name for own in bought.values() for name in own)
    most = sorted(buyers, key=lambda name: (-buyers[name], places[name]))[:MOST_PRODUCTS]
    shares = {}
    for contact_id, own in bought.items():
        total = sum(own.values())
        shares[contact_id] = tuple(own.get(name, 0) / total for name in most)
    return tuple(most), shares


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
