"""Compute how often a customer buys a product: the median of the days between its orders.

Orders of one day are one. At least three are needed, as two have one interval, which is chance.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from cardcrm.reports.statistics.quantiles import find_median

MIN_ORDERS = 3
_NEAR = 0.5  # of the median; intervals this close to it count as regular


class Habit(NamedTuple):
    """The usual interval in days, the day of the last order, and how regular the intervals are.

    ``regularity`` is the share of intervals within half of the median.
    """

    orders: int
    interval: float
    last: dt.date
    regularity: float

    def days_since(self, today: dt.date) -> int:
        """Return the days since the last order."""
        return (today - self.last).days

    def is_overdue(self, today: dt.date, factor: float = 1.0) -> bool:
        """Return whether ``factor`` intervals have passed since the last order."""
        return self.days_since(today) >= self.interval * factor


def find_habit(days: Sequence[dt.date]) -> Habit | None:
    """Return the habit of some days with orders in rising order; None for fewer than three."""
    if len(days) < MIN_ORDERS:
        return None
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    usual = find_median(gaps)
    near = sum(abs(gap - usual) <= _NEAR * usual for gap in gaps)
    return Habit(len(days), usual, days[-1], near / len(gaps))
