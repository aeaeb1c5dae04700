"""Claim contacts: until a day, one user looks after a contact and the others leave it alone."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.contacts import contact_queries
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.teamwork.claim_type import CLAIM
from cardcrm.records.teamwork.open_claims import Claim, claims_query
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

_FORCE = (
    "SELECT id, owner, until_on, text FROM claim "
    "WHERE contact_id = :contact AND until_on >= :today ORDER BY until_on DESC, id DESC"
)
_FORCE = "To claim it anyway, add --force."


class Claimed(NamedTuple):
    """A new or changed claim, and the claims of others that it took the place of."""

    claim_id: int
    replaced: tuple[Claim, ...] = ()


def list_claims(store: Store, contact_id: int) -> tuple[Claim, ...]:
    """Return the claims of a contact that are in force, the last to end first."""
    return store.fetch(claims_query(contact_id, dates.today(store.locale.zone)))


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
        others = tuple(each for each in known if each.owner != user)
        for each in others if force else ():
            store.delete("claim", each.id)
        own = next((each for each in known if each.owner == user), None)
        columns = CLAIM.normalize(
            contact_id=contact_id, owner=user, until_on=until.isoformat(), text=why or None
        )
        columns = check_claim(store, columns, own.id if own else 0)
        if own is not None:
            store.update("claim", own.id, **columns)
            return Claimed(own.id, others)
        added = store.insert("claim", uid=new_uid(), **columns, created_at=dates.current_instant())
        return Claimed(added, others)


def check_claim(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a claim.

    Raises UsageError for a day that is past, and ConflictError while another user has a claim.
    """
    stored = "SELECT contact_id, owner, until_on FROM claim WHERE id = :id"
    row = store.row(stored, id=row_id) if row_id else None
    before = {name: row[name] for name in row.keys()} if row is not None else {}  # noqa: SIM118
    now: dict[str, Any] = {**before, **columns}
    if now["until_on"] < dates.today(store.locale.zone).isoformat():
        if before.get("until_on") == now["until_on"]:
            return columns
        raise UsageError("the last day of a claim is past", "Give a later one, such as --for 14d.")
    others = [
        each
        for each in list_claims(store, now["contact_id"])
        if each.owner != now["owner"] and each.id != row_id
    ]
    if others:
        raise _taken(store, now, others[0])
    return columns


def _taken(store: Store, columns: Mapping[str, Any], other: Claim) -> ConflictError:
    contact = contact_queries.get(store, columns["contact_id"])
    return ConflictError(f"{describe_claim(store, other, contact.name)}", _FORCE)


def describe_claim(store: Store, claim: Claim, name: str) -> str:
    """Return a claim in a sentence."""
    day = dates.format_day(dt.date.fromisoformat(claim.until_on), dates.today(store.locale.zone))
    why = f" ({claim.text})" if claim.text else ""
    return f"{claim.owner} has claimed {name} until {day}{why}"


@retry_transaction
def release(store: Store, contact_id: int, user: str, *, force: bool = False) -> tuple[Claim, ...]:
    """End the claims of a user on a contact, or with ``force`` those of all users; return them.

    Raises NotFoundError where there is none, and ConflictError for that of another user.
    """
    with store.transaction():
        known = list_claims(store, contact_id)
        name = contact_queries.get(store, contact_id).name
        ended = tuple(each for each in known if force or each.owner == user)
        if known and not ended:
            message = describe_claim(store, known[0], name)
            raise ConflictError(message, "To release it anyway, add --force.")
        if not ended:
            raise NotFoundError(f"no one has claimed {name}", f"To claim it: cardcrm claim {name}")
        for each in ended:
            store.delete("claim", each.id)
    return ended
