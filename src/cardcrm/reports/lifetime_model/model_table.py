"""Store the fitted models, one for each currency, and fit them again when they are stale.

A stored model is stale 30 days after it was fitted, or once the number of customers or of purchases
has changed by more than 5%. It is computed from the sales, so the journal does not record it.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from cardcrm.errors import StorageError
from cardcrm.reports.lifetime_model.backtest import check_against_history
from cardcrm.reports.lifetime_model.backtest_result import BacktestResult
from cardcrm.reports.lifetime_model.fitting import LifetimeModel, fit
from cardcrm.reports.lifetime_model.histories import Histories, load_histories
from cardcrm.reports.lifetime_model.purchase_model import PurchaseModel
from cardcrm.reports.lifetime_model.spend_model import SpendModel
from cardcrm.store import Store
from cardcrm.store.engine import Row, transaction

MAX_AGE = 30  # days
MAX_CHANGE = 0.05

_PURCHASE = PurchaseModel._fields
_SPEND = SpendModel._fields
_COLUMNS = (
    "currency", "fitted_on", "customers", "repeating", "purchases",
    *_PURCHASE, *(f"{name}_error" for name in _PURCHASE), "log_likelihood",
    *_SPEND, *(f"{name}_error" for name in _SPEND), "spend_log_likelihood",
    "spend_customers", "mean_spend", "correlation",
    "tested_until", "mae", "naive_mae",
)  # fmt: skip


def load_model(store: Store, currency: str) -> LifetimeModel | None:
    """Return the stored model of a currency, stale or not; None without one."""
    row = store.row(
        f"SELECT {', '.join(_COLUMNS)} FROM lifetime_model WHERE currency = :currency",
        currency=currency,
    )
    return None if row is None else _read(row)


def load_recent_model(store: Store, currency: str, today: dt.date) -> LifetimeModel | None:
    """Return the stored model unless it is more than 30 days old; None without one."""
    model = load_model(store, currency)
    return None if model is None or abs((today - model.until).days) > MAX_AGE else model


def _read(row: Row) -> LifetimeModel:
    return LifetimeModel(
        row["currency"],
        dt.date.fromisoformat(row["fitted_on"]),
        row["customers"],
        row["repeating"],
        row["purchases"],
        PurchaseModel(*(row[name] for name in _PURCHASE)),
        None if row["r_error"] is None else tuple(row[f"{name}_error"] for name in _PURCHASE),
        row["log_likelihood"],
        None if row["p"] is None else SpendModel(*(row[name] for name in _SPEND)),
        None if row["p_error"] is None else tuple(row[f"{name}_error"] for name in _SPEND),
        row["spend_log_likelihood"],
        row["spend_customers"],
        row["mean_spend"],
        row["correlation"],
        _read_backtest(row),
    )


def _read_backtest(row: Row) -> BacktestResult | None:
    if row["tested_until"] is None:
        return None
    until = dt.date.fromisoformat(row["tested_until"])
    return BacktestResult(until, row["mae"], row["naive_mae"])


def store_model(store: Store, model: LifetimeModel) -> bool:
    """Store a model in place of the earlier one; return whether the database can be written to."""
    marks = ", ".join(f":{name}" for name in _COLUMNS)
    try:
        with transaction(store.engine):
            store.engine.execute(
                "DELETE FROM lifetime_model WHERE currency = :currency",
                {"currency": model.currency},
            )
            store.engine.execute(
                f"INSERT INTO lifetime_model ({', '.join(_COLUMNS)}) VALUES ({marks})",
                dict(zip(_COLUMNS, _values(model), strict=True)),
            )
    except StorageError:  # a replica, or a file without permission to write
        return False
    return True


def _values(model: LifetimeModel) -> list[Any]:
    nothing = (None,) * len(_SPEND)
    test = model.backtest
    return [
        model.currency, model.until.isoformat(), model.customers, model.repeating, model.purchases,
        *model.purchase, *(model.purchase_errors or (None,) * len(_PURCHASE)),
        model.log_likelihood,
        *(model.spend or nothing), *(model.spend_errors or nothing), model.spend_log_likelihood,
        model.spend_customers, model.mean_spend, model.correlation,
        *((test.until.isoformat(), test.mae, test.naive_mae) if test else (None,) * 3),
    ]  # fmt: skip


def is_stale(model: LifetimeModel, today: dt.date, customers: int, purchases: int) -> bool:
    """Return whether a stored model is too old, or too many customers or purchases are new."""
    if abs((today - model.until).days) > MAX_AGE:
        return True
    pairs = ((model.customers, customers), (model.purchases, purchases))
    return any(abs(now - then) > MAX_CHANGE * then for then, now in pairs)


def choose_model(
    store: Store, currency: str, today: dt.date, histories: Histories, *, refit: bool = False
) -> LifetimeModel | None:
    """Return the stored model unless it is stale; fit, test and store it again in that case.

    ``histories`` are those of all customers up to today. None if there is too little data.
    """
    stored = None if refit else load_model(store, currency)
    counts = histories.customers, sum(histories.repeats)
    if stored is not None and not is_stale(stored, today, *counts):
        return stored
    model = fit(histories, currency, today)
    if model is not None:
        test = check_against_history(store, currency, today, model.customers)
        model = replace(model, backtest=test)
        store_model(store, model)
    return model


def load_or_fit(
    store: Store, currency: str, today: dt.date, *, refit: bool = False
) -> LifetimeModel | None:
    """Return the model of a currency as `choose_model` does.

    The histories of all customers are read only if the stored model is stale.
    """
    stored = None if refit else load_model(store, currency)
    if stored is not None and not is_stale(stored, today, *_count(store, currency, today)):
        return stored
    return choose_model(store, currency, today, load_histories(store, currency, today), refit=True)


def _count(store: Store, currency: str, today: dt.date) -> tuple[int, int]:
    """Return the numbers of customers and of repeat purchases, of future days as well."""
    row = store.row(
        "SELECT count(*) AS customers, sum(days - 1) AS purchases FROM contact_value "
        "WHERE currency = :currency AND own = 1 AND orders > 0 AND first_on <= :today",
        currency=currency,
        today=today.isoformat(),
    )
    assert row is not None
    return row["customers"], int(row["purchases"] or 0)
