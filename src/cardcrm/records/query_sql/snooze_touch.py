"""Snooze a contact that is losing touch."""

import datetime as dt
from typing import Any

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import cadence_rules, contact_queries
from cardcrm.records.contacts.cadence_rules import WantedTouch
from cardcrm.records.query_sql import cadences
from cardcrm.store import Query, Store
from cardcrm.store.retry import retry_transaction


@retry_transaction
def snooze_touch(store: Store, contact_id: int, until: dt.date) -> WantedTouch:
    """Ask for the next touch of a contact not before a day; return when it is wanted.

    A touch ends the snooze. Raises UsageError for a day in the past, and without a cadence.
    """
    if until < dates.today(store.locale.zone):
        raise UsageError(f"{until.isoformat()} is in the past", "Give a later day.")
    contact = contact_queries.get(store, contact_id)
    if find_touch(store, contact_id) is None:
        raise UsageError(
            f"{contact.name} has no cadence", f"Add one: cardcrm edit {contact_id} --every 30d"
        )
    with store.transaction():
        store.update(
            "contact",
            contact_id,
            snoozed_until=until.isoformat(),
            snoozed_from=contact.touched_on or "",
        )
    wanted = find_touch(store, contact_id)
    assert wanted is not None
    return wanted


def find_touch(store: Store, contact_id: int) -> WantedTouch | None:
    """Return the touch that the cadence of a contact wants, its own one or that of a rule."""
    queries: list[Query[Any]] = [contact_queries.get_query(contact_id), cadence_rules.list_query()]
    contact, rules = store.fetch_many(queries)
    if contact.cadence_days is not None or not rules:
        return cadence_rules.own_touch(contact)
    return cadences.find_touch(store, contact_id, rules)
