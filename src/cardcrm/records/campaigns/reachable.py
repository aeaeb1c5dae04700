"""The contacts that a campaign of calls, visits, letters or messages reaches.

A phone number, a profile or a postal address takes the place of the email address of a mail. An
opt-out belongs to the number or the profile; a consent that was given or withdrawn for the purpose
belongs to the contact.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from cardcrm.records.campaigns.channel import CALL, LETTER, MESSAGE
from cardcrm.records.campaigns.gone_contacts import find_gone
from cardcrm.records.campaigns.recipient import Recipient
from cardcrm.records.fields import normalize_purpose
from cardcrm.records.mail import suppression
from cardcrm.records.mail.consent_status import GIVEN, NEWEST, PENDING, WITHDRAWN
from cardcrm.records.mail.permission import REFUSALS
from cardcrm.records.mail.required_consent import list_required
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Row

_POINTS: Final = {CALL: "phone", MESSAGE: "social"}
_MISSING: Final = {CALL: "no phone number", MESSAGE: "no profile or messenger address"}
NO_POSTAL_ADDRESS: Final = "no postal address"
NO_STREET: Final = "no postal address with a street"
# No refusal: an address or a number may be added.
UNREACHED: Final = (NO_POSTAL_ADDRESS, NO_STREET, *_MISSING.values())
SHARED: Final = "same number or profile as another contact"


class Reach(NamedTuple):
    """The contacts that may be reached, and why the others may not, by their ids."""

    allowed: Sequence[Recipient]
    refused: Mapping[int, str]


def find_reachable(store: Store, channel: str, ids: Sequence[int], purpose: str) -> Reach:
    """Return the contacts that may be reached now, in the order of the ids, and the others."""
    gone = find_gone(store, ids)
    living = [each for each in ids if each not in gone]
    find = _find_points if channel in _POINTS else _find_postal
    found, missing = find(store, channel, living)
    objections = _find_objections(store, list(found), purpose)
    allowed = [found[each] for each in living if each in found and each not in objections]
    return Reach(allowed, gone | missing | objections)


_Found = tuple[dict[int, Recipient], dict[int, str]]  # and why the others are not


def _find_points(store: Store, channel: str, ids: Sequence[int]) -> _Found:
    """Return the contacts with a number or profile that may be used, each of these once."""
    kind = _POINTS[channel]
    rows = _read_points(store, kind, ids)
    listed = suppression.find_entries(store, {(kind, row["value_key"]) for row in rows})
    found: dict[int, Recipient] = {}
    reasons: dict[int, str] = {}
    owners: dict[str, int] = {}  # the contact that a number or profile is used for
    for row in rows:
        contact_id, key = row["contact_id"], row["value_key"]
        if reason := _explain_unusable(row, is_listed=(kind, key) in listed):
            reasons.setdefault(contact_id, reason)
        elif contact_id in found:
            continue
        elif owners.setdefault(key, contact_id) != contact_id:
            reasons[contact_id] = SHARED
        else:
            found[contact_id] = Recipient(contact_id, row["uid"], row["value"])
    missing = _MISSING[channel]
    return found, {each: reasons.get(each, missing) for each in ids if each not in found}


def _read_points(store: Store, kind: str, ids: Sequence[int]) -> list[Row]:
    """Return the contact points of a kind, in the order of their contacts."""
    sql = (
        "SELECT p.contact_id, c.uid, p.value, p.value_key, p.opted_out, p.invalid FROM point p "
        "JOIN contact c ON c.id = p.contact_id WHERE p.kind = :kind AND p.contact_id IN ({}) "
        "ORDER BY p.contact_id, p.id"
    )
    return [
        row
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), kind=kind, **params)
    ]


def _explain_unusable(point: Row, *, is_listed: bool) -> str:
    """Return why a contact point must not be used, "" if it may be."""
    if point["opted_out"] or (is_listed and not point["invalid"]):
        return "opted out"
    return "invalid number or profile" if point["invalid"] else ""


def _find_postal(store: Store, channel: str, ids: Sequence[int]) -> _Found:
    """Return the contacts with a postal address of their own or of their organization."""
    street = " AND a.street <> ''" if channel == LETTER else ""
    sql = (
        "SELECT c.id, c.uid, a.street, a.postcode, a.city FROM contact c JOIN address a ON a.id = "
        "coalesce((SELECT min(o.id) FROM address o WHERE o.contact_id = c.id), "
        "(SELECT min(o.id) FROM address o WHERE o.contact_id = c.org_id)) "
        f"WHERE c.id IN ({{}}) AND a.city <> ''{street}"
    )
    found = {}
    for marks, params in chunks(ids):
        for row in store.rows(sql.format(marks), **params):
            town = f"{row['postcode']} {row['city']}".strip()
            place = ", ".join(filter(None, (*row["street"].split("\n"), town)))
            found[row["id"]] = Recipient(row["id"], row["uid"], place)
    missing = NO_STREET if channel == LETTER else NO_POSTAL_ADDRESS
    return found, {each: missing for each in ids if each not in found}


def _find_objections(store: Store, ids: Sequence[int], purpose: str) -> dict[int, str]:
    """Return why contacts must not be reached for a purpose, by the consents of the contact."""
    purpose = normalize_purpose(purpose)
    if not purpose:
        return {}
    missing = GIVEN if purpose not in list_required(store) else ""
    sql = (
        "SELECT x.contact_id, x.status FROM consent x WHERE x.purpose = :purpose "
        f"AND x.contact_id IN ({{}}) AND {NEWEST.format('x')}"
    )
    states: dict[int, set[str]] = {}
    for marks, params in chunks(ids):
        for row in store.rows(sql.format(marks), purpose=purpose, **params):
            states.setdefault(row[0], set()).add(row[1])
    found = {}
    for each in ids:
        state = _join_states(states.get(each, set()), missing)
        if state != GIVEN:
            found[each] = REFUSALS[state].format(purpose)
    return found


def _join_states(states: set[str], missing: str) -> str:
    """Return the state of a contact by those of its addresses: an objection outweighs the rest."""
    return next((each for each in (WITHDRAWN, GIVEN, PENDING) if each in states), missing)
