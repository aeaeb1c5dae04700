"""Compare two contacts field by field before they are merged."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_queries, custom_fields, merge
from cardcrm.records.contacts.contact_queries import Address, Details
from cardcrm.records.contacts.contact_type import CADENCE, POINT_KINDS
from cardcrm.records.contacts.custom_fields import MERGED_FROM
from cardcrm.records.contacts.merge import FIRST, NO_CHOICES, SECOND, Choices
from cardcrm.records.references import references_to
from cardcrm.store import Store
from cardcrm.store.retry import try_in_transaction

_PARTS = frozenset(("nickname", "point", "address", "tag", "yearly_day", "field_value"))
_INTERNAL = frozenset(("contact", "merged_id", "distinct_pair"))


class MergeField(NamedTuple):
    """A field of two contacts, as text, and of the contact that a merge makes of them.

    ``is_choice`` tells that only one of two values can stay; other values come together.
    """

    key: str
    label: str
    first: str
    second: str
    merged: str = ""
    is_choice: bool = False


Texts = dict[str, tuple[str, str]]


def compare_contacts(store: Store, first_id: int, second_id: int) -> list[MergeField]:
    """Return the fields that either contact has, in their order. Raises NotFoundError."""
    first, second = (_describe(store, each) for each in (first_id, second_id))
    return list(_pair(first, second))


def preview_merge(
    store: Store,
    first_id: int,
    second_id: int,
    choices: Choices = NO_CHOICES,
    values: Mapping[str, str] = NO_CHOICES,
) -> list[MergeField]:
    """Return the fields of both contacts with what a merge would make of them, and change nothing.

    Raises what `merge.merge` raises.
    """
    fields = compare_contacts(store, first_id, second_id)

    def work() -> Texts:
        merge.merge(store, first_id, second_id, choices, values)
        return _describe(store, first_id)

    after = try_in_transaction(store, work)
    known = {each.key for each in fields}
    more = [
        MergeField(key, label, "", "")
        for key, (label, text) in after.items()
        if text and key not in known
    ]
    return [
        each._replace(merged=after[each.key][1] if each.key in after else "")
        for each in (*fields, *more)
    ]


def read_choices(
    fields: Iterable[MergeField], takes: Iterable[tuple[str, str]], prefer: str = FIRST
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the choices and own values that FIELD=A, FIELD=B and FIELD=VALUE mean.

    The fields that are not named are taken from the preferred contact. Raises UsageError.
    """
    known = {each.key: each for each in fields}
    choices = {each.key: SECOND for each in known.values() if each.is_choice and prefer == SECOND}
    values: dict[str, str] = {}
    for name, text in takes:
        field = _find_field(known, name)
        side = {"A": FIRST, "B": SECOND}.get(text.strip())
        if side is None:
            values[field.key] = text
        elif field.is_choice:
            choices[field.key] = side
    return choices, values


def _find_field(known: Mapping[str, MergeField], name: str) -> MergeField:
    """Return the field of a key or label. Raises UsageError."""
    wanted = name.strip().lower()
    for field in known.values():
        if wanted in (field.key, field.label):
            if field.key in _LISTS:
                raise UsageError(
                    f"{field.label}: the values of both contacts stay",
                    "To remove one afterwards: cardcrm edit WHO --remove VALUE",
                )
            return field
    names = ", ".join(each.key for each in known.values() if each.is_choice)
    raise UsageError(
        f"neither contact has a field “{name}”",
        f"The contacts differ in: {names}." if names else "The contacts differ in no field.",
    )


def _pair(first: Texts, second: Texts) -> Iterable[MergeField]:
    for key in _merge_orders([*first], [*second]):
        label = (first.get(key) or second[key])[0]
        mine, theirs = (side.get(key, ("", ""))[1] for side in (first, second))
        if not mine and not theirs:
            continue
        is_choice = bool(mine and theirs and mine != theirs) and key not in _LISTS
        yield MergeField(key, label, mine, theirs, "", is_choice)


def _merge_orders(first: list[str], second: list[str]) -> list[str]:
    """Return the keys of two contacts; those of the second alone follow those before them."""
    found = list(first)
    place = 0
    for key in second:
        if key in found:
            place = found.index(key) + 1
        else:
            found.insert(place, key)
            place += 1
    return found


_LISTS = frozenset((*POINT_KINDS, "nicknames", "addresses", "tags", "relations", "note", "ref"))


def _describe(store: Store, contact_id: int) -> Texts:
    """Return the label and the text of each field that a contact has, by its key."""
    details = contact_queries.details(store, contact_id)
    head = details.contact
    found: Texts = {
        "name": ("name", head.name),
        "title": ("role", head.title),
        "org": ("organization", head.org),
        "stage": ("stage", head.stage),
        "status": ("status", head.status),
        "source": ("source", head.source),
        "owner": ("owner", head.owner),
        "every": ("cadence", CADENCE.format(head.cadence_days, store)),
    }
    for kind in POINT_KINDS:
        found[kind] = (kind, _join(each.value for each in details.points if each.kind == kind))
    found["addresses"] = ("addresses", _join(map(_format_address, details.addresses)))
    found |= {each.label: (each.label, each.day) for each in details.days}
    found["nicknames"] = ("nicknames", _join(details.nicknames))
    found["tags"] = ("tags", _join(details.tags))
    found |= _describe_rest(details)
    found |= {name: (name, count) for name, count in _count_rows(store, contact_id)}
    return found


def _describe_rest(details: Details) -> Texts:
    merged_from = custom_fields.field_name(MERGED_FROM)
    found = {
        each.name: (each.label, each.text) for each in details.fields if each.name != merged_from
    }
    relations = (f"{each.kind} {each.other}" for each in details.relations)
    found["relations"] = ("relations", _join(relations))
    found["note"] = ("note", details.contact.note)
    found["ref"] = ("reference", details.contact.ref)
    return found


def _join(texts: Iterable[str]) -> str:
    return "; ".join(texts)


def _format_address(address: Address) -> str:
    parts = (address.street, address.postcode, address.city, address.region, address.country)
    return ", ".join(filter(None, parts))


def _count_rows(store: Store, contact_id: int) -> Iterable[tuple[str, str]]:
    """Yield the nouns that refer to a contact, each with the number of its rows."""
    for type_, field in references_to("contact"):
        if type_.table_name in _PARTS | _INTERNAL | {"relation"}:
            continue
        sql = f"SELECT count(*) FROM {type_.table_name} WHERE {field.column} = :id"
        if count := store.value(sql, id=contact_id):
            name = "interactions" if type_.table_name == "participant" else type_.plural
            yield name, str(count)
