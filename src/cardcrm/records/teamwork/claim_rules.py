"""Check claims: a day to come, and one user at a time."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cardcrm import dates
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.contacts import contact_queries
from cardcrm.records.teamwork.open_claims import Claim, claims_query
from cardcrm.store import Store
from cardcrm.text import fold

_FORCE = "To claim it anyway, add --force."


def list_claims(store: Store, contact_id: int) -> tuple[Claim, ...]:
    """Return the claims of a contact that are in force, the last to end first."""
    return store.fetch(claims_query(contact_id, dates.today(store.locale.zone)))


def is_claim_of(claim: Claim, user: str) -> bool:
    """Return whether a claim is that of a user, in capitals or not."""
    return fold(claim.owner) == fold(user)


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
        if each.id != row_id and not is_claim_of(each, now["owner"])
    ]
    if others:
        raise _taken(store, now, others[0])
    return columns


def _taken(store: Store, columns: Mapping[str, Any], other: Claim) -> ConflictError:
    contact = contact_queries.get(store, columns["contact_id"])
    return ConflictError(describe_claim(store, other, contact.name), _FORCE)


def describe_claim(store: Store, claim: Claim, name: str) -> str:
    """Return a claim in a sentence."""
    day = dates.format_day(dt.date.fromisoformat(claim.until_on), dates.today(store.locale.zone))
    why = f" ({claim.text})" if claim.text else ""
    return f"{claim.owner} has claimed {name} until {day}{why}"
