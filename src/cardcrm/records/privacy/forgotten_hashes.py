"""Keyed hashes of forgotten contacts, by which an import refuses them.

The key is random and in the database alone, so that a hash cannot be looked up in a list that was
computed elsewhere. Hashes are HMAC-SHA-256 of the kind and the normalized value. The suppression
list and the tokens in mail use the same key.
"""

import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.store import Store, settings
from cardcrm.text import fold

KEY: Final = "forgotten_key"  # the setting that holds the key
_KEY_BYTES: Final = 32


class Traits(NamedTuple):
    """By what a contact is known: keys of its name, email addresses and phone numbers, its uid."""

    names: frozenset[str]
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    uids: frozenset[str] = frozenset()

    def pairs(self) -> list[tuple[str, str]]:
        """Return what is hashed: kinds with values."""
        kinds = (("uid", self.uids), ("name", self.names), ("email", self.emails))
        return [
            (kind, value)
            for kind, values in (*kinds, ("phone", self.phones))
            for value in sorted(filter(None, values))
        ]


def traits_of(
    name: str, points: Iterable[tuple[str, str]], uid: str = "", others: Iterable[str] = ()
) -> Traits:
    """Return the traits of a contact; ``points`` are its contact points as kind and key."""
    points = list(points)
    return Traits(
        frozenset(map(fold, (name, *others))),
        frozenset(key for kind, key in points if kind == "email"),
        frozenset(key for kind, key in points if kind == "phone"),
        frozenset({uid} if uid else ()),
    )


def remember(store: Store, traits: Traits) -> None:
    """Store the hashes of a contact that is forgotten, inside a transaction without a journal."""
    key = ensure_key(store)
    day = dates.today(store.locale.zone).isoformat()
    for kind, value in traits.pairs():
        digest = hash_value(key, kind, value)
        if not store.rows("SELECT 1 FROM forgotten WHERE hash = :hash", hash=digest):
            store.insert("forgotten", kind=kind, hash=digest, on_date=day)


def ensure_key(store: Store) -> str:
    """Return the key of the database; write one, inside a transaction, if there is none."""
    key = find_key(store)
    if not key:
        key = secrets.token_hex(_KEY_BYTES)
        settings.replace(store, {KEY: key})
    return key


def find_key(store: Store) -> str:
    """Return the key of the database, "" before the first hash."""
    return settings.read(store).get(KEY, "")


def hash_value(key: str, kind: str, value: str) -> str:
    """Return the keyed hash of a normalized value of a kind."""
    return hmac.digest(bytes.fromhex(key), f"{kind}:{value}".encode(), "sha256").hex()


class Forgotten:
    """The forgotten contacts of a database; see `load`."""

    def __init__(self, key: str, days: Mapping[str, str]) -> None:
        self._key, self._days = key, days

    @property
    def has_any(self) -> bool:
        """Return whether any contact was forgotten."""
        return bool(self._days)

    def find_day_of_uid(self, uid: str) -> str:
        """Return the day on which the record of a permanent id was forgotten, "" for any other."""
        return self._days.get(hash_value(self._key, "uid", uid), "") if self.has_any else ""

    def hash_text(self, text: str) -> str:
        """Return the keyed hash of a text about others that mentions a forgotten contact."""
        return hash_value(self._key, "text", text)

    def find_day(self, traits: Traits) -> str:
        """Return the day on which a contact was forgotten, "" for any other contact.

        An email address or the permanent id decides. A phone number may belong to a household or a
        firm, so the name must agree; and a name alone says nothing of a contact with addresses.
        """
        days = {pair: self._days.get(hash_value(self._key, *pair), "") for pair in traits.pairs()}
        by_kind = {kind: day for (kind, _), day in days.items() if day}
        sure = by_kind.get("uid") or by_kind.get("email")
        if sure:
            return sure
        if "name" in by_kind and ("phone" in by_kind or not (traits.emails or traits.phones)):
            return by_kind["name"]
        return ""


def load(store: Store) -> Forgotten:
    """Return the forgotten contacts, in one small statement where there are none."""
    days = {row[0]: row[1] for row in store.rows("SELECT hash, on_date FROM forgotten")}
    key: Any = settings.read(store).get(KEY, "") if days else ""
    return Forgotten(key, days if key else {})
