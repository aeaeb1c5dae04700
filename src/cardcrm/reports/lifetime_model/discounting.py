"""Discount expected purchases: one that is far away is worth less than one tomorrow.

With E(t) the expected purchases up to the week t and δ the rate of continuous discounting,
integration by parts gives the discounted purchases up to H:

    ∫ e^(-δt) dE(t) = e^(-δH) E(H) + δ ∫ e^(-δt) E(t) dt

The integral is taken over y = ln(1 + t / (α + T)), in which E is smooth, by the Gauss-Legendre rule
with eight points; it agrees with a sum over days to six digits.
"""

from collections.abc import Callable
from math import exp, expm1, log, log1p

from cardcrm.errors import UsageError
from cardcrm.reports.lifetime_model.histories import DAYS_PER_WEEK

WEEKS_PER_YEAR = 365.25 / DAYS_PER_WEEK
DEFAULT_DISCOUNT = 0.1  # a year
_MAX_DISCOUNT = 10.0

# Points and weights on 0 to 1, from those on -1 to 1: Abramowitz and Stegun, table 25.4.
_HALVES = (
    (0.1834346424956498, 0.3626837833783620),
    (0.5255324099163290, 0.3137066458778873),
    (0.7966664774136267, 0.2223810344533745),
    (0.9602898564975363, 0.1012285362903763),
)
POINTS = tuple(((1 + side * at) / 2, of / 2) for at, of in _HALVES for side in (-1, 1))


def weekly_rate(discount: float) -> float:
    """Return the continuous rate of a week for a discount of a year. Raises UsageError."""
    if not 0 <= discount <= _MAX_DISCOUNT:
        raise UsageError(
            "the discount must be between 0% and 1000% a year", "For example: --discount 10%"
        )
    return log1p(discount) / WEEKS_PER_YEAR


def discount_purchases(
    expected: Callable[[float], float], scale: float, horizon: float, rate: float
) -> tuple[float, float]:
    """Return the expected purchases up to the horizon, plain and discounted.

    ``expected`` gives the purchases up to a week; ``scale`` is α + T.
    """
    purchases = expected(horizon)
    if not rate:
        return purchases, purchases
    top = log(1 + horizon / scale)
    integral = 0.0
    for at, weight in POINTS:
        week = scale * expm1(at * top)
        integral += weight * exp(-rate * week) * expected(week) * (scale + week)
    return purchases, exp(-rate * horizon) * purchases + rate * top * integral
