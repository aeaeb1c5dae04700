"""Forecast the months to come from the complete months of the past."""

from dataclasses import dataclass
from fractions import Fraction

from cardcrm.dates.periods import name_numbered_period
from cardcrm.reports.forecast.backtest import (
    MIN_MONTHS,
    SEASONAL_FROM,
    Backtest,
    backtest,
    count_needed,
    extend,
    find_half_widths,
)
from cardcrm.reports.forecast.series import MonthlySeries, read_series
from cardcrm.reports.scope import Scope
from cardcrm.store import Store


@dataclass(frozen=True)
class ForecastMonth:
    """A month to come; without bounds where the past has too few errors for a band."""

    month: str
    value: float
    low: float | None
    high: float | None


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
    """Return the forecast of a series. Figures that were never below 0 stay at 0 or above."""
    past = tuple(map(float, series.values))
    if len(past) < MIN_MONTHS:
        return Forecast(series, confidence, reason=_explain_need(series))
    tested = backtest(past, months)
    widths = find_half_widths(tested.errors, confidence)
    least = 0.0 if min(past) >= 0 else float("-inf")
    found = []
    for at, (value, width) in enumerate(
        zip(extend(tested.best, past, months), widths, strict=True)
    ):
        month = name_numbered_period("month", series.first + len(past) + at)
        middle = max(value, least)
        low, high = (None, None) if width is None else (max(middle - width, least), middle + width)
        found.append(ForecastMonth(month, middle, low, high))
    return Forecast(
        series,
        confidence,
        tuple(found),
        tested,
        band_reason=_explain_band(tested, widths, confidence),
    )


def _explain_need(series: MonthlySeries) -> str:
    """Return what a forecast needs and what is there."""
    names = [name_numbered_period("month", series.first + at) for at in range(len(series.values))]
    there = "there are none"
    if len(names) == 1:
        there = f"there is 1: {names[0]}"
    elif names:
        there = f"there are {len(names)}: {names[0]} to {names[-1]}"
    return (
        f"no forecast: it needs at least {MIN_MONTHS} complete months, and {SEASONAL_FROM} for "
        f"seasons; {there}"
    )


def _explain_band(tested: Backtest, widths: list[float | None], confidence: Fraction) -> str:
    """Return why some months have no band; empty if all have one."""
    without = [at for at, width in enumerate(widths) if width is None]
    if not without:
        return ""
    first = without[0]
    needed, there = count_needed(confidence), len(tested.errors[first])
    which = "" if first == 0 else f" from month {first + 1} on"
    return (
        f"no {float(confidence):.0%} band{which}: it needs {needed} past errors at that distance, "
        f"and the backtest has {there}"
    )
