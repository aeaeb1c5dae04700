"""Add the feedback of the sample shop and its steps of dunning."""

import datetime as dt
from collections.abc import Mapping

from cardcrm import dates
from cardcrm.records import records, registry
from cardcrm.records.links import LinkChange
from cardcrm.records.sample.feedback_data import DUNNING, FEEDBACK
from cardcrm.store import Store


def add_feedback(store: Store, ids: Mapping[str, int]) -> None:
    """Add the feedback of contacts by their names."""
    today = dates.today(store.locale.zone)
    for each in FEEDBACK:
        texts = {
            "kind": each.kind,
            "product": each.product,
            "text": each.text,
            "status": each.status,
            "on": (today - dt.timedelta(days=each.back)).isoformat(),
        }
        who = LinkChange([ids[name] for name in each.who])
        records.add(store, registry.record_type("feedback"), texts, {"supporter": who})


def add_dunning(store: Store) -> None:
    """Add the steps of dunning; none was carried out yet."""
    for name, days, text in DUNNING:
        texts = {"name": name, "days": str(days), "text": text}
        records.add(store, registry.record_type("dunning"), texts)
