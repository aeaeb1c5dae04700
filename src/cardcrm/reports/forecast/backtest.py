"""Backtest methods on the past, and draw a band from their errors.

From each earlier month on, every method forecasts the months after it from what was known then
(rolling origin). The method with the least mean absolute error (MAE) is chosen. The band at a
distance is that of split conformal prediction (Vovk, Gammerman and Shafer; Lei and others 2018):
the forecast plus and minus the ⌈(n + 1) × confidence⌉-th smallest of the n absolute errors at that
distance. With fewer errors than that there is no such band.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean

from cardcrm.reports.forecast.methods import METHODS, YEAR, Method, Values

MIN_MONTHS = 6
SEASONAL_FROM = 2 * YEAR
_FIRST_ORIGIN = 3  # months of history; of the seasonal methods 13
_MAX_ORIGINS = 48
_MAX_HISTORY = 10 * YEAR


@dataclass(frozen=True)
class Score:
    """The backtest of a method: its mean absolute error, None if it needs more history."""

    method: Method
    mae: float | None


@dataclass(frozen=True)
class Backtest:
    """The scores of all methods, the best method, and its absolute errors at each distance.

    ``origins`` is the number of months from which forecasts were made.
    """

    scores: tuple[Score, ...]
    best: Method
    errors: tuple[tuple[float, ...], ...]
    origins: int

    def mae_of(self, method: Method) -> float | None:
        """Return the mean absolute error of a method."""
        return next((each.mae for each in self.scores if each.method is method), None)


def backtest(past: Values, months: int) -> Backtest:
    """Return how well each method would have forecast the past, up to a number of months ahead.

    Methods are compared by the first 12 months, so that the choice does not depend on ``months``.
    Seasonal methods take part from two years on. Needs at least `MIN_MONTHS` values.
    """
    is_seasonal = len(past) >= SEASONAL_FROM
    first = max(YEAR + 1 if is_seasonal else _FIRST_ORIGIN, len(past) - _MAX_ORIGINS)
    origins = range(first, len(past))
    misses = {
        each.name: _measure(each, past, origins, max(months, YEAR))
        for each in METHODS
        if is_seasonal or each.needs <= _FIRST_ORIGIN
    }
    scores = tuple(Score(each, _mean(misses.get(each.name, ())[:YEAR])) for each in METHODS)
    best = min((each for each in scores if each.mae is not None), key=lambda each: each.mae or 0.0)
    return Backtest(
        scores, best.method, tuple(map(tuple, misses[best.method.name][:months])), len(origins)
    )


def _measure(method: Method, past: Values, origins: range, months: int) -> list[list[float]]:
    """Return the absolute errors of a method at each distance from 1 to ``months``."""
    errors: list[list[float]] = [[] for _ in range(months)]
    for origin in origins:
        actual = past[origin : origin + months]
        known = past[max(0, origin - _MAX_HISTORY) : origin]
        for at, guess in enumerate(method.forecast(known, len(actual))):
            errors[at].append(abs(actual[at] - guess))
    return errors


def _mean(errors: Sequence[Sequence[float]]) -> float | None:
    flat = [error for distance in errors for error in distance]
    return fmean(flat) if flat else None


def extend(method: Method, past: Values, months: int) -> list[float]:
    """Return the forecast of a method for the months after the past."""
    return method.forecast(past[-_MAX_HISTORY:], months)


def find_half_width(errors: Sequence[float], confidence: Fraction) -> float | None:
    """Return half of the width of a split conformal band; None with too few errors for it."""
    rank = math.ceil((len(errors) + 1) * confidence)
    return sorted(errors)[rank - 1] if rank <= len(errors) else None


def count_needed(confidence: Fraction) -> int:
    """Return the least number of errors that give a band of a confidence: 9 for 90 %."""
    return math.ceil(confidence / (1 - confidence))


def find_half_widths(errors: Sequence[Sequence[float]], confidence: Fraction) -> list[float | None]:
    """Return half of the width of the band at each distance; it never narrows with the distance."""
    widths: list[float | None] = []
    widest = 0.0
    for distance in errors:
        width = find_half_width(distance, confidence)
        widest = max(widest, width or 0.0)
        widths.append(None if width is None else widest)
    return widths
