"""Adjust the p-values of many tests, as some of many are small by chance.

Source: Benjamini and Hochberg, Journal of the Royal Statistical Society B 57 (1995).
"""

from collections.abc import Sequence


def adjust_p_values(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted by Benjamini and Hochberg, in the same order.

    Of the differences with an adjusted value of at most 0.05, one of twenty is expected to be
    chance.
    """
    count = len(p_values)
    order = sorted(range(count), key=lambda at: p_values[at], reverse=True)
    adjusted, least = [1.0] * count, 1.0
    for place, at in enumerate(order):
        least = min(least, p_values[at] * count / (count - place))
        adjusted[at] = least
    return adjusted
