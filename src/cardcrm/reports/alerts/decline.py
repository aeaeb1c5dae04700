"""Find what sells less than before, or at a lower margin, over two spans of half a year.

The spans are the last 182 days and the same days a year earlier, or the 182 days before where the
sales do not reach back for that. Orders are counts, so the p-value of a fall is P(X ≤ now), X
binomial with the orders of both spans and probability 1/2: the exact test of two equal Poisson
rates (Przyborowski and Wilenski, 1940). As all customers are tested, their p-values are adjusted
together. Too few orders cannot show a fall at all, and are not tested (Tarone, 1990).
"""

import datetime as dt
import math
from functools import lru_cache
from typing import NamedTuple

from cardcrm.text import pluralize

HALF_YEAR = 182  # days
_YEAR = 365
MAX_P_VALUE = 0.05
MIN_TESTED = 5  # orders of both spans; P(X ≤ 0) of 4 is 0.06
_MIN_FALL = 0.3  # of the revenue
_MIN_DROP = 0.05  # of the margin rate
_MIN_ORDERS = 3  # with a known cost, in both spans
_EXACT = 1000  # orders; with more, the normal distribution is as good


class Spans(NamedTuple):
    """Two spans of the same number of days."""

    first: dt.date
    last: dt.date
    first_before: dt.date
    last_before: dt.date

    @property
    def is_yearly(self) -> bool:
        """Return whether the earlier span is a year ago."""
        return (self.first - self.first_before).days == _YEAR

    @property
    def words(self) -> str:
        """The earlier span in words."""
        return "a year ago" if self.is_yearly else "in the half-year before"


class Sums(NamedTuple):
    """The sales of a customer or product in one span; amounts in minor units.

    ``known`` is the revenue whose cost is known, with the refunds, and ``known_orders`` counts the
    orders of known cost.
    """

    orders: int = 0
    revenue: int = 0
    known_orders: int = 0
    known: int = 0
    cost: int = 0

    @property
    def rate(self) -> float | None:
        """The margin rate; None unless the revenue of known cost is above 0."""
        return (self.known - self.cost) / self.known if self.known > 0 else None


class Decline(NamedTuple):
    """A fall of revenue or of the margin, and what it costs in minor units."""

    amount: int
    reason: str


def choose_spans(first_sale: dt.date, today: dt.date) -> Spans | None:
    """Return the spans to compare; None unless the sales reach back for a year."""
    first = today - dt.timedelta(days=HALF_YEAR - 1)
    for days in (_YEAR, HALF_YEAR):
        back = dt.timedelta(days=days)
        if first_sale <= first - back:
            return Spans(first, today, first - back, today - back)
    return None


def find_fall(now: Sums, before: Sums, spans: Spans, noun: str) -> Decline | None:
    """Return the fall of the revenue, unless it is small; it may be chance.

    ``noun`` names what is counted as an order: an order, or a day with orders.
    """
    if before.revenue <= 0 or now.revenue > before.revenue * (1 - _MIN_FALL):
        return None
    share = 1 - max(now.revenue, 0) / before.revenue
    orders = f"{_count(now.orders, noun)} in half a year, {before.orders:,} {spans.words}"
    reason = f"{orders}: revenue -{share:.0%}"
    return Decline(before.revenue - max(now.revenue, 0), reason)


def _count(number: int, noun: str) -> str:
    """Return ``2 days with orders``."""
    word, _, rest = noun.partition(" ")
    return f"{pluralize(number, word)} {rest}".strip()


def find_margin_drop(now: Sums, before: Sums, spans: Spans) -> Decline | None:
    """Return the drop of the margin rate by at least 5 percentage points."""
    rate, former = now.rate, before.rate
    if rate is None or former is None or former - rate < _MIN_DROP:
        return None
    if min(now.known_orders, before.known_orders) < _MIN_ORDERS:
        return None
    reason = f"margin {rate:.0%} of revenue in half a year, {former:.0%} {spans.words}"
    return Decline(round((former - rate) * now.known), reason)


@lru_cache(maxsize=4096)  # most customers have few orders
def compute_p_value(now: int, before: int) -> float:
    """Return the probability that chance would leave at most ``now`` of the orders."""
    total = now + before
    if total > _EXACT:
        z = (now + 0.5 - total / 2) / (math.sqrt(total) / 2)
        return 0.5 * math.erfc(-z / math.sqrt(2))
    return float(sum(math.comb(total, count) for count in range(now + 1)) / 2**total)
