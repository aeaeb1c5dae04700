"""Compare the units a day of two spans: the ratio of the rates, with a 95% interval.

The method is the rate ratio of Poisson counts, widened by the dispersion of the days (quasi-Poisson
regression with one factor): the standard error of log(ratio) is √(φ (1/a + 1/b)) for a and b units,
and φ is Pearson's χ² of the days divided by their number - 2. Without dispersion (φ = 1) this is
the textbook interval of Rothman, *Epidemiology: An Introduction*. A line of many units is one
decision, so φ is at least Σ q² / Σ q over the quantities q of the lines, which is 1 for single
units.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.reports.statistics.intervals import Z_95
from cardcrm.text import pluralize

MIN_DAYS = 7
MIN_LINES = 5  # with fewer lines in a span, the interval would be a guess


class Span(NamedTuple):
    """Units on each day of a span, the number of lines, and the sum of their squared quantities."""

    days: Sequence[float]
    lines: int
    squares: float

    @property
    def units(self) -> float:
        """The sum of units."""
        return math.fsum(self.days)

    @property
    def rate(self) -> float:
        """Units a day."""
        return self.units / len(self.days) if self.days else 0.0


class RateRatio(NamedTuple):
    """The rate after divided by that before, its 95% interval, and the dispersion φ."""

    ratio: float
    low: float
    high: float
    dispersion: float


def explain_missing(before: Span, after: Span) -> str:
    """Return what is missing for an interval, or an empty text."""
    for name, span in (("before", before), ("after", after)):
        if len(span.days) < MIN_DAYS:
            return f"only {pluralize(len(span.days), 'day')} {name}; at least {MIN_DAYS} are needed"
        if span.lines < MIN_LINES:
            return (
                f"only {pluralize(span.lines, 'line')} sold {name}; at least {MIN_LINES} are needed"
            )
    return ""


def compare_rates(before: Span, after: Span) -> RateRatio | None:
    """Return the ratio of the rates with its interval; None if there is too little data."""
    if explain_missing(before, after):
        return None
    dispersion = max(_pearson(before, after), _clustering(before, after))
    ratio = after.rate / before.rate
    error = Z_95 * math.sqrt(dispersion * (1 / before.units + 1 / after.units))
    return RateRatio(ratio, ratio * math.exp(-error), ratio * math.exp(error), dispersion)


def _pearson(before: Span, after: Span) -> float:
    """Return Pearson's χ² of the days, divided by the degrees of freedom."""
    squares = math.fsum(
        (day - span.rate) ** 2 / span.rate for span in (before, after) for day in span.days
    )
    return squares / (len(before.days) + len(after.days) - 2)


def _clustering(before: Span, after: Span) -> float:
    """Return Σ q² / Σ q over the quantities of all lines."""
    return (before.squares + after.squares) / (before.units + after.units)
