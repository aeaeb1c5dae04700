"""The ids of contacts that were merged into others; an import finds the remaining contact by them.

They are stored in a custom field of their own, so that they are shown, exported, undone and copied
like any other field.
"""

from collections.abc import Iterable

from cardcrm.records.contacts import custom_fields, writer
from cardcrm.records.contacts.custom_fields import MERGED_FROM
from cardcrm.store import Store
from cardcrm.text import normalize_line

_SEPARATOR = "; "


def format_uid(uid: str) -> str:
    """Return a permanent id as it is stored."""
    return f"uid:{uid}"


def format_ref(ref: str) -> str:
    """Return the id in another program as it is stored."""
    return f"ref:{normalize_line(ref.replace(';', ','))}"


def parse_id(text: str) -> tuple[str, str]:
    """Return the permanent id and the outside id of a stored id; one of them is empty."""
    kind, _, value = text.partition(":")
    return (value, "") if kind == "uid" else ("", value)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(_SEPARATOR.strip()) if part.strip()]


def ids_of(store: Store, contact_id: int) -> list[str]:
    """Return the stored ids of the contacts that were merged into one."""
    name = custom_fields.field_name(MERGED_FROM)
    values = custom_fields.values_of(store, contact_id)
    return [each for value in values if value.name == name for each in _split(value.text)]


def move(store: Store, from_id: int, to_id: int, more: Iterable[str]) -> None:
    """Move the stored ids of one contact to another, and add more."""
    old = ids_of(store, from_id)
    if old:
        writer.set_custom_field(store, from_id, MERGED_FROM, "")
    ids = dict.fromkeys((*ids_of(store, to_id), *old, *more))
    writer.set_custom_field(store, to_id, MERGED_FROM, _SEPARATOR.join(ids))


def is_merged(store: Store, old_id: int) -> bool:
    """Return whether a number was that of a contact that was merged into another one."""
    return bool(store.rows("SELECT 1 FROM merged_id WHERE old_id = :id LIMIT 1", id=old_id))


def all_ids(store: Store) -> list[tuple[int, list[str]]]:
    """Return every contact that others were merged into, with their stored ids."""
    return [
        (row["contact_id"], _split(row["text"]))
        for row in store.rows(
            "SELECT v.contact_id, v.text FROM field_value v JOIN field f ON f.id = v.field_id "
            "WHERE f.name = :name",
            name=custom_fields.field_name(MERGED_FROM),
        )
    ]
