"""Compute how often a customer buys, anything or one product, and when the next purchase is late.

A purchase is a day with an order; three of them make a habit, as two have one interval, which is
chance. The *usual interval* is the median of the days between purchases. One rule serves all
reports, by the days since the last purchase:

- from the usual interval on, the next purchase is *due*,
- above 1.25 usual intervals it is *late*: half of all intervals are above the median, so a
  customer who is a little over it is not late,
- above 2 usual intervals the customer is *likely lost*.
"""

from collections.abc import Iterable, Sequence
from math import ceil
from operator import sub
from typing import NamedTuple

from cardcrm.reports.statistics.quantiles import find_sorted_median

MIN_PURCHASES = 3
LATE_FACTOR = 1.25
LOST_FACTOR = 2
_NEAR = 0.5  # of the usual interval; intervals that close to it count as regular


class Habit(NamedTuple):
    """The purchases of one customer: their number, and the usual interval and silence in days.

    ``span_days`` lead from the first purchase to the last one.
    """

    purchases: int
    usual_days: float
    silent_days: int
    span_days: int

    @property
    def p_active(self) -> float:
        """The probability of being active, by the habit alone."""
        return self.usual_days / max(self.silent_days, self.usual_days)

    @property
    def expected_days(self) -> int:
        """The whole days after the last purchase on which the next one is expected."""
        return ceil(self.usual_days)

    @property
    def is_due(self) -> bool:
        """True from the usual interval on."""
        return self.silent_days >= self.usual_days

    @property
    def is_late(self) -> bool:
        """True if the customer is silent for clearly longer than usual."""
        return self.silent_days > LATE_FACTOR * self.usual_days

    @property
    def is_likely_lost(self) -> bool:
        """True if the customer is silent for much longer than usual."""
        return self.silent_days > LOST_FACTOR * self.usual_days


def describe_interval(days: float) -> str:
    """Return an interval in words and whole days: every day, or every 9 days for 8.5."""
    return "every day" if days <= 1 else f"every {ceil(days):,} days"


def find_habit(days: Iterable[int], today: int) -> Habit | None:
    """Return the habit by the numbers of days with an order; None for fewer than three days."""
    ordered = list(days)
    intervals = sorted(map(sub, ordered[1:], ordered))
    if intervals and intervals[0] <= 0:  # not in rising order, or several orders on one day
        ordered = sorted(set(ordered))
        intervals = sorted(map(sub, ordered[1:], ordered))
    if len(ordered) < MIN_PURCHASES:
        return None
    last = ordered[-1]
    return Habit(len(ordered), find_sorted_median(intervals), today - last, last - ordered[0])


def measure_regularity(days: Sequence[int], usual_days: float) -> float:
    """Return the share of intervals within half of the usual one, from 0 to 1.

    The numbers of days are in rising order.
    """
    least, most = ((1 + part) * usual_days for part in (-_NEAR, _NEAR))
    intervals = [*map(sub, days[1:], days)]
    near: int = sum(least <= each <= most for each in intervals)
    return near / len(intervals)
