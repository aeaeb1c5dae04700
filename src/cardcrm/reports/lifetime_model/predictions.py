"""Predict the purchases and the future value of each customer."""

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.money import Money, count_decimals
from cardcrm.reports.lifetime_model.discounting import (
    DEFAULT_DISCOUNT,
    discount_purchases,
    weekly_rate,
)
from cardcrm.reports.lifetime_model.fitting import LifetimeModel, has_arrays
from cardcrm.reports.lifetime_model.histories import (
    DAYS_PER_WEEK,
    Histories,
    load_histories,
    load_some_histories,
)
from cardcrm.reports.lifetime_model.model_table import load_or_fit
from cardcrm.store import Store

TOO_EARLY = "too early to tell: one purchase so far"
MAX_DAYS = 36_525  # a hundred years


class Prediction(NamedTuple):
    """What one customer is expected to buy within a horizon.

    ``p_active`` is the probability that the customer has not left, None with a ``reason``.
    ``expected_value`` is the spend, ``future_value`` the same discounted to today.
    """

    contact_id: int
    p_active: float | None
    expected_purchases: float
    expected_value: Money
    future_value: Money
    reason: str = ""


class Forecasts(NamedTuple):
    """Predictions as columns in the order of the customers; amounts are in minor units.

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


def predict(
    store: Store,
    currency: str,
    today: dt.date,
    horizon_days: int,
    contact_ids: Iterable[int] | None = None,
    *,
    discount: float = DEFAULT_DISCOUNT,
) -> list[Prediction]:
    """Return the predictions of all customers, or of some contacts, in the order of their ids.

    Contacts that have not bought are left out. The list is empty if there is too little data for a
    model. The model that is stored serves if it is not stale; see `model_table`.
    """
    horizon = Horizon.build(horizon_days, discount)
    model = load_or_fit(store, currency, today)
    if model is None:
        return []
    if contact_ids is None:
        histories = load_histories(store, currency, today)
    else:
        histories = load_some_histories(store, currency, today, contact_ids)
    return list(build_predictions(histories, forecast(model, histories, horizon), currency))


def build_predictions(
    histories: Histories, forecasts: Forecasts, currency: str
) -> Iterator[Prediction]:
    """Yield the predictions from their columns."""
    rows = zip(histories.ids, histories.repeats, *forecasts, strict=True)
    for contact_id, repeats, active, purchases, value, future_value in rows:
        yield Prediction(
            contact_id,
            active if repeats else None,
            purchases,
            Money(value, currency),
            Money(future_value, currency),
            "" if repeats else TOO_EARLY,
        )


def forecast(model: LifetimeModel, histories: Histories, horizon: Horizon) -> Forecasts:
    """Return the predictions for some histories."""
    if has_arrays(histories.customers):
        from cardcrm.reports.lifetime_model.prediction_arrays import forecast_arrays

        return forecast_arrays(model, histories, horizon)
    return forecast_lists(model, histories, horizon)


def forecast_lists(model: LifetimeModel, histories: Histories, horizon: Horizon) -> Forecasts:
    """Return the predictions for some histories, by the standard library."""
    forecasts = Forecasts(array("d"), array("d"), array("q"), array("q"))
    purchase, unit = model.purchase, 10 ** count_decimals(model.currency)
    if_active: dict[tuple[int, int], tuple[float, float]] = {}
    columns = (histories.repeats, histories.recency, histories.age, histories.spent)
    for repeats, recency, age, spent in zip(*columns, strict=True):
        pair = if_active.get((repeats, age))
        if pair is None:
            pair = _expect_if_active(model, repeats, age / DAYS_PER_WEEK, horizon)
            if_active[repeats, age] = pair
        active = purchase.probability_active(repeats, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK)
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
