"""Forecast the months to come from the complete months of the past."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count

from cardcrm.dates.periods import name_numbered_period
from cardcrm.reports.forecast.backtest import (
    MIN_MONTHS,
    SEASONAL_FROM,
    Backtest,
    backtest,
    count_needed,
    extend,
    find_half_width,
    find_half_widths,
)
from cardcrm.reports.forecast.running_month import complete_month
from cardcrm.reports.forecast.series import MonthlySeries, read_series
from cardcrm.reports.scope import Scope
from cardcrm.store import Store

MIN_BASIS = 6  # months with a sale, or customers


@dataclass(frozen=True)
class ForecastMonth:
    """A month to come; without bounds where the past has too few errors for a band.

    ``so_far`` is the part of the running month that is known; the value is never below it.
    """

    month: str
    value: float
    low: float | None
    high: float | None
    so_far: int | None = None


@dataclass(frozen=True)
class Forecast:
    """The past, the months to come and the backtest; ``reason`` says why there is no forecast.

    ``band_reason`` says why some months have no band.
    """

    series: MonthlySeries
    confidence: Fraction
    months: tuple[ForecastMonth, ...] = ()
    backtest: Backtest | None = None
    reason: str = ""
    band_reason: str = ""

    @property
    def past(self) -> tuple[tuple[str, int], ...]:
        """The complete months of the past with their values."""
        first = self.series.first
        return tuple(
            (name_numbered_period("month", month), value)
            for month, value in enumerate(self.series.values, first)
        )

    @property
    def total(self) -> float:
        """The sum of the months to come, with what is known of the first one."""
        return math.fsum(each.value for each in self.months)

    @property
    def so_far(self) -> int | None:
        """The part of the running month that is known, if it is the first of those to come."""
        return self.months[0].so_far if self.months else None

    @property
    def span(self) -> str:
        """The months to come in words, such as ``2026-11 to 2027-10``."""
        first, last = self.months[0].month, self.months[-1].month
        return first if first == last else f"{first} to {last}"


def build_forecast(
    store: Store,
    scope: Scope,
    figure: str,
    months: int = 12,
    *,
    percent: int = 90,
    lost_after: int = 12,
) -> Forecast:
    """Return the forecast of a figure for a number of months, with a band of a confidence."""
    series = read_series(store, scope, figure, lost_after)
    return forecast_series(series, months, Fraction(percent, 100))


def forecast_series(series: MonthlySeries, months: int, confidence: Fraction) -> Forecast:
    """Return the forecast of a series. Figures that were never below 0 stay at 0 or above.

    The running month counts for that too: refunds may have taken it below 0.
    """
    past = tuple(map(float, series.values))
    if reason := _explain_need(series):
        return Forecast(series, confidence, reason=reason)
    tested = backtest(past, months)
    errors = [tested.errors_at(distance) for distance in range(months)]
    widths = find_half_widths(errors, confidence)
    so_far = series.running.so_far if series.running else 0
    least = 0.0 if min(*past, so_far) >= 0 else float("-inf")
    guesses = extend(tested.best, past, months)
    found = [
        _bound(name_numbered_period("month", month), value, width, least)
        for month, value, width in zip(count(series.end), guesses, widths, strict=False)
    ]
    if series.running is not None:
        first = complete_month(series.running, series.values, tested.attempts, guesses[0])
        width = find_half_width(first.errors, confidence)
        found[0] = replace(
            _bound(found[0].month, first.value, width, max(least, first.so_far)),
            so_far=first.so_far,
        )
    return Forecast(
        series,
        confidence,
        tuple(found),
        tested,
        band_reason=_explain_band(tested, widths, confidence),
    )


def _bound(month: str, value: float, width: float | None, least: float) -> ForecastMonth:
    """Return a month with its band, neither below the least value that is possible."""
    low, high = (None, None) if width is None else (max(value - width, least), value + width)
    return ForecastMonth(month, max(value, least), low, None if high is None else max(high, least))


def _explain_need(series: MonthlySeries) -> str:
    """Return what a forecast needs and what is there; empty if that is enough.

    One sale of long ago does not make a series, however many months have passed since.
    """
    names = [name_numbered_period("month", month) for month in range(series.first, series.end)]
    span = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}" if names else ""
    if len(names) < MIN_MONTHS:
        there = "there are none"
        if names:
            there = f"there {'is' if len(names) == 1 else 'are'} {len(names)}: {span}"
        return (
            f"no forecast: it needs at least {MIN_MONTHS} complete months, and {SEASONAL_FROM} for "
            f"seasons; {there}"
        )
    if series.basis >= MIN_BASIS:
        return ""
    what = "months with sales" if series.figure in ("revenue", "orders") else "customers"
    return f"no forecast: it needs at least {MIN_BASIS} {what}; so far: {series.basis} ({span})"


def _explain_band(tested: Backtest, widths: list[float | None], confidence: Fraction) -> str:
    """Return why some months have no band; empty if all have one."""
    without = [at for at, width in enumerate(widths) if width is None]
    if not without:
        return ""
    first = without[0]
    needed, there = count_needed(confidence), len(tested.errors_at(first))
    which = "" if first == 0 else f" from month {first + 1} on"
    return (
        f"no {float(confidence):.0%} band{which}: it needs {needed} past errors at that distance, "
        f"and the backtest has {there}"
    )
