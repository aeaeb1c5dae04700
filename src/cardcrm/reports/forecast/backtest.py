"""Backtest methods on the past, and draw a band from the errors of forecasts made in the past.

From each earlier month on, every method forecasts the months after it from what was known then
(rolling origin). The method with the least mean absolute error (MAE) is chosen.

That choice makes its errors too small: of five methods, the one that happened to fit best. So the
band has other errors. At each earlier month, the method is the one that would have been chosen
then, by the errors of months that were known; its errors in the months after it had no part in the
choice. The band at a distance is that of split conformal prediction (Vovk, Gammerman and Shafer;
Lei and others 2018): the forecast plus and minus the ⌈(n + 1) × confidence⌉-th smallest of the n
absolute errors at that distance. With fewer errors than that there is no such band.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

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
class Attempt:
    """A forecast that was made in the past, before the month ``origin``.

    ``guess`` is that of this month. The absolute ``errors`` are those of this month and of the
    months after it.
    """

    origin: int
    guess: float
    errors: tuple[float, ...]


@dataclass(frozen=True)
class Backtest:
    """The scores of all methods, the best method, and the forecasts that were made in the past.

    Each attempt is by the method that would have been chosen at that time.
    """

    scores: tuple[Score, ...]
    best: Method
    attempts: tuple[Attempt, ...]

    @property
    def origins(self) -> int:
        """The number of earlier months from which forecasts were made."""
        return len(self.attempts)

    def mae_of(self, method: Method) -> float | None:
        """Return the mean absolute error of a method."""
        return next((each.mae for each in self.scores if each.method is method), None)

    def errors_at(self, distance: int) -> tuple[float, ...]:
        """Return the absolute errors of the attempts at a distance; 0 is the first month."""
        return tuple(each.errors[distance] for each in self.attempts if distance < len(each.errors))


def backtest(past: Values, months: int) -> Backtest:
    """Return how well each method would have forecast the past, up to a number of months ahead.

    Methods are compared by the first 12 months, so that the choice does not depend on ``months``.
    Seasonal methods take part from two years on. Needs at least `MIN_MONTHS` values.
    """
    is_seasonal = len(past) >= SEASONAL_FROM
    first = max(YEAR + 1 if is_seasonal else _FIRST_ORIGIN, len(past) - _MAX_ORIGINS)
    origins = range(first, len(past))
    tried = [
        _Trial(each, past, origins, max(months, YEAR))
        for each in METHODS
        if is_seasonal or each.needs <= _FIRST_ORIGIN
    ]
    maes = {each.method.name: each.mae_before(len(past)) for each in tried}
    attempts = [_choose(tried, origin).attempts[origin] for origin in origins]
    return Backtest(
        tuple(Score(each, maes.get(each.name)) for each in METHODS),
        _choose(tried, len(past)).method,
        tuple(replace(each, errors=each.errors[:months]) for each in attempts),
    )


class _Trial:
    """The forecasts of a method from each of some earlier months, and their errors."""

    def __init__(self, method: Method, past: Values, origins: range, months: int) -> None:
        self.method = method
        self.attempts = {
            origin: _attempt(method, past, origin, min(months, len(past) - origin))
            for origin in origins
        }
        self._sums, self._counts = [0.0] * len(past), [0] * len(past)
        for origin, attempt in self.attempts.items():
            for month, error in enumerate(attempt.errors[:YEAR], origin):
                self._sums[month] += error
                self._counts[month] += 1

    def mae_before(self, month: int) -> float | None:
        """Return the mean absolute error of the forecasts of the months before a month."""
        count = sum(self._counts[:month])
        return sum(self._sums[:month]) / count if count else None


def _attempt(method: Method, past: Values, origin: int, months: int) -> Attempt:
    guesses = method.forecast(past[max(0, origin - _MAX_HISTORY) : origin], months)
    actual = past[origin : origin + months]
    return Attempt(
        origin, guesses[0], tuple(abs(a - b) for a, b in zip(actual, guesses, strict=True))
    )


def _choose(tried: Sequence[_Trial], month: int) -> _Trial:
    """Return the trial with the least error in the months before a month, else the simplest."""
    return min(tried, key=lambda each: each.mae_before(month) or 0.0)


def extend(method: Method, past: Values, months: int) -> list[float]:
    """Return the forecast of a method for the months after the past."""
    return method.forecast(past[-_MAX_HISTORY:], months)


def find_half_width(errors: Sequence[float], confidence: Fraction) -> float | None:
    """Return half of the width of a split conformal band; None with too few errors for it."""
    rank = math.ceil((len(errors) + 1) * confidence)
    return sorted(errors)[rank - 1] if rank <= len(errors) else None


def count_needed(confidence: Fraction) -> int:
    """Return the least number of errors that give a band of a confidence: 9 for 90%."""
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
