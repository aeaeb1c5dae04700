"""Count over all customers which products were bought with others, and which after a cheaper one.

The rules are those of `report baskets --over customers`, kept for pairs that enough customers have.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

from cardcrm.reports.offers.purchases import Basket, CatalogProduct

_MIN_BOTH = 5  # customers who bought both
_MIN_CONFIDENCE = 0.2
_MIN_LIFT = 1.2


class Rule(NamedTuple):
    """A product to offer to buyers of another one: ``both`` of its ``others`` bought it.

    ``value`` is what the offer is expected to bring, in minor units.
    """

    product_id: int
    base_id: int
    both: int
    others: int
    value: float

    @property
    def confidence(self) -> float:
        """The share of other buyers who bought it."""
        return self.both / self.others


class Affinities:
    """Counts of customers by product and by pair of products; `add` takes one customer each."""

    def __init__(self, catalog: Mapping[int, CatalogProduct]) -> None:
        self.catalog = catalog
        self.customers = 0
        self.buyers: Counter[int] = Counter()
        self.both: Counter[tuple[int, int]] = Counter()
        self.trades: Counter[tuple[int, int]] = Counter()  # from a product to a dearer one
        self.amounts: Counter[int] = Counter()
        self.orders: Counter[int] = Counter()

    def add(self, basket: Basket) -> None:
        """Count what one customer bought."""
        self.customers += 1
        self.buyers.update(basket.keys())
        for product_id, each in basket.items():
            self.amounts[product_id] += each.amount
            self.orders[product_id] += each.orders
        for pair in combinations(sorted(basket), 2):
            self.both[pair] += 1
            if basket[pair[0]].first_on != basket[pair[1]].first_on:
                self._add_trade(basket, pair)

    def _add_trade(self, basket: Basket, pair: tuple[int, int]) -> None:
        base, better = sorted(pair, key=lambda each: basket[each].first_on)
        if self.is_better(base, better):
            self.trades[base, better] += 1

    def is_better(self, base: int, better: int) -> bool:
        """Return whether a product is a dearer one of the same category."""
        one, other = self.catalog[base], self.catalog[better]
        return (
            bool(one.category)
            and one.category.casefold() == other.category.casefold()
            and one.price is not None
            and other.price is not None
            and other.price > one.price
        )

    def build_cross_rules(self) -> dict[int, list[Rule]]:
        """Return the rules of each product, the most valuable first."""
        rules: dict[int, list[Rule]] = {}
        for pair, count in self.both.items():
            if count < _MIN_BOTH:
                continue
            for base, offered in (pair, pair[::-1]):
                lift = count * self.customers / (self.buyers[base] * self.buyers[offered])
                average = self.amounts[offered] / self.orders[offered]
                if lift >= _MIN_LIFT:
                    self._add_rule(rules, base, offered, count, average)
        return _sort(rules)

    def build_up_rules(self) -> dict[int, list[Rule]]:
        """Return the dearer products that buyers of each product changed to."""
        rules: dict[int, list[Rule]] = {}
        for (base, better), count in self.trades.items():
            extra = ((self.catalog[better].price or 0) - (self.catalog[base].price or 0)) / 10_000
            if count >= _MIN_BOTH:
                self._add_rule(rules, base, better, count, extra)
        return _sort(rules)

    def _add_rule(
        self, rules: dict[int, list[Rule]], base: int, offered: int, count: int, gain: float
    ) -> None:
        others = self.buyers[base] - 1  # without the customer who gets the offer
        rule = Rule(offered, base, count, others, gain * count / others)
        is_sold = not self.catalog[offered].retired and gain > 0
        if is_sold and rule.confidence >= _MIN_CONFIDENCE:
            rules.setdefault(base, []).append(rule)


def _sort(rules: dict[int, list[Rule]]) -> dict[int, list[Rule]]:
    for found in rules.values():
        found.sort(key=lambda each: (-each.value, each.product_id))
    return rules


def choose_rule(basket: Basket, rules: Mapping[int, list[Rule]]) -> Rule | None:
    """Return the most valuable offer of a product that the customer has not bought."""
    firsts = [
        rule
        for base in basket
        if (rule := next((e for e in rules.get(base, ()) if e.product_id not in basket), None))
    ]
    return min(firsts, key=lambda each: (-each.value, each.product_id, each.base_id), default=None)
