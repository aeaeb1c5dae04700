"""Predict one customer by the stored model; nothing is fitted, so that the card is quick."""

import datetime as dt
from dataclasses import dataclass
from math import prod

from cardcrm.money import Money
from cardcrm.reports.lifetime_model.forecasts import Horizon, forecast_lists
from cardcrm.reports.lifetime_model.histories import load_some_histories
from cardcrm.reports.lifetime_model.model_table import load_recent_model
from cardcrm.reports.lifetime_model.predictions import TOO_EARLY
from cardcrm.reports.org_members import list_members
from cardcrm.store import Store


@dataclass(frozen=True)
class CustomerFuture:
    """The figures of the model for one customer, with the day on which it was fitted.

    For an organization purchases and amounts are the sums over those of its people that have
    bought, and ``p_active`` is the probability that at least one of them has not left. A model
    ``is_proven`` if it has won its backtest.
    """

    p_active: float | None
    expected_purchases: float
    expected_value: Money
    future_value: Money
    horizon_days: int
    fitted_on: dt.date
    reason: str
    is_proven: bool


def load_customer_future(
    store: Store, contact_id: int, currency: str, today: dt.date, horizon_days: int, discount: int
) -> CustomerFuture | None:
    """Return the figures of one customer; None without a recent model or an order.

    ``discount`` is in thousandths of a percent a year.
    """
    model = load_recent_model(store, currency, today)
    if model is None:
        return None
    histories = load_some_histories(store, currency, today, list_members(store, contact_id))
    if not histories.customers:
        return None
    found = forecast_lists(model, histories, Horizon.build(horizon_days, discount / 100_000))
    pairs = zip(found.active, histories.repeats, strict=True)
    known = [active for active, repeats in pairs if repeats]
    return CustomerFuture(
        1 - prod(1 - active for active in known) if known else None,
        sum(found.purchases),
        Money(sum(found.value), currency),
        Money(sum(found.future_value), currency),
        horizon_days,
        model.until,
        "" if known else TOO_EARLY,
        model.is_proven,
    )
