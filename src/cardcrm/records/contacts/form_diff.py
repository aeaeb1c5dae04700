"""Save the form of a contact, also where someone else has edited the contact meanwhile.

A front end takes `contact_texts` when it shows a contact, and hands them back to `save` together
with the texts that were typed. Only changed parts are written, so two people may edit one contact;
where both have changed the same part, `EditConflictError` reports what each of them wrote.

A part is a kind and a number or name: ``("head", "title")``, ``("point", 12)``, ``("tag", "vip")``.
New rows have negative numbers. The texts of a part are a tuple:

- ``head``: the text of a field, named as in `update.SETTABLE`
- ``point``: kind, value, label, ``opted out`` or "", ``invalid`` or ""
- ``address``: label, street, city, region, postcode, country, latitude, longitude
- ``day`` (by its label), ``field`` (by its name), ``tag``, ``nickname``: the text
- ``relation``: kind, who (``#12``, or as in WHO), and ``inverse`` if the other contact stores it
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm import dates
from cardcrm.records.conflicts import EditConflict, EditConflictError, Texts, merge_edits
from cardcrm.records.contacts import (
    contact_queries,
    custom_fields,
    part_types,
    update,
    writer,
)
from cardcrm.records.contacts.contact_queries import Contact, Details
from cardcrm.records.contacts.contact_type import CADENCE, CONTACT, KIND
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
)
from cardcrm.records.contacts.part_types import (
    ADDRESS,
    ANNIVERSARY,
    CONTACT_POINT,
    CUSTOM_FIELD,
    NICKNAME,
    RELATION,
    TAG,
    Row,
)
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.fields import Reference
from cardcrm.store import Store
from cardcrm.text import fold, normalize_line

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

Part = tuple[str, int | str]
ContactTexts = Mapping[Part, Texts]

# The kind is written last, because an organization has no given name to be cleared.
_HEAD_FIELDS = {field.key: field for field in (*CONTACT.editable[1:], KIND)}
HEAD = tuple(_HEAD_FIELDS)
OPTED_OUT, INVALID, INVERSE = "opted out", "invalid", "inverse"


def contact_texts(details: Details) -> dict[Part, Texts]:
    """Return the texts of all parts of a stored contact."""
    contact = details.contact
    texts: dict[Part, Texts] = {
        ("head", name): (getattr(contact, name),) for name in HEAD if name != CADENCE.key
    }
    texts["head", CADENCE.key] = (CADENCE.format_span(contact.cadence_days),)
    texts |= {("nickname", fold(name)): (name,) for name in details.nicknames}
    texts |= {("tag", fold(name)): (name,) for name in details.tags}
    texts |= {("day", day.label): (day.day,) for day in details.days}
    texts |= {("field", value.name): (value.text,) for value in details.fields}
    for point in details.points:
        marks = (OPTED_OUT if point.opted_out else "", INVALID if point.invalid else "")
        texts["point", point.id] = (point.kind, point.value, point.label, *marks)
    for address in details.addresses:
        texts["address", address.id] = tuple(part_types.stored_address_draft(address))
    for relation in details.relations:
        side = INVERSE if relation.inverse else ""
        texts["relation", relation.id] = (relation.kind, f"#{relation.other_id}", side)
    return texts


def add(store: Store, texts: ContactTexts) -> Contact:
    """Add a contact from the texts of its parts. Raises UsageError, NotFoundError."""
    head: dict[str, Any] = {name: texts.get(("head", name), ("",))[0] for name in HEAD}
    with store.transaction():
        contact_id = writer.add(store, ContactDraft(**head))
        for part, row in texts.items():
            if part[0] != "head":
                _write_part(store, contact_id, part, row)
    return contact_queries.get(store, contact_id)


def save(store: Store, contact_id: int, seen: ContactTexts, typed: ContactTexts) -> bool:
    """Write what differs between the texts seen and typed; return whether anything changed.

    Raises NotFoundError for a contact that was removed, UsageError, and EditConflictError where
    someone has changed the same parts differently since they were seen.
    """
    with store.transaction():
        now = contact_texts(contact_queries.details(store, contact_id))
        addresses = [AddressDraft(*row) for part, row in typed.items() if part[0] == "address"]
        normal = {
            part: row if row == seen.get(part) else _normalize(store, part, row, addresses)
            for part, row in typed.items()
        }
        write, conflicting = merge_edits(seen, normal, now)
        if conflicting:
            raise EditConflictError(
                [
                    _conflict(store, contact_id, part, seen, normal.get(part), now.get(part))
                    for part in conflicting
                ]
            )
        before = store.changes_made
        for part, row in write.items():
            _write_part(store, contact_id, part, row)
        if store.changes_made == before:
            return False
        writer.mark_updated(store, contact_id)
    return True


# Normalize, so that two formats of the same text do not conflict


def _normalize(store: Store, part: Part, texts: Texts, addresses: Sequence[AddressDraft]) -> Texts:
    """Return texts as they would be stored. Raises UsageError, NotFoundError."""
    kind, name = part
    if kind == "head":
        return (_normalize_head(store, str(name), texts[0]),)
    if kind == "relation":
        other = resolve(store, texts[1])
        return (part_types.parse_relation_kind(texts[0]), f"#{other.id}", texts[2])
    row = _row(store, part, texts, addresses)
    if row is None:
        return tuple(map(normalize_line, texts))
    if kind == "point":
        return (row[0], row[2], row[3], *texts[3:])
    if kind == "address":
        return tuple(part_types.address_draft(row))
    return (part_types.written_tag(row) if kind == "tag" else row[1],)


def _normalize_head(store: Store, name: str, text: str) -> str:
    field = _HEAD_FIELDS[name]
    if isinstance(field, Reference):
        return normalize_line(text)
    return field.to_text(field.parse(text, store)[field.column], store)


def _row(store: Store, part: Part, texts: Texts, addresses: Sequence[AddressDraft]) -> Row | None:
    """Return the row of a part; None for an empty one and for an unknown custom field."""
    kind, name, text = part[0], str(part[1]), texts[0]
    if kind == "point":
        _, value, label, opted_out, invalid = texts
        draft = ContactPointDraft(text, value, label, bool(opted_out), bool(invalid))
        return part_types.contact_point_row(draft, store.locale.region, addresses)[0]
    if kind == "address":
        return part_types.address_row(AddressDraft(*texts)) if any(texts[1:]) else None
    if not normalize_line(text):
        return None
    if kind == "day":
        today = dates.today(store.locale.zone)
        return part_types.anniversary_row(AnniversaryDraft(name, text), today)
    if kind == "field":
        field = custom_fields.find(store, name)
        return part_types.custom_field_row(field, text, store.locale) if field else None
    is_tag = kind == "tag"
    return (
        part_types.tag_row(part_types.parse_tag(text)) if is_tag else part_types.nickname_row(text)
    )


# Describe conflicts


def _conflict(
    store: Store,
    contact_id: int,
    part: Part,
    seen: ContactTexts,
    mine: Texts | None,
    theirs: Texts | None,
) -> EditConflict:
    label = _label(store, part, seen.get(part) or theirs or mine or ())
    my_words, their_words = (_words(store, part, each) for each in (mine, theirs))
    by = _last_author(store, contact_id, part)
    return EditConflict(part, label, mine, theirs, my_words, their_words, by)


def _last_author(store: Store, contact_id: int, part: Part) -> "Step | None":
    """Return the journal step that wrote a part last, as far as the journal knows."""
    from cardcrm.store.journal import last_to_write

    kind, name = part
    if kind == "head":
        column = _HEAD_FIELDS[str(name)].column
        return last_to_write(store, "contact", row_id=contact_id, column=column)
    table = _PART_TYPES[kind].table
    if isinstance(name, int):
        return last_to_write(store, table, row_id=name)
    return last_to_write(store, table, contact_id=contact_id)


def _label(store: Store, part: Part, row: Texts) -> str:
    kind, name = part
    if kind == "head":
        return _HEAD_FIELDS[str(name)].label
    if kind == "field":
        field = custom_fields.find(store, str(name))
        return field.label if field else str(name)
    if kind == "day":
        return str(name)
    return f"{row[0]} {row[1]}" if kind == "point" else kind


def _words(store: Store, part: Part, row: Texts | None) -> str:
    """Return the texts of a part as one line; an empty one for a part that was removed."""
    if row is None:
        return ""
    if part[0] == "point":
        details = ", ".join(filter(None, row[2:]))
        return f"{row[1]} ({details})" if details else row[1]
    if part[0] == "relation":
        return f"{row[0]} {resolve(store, row[1]).name}"
    return ", ".join(filter(None, row))


# Write

_PART_TYPES = {
    "point": CONTACT_POINT,
    "address": ADDRESS,
    "day": ANNIVERSARY,
    "nickname": NICKNAME,
    "tag": TAG,
    "field": CUSTOM_FIELD,
    "relation": RELATION,
}


def _write_part(store: Store, contact_id: int, part: Part, texts: Texts | None) -> None:
    """Write the texts of a part; without texts it is removed or cleared."""
    kind, name = part
    if kind == "head":
        update.set_field(store, contact_id, str(name), texts[0] if texts else "")
    elif kind == "field":
        writer.set_custom_field(store, contact_id, str(name), texts[0] if texts else "")
    elif kind == "relation":
        _write_relation(store, contact_id, int(name), texts)
    else:
        addresses = update.address_drafts(store, contact_id) if kind == "point" else ()
        row = _row(store, part, texts, addresses) if texts else None
        stored = part_types.read_rows(store, _PART_TYPES[kind], contact_id)
        keys = {each[0]: row_id for row_id, each in stored.items()}
        row_id = name if isinstance(name, int) else keys.get(name)
        changes = writer.diff_rows(_PART_TYPES[kind], stored, [(row_id, row)])
        writer.apply_changes(store, contact_id, changes)


def _write_relation(store: Store, contact_id: int, row_id: int, texts: Texts | None) -> None:
    if texts is None:
        store.delete("relation", row_id)
        return
    kind, who, side = texts
    other = resolve(store, who)
    if side == INVERSE:
        contact = contact_queries.get(store, contact_id)
        writer.put_relation(store, other.id, kind, contact, row_id)
    else:
        writer.put_relation(store, contact_id, kind, other, row_id)
