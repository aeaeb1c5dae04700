"""Claim contacts: until a day, one user looks after a contact and the others leave it alone."""

import datetime as dt
from typing import NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError
from cardcrm.records.contacts import contact_queries
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.teamwork.claim_rules import (
    check_claim,
    describe_claim,
    is_claim_of,
    list_claims,
)
from cardcrm.records.teamwork.claim_type import CLAIM
from cardcrm.records.teamwork.open_claims import Claim
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


class Claimed(NamedTuple):
    """A new or changed claim, and the claims of others that it took the place of."""

    claim_id: int
    replaced: tuple[Claim, ...] = ()


@retry_transaction
def claim(
    store: Store, contact_id: int, user: str, until: dt.date, why: str = "", *, force: bool = False
) -> Claimed:
    """Claim a contact for a user until a day; a claim that the user has already is changed.

    Raises UsageError for a day that is past, and ConflictError while another user has a claim,
    unless ``force`` replaces it.
    """
    with store.transaction():
        contact_queries.get(store, contact_id)
        known = list_claims(store, contact_id)
        others = tuple(each for each in known if not is_claim_of(each, user))
        for each in others if force else ():
            store.delete("claim", each.id)
        own = next((each for each in known if is_claim_of(each, user)), None)
        columns = CLAIM.normalize(
            contact_id=contact_id, owner=user, until_on=until.isoformat(), text=why or None
        )
        columns = check_claim(store, columns, own.id if own else 0)
        if own is not None:
            store.update("claim", own.id, **columns)
            return Claimed(own.id, others)
        added = store.insert("claim", uid=new_uid(), **columns, created_at=dates.current_instant())
        return Claimed(added, others)


@retry_transaction
def release(store: Store, contact_id: int, user: str, *, force: bool = False) -> tuple[Claim, ...]:
    """End the claims of a user on a contact, or with ``force`` those of all users; return them.

    Raises NotFoundError where there is none, and ConflictError for that of another user.
    """
    with store.transaction():
        known = list_claims(store, contact_id)
        name = contact_queries.get(store, contact_id).name
        ended = tuple(each for each in known if force or is_claim_of(each, user))
        if known and not ended:
            message = describe_claim(store, known[0], name)
            raise ConflictError(message, "To release it anyway, add --force.")
        if not ended:
            raise NotFoundError(f"no one has claimed {name}", f"To claim it: cardcrm claim {name}")
        for each in ended:
            store.delete("claim", each.id)
    return ended
