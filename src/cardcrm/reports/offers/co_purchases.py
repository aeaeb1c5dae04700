"""Count what the buyers of a product bought as well: the evidence for an offer.

The buyers of a product are those of its latest 500 lines, so that the counts take no longer as
sales grow. `suggest` and the alerts offer by the same counts.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence

from cardcrm.reports.offers.purchases import Basket, read_baskets, read_buyers
from cardcrm.store import Store


class CoPurchases:
    """The buyers of a product, and by product how many of them bought it too.

    ``amounts`` and ``orders`` are theirs, and ``later`` counts the buyers who began with it later.
    """

    def __init__(self, base_id: int) -> None:
        self.base_id = base_id
        self.buyers: set[int] = set()
        self.both: Counter[int] = Counter()
        self.amounts: Counter[int] = Counter()
        self.orders: Counter[int] = Counter()
        self.later: Counter[int] = Counter()

    def add(self, contact_id: int, basket: Basket) -> None:
        """Count one buyer with all that the buyer ordered."""
        self.buyers.add(contact_id)
        first_on = basket[self.base_id].first_on
        for product_id, each in basket.items():
            self.both[product_id] += 1
            self.amounts[product_id] += each.amount
            self.orders[product_id] += each.orders
            if each.first_on > first_on:
                self.later[product_id] += 1

    def count_others(self, members: Collection[int]) -> int:
        """Return the number of buyers without some contacts."""
        return len(self.buyers) - sum(each in self.buyers for each in members)


def read_co_purchases(
    store: Store, currency: str, today: dt.date, product_ids: Sequence[int]
) -> dict[int, CoPurchases]:
    """Return the counts of some products."""
    buyers = read_buyers(store, currency, today, product_ids)
    everyone = sorted({each for contacts in buyers.values() for each in contacts})
    baskets = read_baskets(store, currency, today, everyone)
    found = {product_id: CoPurchases(product_id) for product_id in product_ids}
    for product_id, contacts in buyers.items():
        for each in contacts:
            found[product_id].add(each, baskets[each])
    return found
