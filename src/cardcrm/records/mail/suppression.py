"""The suppression list: addresses that must not be contacted, known by keyed hashes alone.

An address stays on it when its contact is removed or forgotten, and is opted out again if it comes
back by an import or by hand.
"""

from collections.abc import Iterable
from typing import NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points
from cardcrm.records.mail.suppressed_type import BOUNCE, REASONS
from cardcrm.records.privacy.forgotten_hashes import ensure_key, find_key, hash_value
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

Address = tuple[str, str]  # kind of contact point and key
KINDS = ("email", "phone")


class Entry(NamedTuple):
    """Why, from where and since when an address is suppressed."""

    reason: str
    source: str
    on_date: str


def parse_address(text: str, region: str) -> Address:
    """Return the kind and the key of an email address or a phone number. Raises UsageError."""
    text = text.strip()
    if "@" in text:
        contact_points.check("email", text)
        return "email", email_key(contact_points.split_mail_name(text)[0])
    if contact_points.looks_like_phone(text):
        return "phone", contact_points.phone_key(text, region)
    raise UsageError(f"“{text}” is neither an email address nor a phone number", "Check it.")


def suppress(store: Store, addresses: Iterable[Address], reason: str, source: str) -> int:
    """Add addresses to the list; one that is on it keeps its entry. Return how many were added."""
    if reason not in REASONS:
        raise UsageError(f"unknown reason “{reason}”", f"Use {', '.join(REASONS)}.")
    wanted = [each for each in dict.fromkeys(addresses) if each[0] in KINDS]
    if not wanted:
        return 0
    with store.transaction():
        key = ensure_key(store)
        day = dates.today(store.locale.zone).isoformat()
        known = find_entries(store, wanted)
        new = [each for each in wanted if each not in known]
        rows = [
            {"hash": hash_value(key, *each), "reason": reason, "source": source, "on_date": day}
            for each in new
        ]
        store.insert_rows("suppressed", rows)
    return len(new)


def lift(store: Store, addresses: Iterable[Address]) -> int:
    """Take addresses off the list; return how many were on it."""
    hashes = _hash_all(store, addresses)
    with store.transaction():
        ids = [
            row[0]
            for marks, params in chunks(hashes)
            for row in store.rows(f"SELECT id FROM suppressed WHERE hash IN ({marks})", **params)
        ]
        for each in ids:
            store.delete("suppressed", each)
    return len(ids)


def find_entries(store: Store, addresses: Iterable[Address]) -> dict[Address, Entry]:
    """Return the entries of the addresses that are on the list."""
    if not has_any(store):
        return {}
    hashes = _hash_all(store, addresses)
    sql = "SELECT hash, reason, source, on_date FROM suppressed WHERE hash IN ({})"
    return {
        hashes[row[0]]: Entry(*tuple(row)[1:])
        for marks, params in chunks(hashes)
        for row in store.rows(sql.format(marks), **params)
    }


def has_any(store: Store) -> bool:
    """Return whether the list has any entry."""
    return bool(store.rows("SELECT 1 FROM suppressed LIMIT 1"))


def _hash_all(store: Store, addresses: Iterable[Address]) -> dict[str, Address]:
    """Return addresses by their hashes; none before the database has a key."""
    key = find_key(store)
    return {hash_value(key, *each): each for each in addresses} if key else {}


def describe(entry: Entry) -> str:
    """Return why an address must not be mailed, in words that follow the address."""
    if entry.reason == BOUNCE:
        return f"invalid: bounced on {entry.on_date}"
    words = {"complaint": "complained about mail", "erased": "opted out before it was removed"}
    return f"{words.get(entry.reason, 'opted out')} on {entry.on_date}"
