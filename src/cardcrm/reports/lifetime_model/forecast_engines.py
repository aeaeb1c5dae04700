"""Predict with the standard library, or with NumPy where customers are many."""

from cardcrm.reports.lifetime_model.fitting import LifetimeModel, has_arrays
from cardcrm.reports.lifetime_model.forecasts import Forecasts, Horizon, forecast_lists
from cardcrm.reports.lifetime_model.histories import Histories


def forecast(model: LifetimeModel, histories: Histories, horizon: Horizon) -> Forecasts:
    """Return the predictions for some histories."""
    if has_arrays(histories.customers):
        from cardcrm.reports.lifetime_model.forecast_arrays import forecast_arrays

        return forecast_arrays(model, histories, horizon)
    return forecast_lists(model, histories, horizon)
