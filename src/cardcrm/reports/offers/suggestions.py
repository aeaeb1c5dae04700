"""Suggest products to one customer: to order again, a better one, or one that goes with others.

- reorder: the usual interval between the orders of a product, the median of at least three orders,
  has passed. Confidence is the share of intervals within half of the median; the expected value is
  that share of an average order.
- up-sell: a product of the same category with a higher price than the ones bought. Confidence is
  the share of the other buyers of the customer's product who later bought the better one; the
  expected value is that share of the difference of both prices.
- cross-sell: a product that other buyers of one of the customer's products have bought too.
  Confidence is their share, as in `report baskets --over customers`; the expected value is that
  share of an average order of it.

A product that is both is an up-sell, as it takes the place of the other one. Nothing is suggested
that is retired, and nothing new that the customer has bought before.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.money import UNIT_SCALE, Money, UnitPrice, divide_half_up, format_money
from cardcrm.reports.habits import Habit, describe_interval, find_habit, measure_regularity
from cardcrm.reports.offers.catalog import Catalog, CatalogProduct, read_catalog
from cardcrm.reports.offers.co_purchases import CoPurchases, read_co_purchases
from cardcrm.reports.offers.purchases import (
    Orders,
    gather_orders,
    read_order_days,
)
from cardcrm.reports.org_members import list_members
from cardcrm.store import Store
from cardcrm.text import pluralize

REORDER, UP_SELL, CROSS_SELL = "reorder", "up-sell", "cross-sell"
_MIN_BUYERS = 2  # other customers who bought both products; one alone is chance
_MAX_PRODUCTS = 12  # latest products of a customer that others are looked for by
_DAY_NUMBERS = DayNumbers()


class Suggestion(NamedTuple):
    """A product to offer, with the reason in words.

    ``confidence`` is a share from 0 to 1; it and ``value``, what the offer is expected to bring,
    are None where no other customer has shown it. ``buyers`` is the number of others who have.
    """

    kind: str
    product_id: int
    product: str
    reason: str
    value: Money | None
    confidence: float | None
    buyers: int = 0


class Customer(NamedTuple):
    """The orders of a contact and those who belong to it, by product."""

    members: frozenset[int]
    orders: Mapping[int, Orders]

    @property
    def latest(self) -> list[int]:
        """The products that were ordered last."""
        ranked = sorted(self.orders, key=lambda each: (self.orders[each].days[-1], each))
        return ranked[: -_MAX_PRODUCTS - 1 : -1]


def suggest(
    store: Store, contact_id: int, currency: str, today: dt.date, limit: int | None = None
) -> list[Suggestion]:
    """Return suggestions for a contact, those of the highest expected value first.

    The purchases of an organization include those of its people.
    """
    members = list_members(store, contact_id)
    rows = read_order_days(store, currency, today, members)
    orders = gather_orders((row[1], row[2], row[3]) for row in rows)
    if not orders:
        return []
    customer = Customer(frozenset(members), orders)
    catalog = read_catalog(store, currency)
    bases = {*customer.latest, *(each.id for each in catalog.choose_bases(orders))}
    counts = read_co_purchases(store, currency, today, sorted(bases))
    reorders = (
        build_reorder(product_id, habit, orders[product_id], catalog, currency)
        for product_id, habit in list_habits(customer, today)
        if habit.is_due and not catalog[product_id].retired
    )
    found = [*reorders, *list_offers(customer, counts, catalog, currency)]
    return sorted(found, key=_rank)[:limit]


def _rank(each: Suggestion) -> tuple[int, int]:
    return -(each.value.minor if each.value else -1), each.product_id


def list_habits(customer: Customer, today: dt.date) -> Iterator[tuple[int, Habit]]:
    """Yield the products that a customer orders regularly."""
    for product_id, orders in customer.orders.items():
        habit = find_habit(map(_DAY_NUMBERS.__getitem__, orders.days), today.toordinal())
        if habit is not None:
            yield product_id, habit


def rate_regularity(orders: Orders, habit: Habit) -> float:
    """Return how regular the orders of a product are, from 0 to 1."""
    return measure_regularity([_DAY_NUMBERS[day] for day in orders.days], habit.usual_days)


def build_reorder(
    product_id: int, habit: Habit, orders: Orders, catalog: Catalog, currency: str
) -> Suggestion:
    """Return the suggestion to order a product again."""
    every = describe_interval(habit.usual_days)
    regularity = rate_regularity(orders, habit)
    return Suggestion(
        REORDER,
        product_id,
        catalog[product_id].name,
        f"{every} as a rule, last on {orders.days[-1]}",
        _share(orders.amount, habit.purchases, regularity, currency),
        regularity,
    )


def _share(amount: int, orders: int, confidence: float, currency: str) -> Money:
    """Return a share of an average order, rounded to a minor unit."""
    return Money(round(amount / orders * confidence), currency)


def list_offers(
    customer: Customer,
    counts: Mapping[int, CoPurchases],
    catalog: Catalog,
    currency: str,
    candidates: Collection[int] | None = None,
) -> list[Suggestion]:
    """Return up-sells and cross-sells, each product once; ``candidates`` limits the latter."""
    ups = list(list_up_sells(customer, counts, catalog, currency))
    proven = {each.product_id for each in ups if each.confidence is not None}
    crosses = [
        each
        for each in list_cross_sells(customer, counts, catalog, currency, candidates)
        if each.product_id not in proven
    ]
    crossed = {each.product_id for each in crosses}
    return [*(each for each in ups if each.product_id not in crossed), *crosses]


def list_up_sells(
    customer: Customer, counts: Mapping[int, CoPurchases], catalog: Catalog, currency: str
) -> Iterator[Suggestion]:
    """Yield for each category the better products, compared with the best one bought.

    Of those that no other customer has changed to, only the cheapest one is suggested.
    """
    for base in catalog.choose_bases(customer.orders):
        better = [each for each in catalog.list_better(base) if each.id not in customer.orders]
        found = counts.get(base.id)
        changed = [each for each in better if found and found.later[each.id]]
        for product in changed or better[:1]:
            yield _build_up_sell(base, product, found, customer, currency)


def _build_up_sell(
    base: CatalogProduct,
    product: CatalogProduct,
    found: CoPurchases | None,
    customer: Customer,
    currency: str,
) -> Suggestion:
    extra = UnitPrice((product.price or 0) - (base.price or 0), currency)
    minor = divide_half_up(extra.parts, UNIT_SCALE)
    others = found.count_others(customer.members) if found else 0
    changes = found.later[product.id] if found else 0
    confidence = changes / others if changes else None
    more = format_money(Money(minor, currency))
    reason = f"{more} more than {base.name}; no other customer has changed to it yet"
    if changes:
        whom = pluralize(others, "other")
        reason = f"{changes:,} of {whom} with {base.name} changed to it, for {more} more"
    value = None if confidence is None else Money(round(minor * confidence), currency)
    return Suggestion(UP_SELL, product.id, product.name, reason, value, confidence, changes)


def list_cross_sells(
    customer: Customer,
    counts: Mapping[int, CoPurchases],
    catalog: Catalog,
    currency: str,
    candidates: Collection[int] | None = None,
) -> Iterator[Suggestion]:
    """Yield the products that other buyers of the customer's products have bought too."""
    bases = [counts[each] for each in customer.latest if each in counts]
    others = {each.base_id: each.count_others(customer.members) for each in bases}
    wanted = {key for each in bases for key in each.both} if candidates is None else candidates
    for product_id in wanted:
        product = catalog[product_id]
        if product.retired or product_id in customer.orders:
            continue
        base = _choose_base(product_id, bases, others)
        count, amount = base.both[product_id], base.amounts[product_id]
        if count < _MIN_BUYERS or amount <= 0:
            continue
        confidence = count / others[base.base_id]
        name = catalog[base.base_id].name
        yield Suggestion(
            CROSS_SELL,
            product_id,
            product.name,
            f"bought by {count:,} of {others[base.base_id]:,} others with {name}",
            _share(amount, base.orders[product_id], confidence, currency),
            confidence,
            count,
        )


def _choose_base(
    product_id: int, bases: Sequence[CoPurchases], others: Mapping[int, int]
) -> CoPurchases:
    """Return the customer's product whose other buyers bought the offered one most often."""
    return max(
        (each for each in bases if each.both[product_id]),
        key=lambda each: (
            each.both[product_id] / others[each.base_id],
            each.both[product_id],
            -each.base_id,
        ),
    )


def choose_best(found: Iterable[Suggestion]) -> Suggestion | None:
    """Return the suggestion of the highest value."""
    return min(found, key=_rank, default=None)
