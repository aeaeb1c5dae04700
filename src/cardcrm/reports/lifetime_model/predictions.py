"""Predict the purchases and the future value of each customer."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.reports.lifetime_model.discounting import DEFAULT_DISCOUNT
from cardcrm.reports.lifetime_model.forecast_engines import forecast
from cardcrm.reports.lifetime_model.forecasts import Forecasts, Horizon
from cardcrm.reports.lifetime_model.histories import (
    Histories,
    load_histories,
    load_some_histories,
)
from cardcrm.reports.lifetime_model.model_table import load_or_fit
from cardcrm.store import Store

TOO_EARLY = "too early to tell: one purchase so far"


class Prediction(NamedTuple):
    """The purchases that one customer is expected to make within a horizon.

    ``p_active`` is the probability that the customer has not left, None with a ``reason``.
    ``expected_value`` is the spend, ``future_value`` that spend discounted to today.
    """

    contact_id: int
    p_active: float | None
    expected_purchases: float
    expected_value: Money
    future_value: Money
    reason: str = ""


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
