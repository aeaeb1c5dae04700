"""End the agreement with a partner, and record the commission that was paid."""

import datetime as dt
from collections.abc import Sequence

from cardcrm import dates
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.money import Money
from cardcrm.records import records
from cardcrm.records.contacts import contact_queries
from cardcrm.records.partners.partner_rules import Agreement, find_active, require_partner
from cardcrm.records.partners.partner_type import PARTNER, PAYOUT
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import sanitize


@retry_transaction
def end_agreement(store: Store, contact_id: int, day: dt.date) -> Record:
    """End the agreement that is in force on a day, with that day as its last one.

    Raises NotFoundError where none is in force.
    """
    with store.transaction():
        known = require_partner(store, contact_id)
        found = find_active(known, day.isoformat())
        if found is None:
            name = sanitize(contact_queries.get(store, contact_id).name)
            raise NotFoundError(
                f"no agreement with {name} is in force on {day}",
                f"To see them: cardcrm partner list contact:{contact_id}",
            )
        records.edit(store, PARTNER, [found.id], {"until": day.isoformat()})
    return records.get(store, PARTNER, found.id)


@retry_transaction
def pay(store: Store, contact_id: int, amount: Money, day: dt.date, text: str = "") -> Record:
    """Record a payout to a partner, with the agreement in force on the day or the last one before.

    Raises UsageError for a day in the future or an amount of 0.
    """
    with store.transaction():
        found = _agreement_of_payout(require_partner(store, contact_id), day.isoformat())
        if day > dates.today(store.locale.zone):
            raise UsageError(f"{day} is in the future", "Enter a payout once it has been paid.")
        columns = PAYOUT.normalize(amount=amount.minor, text=text or None)
        payout_id = store.insert(
            "payout", partner_id=found.id, on_date=str(day), currency=amount.currency, **columns
        )
    return records.get(store, PAYOUT, payout_id)


def _agreement_of_payout(known: Sequence[Agreement], day: str) -> Agreement:
    begun = [each for each in known if each.from_on <= day]
    return find_active(known, day) or (begun[0] if begun else known[-1])
