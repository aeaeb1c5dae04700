"""Find missed reorders, up-sells and cross-sells of all customers.

The offers are those that `suggest` makes to a customer, in the same words and at the same value; an
alert takes more evidence. Lines are read in the order of customers, so memory does not grow with
the sales.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from cardcrm.reports.alerts.new_alert import NewAlert
from cardcrm.reports.offers.catalog import Catalog, read_catalog
from cardcrm.reports.offers.co_purchases import CoPurchases
from cardcrm.reports.offers.purchases import (
    ORDER_DAYS,
    PURCHASES,
    day_params,
    gather_orders,
    read_buyers,
    read_order_days,
    to_purchase,
)
from cardcrm.reports.offers.suggestions import (
    CROSS_SELL,
    UP_SELL,
    Customer,
    Suggestion,
    build_reorder,
    choose_best,
    list_habits,
    list_offers,
    rate_regularity,
)
from cardcrm.store import Store

_MIN_REGULARITY = 0.5
_ACTIVE_DAYS = 365  # customers who bought within them get offers
_MIN_BUYERS = 5  # other customers who took an offer
_MIN_CONFIDENCE = 0.2
_MIN_LIFT = 1.2
_CHUNK = 200  # products whose buyers are read by one trip to the server


def find_offers(store: Store, currency: str, today: dt.date) -> Iterator[NewAlert]:
    """Yield what `suggest` would offer to each customer, where enough speaks for it."""
    rules = _count_purchases(store, currency, today, read_catalog(store, currency))
    for contact_id, customer in _stream_customers(store, currency, today):
        for each in _suggest(customer, rules, currency, today):
            yield _to_alert(contact_id, each)


class _Rules(NamedTuple):
    """The evidence for offers: the counts of each product, and the products often bought with it.

    ``buyers`` counts the buyers of each product among all ``customers``.
    """

    catalog: Catalog
    counts: dict[int, CoPurchases]
    strong: dict[int, set[int]]
    buyers: Counter[int]
    customers: int

    def is_strong(self, each: Suggestion) -> bool:
        """Return whether enough customers, and more than by chance, speak for an offer."""
        if each.buyers < _MIN_BUYERS or (each.confidence or 0) < _MIN_CONFIDENCE:
            return False
        if each.value is None or each.value.minor <= 0:
            return False
        chance = self.buyers[each.product_id] / self.customers
        return each.kind == UP_SELL or (each.confidence or 0) >= _MIN_LIFT * chance


def _count_purchases(store: Store, currency: str, today: dt.date, catalog: Catalog) -> _Rules:
    """Count over all customers, by one pass through the sales."""
    counts = {product_id: CoPurchases(product_id) for product_id in catalog.products}
    bases: dict[int, list[CoPurchases]] = {}
    for product_id, contacts in _read_all_buyers(store, currency, today, [*counts]):
        for each in contacts:
            bases.setdefault(each, []).append(counts[product_id])
    buyers: Counter[int] = Counter()
    customers = 0
    rows = store.stream(f"{PURCHASES} GROUP BY 1, 2 ORDER BY 1, 2", day_params(currency, today))
    for contact_id, group in groupby(rows, key=lambda row: row[0]):
        basket = {row[1]: to_purchase(row) for row in group}
        customers += 1
        buyers.update(basket.keys())
        for base in bases.get(contact_id, ()):
            base.add(contact_id, basket)
    strong = {
        product_id: {
            key
            for key, count in each.both.items()
            if count >= _MIN_BUYERS and count >= _MIN_CONFIDENCE * (len(each.buyers) - 1)
        }
        for product_id, each in counts.items()
    }
    return _Rules(catalog, counts, strong, buyers, customers)


def _read_all_buyers(
    store: Store, currency: str, today: dt.date, products: Sequence[int]
) -> Iterator[tuple[int, list[int]]]:
    """Yield the buyers of each product, some products by one trip to the server."""
    for start in range(0, len(products), _CHUNK):
        yield from read_buyers(store, currency, today, products[start : start + _CHUNK]).items()


def _stream_customers(
    store: Store, currency: str, today: dt.date
) -> Iterator[tuple[int, Customer]]:
    """Yield each contact with its orders, and an organization with those of its people as well."""
    people = _read_people(store, currency)
    sql = f"{ORDER_DAYS} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    rows = store.stream(sql, day_params(currency, today))
    for contact_id, group in groupby(rows, key=lambda row: row[0]):
        if contact_id not in people:
            orders = gather_orders((row[1], row[2], row[3]) for row in group)
            yield contact_id, Customer(frozenset((contact_id,)), orders)
    for contact_id, members in people.items():
        found = read_order_days(store, currency, today, members)
        orders = gather_orders((row[1], row[2], row[3]) for row in found)
        if orders:
            yield contact_id, Customer(frozenset(members), orders)


_PEOPLE = (
    "WITH RECURSIVE member(org_id, id) AS (SELECT v.contact_id, v.contact_id FROM contact_value v "
    "WHERE v.own = 0 AND v.currency = :currency AND EXISTS (SELECT 1 FROM contact_value o "
    "WHERE o.contact_id = v.contact_id AND o.currency = :currency AND o.own = 1) "
    "UNION SELECT m.org_id, c.id FROM member m JOIN contact c ON c.org_id = m.id) "
    "SELECT org_id, id FROM member ORDER BY 1, 2"
)


def _read_people(store: Store, currency: str) -> dict[int, list[int]]:
    """Return the members of each organization that has bought something, as its people have."""
    found: dict[int, list[int]] = {}
    for row in store.rows(_PEOPLE, currency=currency):
        found.setdefault(row[0], []).append(row[1])
    return found


def _suggest(
    customer: Customer, rules: _Rules, currency: str, today: dt.date
) -> Iterator[Suggestion]:
    """Yield the missed reorders of a customer, and its best offer of each kind."""
    catalog = rules.catalog
    for product_id, habit in list_habits(customer, today):
        if not habit.is_late or habit.is_likely_lost or catalog[product_id].retired:
            continue
        orders = customer.orders[product_id]
        if rate_regularity(orders, habit) >= _MIN_REGULARITY:
            yield build_reorder(product_id, habit, orders, catalog, currency)
    since = (today - dt.timedelta(days=_ACTIVE_DAYS)).isoformat()
    if max(each.days[-1] for each in customer.orders.values()) < since:
        return
    candidates = {key for each in customer.latest for key in rules.strong[each]}
    offers = list_offers(customer, rules.counts, catalog, currency, candidates)
    for kind in (CROSS_SELL, UP_SELL):
        best = choose_best(each for each in offers if each.kind == kind and rules.is_strong(each))
        if best is not None:
            yield best


def _to_alert(contact_id: int, each: Suggestion) -> NewAlert:
    amount = each.value.minor if each.value else 0
    return NewAlert(each.kind, contact_id, each.product_id, amount, each.confidence, each.reason)
