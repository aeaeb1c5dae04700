"""Register leads of partners, or extend the registration that a partner has."""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.query import And, Term
from cardcrm.records import records
from cardcrm.records.partners.partner_rules import require_partner
from cardcrm.records.partners.registration_type import REGISTRATION
from cardcrm.records.query_sql import columns
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


class Registered(NamedTuple):
    """A registration, which is new or was extended."""

    record: Record
    is_new: bool


@retry_transaction
def register(
    store: Store, partner_id: int, contact_id: int, until: dt.date, text: str = ""
) -> Registered:
    """Register a contact for a partner up to a day; one that the partner holds is extended.

    Raises NotFoundError for a contact that is not a partner, UsageError for a day that is past, and
    ConflictError while another partner holds the lead.
    """
    with store.transaction():
        require_partner(store, partner_id)
        own = _find_own(store, partner_id, contact_id)
        texts = {"until": until.isoformat()} | ({"text": text} if text else {})
        if own is not None:
            records.edit(store, REGISTRATION, [own], texts)
            return Registered(records.get(store, REGISTRATION, own), is_new=False)
        texts |= {"contact": f"#{contact_id}", "partner": f"#{partner_id}"}
        return Registered(records.add(store, REGISTRATION, texts), is_new=True)


def _find_own(store: Store, partner_id: int, contact_id: int) -> int | None:
    """Return the registration in force that a partner has of a contact."""
    found: int | None = store.value(
        "SELECT id FROM registration WHERE partner_id = :partner AND contact_id = :contact "
        "AND until_on >= :today ORDER BY until_on DESC, id LIMIT 1",
        partner=partner_id,
        contact=contact_id,
        today=dates.today(store.locale.zone).isoformat(),
    )
    return found


def find_missed_territory(store: Store, partner_id: int, contact_id: int) -> str:
    """Return the territory of a partner if a contact is not in it, else ""."""
    name = store.value(
        "SELECT t.name FROM partner a JOIN territory t ON t.id = a.territory_id "
        "WHERE a.contact_id = :partner ORDER BY a.from_on DESC, a.id DESC LIMIT 1",
        partner=partner_id,
    )
    if name is None:
        return ""
    inside = Term("territory", ":", name, is_literal=True)
    is_inside = columns.count(store, And((Term("id", "=", str(contact_id)), inside)))
    return "" if is_inside else str(name)
