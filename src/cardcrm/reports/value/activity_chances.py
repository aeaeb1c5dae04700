"""Read the probabilities that customers are active, from a model that has proved itself."""

import datetime as dt
from collections.abc import Iterable

from cardcrm.reports.lifetime_model.fitting import LifetimeModel
from cardcrm.reports.lifetime_model.histories import DAYS_PER_WEEK, load_some_histories
from cardcrm.reports.lifetime_model.model_table import load_recent_model
from cardcrm.store import Store


def load_proven_model(store: Store, currency: str, today: dt.date) -> LifetimeModel | None:
    """Return the stored model if it is at most 30 days old and has won its backtest.

    A model is not fitted here: that can take a minute, and `value model` does it.
    """
    model = load_recent_model(store, currency, today)
    return model if model is not None and model.is_proven else None


def load_chances(
    store: Store, currency: str, today: dt.date, contact_ids: Iterable[int]
) -> dict[int, float]:
    """Return the probabilities of being active of customers with a purchase on two days or more.

    The result is empty without a proven model.
    """
    model = load_proven_model(store, currency, today)
    return {} if model is None else compute_chances(store, model, today, contact_ids)


def compute_chances(
    store: Store, model: LifetimeModel, today: dt.date, contact_ids: Iterable[int]
) -> dict[int, float]:
    """Return the probabilities by a model, of those of some contacts with repeat purchases."""
    found = load_some_histories(store, model.currency, today, contact_ids)
    rows = zip(found.ids, found.repeats, found.recency, found.age, strict=True)
    return {
        contact_id: model.purchase.probability_active(
            repeats, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK
        )
        for contact_id, repeats, recency, age in rows
        if repeats
    }
