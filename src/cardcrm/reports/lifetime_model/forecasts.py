"""Predictions as columns, computed in the standard library; see `forecast_arrays` for NumPy."""

from array import array
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.money import count_decimals
from cardcrm.reports.lifetime_model.discounting import (
    DEFAULT_DISCOUNT,
    discount_purchases,
    weekly_rate,
)
from cardcrm.reports.lifetime_model.fitting import LifetimeModel
from cardcrm.reports.lifetime_model.histories import DAYS_PER_WEEK, Histories

MAX_DAYS = 36_525  # a hundred years


class Forecasts(NamedTuple):
    """Predictions in the order of the customers; amounts are in minor units.

    ``active`` is 1 for customers without repeat purchases.
    """

    active: "array[float]"
    purchases: "array[float]"
    value: "array[int]"
    future_value: "array[int]"


class Horizon(NamedTuple):
    """The weeks that a prediction reaches, and the rate of discounting of a week."""

    weeks: float
    rate: float

    @classmethod
    def build(cls, days: int, discount: float = DEFAULT_DISCOUNT) -> "Horizon":
        """Return the horizon of some days. Raises UsageError for an impossible one."""
        if not 0 < days <= MAX_DAYS:
            raise UsageError(
                "the horizon must be between 1 day and 100 years", "For example: --horizon 39w"
            )
        return cls(days / DAYS_PER_WEEK, weekly_rate(discount))


def forecast_lists(model: LifetimeModel, histories: Histories, horizon: Horizon) -> Forecasts:
    """Return the predictions for some histories."""
    forecasts = Forecasts(array("d"), array("d"), array("q"), array("q"))
    purchase, unit = model.purchase, 10 ** count_decimals(model.currency)
    if_active: dict[tuple[int, int], tuple[float, float]] = {}
    columns = (histories.repeats, histories.recency, histories.age, histories.spent)
    for repeats, recency, age, spent in zip(*columns, strict=True):
        weeks = age / DAYS_PER_WEEK
        pair = if_active.get((repeats, age))
        if pair is None:
            pair = if_active[repeats, age] = _expect_if_active(model, repeats, weeks, horizon)
        active = purchase.probability_active(repeats, recency / DAYS_PER_WEEK, weeks)
        spend = model.expected_spend(repeats, spent / unit) * unit * active
        forecasts.active.append(active)
        forecasts.purchases.append(active * pair[0])
        forecasts.value.append(round(pair[0] * spend))
        forecasts.future_value.append(round(pair[1] * spend))
    return forecasts


def _expect_if_active(
    model: LifetimeModel, repeats: int, age: float, horizon: Horizon
) -> tuple[float, float]:
    """Return the expected purchases of an active customer, plain and discounted."""
    return discount_purchases(
        lambda week: model.purchase.purchases_if_active(repeats, age, week),
        model.purchase.alpha + age,
        horizon.weeks,
        horizon.rate,
    )
