"""Parts of contacts that the program keeps without using them: photos, keys, odd properties.

They have tables of their own, so that lists of contacts stay quick.
"""

from typing import Any, NamedTuple

from cardcrm.records.contacts.drafts import MediaDraft
from cardcrm.store import Query
from cardcrm.store.engine import Row


class Media(NamedTuple):
    """A photo, logo, sound or key without its content; ``size`` is in bytes."""

    id: int
    kind: str
    type: str
    uri: str
    digest: str
    size: int


def media_query(contact_id: int) -> Query[tuple[Media, ...]]:
    """Build the query for the photos, logos, sounds and keys of a contact."""
    return Query(
        "SELECT id, kind, type, uri, digest, length(data) FROM media WHERE contact_id = :id "
        "ORDER BY id",
        {"id": contact_id},
        lambda rows: tuple(_to_media(row) for row in rows),
    )


def _to_media(row: Row) -> Media:
    return Media(row[0], row[1], row[2], row[3], row[4], row[5] * 3 // 4)


def lines_query(contact_id: int) -> Query[tuple[str, ...]]:
    """Build the query for the vCard properties that have no field of their own."""
    return Query(
        "SELECT line FROM vcard_line WHERE contact_id = :id ORDER BY id",
        {"id": contact_id},
        lambda rows: tuple(row[0] for row in rows),
    )


def media_row(draft: MediaDraft) -> dict[str, Any]:
    """Return the columns of a photo, logo, sound or key."""
    return {**draft._asdict(), "digest": digest_of(draft.data)}


def digest_of(data: str) -> str:
    """Return the SHA-256 of a file that is given in base64; "" without one."""
    if not data:
        return ""
    import base64
    import hashlib

    return hashlib.sha256(base64.b64decode(data)).hexdigest()
