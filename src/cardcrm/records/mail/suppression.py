"""The suppression list: addresses that must not be contacted, known by keyed hashes alone.

An address stays on it when its contact is removed or forgotten, and is opted out again if it comes
back, by an import or by hand.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points
from cardcrm.records.mail.suppressed_rows import has_suppressed
from cardcrm.records.mail.suppressed_type import BOUNCE, BY_HAND, BY_MAIL, ERASED, REASONS
from cardcrm.records.privacy.forgotten_hashes import ensure_key, find_key, hash_value
from cardcrm.store import Store
from cardcrm.store.chosen_rows import find_some
from cardcrm.store.derived_refresh import chunks

Address = tuple[str, str]  # kind of contact point and key
KINDS = ("email", "phone")
NO_MARKS = (0, 0)


class Entry(NamedTuple):
    """The reason, the source and the day of an entry of the list."""

    reason: str
    source: str
    on_date: str


def parse_address(text: str, region: str) -> Address:
    """Return the kind and the key of an email address or a phone number. Raises UsageError."""
    text = text.strip()
    if "@" in text:
        return "email", contact_points.parse_email(text)
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
    if not has_suppressed(store):
        return {}
    hashes = _hash_all(store, addresses)
    sql = "SELECT hash, reason, source, on_date FROM suppressed WHERE 1 = 1 {}"
    rows = find_some(store, sql, "SELECT count(*) FROM suppressed", "hash", hashes)
    return {hashes[row[0]]: Entry(*tuple(row)[1:]) for row in rows if row[0] in hashes}


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


# Contact points


def mark_new(store: Store, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the columns of new contact points, marked where their addresses are suppressed."""
    marks = find_marks(store, ((row["kind"], row["value_key"]) for row in rows))
    found = (marks.get((row["kind"], row["value_key"]), NO_MARKS) for row in rows)
    return [
        row | {"opted_out": row["opted_out"] | out, "invalid": row["invalid"] | bad}
        for row, (out, bad) in zip(rows, found, strict=True)
    ]


def find_marks(store: Store, addresses: Iterable[Address]) -> dict[Address, tuple[int, int]]:
    """Return the marks of suppressed addresses: opted out, and invalid for one that bounced."""
    wanted = {each for each in addresses if each[0] in KINDS}
    found = find_entries(store, wanted) if wanted else {}
    return {
        each: (int(entry.reason != BOUNCE), int(entry.reason == BOUNCE))
        for each, entry in found.items()
    }


def follow_change(store: Store, row_id: int, values: Mapping[str, Any] | None) -> None:
    """Keep the list in step with a contact point that is changed, or deleted without ``values``.

    An opted-out address that goes is suppressed, and one that is opted in again is not any longer.
    """
    sql = "SELECT kind, value_key, opted_out FROM point WHERE id = :id"
    row = store.row(sql, id=row_id)
    if row is None or not row[2]:
        return
    before = (row[0], row[1])
    after = values and (values.get("kind", row[0]), values.get("value_key", row[1]))
    if after != before:
        suppress(store, [before], ERASED, BY_HAND)
    elif values and not values.get("opted_out", 1):
        lift(store, [before])


def keep_opt_outs(store: Store, contact_ids: Iterable[int]) -> None:
    """Suppress the opted-out addresses of contacts that are about to be removed.

    Those that another contact keeps stay marked there.
    """
    going = set(contact_ids)
    sql = (
        "SELECT p.kind, p.value_key, o.contact_id FROM point p LEFT JOIN point o "
        "ON o.kind = p.kind AND o.value_key = p.value_key AND o.opted_out = 1 "
        "WHERE p.opted_out = 1 AND p.contact_id IN ({})"
    )
    owners: dict[Address, set[int]] = {}
    for marks, params in chunks(going):
        for kind, key, owner in store.rows(sql.format(marks), **params):
            owners.setdefault((kind, key), set()).add(owner)
    suppress(store, [each for each, ids in owners.items() if ids <= going], ERASED, BY_HAND)


def describe_contact(store: Store, contact_id: int) -> tuple[str, ...]:
    """Return a line for each address of a contact that is on the list."""
    sql = "SELECT kind, value_key FROM point WHERE contact_id = :id ORDER BY id"
    wanted = [(row[0], row[1]) for row in store.rows(sql, id=contact_id)]
    found = find_entries(store, wanted)
    return tuple(f"{key} is marked: {describe(entry)}" for (_, key), entry in found.items())


def count_mail_opt_outs(store: Store, steps: Iterable[int]) -> int:
    """Return how many opt-outs that came by mail some steps of the journal have recorded."""
    sql = "SELECT new FROM change WHERE tbl = 'suppressed' AND op = 'insert' AND step_id IN ({})"
    news = (
        json.loads(row[0])
        for marks, params in chunks(steps)
        for row in store.rows(sql.format(marks), **params)
    )
    return sum(each.get("source") == BY_MAIL for each in news)
