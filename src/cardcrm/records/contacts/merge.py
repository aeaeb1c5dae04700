"""Merge two contacts into one, without losing anything that either of them has."""

from collections.abc import Iterator
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_queries, custom_fields, merged_ids, part_types, writer
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.records.contacts.contact_type import CADENCE
from cardcrm.records.contacts.name_edit import fill_name
from cardcrm.records.contacts.names import describe_other_name
from cardcrm.records.contacts.part_types import ANNIVERSARY, CONTACT_POINT, CUSTOM_FIELD, PARTS, Row
from cardcrm.records.contacts.writer import apply_changes
from cardcrm.records.record_type import RecordType
from cardcrm.records.references import reparent
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold

_KINDS = {"person": "a person", "org": "an organization"}
_CREATION = "SELECT created_at, created_on FROM contact WHERE id = :id"
_TEXTS = ("title", "source", "owner", "ref")


def check_different(keep_id: int, other_id: int) -> None:
    """Raise UsageError where both ids are of the same contact."""
    if keep_id == other_id:
        raise UsageError("both names mean the same contact", "Name two contacts to merge.")


@retry_transaction
def merge(store: Store, keep_id: int, other_id: int) -> Contact:
    """Move everything from one contact to another and remove the empty one; return the other.

    Fields that both have stay as the remaining contact has them; the other's texts go into its
    note, and the other's ids lead to it. Raises UsageError for one contact or for different kinds.
    """
    check_different(keep_id, other_id)
    keep, other = (contact_queries.get(store, each) for each in (keep_id, other_id))
    if keep.kind != other.kind:
        raise UsageError(
            f"{keep.name} is {_KINDS[keep.kind]} and {other.name} is {_KINDS[other.kind]}",
            "Only two people or two organizations can be merged.",
        )
    with store.transaction():
        values, notes = _merge_heads(store, keep, other)
        _merge_ids(store, keep, other)
        if fold(other.name) != fold(keep.name):
            row = part_types.nickname_row(other.name)
            changes = writer.diff_parts(store, keep_id, {"nickname": {row[:1]: row}})
            apply_changes(store, keep_id, changes)
        notes += _merge_rows(store, keep_id, other_id)
        writer.remove(store, [other_id])
        values["note"] = "\n".join(filter(None, notes))
        store.update("contact", keep_id, **values)
        writer.mark_updated(store, keep_id)
    return contact_queries.get(store, keep_id)


def _older_creation(store: Store, keep: Contact, other: Contact) -> dict[str, Any]:
    """Return the columns of the creation of ``other``, if it is the older contact."""
    if other.created_at >= keep.created_at:
        return {}
    row = store.row(_CREATION, id=other.id)
    assert row is not None
    return {"created_at": row["created_at"], "created_on": row["created_on"]}


def _merge_cadence(
    keep: Contact, other: Contact, notes: list[str], store: Store
) -> dict[str, int | None]:
    """Return the cadence that the remaining contact takes over; note another one."""
    if keep.cadence_days is None:
        return {"cadence_days": other.cadence_days}
    if other.cadence_days not in (None, keep.cadence_days):
        cadence = CADENCE.format(other.cadence_days, store)
        notes.append(f"cadence of merged contact {other.id}: {cadence}")
    return {}


def _merge_heads(store: Store, keep: Contact, other: Contact) -> tuple[dict[str, Any], list[str]]:
    """Return the columns that the remaining contact takes over, and the lines of its note."""
    values = _older_creation(store, keep, other)
    notes = list(dict.fromkeys((keep.note, other.note)))
    for name in _TEXTS:
        mine, theirs = getattr(keep, name), getattr(other, name)
        if theirs and not mine:
            values[name] = theirs
        elif theirs and theirs != mine and name != "ref":
            notes.append(f"{name} of merged contact {other.id}: {theirs}")
    if "title" in values:
        values["title_key"] = fold(other.title)
    if other.org_id and not keep.org_id and other.org_id != keep.id:
        values["org_id"] = other.org_id
    elif other.org and other.org_id not in (keep.org_id, keep.id):
        notes.append(f"organization of merged contact {other.id}: {other.org}")
    values |= _merge_cadence(keep, other, notes, store)
    values |= _merge_names(keep, other, notes)
    values |= _merge_status(keep, other, notes)
    values["stage"] = _choose_stage(store, keep, other)
    if other.stage not in (values["stage"], "lead"):
        notes.append(f"stage of merged contact {other.id}: {other.stage}")
    return values, notes


def _merge_status(keep: Contact, other: Contact, notes: list[str]) -> dict[str, str | None]:
    """Return the status and the snooze that the remaining contact takes over.

    One that is not active is news, also about a contact that was taken for active.
    """
    values: dict[str, str | None] = {}
    if keep.status == "active":
        values["status"] = other.status
    elif other.status not in ("active", keep.status):
        notes.append(f"status of merged contact {other.id}: {other.status}")
    if other.snoozed_until and not keep.snoozed_until:
        values |= {"snoozed_until": other.snoozed_until, "snoozed_from": other.snoozed_from}
    return values


def _merge_names(keep: Contact, other: Contact, notes: list[str]) -> dict[str, str]:
    """Return the parts of the name that the remaining contact takes over; note other ones."""
    if keep.name_key == other.name_key:
        return fill_name(keep._asdict(), other._asdict())
    formal = describe_other_name(other)
    if formal:
        notes.append(f"name of merged contact {other.id}: {formal}")
    return {}


def _choose_stage(store: Store, keep: Contact, other: Contact) -> str:
    """Return the stage of the remaining contact, unless only the other's was set by a person."""
    if _is_automatic(store, keep) and not _is_automatic(store, other):
        return other.stage
    return other.stage if keep.stage == "lead" else keep.stage


def _is_automatic(store: Store, contact: Contact) -> bool:
    """Return whether a stage may have come by itself: all begin as leads, buyers are customers."""
    bought = "SELECT 1 FROM sale WHERE contact_id = :id AND amount > 0"
    return contact.stage == "lead" or (
        contact.stage == "customer" and store.value(bought, id=contact.id) == 1
    )


def _merge_ids(store: Store, keep: Contact, other: Contact) -> None:
    ids = [merged_ids.format_uid(other.uid)]
    if other.ref and keep.ref:
        ids.append(merged_ids.format_ref(other.ref))
    merged_ids.move(store, other.id, keep.id, ids)


def _merge_rows(store: Store, keep_id: int, other_id: int) -> list[str]:
    """Move the rows that the remaining contact lacks; return a note of what differs.

    A contact point that is opted out or invalid with either contact stays so.
    """
    notes: list[str] = []

    def compare(type_: RecordType, row_id: int, _same: tuple[object, ...]) -> None:
        part = PARTS.get(type_.table_name)
        if part is None:
            return
        row = part_types.read_rows(store, part, other_id)[row_id]
        mine = part_types.read_rows(store, part, keep_id)
        twin = next(id_ for id_, each in mine.items() if part.key_of(each) == part.key_of(row))
        if part is CONTACT_POINT:
            store.update("point", twin, **part.values(part_types.mark(mine[twin], row)))
        elif row != mine[twin]:
            notes.extend(_describe_difference(store, part, row))

    reparent(store, "contact", keep_id, other_id, compare)
    return notes


def _describe_difference(store: Store, part: part_types.PartType, row: Row) -> Iterator[str]:
    """Yield a line for a second birthday, or for another value of a custom field."""
    if part is ANNIVERSARY:
        yield f"{row[0]} of merged contact: {row[1]}"
    elif part is CUSTOM_FIELD:
        fields = custom_fields.list_fields(store)
        label = next(field.label for field in fields if field.id == row[0])
        yield f"{label} of merged contact: {row[1]}"
