"""Register leads of partners, or extend the registration that a partner has."""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records import records
from cardcrm.records.partners.partner_rules import require_partner
from cardcrm.records.partners.registration_type import REGISTRATION
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
