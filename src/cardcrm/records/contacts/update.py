"""Edit stored contacts, one or many at once: set fields, add parts, remove parts."""

from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key, web_key
from cardcrm.errors import AmbiguousError, NotFoundError, UsageError
from cardcrm.records.contacts import (
    builtin_fields,
    contact_points,
    contact_queries,
    custom_fields,
    part_types,
    writer,
)
from cardcrm.records.contacts.builtin_fields import ADDRESS_FIELDS, SETTABLE, Builtin
from cardcrm.records.contacts.contact_queries import WORKS_AT, Contact, Details
from cardcrm.records.contacts.contact_type import CONTACT, KIND, NAME_ORDER, POINT_KINDS
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
)
from cardcrm.records.contacts.name_edit import change_kind, edit_name
from cardcrm.records.contacts.names import ALL, PARTS
from cardcrm.records.contacts.normalize import normalize_parts
from cardcrm.records.contacts.part_types import ADDRESS, ANNIVERSARY, NICKNAME, TAG, Row
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.contacts.writer import Change, apply_changes
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import find_similar, fold, normalize_line, quote, shorten, with_article

_SEVERAL = (*POINT_KINDS, "nick", "tag", "day", "relation")  # each with its option
_NAMES = ("name", *PARTS, "name_order", "sort_as")


class PointMark(NamedTuple):
    """A contact point, and whether it is to be ``opted_out`` or ``invalid``."""

    point: str
    column: str
    is_set: bool


class Edit(NamedTuple):
    """A change to contacts.

    ``values`` are (field, text) pairs, where empty text clears the field. ``additions`` holds parts
    to add, ``removals`` names parts to remove, ``marks`` changes contact points. ``tags`` are added
    and ``untag`` removed.
    """

    values: tuple[tuple[str, str], ...] = ()
    additions: ContactDraft = ContactDraft()
    removals: tuple[str, ...] = ()
    marks: tuple[PointMark, ...] = ()
    tags: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()


@retry_transaction
def edit(store: Store, ids: Collection[int], change: Edit) -> int:
    """Edit contacts in one transaction, and return how many were changed.

    Raises UsageError, NotFoundError, AmbiguousError.
    """
    with store.transaction():
        return sum([_edit_one(store, contact_id, change) for contact_id in ids])


def _edit_one(store: Store, contact_id: int, change: Edit) -> bool:
    contact_queries.get(store, contact_id)
    before = store.changes_made
    for name, text in change.values:
        set_field(store, contact_id, name, text)
    for what in change.removals:
        _remove_part(store, contact_id, what)
    _add_parts(store, contact_id, change.additions)
    for mark in change.marks:
        _mark_point(store, contact_id, mark)
    if change.tags or change.untag:
        _edit_tags(store, contact_id, change)
    if store.changes_made == before:
        return False
    writer.mark_updated(store, contact_id)
    return True


def _edit_tags(store: Store, contact_id: int, change: Edit) -> None:
    stored = part_types.read_rows(store, TAG, contact_id)
    untag = set(map(part_types.tag_key, change.untag))
    # With another spelling, a tag is written otherwise from now on.
    if both := set(map(part_types.parse_tag, change.untag)).intersection(
        map(part_types.parse_tag, change.tags)
    ):
        message = f"the tag “{min(both)}” is both added and removed"
        raise UsageError(message, "Leave one of them out.")
    wanted: list[tuple[int | None, Row | None]] = [
        (row_id, None) for row_id, row in stored.items() if row[0] in untag
    ]
    wanted += [(None, part_types.tag_row(part_types.parse_tag(each))) for each in change.tags]
    apply_changes(store, contact_id, writer.diff_rows(TAG, stored, wanted))


def _add_parts(store: Store, contact_id: int, draft: ContactDraft) -> None:
    addresses = draft.addresses
    if draft.points:
        addresses = (*draft.addresses, *address_drafts(store, contact_id))
    found, _, _ = normalize_parts(draft, writer.rules_of(store), addresses)
    apply_changes(store, contact_id, writer.diff_parts(store, contact_id, found))
    writer.add_relations(store, contact_id, draft.relations)


def address_drafts(store: Store, contact_id: int) -> list[AddressDraft]:
    """Return the addresses of a contact, whose countries its phone numbers may be of."""
    found = contact_queries.addresses_of(store, contact_id)
    return list(map(part_types.stored_address_draft, found))


# Set a field


def set_field(store: Store, contact_id: int, name: str, text: str) -> None:
    """Set a field, by any of its names, or a custom one; empty text clears it. Raises UsageError.

    Of the parts that a contact may have several of, one is added.
    """
    builtin = builtin_fields.find_meant(store, name)
    if builtin is not None and builtin.key not in SETTABLE:
        _add_named(store, contact_id, builtin, text)
    else:
        _set_single(store, contact_id, builtin.key if builtin else name, text)


def _add_named(store: Store, contact_id: int, builtin: Builtin, text: str) -> None:
    """Add a contact point, nickname or tags. Raises UsageError for empty text."""
    if not normalize_line(text):
        raise UsageError(f"no {builtin.key} given", _how_to_set(builtin.key, []))
    if builtin.key == "tag":
        _edit_tags(store, contact_id, Edit(tags=builtin_fields.split_tags(text)))
    elif builtin.key == "nick":
        _add_parts(store, contact_id, ContactDraft(nicknames=(text,)))
    else:
        point = builtin_fields.point_draft(builtin, text)
        _add_parts(store, contact_id, ContactDraft(points=(point,)))


def _set_single(store: Store, contact_id: int, name: str, text: str) -> None:
    field = CONTACT.field(name)
    if name in _NAMES:
        _set_name(store, contact_queries.get(store, contact_id), name, text)
    elif name == "kind":
        _set_kind(store, contact_queries.get(store, contact_id), KIND.normalize(text))
    elif name == "org":
        _set_org(store, contact_id, text)
    elif field in CONTACT.editable:
        store.update("contact", contact_id, **field.parse(text, store))
    elif name == "birthday":
        _set_birthday(store, contact_id, text)
    elif name in ADDRESS_FIELDS:
        _set_address(store, contact_id, name, text)
    elif custom_fields.find(store, name) is not None:
        writer.set_custom_field(store, contact_id, name, text)
    else:
        builtin_fields.refuse_computed(store, name)
        known = [*SETTABLE, *(each.name for each in custom_fields.list_fields(store))]
        raise UsageError(f"unknown field {quote(name)}", _how_to_set(name, known))


def _how_to_set(name: str, known: list[str]) -> str:
    """Return the hint for a name that is not a field, or is a part that has its own option."""
    if name in _SEVERAL:
        return f"A contact may have several: --{name} adds one, --remove removes one."
    like = find_similar(name, known)
    there = f"Did you mean {like[0]}?" if like else f"There are: {', '.join(known)}."
    return f'{there} To add a field: cardcrm field add "{shorten(name, 60)}"'


def _set_name(store: Store, contact: Contact, name: str, text: str) -> None:
    """Set the name of a contact or a part of it, on which its other names depend."""
    if name == "name_order":
        text = NAME_ORDER.normalize(text)
    if name in PARTS:
        if contact.kind == "org" and normalize_line(text):
            raise UsageError(f"{contact.name} is an organization", "Set its name instead.")
        if normalize_line(text) == getattr(contact, name) and name in _stated(contact):
            return
    columns = edit_name(contact, name, text, store.locale.region)
    store.update("contact", contact.id, **columns._asdict())


def _stated(contact: Contact) -> Collection[str]:
    return PARTS if contact.stated == ALL else contact.stated.split()


def _set_kind(store: Store, contact: Contact, kind: str) -> None:
    if kind != contact.kind:
        columns = change_kind(contact, kind, store.locale.region)
        store.update("contact", contact.id, kind=kind, **columns._asdict())


def _set_org(store: Store, contact_id: int, text: str) -> None:
    org_id = writer.find_or_add_org(store, text) if normalize_line(text) else None
    if org_id == contact_id:
        raise UsageError("an organization cannot work at itself")
    store.update("contact", contact_id, org_id=org_id)


def _set_birthday(store: Store, contact_id: int, text: str) -> None:
    row = None
    if normalize_line(text):
        today = dates.today(store.locale.zone)
        row = part_types.anniversary_row(AnniversaryDraft("birthday", text), today)
    writer.put_row(store, contact_id, ANNIVERSARY, ("birthday",), row)


def _set_address(store: Store, contact_id: int, name: str, text: str) -> None:
    """Set a field of the first address, added if missing and removed if nothing is left of it."""
    stored = part_types.read_rows(store, ADDRESS, contact_id)
    row_id, row = next(iter(stored.items()), (None, None))
    old = part_types.address_draft(row) if row else AddressDraft()
    new = part_types.address_row(old._replace(**{name: text}))
    wanted = None if part_types.is_blank_address(new) else new
    apply_changes(store, contact_id, writer.diff_rows(ADDRESS, stored, [(row_id, wanted)]))


# Remove a part


class _Removable(NamedTuple):
    """A part that can be removed: its kind, the folded texts that name it, and the change."""

    part: str
    names: AbstractSet[str]
    change: Change


def _remove_part(store: Store, contact_id: int, what: str) -> None:
    """Remove the part that a text names. Raises NotFoundError, AmbiguousError."""
    details = contact_queries.details(store, contact_id)
    part, colon, text = (each.strip() for each in what.partition(":"))
    if not (colon and part in _REMOVABLE):
        part, text = "", what
    names = {fold(text), *_point_keys(store, details, text), *_relation_names(store, text)}
    found = [
        each
        for each in _removable_parts(store, details)
        if part in ("", each.part) and not names.isdisjoint(each.names)
    ]
    kinds = list(dict.fromkeys(each.part for each in found))
    if not found:
        part_names = f"{', '.join(_REMOVABLE[:-1])} or {_REMOVABLE[-1]}"
        raise NotFoundError(
            f"{details.contact.name} has no “{what}”",
            f"Name {with_article(part_names)} that `cardcrm show` shows.",
        )
    if len(kinds) > 1:
        choices = " or ".join(f"“{kind}:{text}”" for kind in kinds)
        raise AmbiguousError(
            f"“{what}” is {' and '.join(map(with_article, kinds))}", f"Write {choices}."
        )
    apply_changes(store, contact_id, [each.change for each in found])


_REMOVABLE = (*POINT_KINDS, "nickname", "address", "day", "tag", "field", "relation")


def _removable_parts(store: Store, details: Details) -> Iterator[_Removable]:
    """Yield all parts of a contact with the texts that name them."""
    contact = details.contact
    for point in details.points:
        yield _Removable(point.kind, {point.key}, Change("point", point.id, None))
    for address in details.addresses:
        label, *lines = address[1:7]
        names = {label, address.street, address.city, ", ".join(filter(None, lines))}
        change = Change("address", address.id, None)
        yield _Removable("address", {fold(name) for name in names if name}, change)
    for day in details.days:
        yield _Removable("day", {day.label}, Change("yearly_day", day.id, None))
    for value in details.fields:
        names = {value.name, fold(value.label)}
        yield _Removable("field", names, Change("field_value", value.id, None))
    for relation in details.relations:
        name = f"{relation.kind}={relation.other_id}"
        yield _Removable("relation", {name}, Change("relation", relation.id, None))
    for part in (NICKNAME, TAG):
        for row_id, row in part_types.read_rows(store, part, contact.id).items():
            yield _Removable(part.table, {row[0]}, Change(part.table, row_id, None))
    if contact.org_id:
        name = f"{WORKS_AT}={contact.org_id}"
        yield _Removable("relation", {name}, Change("contact", contact.id, {"org_id": None}))


def _point_keys(store: Store, details: Details, text: str) -> set[str]:
    """Return the keys of the contact points that a text may mean."""
    keys = {email_key(text.strip()), web_key(text)}
    if contact_points.looks_like_phone(text):
        draft = ContactPointDraft("phone", text)
        addresses = list(map(part_types.stored_address_draft, details.addresses))
        keys.add(contact_points.normalize(draft, store.locale.region, addresses).key)
        keys.add(contact_points.phone_key(text, store.locale.region))
    return keys


def _relation_names(store: Store, text: str) -> Iterator[str]:
    kind, _, who = text.partition("=")
    if who:
        yield f"{fold(kind)}={resolve(store, who).id}"


# Mark a contact point


def _mark_point(store: Store, contact_id: int, mark: PointMark) -> None:
    """Mark a contact point as opted out or invalid, or take the mark off. Raises NotFoundError."""
    details = contact_queries.details(store, contact_id)
    from cardcrm.records.mail import suppression

    keys = _point_keys(store, details, mark.point)
    found = [point.id for point in details.points if point.key in keys]
    if not found:
        known = ", ".join(point.value for point in details.points)
        raise NotFoundError(
            f"{details.contact.name} has no contact point “{mark.point}”",
            f"There are: {known}." if known else "It has none yet.",
        )
    for row_id in found:
        change = {mark.column: int(mark.is_set)}
        suppression.follow_change(store, row_id, change)
        store.update("point", row_id, **change)
