"""Count how many customers come back, and how often.

A *purchase* is a day with a sale above 0. A customer with two purchases is a repeat customer.

> repeat rate = repeat customers / customers
"""

from collections import Counter
from collections.abc import Iterable
from operator import sub
from typing import NamedTuple

from cardcrm.reports.retention.buyers import Buyer, read_buyers
from cardcrm.reports.scope import Scope
from cardcrm.reports.statistics.quantiles import find_counted_median
from cardcrm.store import Store


class RepeatFigures(NamedTuple):
    """Figures of all customers; rates and medians are None where too few bought."""

    customers: int
    repeat_customers: int
    orders: int
    purchases: int
    median_days: float | None

    @property
    def repeat_rate(self) -> float | None:
        """The share of customers with two purchases or more, from 0 to 1."""
        return self.repeat_customers / self.customers if self.customers else None

    @property
    def orders_per_customer(self) -> float | None:
        """The mean number of orders."""
        return self.orders / self.customers if self.customers else None

    @property
    def purchases_per_customer(self) -> float | None:
        """The mean number of days with an order."""
        return self.purchases / self.customers if self.customers else None


def count_repeats(buyers: Iterable[Buyer]) -> RepeatFigures:
    """Return the figures of some customers."""
    customers = repeats = orders = purchases = 0
    gaps: Counter[int] = Counter()
    for _, days, count in buyers:
        customers += 1
        repeats += len(days) > 1
        orders += count
        purchases += len(days)
        if len(days) > 1:
            gaps.update(map(sub, days[1:], days))
    median = find_counted_median(gaps) if gaps else None
    return RepeatFigures(customers, repeats, orders, purchases, median)


def report_repeats(store: Store, scope: Scope) -> RepeatFigures:
    """Return the figures of all customers who bought in the days of a scope."""
    return count_repeats(read_buyers(store, scope))
