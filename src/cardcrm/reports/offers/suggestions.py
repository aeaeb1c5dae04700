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

Nothing is suggested that is retired, and nothing new that the customer has bought before. The
buyers of a product are those of its latest 500 lines.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cardcrm.money import UNIT_SCALE, Money, UnitPrice, divide_half_up, format_money
from cardcrm.reports.habits import describe_interval, find_habit
from cardcrm.reports.offers.purchases import (
    Basket,
    CatalogProduct,
    read_baskets,
    read_buyers,
    read_catalog,
    read_order_days,
)
from cardcrm.reports.org_members import list_members
from cardcrm.store import Store

REORDER, UP_SELL, CROSS_SELL = "reorder", "up-sell", "cross-sell"
_MIN_BUYERS = 2  # other customers who bought both products; one alone is chance
_MAX_PRODUCTS = 12  # latest products of a customer that others are looked for by


class Suggestion(NamedTuple):
    """A product to offer, with the reason in words.

    ``confidence`` is a share from 0 to 1; it and ``value``, what the offer is expected to bring,
    are None where no other customer has shown it.
    """

    kind: str
    product_id: int
    product: str
    reason: str
    value: Money | None
    confidence: float | None


class Buyers(NamedTuple):
    """The other buyers of the customer's products, and what each of them bought."""

    of_product: Mapping[int, Sequence[int]]
    baskets: Mapping[int, Basket]


def suggest(
    store: Store, contact_id: int, currency: str, today: dt.date, limit: int | None = None
) -> list[Suggestion]:
    """Return suggestions for a contact, those of the highest expected value first.

    The purchases of an organization include those of its people.
    """
    members = list_members(store, contact_id)
    days = read_order_days(store, currency, today, members)
    if not days:
        return []
    catalog = read_catalog(store, currency)
    own = read_baskets(store, currency, today, members)
    buyers = _read_buyers(store, currency, today, _latest(days), members)
    found = [
        *list_reorders(days, own.values(), catalog, currency, today),
        *list_up_sells(set(days), buyers, catalog, currency),
        *list_cross_sells(set(days), buyers, catalog, currency),
    ]
    found.sort(key=lambda each: (-(each.value.minor if each.value else -1), each.product_id))
    return _once(found)[:limit]


def _latest(days: Mapping[int, Sequence[dt.date]]) -> list[int]:
    """Return the products that were ordered last."""
    return sorted(days, key=lambda each: (days[each][-1], each), reverse=True)[:_MAX_PRODUCTS]


def _read_buyers(
    store: Store, currency: str, today: dt.date, products: Sequence[int], members: Sequence[int]
) -> Buyers:
    left_out = set(members)
    found = {
        product: [each for each in contacts if each not in left_out]
        for product, contacts in read_buyers(store, currency, today, products).items()
    }
    everyone = sorted({each for contacts in found.values() for each in contacts})
    return Buyers(found, read_baskets(store, currency, today, everyone))


def _once(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Return the first suggestion of each product."""
    first: dict[int, Suggestion] = {}
    for each in found:
        first.setdefault(each.product_id, each)
    return list(first.values())


def list_reorders(
    days: Mapping[int, Sequence[dt.date]],
    own: Iterable[Basket],
    catalog: Mapping[int, CatalogProduct],
    currency: str,
    today: dt.date,
) -> Iterator[Suggestion]:
    """Yield the products whose usual interval has passed."""
    baskets = list(own)
    for product_id, ordered in days.items():
        habit = find_habit((day.toordinal() for day in ordered), today.toordinal())
        product = catalog[product_id]
        if product.retired or habit is None or not habit.is_due:
            continue
        amount = sum(each[product_id].amount for each in baskets if product_id in each)
        yield Suggestion(
            REORDER,
            product_id,
            product.name,
            describe_reorder(habit.usual_days, habit.silent_days),
            _share(amount, habit.purchases, habit.regularity, currency),
            habit.regularity,
        )


def describe_reorder(interval: float, days: int) -> str:
    """Return the reason of a reorder."""
    return f"{describe_interval(interval)} as a rule, last {days:,} days ago"


def _share(amount: int, orders: int, confidence: float, currency: str) -> Money:
    """Return a share of an average order, rounded to a minor unit."""
    return Money(round(amount / orders * confidence), currency)


def list_up_sells(
    bought: set[int], buyers: Buyers, catalog: Mapping[int, CatalogProduct], currency: str
) -> Iterator[Suggestion]:
    """Yield for each category the better products, compared with the best one bought."""
    for base in _best_of_categories(bought, catalog):
        better = _list_better(base, bought, catalog)
        shown = [each for each in better if _count_trades(base.id, each.id, buyers)]
        for product in shown or better[:1]:
            yield _build_up_sell(base, product, buyers, currency)


def _best_of_categories(
    bought: set[int], catalog: Mapping[int, CatalogProduct]
) -> list[CatalogProduct]:
    """Return the product with the highest price that was bought of each category."""
    best: dict[str, CatalogProduct] = {}
    for product in (catalog[each] for each in sorted(bought)):
        key = product.category.casefold()
        if not key or product.price is None:
            continue
        known = best.get(key)
        if known is None or product.price > (known.price or 0):
            best[key] = product
    return list(best.values())


def _list_better(
    base: CatalogProduct, bought: set[int], catalog: Mapping[int, CatalogProduct]
) -> list[CatalogProduct]:
    """Return the products of a category that cost more, the cheapest first."""
    found = [
        each
        for each in catalog.values()
        if each.category.casefold() == base.category.casefold()
        and not each.retired
        and each.id not in bought
        and each.price is not None
        and each.price > (base.price or 0)
    ]
    return sorted(found, key=lambda each: (each.price or 0, each.id))


def _count_trades(base: int, better: int, buyers: Buyers) -> int:
    """Return how many buyers of a product bought a better one later."""
    return sum(
        has_traded_up(buyers.baskets[each], base, better)
        for each in buyers.of_product.get(base, ())
    )


def has_traded_up(basket: Basket, base: int, better: int) -> bool:
    """Return whether a customer bought one product first and a better one later."""
    return better in basket and base in basket and basket[better].first_on > basket[base].first_on


def _build_up_sell(
    base: CatalogProduct, product: CatalogProduct, buyers: Buyers, currency: str
) -> Suggestion:
    extra = UnitPrice((product.price or 0) - (base.price or 0), currency)
    minor = divide_half_up(extra.parts, UNIT_SCALE)
    others = len(buyers.of_product.get(base.id, ()))
    trades = _count_trades(base.id, product.id, buyers)
    confidence = trades / others if trades else None
    return Suggestion(
        UP_SELL,
        product.id,
        product.name,
        describe_up_sell(base, format_money(Money(minor, currency)), trades, others),
        None if confidence is None else Money(round(minor * confidence), currency),
        confidence,
    )


def describe_up_sell(base: CatalogProduct, extra: str, trades: int, others: int) -> str:
    """Return the reason of an up-sell."""
    if not trades:
        return f"{extra} more than {base.name}; no other customer has changed to it yet"
    return f"{trades:,} of {others:,} others with {base.name} changed to it, for {extra} more"


def list_cross_sells(
    bought: set[int], buyers: Buyers, catalog: Mapping[int, CatalogProduct], currency: str
) -> Iterator[Suggestion]:
    """Yield the products that other buyers of the customer's products have bought too."""
    for product in catalog.values():
        if product.retired or product.id in bought:
            continue
        found = [
            (len(both) / len(contacts), len(both), -base, both)
            for base, contacts in buyers.of_product.items()
            if (both := [each for each in contacts if product.id in buyers.baskets[each]])
        ]
        if not found:
            continue
        confidence, count, negative, both = max(found, key=lambda each: each[:3])
        purchases = [buyers.baskets[each][product.id] for each in both]
        amount = sum(each.amount for each in purchases)
        if count < _MIN_BUYERS or amount <= 0:
            continue
        base = catalog[-negative]
        others = len(buyers.of_product[base.id])
        yield Suggestion(
            CROSS_SELL,
            product.id,
            product.name,
            describe_cross_sell(base.name, count, others),
            _share(amount, sum(each.orders for each in purchases), confidence, currency),
            confidence,
        )


def describe_cross_sell(base: str, count: int, others: int) -> str:
    """Return the reason of a cross-sell."""
    return f"bought by {count:,} of {others:,} others with {base}"
