"""Sample sizes for the comparison of two shares.

Source: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), 4.14, without
the correction for continuity; two-sided at 5%, with a power of 80%.
"""

import math
from typing import Final

from cardcrm.reports.statistics.intervals import Z_95

Z_POWER: Final = 0.8416212335729143  # the 80th percentile of the normal distribution
_STEPS: Final = 50  # of a bisection, which is then exact to a billionth


def count_needed(share: float, other: float) -> int:
    """Return how many of each group are needed to tell two different shares apart."""
    middle = (share + other) / 2
    spread = Z_95 * math.sqrt(2 * middle * (1 - middle)) + Z_POWER * math.sqrt(
        share * (1 - share) + other * (1 - other)
    )
    return math.ceil((spread / (share - other)) ** 2)


def find_detectable(share: float, count: int) -> float | None:
    """Return the lowest higher share that groups of a size tell from a share; None if none is."""
    if count < 1 or share >= 1 or count_needed(share, 1) > count:
        return None
    low, high = share, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle > share and count_needed(share, middle) <= count:
            high = middle
        else:
            low = middle
    return high
