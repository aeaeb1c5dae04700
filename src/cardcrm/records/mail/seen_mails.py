"""Remember the mail that was read and not logged, so that it is counted once.

A mail program that moves a message into another folder, or marks it as read, gives its file a new
name and change time. Only a hash of the Message-ID is stored, as the mail is of people who are not
contacts.
"""

import hashlib
from collections.abc import Iterable

from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_BYTES = 16


def find(store: Store, message_ids: Iterable[str]) -> set[str]:
    """Return the Message-IDs that were read before."""
    digests = {_hash(each): each for each in message_ids}
    return {
        digests[row[0]]
        for marks, params in chunks(digests)
        for row in store.rows(f"SELECT digest FROM seen_mail WHERE digest IN ({marks})", **params)
    }


def add(store: Store, message_ids: Iterable[str]) -> None:
    """Remember Message-IDs that were not read before, inside a transaction."""
    rows = [{"digest": _hash(each)} for each in dict.fromkeys(message_ids)]
    with store.unrecorded():
        store.insert_rows("seen_mail", rows)


def _hash(message_id: str) -> str:
    return hashlib.blake2b(message_id.encode(errors="replace"), digest_size=_BYTES).hexdigest()
