"""Score the groups of a market by value, growth and reach, to show where to focus."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace

from cardcrm.reports.dimension import NONE
from cardcrm.reports.market.market_group import MarketGroup

MIN_CUSTOMERS = 5  # fewer are chance: such a group has no score
_UNKNOWN = 0.5


def score_groups(groups: Sequence[MarketGroup]) -> list[MarketGroup]:
    """Return groups with the mean of their ranks by value, growth and reach.

    Groups with too few customers, and that of contacts without a value, have no score.
    """
    rated = [each for each in groups if each.name != NONE and each.customers >= MIN_CUSTOMERS]
    if len(rated) < 2:
        return list(groups)
    figures: tuple[Callable[[MarketGroup], float | None], ...] = (
        lambda each: each.revenue.minor / each.customers,
        lambda each: each.growth,
        lambda each: each.reachable,
    )
    ranks = [rank_fractions([figure(each) for each in rated]) for figure in figures]
    scores = {
        each.name: sum(column) / len(ranks)
        for each, column in zip(rated, zip(*ranks, strict=True), strict=True)
    }
    return [replace(each, score=scores.get(each.name)) for each in groups]


def rank_fractions(values: Sequence[float | None]) -> list[float]:
    """Return the rank of each value from 0 (lowest) to 1; equal ones share the mean of their ranks.

    An unknown value is in the middle.
    """
    known = sorted(value for value in values if value is not None)

    def rank(value: float) -> float:
        return (bisect_left(known, value) + bisect_right(known, value) - 1) / 2 / (len(known) - 1)

    return [_UNKNOWN if value is None or len(known) < 2 else rank(value) for value in values]
