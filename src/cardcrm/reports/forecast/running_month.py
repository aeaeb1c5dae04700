"""Forecast the month that has begun: what is in, and the usual part of a month that is to come.

    value = sold before today + forecast of the whole month × usual part of the rest

The usual part is what the last days of earlier months brought, as many as are left in this month,
of all that these months brought. The forecast is never below what is sold, which counts the sales
of today.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cardcrm.reports.forecast.backtest import Attempt
from cardcrm.reports.forecast.methods import YEAR
from cardcrm.reports.forecast.series import RunningMonth

_MONTHS = 2 * YEAR  # whose last days are compared with the whole


@dataclass(frozen=True)
class CompletedMonth:
    """The value of the running month, the part so far, and the errors of such forecasts."""

    value: float
    so_far: int
    errors: tuple[float, ...]


def complete_month(
    running: RunningMonth, values: Sequence[int], attempts: Sequence[Attempt], guess: float
) -> CompletedMonth:
    """Return the running month, from the ``guess`` of its whole value.

    The errors are those of the rests that the same rule gives for the attempts of the backtest.
    """

    def find_part(month: int) -> float:
        """Return the usual part of the rest, from the months before a month."""
        known = slice(max(0, month - _MONTHS), month)
        whole, rest = sum(values[known]), sum(running.rests[known])
        return min(1.0, max(0.0, rest / whole)) if whole else 1.0

    errors = [
        abs(each.guess * find_part(each.origin) - running.rests[each.origin]) for each in attempts
    ]
    value = running.before + guess * find_part(len(values))
    return CompletedMonth(max(value, running.so_far), running.so_far, tuple(errors))
