"""Tell which addresses must not be mailed for a purpose; opt addresses out, and make tokens.

An opt-out belongs to the address: it holds for each contact that has it, and for one that gets it
later. Tokens are keyed hashes, so that no one can state the wish of another.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

from cardcrm.domains import email_key
from cardcrm.records.fields import normalize_purpose
from cardcrm.records.mail import suppression
from cardcrm.records.mail.consent_status import GIVEN, PENDING, WITHDRAWN
from cardcrm.records.mail.required_consent import list_required
from cardcrm.records.mail.suppressed_type import BOUNCE, OPT_OUT
from cardcrm.records.mail.suppression import Address
from cardcrm.records.privacy.forgotten_hashes import ensure_key, find_key, hash_value
from cardcrm.store import Store
from cardcrm.store.chosen_rows import find_some
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

_TOKEN = re.compile(r"\b[A-Z2-7]{26}\b")
_TOKEN_BYTES = 16  # 26 letters in base 32
_UNSUBSCRIBE = "unsubscribe"  # the kind of a token, which its hash depends on
_INVALID = "invalid address"


def find_refusals(store: Store, addresses: Iterable[str], purpose: str) -> dict[str, str]:
    """Return why addresses must not be mailed for a purpose, by the address as given.

    A mail to one person has the purpose "": only opt-outs, invalid and suppressed addresses are
    refused. For any other purpose a consent that was withdrawn or is not confirmed is a refusal,
    and so is a missing one if the purpose needs consent.
    """
    keys = {each: email_key(each.strip()) for each in addresses}
    purpose = normalize_purpose(purpose)
    found = _find_marks(store, set(keys.values()))
    if purpose:
        states = _find_states(store, set(keys.values()), purpose)
        missing = GIVEN if purpose not in list_required(store) else ""
        for key in set(keys.values()) - found.keys():
            if (state := states.get(key, missing)) != GIVEN:
                found[key] = REFUSALS[state].format(purpose)
    return {each: found[key] for each, key in keys.items() if key in found}


REFUSALS = {
    "": "no consent to {}",
    PENDING: "consent to {} is not confirmed",
    WITHDRAWN: "consent to {} was withdrawn",
}


def _find_marks(store: Store, keys: set[str]) -> dict[str, str]:
    """Return why addresses must not be mailed at all, by their keys."""
    rows = find_some(
        store,
        "SELECT value_key, max(opted_out) FROM point WHERE (opted_out = 1 OR invalid = 1) "
        "AND kind = 'email' {} GROUP BY value_key",
        "SELECT count(*) FROM point WHERE opted_out = 1 OR invalid = 1",
        "value_key",
        keys,
    )
    found = {row[0]: "opted out" if row[1] else _INVALID for row in rows if row[0] in keys}
    entries = suppression.find_entries(store, (("email", key) for key in keys))
    for (_, key), entry in entries.items():
        if entry.reason != BOUNCE or found.get(key, _INVALID) == _INVALID:
            found[key] = suppression.describe(entry)
    return found


def _find_states(store: Store, keys: set[str], purpose: str) -> dict[str, str]:
    """Return the newest status of addresses for a purpose, by their keys."""
    rows = find_some(
        store,
        "SELECT address, status FROM consent WHERE purpose = :purpose {} ORDER BY at, id",
        "SELECT count(*) FROM consent WHERE purpose = :purpose",
        "address",
        keys,
        purpose=purpose,
    )
    return {row[0]: row[1] for row in rows}


@retry_transaction
def opt_out(store: Store, address: str, *, source: str, reason: str = "") -> int:
    """Opt an address out everywhere, also where no contact has it; return its contact points.

    ``reason`` is one of those of the suppression list, such as complaint, or empty.
    """
    return opt_out_all(store, [("email", email_key(address.strip()))], source, reason)


def opt_out_all(store: Store, addresses: Iterable[Address], source: str, reason: str = "") -> int:
    """Opt addresses out everywhere, in the transaction under way or one of its own."""
    addresses = list(addresses)
    column = "invalid" if reason == BOUNCE else "opted_out"
    with store.transaction():
        suppression.suppress(store, addresses, reason or OPT_OUT, source)
        points = _find_points(store, addresses)
        for row_id in points:
            store.update("point", row_id, **{column: 1})
    return len(points)


@retry_transaction
def lift_opt_out(store: Store, addresses: Iterable[Address]) -> int:
    """Let addresses be contacted again; return how many points and entries were changed."""
    addresses = list(addresses)
    with store.transaction():
        changed = suppression.lift(store, addresses)
        for row_id in _find_points(store, addresses):
            changed += store.update("point", row_id, opted_out=0)
    return changed


def _find_points(store: Store, addresses: Iterable[Address]) -> list[int]:
    """Return the ids of the contact points with some addresses."""
    wanted = set(addresses)
    sql = "SELECT id, kind, value_key FROM point WHERE value_key IN ({}) ORDER BY id"
    return [
        row[0]
        for marks, params in chunks({key for _, key in wanted})
        for row in store.rows(sql.format(marks), **params)
        if (row[1], row[2]) in wanted
    ]


def make_unsubscribe_token(store: Store, address: str) -> str:
    """Return the token by which mail from an address opts it out."""
    return make_token(store, _UNSUBSCRIBE, email_key(address.strip()))


def make_token(store: Store, kind: str, text: str) -> str:
    """Return a token of 26 letters and digits; the first one writes the key of the database."""
    key = find_key(store)
    if not key:
        with store.transaction():
            key = ensure_key(store)
    return _encode(hash_value(key, kind, text))


def has_unsubscribe_token(store: Store, text: str, address: str) -> bool:
    """Return whether a text holds the unsubscribe token of an address."""
    key = find_key(store)
    return bool(key) and has_token(text, _encode_address(key, address))


def match_unsubscribe_token(store: Store, text: str, addresses: Iterable[str]) -> str:
    """Return the address whose unsubscribe token a text holds; empty if it is none of these."""
    key = find_key(store)
    tokens = set(_TOKEN.findall(text.upper()))
    if not key or not tokens:
        return ""
    return next((each for each in addresses if _encode_address(key, each) in tokens), "")


def may_have_token(text: str) -> bool:
    """Return whether a text holds what looks like a token."""
    return _TOKEN.search(text.upper()) is not None


def has_token(text: str, wanted: str) -> bool:
    """Return whether a text holds a token, in capitals or not, compared in constant time."""
    return any(hmac.compare_digest(each, wanted) for each in _TOKEN.findall(text.upper()))


def _encode_address(key: str, address: str) -> str:
    """Return the unsubscribe token of an address, by the key of the database."""
    return _encode(hash_value(key, _UNSUBSCRIBE, email_key(address.strip())))


def _encode(digest: str) -> str:
    return base64.b32encode(bytes.fromhex(digest)[:_TOKEN_BYTES]).decode().rstrip("=")


# Lists


class AddressMarks(NamedTuple):
    """The key of an address, what it is marked as, and the number of contacts that have it."""

    address: str
    is_opted_out: bool
    is_invalid: bool
    contact_count: int


def list_marks(store: Store, addresses: Iterable[Address]) -> list[AddressMarks]:
    """Return the marks of addresses, in their order."""
    addresses = list(addresses)
    listed = suppression.find_marks(store, addresses)
    sql = (
        "SELECT coalesce(max(opted_out), 0), coalesce(max(invalid), 0), count(*) FROM point "
        "WHERE kind = :kind AND value_key = :key"
    )
    found = []
    for kind, key in addresses:
        row = store.row(sql, kind=kind, key=key)
        assert row is not None
        out, bad = listed.get((kind, key), suppression.NO_MARKS)
        found.append(AddressMarks(key, bool(row[0] | out), bool(row[1] | bad), row[2]))
    return found


def count_suppressed(store: Store) -> list[tuple[str, int]]:
    """Return the number of addresses on the suppression list by reason."""
    sql = "SELECT reason, count(*) FROM suppressed GROUP BY reason ORDER BY reason"
    return [(row[0], row[1]) for row in store.rows(sql)]


class OptedOutPoint(NamedTuple):
    """A contact point that is opted out, with its contact; the day may be unknown."""

    contact_id: int
    contact: str
    address: str
    reason: str
    on: str | None


def list_opted_out(store: Store) -> list[OptedOutPoint]:
    """Return the opted-out contact points, in the order of the names of their contacts."""
    sql = (
        "SELECT p.contact_id, c.name, p.value, p.kind, p.value_key FROM point p "
        "JOIN contact c ON c.id = p.contact_id WHERE p.opted_out = 1 ORDER BY c.sort_key, p.id"
    )
    rows = store.rows(sql)
    entries = suppression.find_entries(store, {(row[3], row[4]) for row in rows})
    found = ((row, entries.get((row[3], row[4]))) for row in rows)
    return [
        OptedOutPoint(
            row[0], row[1], row[2], entry.reason if entry else OPT_OUT,
            entry.on_date if entry else None,
        )
        for row, entry in found
    ]  # fmt: skip
