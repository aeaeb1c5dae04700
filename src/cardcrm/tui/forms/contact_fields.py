"""The fields of the contact form, and the conversion between its values and a contact's parts."""

from collections.abc import Callable
from typing import NamedTuple

from cardcrm.records.conflicts import Texts
from cardcrm.records.contacts import contacts, custom_fields
from cardcrm.records.contacts.contact_type import KIND, NAME_ORDER, POINT_KINDS, STAGES, STATUSES
from cardcrm.records.contacts.contacts import Details, Relation
from cardcrm.records.contacts.drafts import AddressDraft
from cardcrm.records.contacts.form_diff import HEAD, INVALID, OPTED_OUT, Part, contact_texts
from cardcrm.store import Store
from cardcrm.text import fold
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.completers import complete_contact
from cardcrm.tui.forms.fields import Field, Item, Repeated, Section, Values

_POINT_HINTS = {
    "email": "jane@example.com", "phone": "0113 496 0123", "web": "example.com", "social": "@jane",
}  # fmt: skip
_MARKS = {
    "": ("", ""),
    "opted out": (OPTED_OUT, ""),
    "invalid": ("", INVALID),
    "both": (OPTED_OUT, INVALID),
}
_ADDRESS = AddressDraft._fields
_ENTRY_ORDER = [*POINT_KINDS, "address", "day", "relation"]
_CUSTOM_HINTS = {"number": "12 or 3.5", "money": "49.50", "date": "3 mar 2026"}


class FormContent(NamedTuple):
    """A contact as a form: items, values, and what is needed to convert them back.

    ``parts`` maps entries of repeated fields to parts of the contact. ``names`` are shown in place
    of ids such as ``#12``. ``fixed`` fields cannot be edited.
    """

    items: tuple[Item, ...]
    values: Values
    parts: dict[str, Part]
    names: dict[str, str]
    fixed: tuple[str, ...]
    parts_before: dict[Part, Texts]


def read(store: Store, contact_id: int | None) -> tuple[list[custom_fields.Field], Details | None]:
    """Read the custom fields, and the contact if there is one. Raises NotFoundError."""
    custom = custom_fields.list_fields(store)
    return custom, contacts.details(store, contact_id) if contact_id is not None else None


# from the contact to the form


def form_content(
    context: AppContext, custom: list[custom_fields.Field], details: Details | None
) -> FormContent:
    """Return a contact as a form; an empty form for a new contact."""
    before = contact_texts(details) if details else {}
    values, parts = _entries_of(before)
    values["birthday"] = before.get(("day", "birthday"), ("",))[0]
    values["tags"] = " ".join(row[0] for part, row in before.items() if part[0] == "tag")
    nicknames = (row[0] for part, row in before.items() if part[0] == "nickname")
    values["nicknames"] = ", ".join(nicknames)
    for each in custom:
        values[f"custom_{each.id}"] = before.get(("field", each.name), ("",))[0]
    relations = details.relations if details else ()
    names = {f"#{each.other_id}": each.other for each in relations}
    fixed = _fixed_fields(parts, relations)
    return FormContent(_items(context, custom), values, parts, names, fixed, before)


def _entries_of(before: dict[Part, Texts]) -> tuple[dict[str, str], dict[str, Part]]:
    """Return the values of the head and of repeated fields, and the part of each entry."""
    values: dict[str, str] = {}
    parts: dict[str, Part] = {}
    last: dict[str, int] = {}

    def add_entry(name: str, part: Part, **texts: str) -> None:
        number = last[name] = last.get(name, -1) + 1
        parts[f"{name}-{number}"] = part
        values.update({f"{name}-{number}-{cell}": text for cell, text in texts.items()})

    for part, row in before.items():
        kind, key = part
        if kind == "head":
            values[str(key)] = row[0]
        elif kind == "point":
            add_entry(row[0], part, value=row[1], label=row[2], mark=_mark_of(row))
        elif kind == "address":
            add_entry("address", part, **dict(zip(_ADDRESS, row, strict=True)))
        elif kind == "day" and key != "birthday":
            add_entry("day", part, value=row[0], label=str(key))
        elif kind == "relation":
            add_entry("relation", part, value=row[1], label=row[0])
    return values, parts


def _mark_of(row: Texts) -> str:
    return next(mark for mark, texts in _MARKS.items() if texts == row[3:])


def _fixed_fields(parts: dict[str, Part], relations: tuple[Relation, ...]) -> tuple[str, ...]:
    """Return the fields of relations stored on the other contact: they can only be cleared."""
    inverse = {each.id for each in relations if each.inverse}
    return tuple(
        f"{entry}-{cell}"
        for entry, part in parts.items()
        if part[0] == "relation" and part[1] in inverse
        for cell in ("value", "label")
    )


# the fields


def _items(context: AppContext, custom: list[custom_fields.Field]) -> tuple[Item, ...]:
    anniversary_check = validators.anniversary_check(context.locale)
    own: list[Item] = [_custom_item(context, each) for each in custom]
    return (
        Field("name", "name", hint="full name", required="A contact needs a name."),
        Field("kind", "kind", "choice", choices=KIND.choices),
        Field(
            "org",
            "works at",
            hint="organization; added if it is new",
            complete=complete_contact(context, "org"),
        ),
        Field("title", "title", hint="head of buying"),
        Section("Contact points"),
        *(_point_item(context, kind) for kind in POINT_KINDS),
        Repeated("address", "address", _address_lines()),
        Section("Status and notes"),
        Field("tags", "tags", hint="vip garden-club", check=validators.check_tags),
        Field("stage", "stage", "choice", choices=STAGES),
        Field("status", "status", "choice", choices=STATUSES),
        Field("owner", "owner", hint="who looks after them"),
        Field("source", "source", hint="how they found you"),
        Field(
            "every", "every", hint="keep in touch: 30d, 6w; never", check=validators.check_cadence
        ),
        Field("note", "note", "text"),
        Section("Anniversaries and relations"),
        Field("birthday", "birthday", hint="17 May, or 1980-05-17", check=anniversary_check),
        _anniversary_item(anniversary_check),
        _relation_item(context),
        *([Section("Custom fields"), *own] if own else []),
        Section("More"),
        Field("role", "role", hint="the part they play, such as decision maker"),
        Field("language", "language", hint="de, en-GB"),
        Field("timezone", "time zone", hint="Europe/London"),
        Field("gender", "gender"),
        Section("Other names"),
        Field("nicknames", "known as", hint="separated by commas"),
        Field("prefix", "prefix", hint="Dr., Mrs; taken from the name"),
        Field("given", "given name", hint="taken from the name"),
        Field("middle", "middle name", hint="taken from the name if it is an initial"),
        Field("family", "family name", hint="taken from the name; contacts are sorted by it"),
        Field("suffix", "suffix", hint="Jr., MD; taken from the name"),
        Field("name_order", "name order", "choice", choices=("", *NAME_ORDER.choices)),
        Field("sort_as", "sorted as", hint="if not by the family name"),
    )


def _point_item(context: AppContext, kind: str) -> Repeated:
    check = validators.contact_point_check(kind, context.locale, _addresses_in)
    value = Field("value", hint=_POINT_HINTS[kind], check_in_form=check)
    label = Field("label", hint="work …", width=12)
    mark = Field("mark", "", "choice", choices=tuple(_MARKS), width=12)
    return Repeated(kind, kind, ((value, label, mark),))


def _addresses_in(values: Values) -> list[AddressDraft]:
    """Return the addresses that are in the form now."""
    entries = dict.fromkeys(
        name.rpartition("-")[0] for name in values if name.startswith("address-")
    )
    return [AddressDraft(*(values[f"{entry}-{cell}"] for cell in _ADDRESS)) for entry in entries]


def _address_lines() -> tuple[tuple[Field, ...], ...]:
    return (
        (Field("street", hint="street and number"), Field("label", hint="office …", width=12)),
        (Field("postcode", hint="postcode", width=12), Field("city", hint="town")),
        (Field("region", hint="county, state"), Field("country", hint="country", width=16)),
        (Field("latitude", hint="latitude", width=12), Field("longitude", hint="longitude")),
    )


def _anniversary_item(check: Callable[[str], str]) -> Repeated:
    value = Field("value", hint="5 June 2010", check=check)
    return Repeated("day", "each year", ((value, Field("label", hint="anniversary", width=22)),))


def _relation_item(context: AppContext) -> Repeated:
    label = Field("label", hint="spouse, referred by …", width=22)
    value = Field("value", hint="name or #id", complete=complete_contact(context), holds_id=True)
    return Repeated("relation", "relation", ((label, value),))


def _custom_item(context: AppContext, field: custom_fields.Field) -> Field:
    """Return the field for a custom field of any type."""
    name, label = f"custom_{field.id}", field.label
    if field.type == "choice":
        return Field(name, label, "choice", choices=("", *field.choices))
    check = validators.custom_field_check(field, context.locale)
    return Field(name, label, hint=_CUSTOM_HINTS.get(field.type, ""), check=check)


# from the form to the contact


def to_parts(
    content: FormContent, custom: list[custom_fields.Field], values: Values
) -> dict[Part, Texts]:
    """Return the parts of a contact that form values stand for."""
    parts: dict[Part, Texts] = {
        ("head", name): (content.parts_before.get(("head", name), ("",))[0],) for name in HEAD
    }
    for name in HEAD:
        if name in values:
            parts["head", name] = (values[name],)
    for tag in validators.parse_tags(values["tags"])[0]:
        parts["tag", fold(tag)] = (tag,)
    for nickname in filter(None, map(str.strip, values["nicknames"].split(","))):
        parts["nickname", fold(nickname)] = (nickname,)
    if values["birthday"].strip():
        parts["day", "birthday"] = (values["birthday"].strip(),)
    for each in custom:
        if text := values.get(f"custom_{each.id}", "").strip():
            parts["field", each.name] = (text,)
    parts.update(_entry_parts(content, values))
    return parts


def _entry_key(entry: tuple[str, object]) -> tuple[int, int]:
    """Return the sort key of an entry: by kind, then by number."""
    name, _, number = entry[0].partition("-")
    return _ENTRY_ORDER.index(name), int(number)


def _entry_parts(content: FormContent, values: Values) -> dict[Part, Texts]:
    """Return the parts of all entries that have a value; new ones get negative numbers."""
    entries: dict[str, dict[str, str]] = {}
    for name, text in values.items():
        entry, _, cell = name.rpartition("-")
        if entry:
            entries.setdefault(entry, {})[cell] = text
    parts: dict[Part, Texts] = {}
    for number, (entry, cells) in enumerate(sorted(entries.items(), key=_entry_key), 1):
        found = _entry_part(content, entry, cells, -number)
        if found is not None:
            parts[found[0]] = found[1]
    return parts


def _entry_part(
    content: FormContent, entry: str, cells: dict[str, str], new_number: int
) -> tuple[Part, Texts] | None:
    """Return the part of an entry; None if the entry is blank."""
    name = entry.partition("-")[0]
    part = content.parts.get(entry)
    if name == "address":
        if not any(cells[each].strip() for each in _ADDRESS[1:]):
            return None
        return part or ("address", new_number), tuple(cells[each].strip() for each in _ADDRESS)
    value = cells["value"].strip()
    if not value:
        return None
    if name == "day":
        return ("day", fold(cells["label"]) or "anniversary"), (value,)
    if name == "relation":
        side = content.parts_before[part][2] if part else ""
        return part or ("relation", new_number), (cells["label"], value, side)
    texts = (name, value, cells["label"].strip(), *_MARKS[cells["mark"]])
    return part or ("point", new_number), texts
