"""Odds ratios with their 95% intervals.

Sources: Woolf, Annals of Human Genetics 19 (1955); the correction of Haldane and Anscombe adds 0.5
to each count where one of them is 0.
"""

import math
from typing import NamedTuple

from cardcrm.reports.statistics.intervals import Z_95, Interval

_CORRECTION = 0.5


class OddsRatio(NamedTuple):
    """The odds of a hit with a property by the odds without it, and the interval."""

    ratio: float
    interval: Interval

    @property
    def is_significant(self) -> bool:
        """Return whether the interval leaves out 1, so that the difference is more than chance."""
        return self.interval.low > 1 or self.interval.high < 1


def find_odds_ratio(hits: int, misses: int, other_hits: int, other_misses: int) -> OddsRatio:
    """Return the odds ratio of those with a property to the others."""
    counts = [float(each) for each in (hits, misses, other_hits, other_misses)]
    if not all(counts):
        counts = [each + _CORRECTION for each in counts]
    a, b, c, d = counts
    log = math.log(a * d / (b * c))
    half = Z_95 * math.sqrt(sum(1 / each for each in counts))
    return OddsRatio(math.exp(log), Interval(math.exp(log - half), math.exp(log + half)))
