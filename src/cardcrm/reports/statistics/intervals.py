"""95% intervals of shares and of their differences.

Sources: Wilson (1927); Newcombe, Statistics in Medicine 17 (1998), method 10.
"""

import math
from typing import Final, NamedTuple

Z_95: Final = 1.959963984540054  # the 97.5th percentile of the normal distribution


class Interval(NamedTuple):
    """A 95% interval."""

    low: float
    high: float


def wilson_interval(hits: int, count: int, z: float = Z_95) -> Interval:
    """Return the interval of a share, of which 1 of 1 says little: from 21% to 100%."""
    if not count:
        return Interval(0.0, 1.0)
    share, squared = hits / count, z * z
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    half = z * math.sqrt(share * (1 - share) / count + squared / (4 * count * count))
    half /= 1 + squared / count
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return Interval(low, 1.0 if hits == count else min(1.0, middle + half))


def newcombe_interval(hits: int, count: int, other_hits: int, other_count: int) -> Interval:
    """Return the interval of the difference of two shares, from the Wilson interval of each."""
    share, other = hits / count, other_hits / other_count
    low, high = wilson_interval(hits, count)
    other_low, other_high = wilson_interval(other_hits, other_count)
    difference = share - other
    return Interval(
        difference - math.hypot(share - low, other_high - other),
        difference + math.hypot(high - share, other - other_low),
    )
