"""Methods that continue a series of months; each takes the past and the number of months.

Sources: the damped trend is that of Gardner and McKenzie (1985), as in Hyndman and Athanasopoulos,
*Forecasting: Principles and Practice*, chapter 8. The slope of the seasonal trend is the seasonal
Kendall slope of Hirsch, Slack and Smith (1982): the median of the changes from year to year.
"""

import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate, product
from statistics import fmean, median
from typing import NamedTuple

YEAR = 12  # months

Values = Sequence[float]


class Method(NamedTuple):
    """A method: its name, what it does in words, and the months of history that it needs."""

    name: str
    words: str
    needs: int
    forecast: Callable[[Values, int], list[float]]


def repeat_last(past: Values, months: int) -> list[float]:
    """Return the last value for every month."""
    return [past[-1]] * months


def repeat_year(past: Values, months: int) -> list[float]:
    """Return the value of the same month of the last year."""
    return [past[-YEAR + at % YEAR] for at in range(months)]


def repeat_mean(past: Values, months: int) -> list[float]:
    """Return the mean of the last year for every month."""
    return [fmean(past[-YEAR:])] * months


_LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
_TRENDS = (0.05, 0.2, 0.4)
_DAMPINGS = (0.8, 0.9, 0.98)


def extend_damped_trend(past: Values, months: int) -> list[float]:
    """Continue level and trend by exponential smoothing; the trend levels off.

    The smoothing with the least squared error of one month in the past is chosen from a grid.
    """
    smooth = partial(_smooth, past)
    _, level, trend, damping = min(
        smooth(*weights) for weights in product(_LEVELS, _TRENDS, _DAMPINGS)
    )
    return [level + trend * sum_ for sum_ in _damped_sums(damping, months)]


def _smooth(
    past: Values, level_weight: float, trend_weight: float, damping: float
) -> tuple[float, float, float, float]:
    """Return the squared error of a smoothing, with its last level and trend and its damping."""
    first = min(len(past) - 1, YEAR - 1)
    level, trend, error = past[0], (past[first] - past[0]) / first, 0.0
    for value in past[1:]:
        expected = level + damping * trend
        miss = value - expected
        error += miss * miss
        before, level = level, expected + level_weight * miss
        trend = trend_weight * (level - before) + (1 - trend_weight) * damping * trend
    return error, level, trend, damping


def _damped_sums(damping: float, months: int) -> list[float]:
    """Return the sums of the first powers of a damping: the months that a trend has effect."""
    return list(accumulate(damping**power for power in range(1, months + 1)))


_SEASON_DAMPING = 0.98
_MOST = 35.0  # a logarithm; larger amounts than 10**15 are not stored
_REMAINDER_WEIGHT = 0.2


def extend_seasonal_trend(past: Values, months: int) -> list[float]:
    """Continue the trend from year to year, with the usual figure of each calendar month.

    Values above 0 are multiplied (by logarithms), as a busy month of a larger shop is larger;
    others are added. The slope is the median change between the same months of different years,
    by month. It counts in full once two years are known. The difference of the last months
    from that is smoothed and added.
    """
    if min(past) > 0:
        logs = [math.log(value) for value in past]
        return [math.exp(min(value, _MOST)) for value in _extend_season(logs, months)]
    return _extend_season(past, months)


def _extend_season(past: Values, months: int) -> list[float]:
    slope = _find_yearly_slope(past)
    flat = [value - slope * at for at, value in enumerate(past)]
    usual = [fmean(flat[at::YEAR]) for at in range(YEAR)]
    remainder = 0.0
    for at, value in enumerate(flat):
        remainder += _REMAINDER_WEIGHT * (value - usual[at % YEAR] - remainder)
    end = len(past)
    return [
        usual[(end + at) % YEAR] + slope * (end - 1 + effect) + remainder
        for at, effect in enumerate(_damped_sums(_SEASON_DAMPING, months))
    ]


def _find_yearly_slope(past: Values) -> float:
    """Return the median change by month between the same months of different years."""
    changes = [
        (past[late] - past[early]) / (late - early)
        for early in range(len(past))
        for late in range(early + YEAR, len(past), YEAR)
    ]
    return median(changes) * min(1.0, (len(past) - YEAR) / YEAR) if changes else 0.0


NAIVE = Method("naive", "the last month, repeated", 1, repeat_last)
SEASONAL_NAIVE = Method("seasonal naive", "the same month of last year", YEAR, repeat_year)
MEAN = Method("mean", "the mean of the last 12 months", 1, repeat_mean)
DAMPED_TREND = Method("damped trend", "level and trend, which levels off", 3, extend_damped_trend)
SEASONAL_TREND = Method(
    "seasonal trend", "trend of the years × usual share of the month", YEAR + 1,
    extend_seasonal_trend,
)  # fmt: skip

# Of methods with the same error the first one is the simplest.
METHODS = (NAIVE, SEASONAL_NAIVE, MEAN, DAMPED_TREND, SEASONAL_TREND)
