"""Changing what stands on cards, one or many of them at once."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts import contact_points, contacts, custom_fields, parts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, DayDraft, PointDraft
from cardcrm.records.contacts.names import name_of
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold, near, tidy, tidy_block

_SEVERAL = ("email", "phone", "web", "social", "nick", "day", "relation")  # each with its option


class Edit(NamedTuple):
    """What to change: ``values`` as (field, text) pairs, where empty text clears; ``more`` is added
    beside the head; ``less`` names points, nicknames, relations or yearly days to take off;
    ``tags`` are put on and ``untag`` taken off.
    """

    values: tuple[tuple[str, str], ...] = ()
    more: ContactDraft = ContactDraft()
    less: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    untag: tuple[str, ...] = ()


@retry_transaction
def edit(store: Store, ids: Collection[int], change: Edit) -> int:
    """Change cards in one transaction; how many changed. Raises UsageError, NotFoundError."""
    changed = 0
    with store.transaction():
        for contact_id in ids:
            changed += _edit_one(store, contact_id, change)
    return changed


def _edit_one(store: Store, contact_id: int, change: Edit) -> bool:
    contacts.get(store, contact_id)
    before = store.changes_made
    for name, text in change.values:
        put(store, contact_id, name, text)
    for what in change.less:
        _take_off(store, contact_id, what)
    more = change.more
    if more.points:
        parts.add_points(store, contact_id, more.points, places(store, contact_id))
    parts.write_parts(store, contact_id, more._replace(points=()))
    parts.add_tags(store, contact_id, change.tags)
    parts.remove_tags(store, contact_id, change.untag)
    if store.changes_made == before:
        return False
    contacts.touch_card(store, contact_id)
    return True


def put(store: Store, contact_id: int, name: str, text: str) -> None:
    """Write a field, one of `SETTABLE` or a custom one; empty text clears it. Raises UsageError."""
    setter = _SETTERS.get(name)
    if setter is not None:
        setter(store, contact_id, text)
        return
    if custom_fields.find(store, name) is None:
        known = [*_SETTERS, *(each.name for each in custom_fields.fields(store))]
        raise UsageError(f"there is no field “{name}” to set", _how_to_set(name, known))
    custom_fields.put(store, contact_id, name, text)


def _how_to_set(name: str, known: list[str]) -> str:
    """The hint for what cannot be set: a card has several of it, or no such field is there."""
    if name in _SEVERAL:
        return f"A card may have several: --{name} adds one, --remove takes one off."
    if name in ("tag", "tags"):
        return "Tags are put on and taken off by: cardcrm tag WHO +vip -cold"
    like = near(name, known)
    there = f"Did you mean {like[0]}?" if like else f"There are: {', '.join(known)}."
    return f'{there} A new one: cardcrm field add "{name}"'


def _set_name(store: Store, contact_id: int, text: str) -> None:
    kind = contacts.get(store, contact_id).kind
    _rename(store, contact_id, ContactDraft(name=text, kind=kind))


def _rename(store: Store, contact_id: int, draft: ContactDraft) -> None:
    name = name_of(draft)
    store.update(
        "contact",
        contact_id,
        name=name.full,
        given=name.given,
        family=name.family,
        name_key=name.key,
        sort_key=name.sort,
    )


def _set_given(store: Store, contact_id: int, text: str) -> None:
    family = _person(store, contact_id).family
    _rename(store, contact_id, ContactDraft(given=text, family=family))


def _set_family(store: Store, contact_id: int, text: str) -> None:
    given = _person(store, contact_id).given
    _rename(store, contact_id, ContactDraft(given=given, family=text))


def _person(store: Store, contact_id: int) -> contacts.Contact:
    """A card whose name has parts. Raises UsageError for an organisation's."""
    contact = contacts.get(store, contact_id)
    if contact.kind == "org":
        raise UsageError(f"{contact.name} is an organisation", "Set its name instead.")
    return contact


def _set_kind(store: Store, contact_id: int, text: str) -> None:
    kind = fold(text)
    if kind not in contacts.KINDS:
        raise UsageError(f"“{text}” is no kind of card", "A card is a person or an org.")
    name = contacts.get(store, contact_id).name
    store.update("contact", contact_id, kind=kind)
    _rename(store, contact_id, ContactDraft(name=name, kind=kind))


def _set_org(store: Store, contact_id: int, text: str) -> None:
    org = contacts.org_named(store, text) if tidy(text) else None
    if org == contact_id:
        raise UsageError("an organisation cannot work at itself")
    store.update("contact", contact_id, org_id=org)


def _set_title(store: Store, contact_id: int, text: str) -> None:
    store.update("contact", contact_id, title=tidy(text), title_key=fold(text))


def _set_every(store: Store, contact_id: int, text: str) -> None:
    days = None if fold(text) in ("", "none", "never") else dates.parse_span(text)
    store.update("contact", contact_id, cadence_days=days)


def _set_stage(store: Store, contact_id: int, text: str) -> None:
    store.update("contact", contact_id, stage=contacts.stage_of(text))


def _set_note(store: Store, contact_id: int, text: str) -> None:
    store.update("contact", contact_id, note=tidy_block(text))


def _column(name: str) -> Callable[[Store, int, str], None]:
    def setter(store: Store, contact_id: int, text: str) -> None:
        store.update("contact", contact_id, **{name: tidy(text)})

    return setter


def _set_birthday(store: Store, contact_id: int, text: str) -> None:
    if tidy(text):
        parts.add_days(store, contact_id, (DayDraft("birthday", text),))
    else:
        take_days_off(store, contact_id, "birthday")


def _place(column: str) -> Callable[[Store, int, str], None]:
    """Set a part of the card's first address, making the address where there is none."""

    def setter(store: Store, contact_id: int, text: str) -> None:
        known = store.row(
            "SELECT id FROM address WHERE contact_id = :id ORDER BY id LIMIT 1", id=contact_id
        )
        values: dict[str, Any] = {column: tidy(text)}
        if column == "city":
            values["city_key"] = fold(text)
        if known is None:
            draft = AddressDraft(**{column: text})
            parts.add_addresses(store, contact_id, (draft,))
        else:
            store.update("address", known["id"], **values)
            _drop_if_empty(store, known["id"])

    return setter


def _drop_if_empty(store: Store, address_id: int) -> None:
    """Take an address off of which nothing is left but perhaps its label."""
    row = store.row(
        "SELECT street, city, region, postcode, country FROM address WHERE id = :id", id=address_id
    )
    if row is not None and not any(row):
        store.delete("address", address_id)


_SETTERS: dict[str, Callable[[Store, int, str], None]] = {
    "name": _set_name,
    "given": _set_given,
    "family": _set_family,
    "kind": _set_kind,
    "org": _set_org,
    "title": _set_title,
    "note": _set_note,
    "source": _column("source"),
    "stage": _set_stage,
    "owner": _column("owner"),
    "every": _set_every,
    "birthday": _set_birthday,
    **{name: _place(name) for name in ("street", "city", "region", "postcode", "country")},
}

SETTABLE = tuple(_SETTERS)


def take_days_off(store: Store, contact_id: int, label: str) -> bool:
    """Take the yearly days of that label off a card; whether there were any."""
    rows = store.rows(
        "SELECT id FROM yearly_day WHERE contact_id = :id AND label = :label",
        id=contact_id,
        label=label,
    )
    for row in rows:
        store.delete("yearly_day", row["id"])
    return bool(rows)


def places(store: Store, contact_id: int) -> list[AddressDraft]:
    """A card's addresses as drafts, which tell of what country its phone numbers may be."""
    return [AddressDraft(*each[1:]) for each in contacts.addresses_of(store, contact_id)]


def _take_off(store: Store, contact_id: int, what: str) -> None:
    """Take a point, nickname, yearly day or relation off a card. Raises NotFoundError."""
    key = fold(what)
    gone = [("point", point.id) for point in _points_meant(store, contact_id, what)]
    gone += [
        ("nickname", row["id"])
        for row in store.rows(
            "SELECT id FROM nickname WHERE contact_id = :id AND name_key = :key",
            id=contact_id,
            key=key,
        )
    ]
    gone += _relations_meant(store, contact_id, what)
    for table, row_id in gone:
        store.delete(table, row_id)
    left = _leaves_org(store, contact_id, what)
    if not gone and not left and not take_days_off(store, contact_id, key):
        raise NotFoundError(
            f"the card has no “{what}”", "Name a contact point, nickname, day or KIND=WHO."
        )


def _points_meant(store: Store, contact_id: int, value: str) -> list[contact_points.Point]:
    keys = {value.casefold().strip(), contact_points.web_key(value)}
    if contact_points.looks_like_phone(value):
        told = PointDraft("phone", value)
        at_home = places(store, contact_id)
        keys.add(contact_points.normalise(told, store.locale.region, at_home)[1])
        keys.add(contact_points.phone_key(value, store.locale.region))
    return [point for point in contacts.points_of(store, contact_id) if point.key in keys]


def _relations_meant(store: Store, contact_id: int, what: str) -> list[tuple[str, int]]:
    kind, _, who = what.partition("=")
    if not who:
        return []
    other = resolve(store, who).id
    return [
        ("relation", relation.id)
        for relation in contacts.relations_of(store, contact_id)
        if relation.kind == fold(kind) and relation.other_id == other
    ]


def _leaves_org(store: Store, contact_id: int, what: str) -> bool:
    """Whether ``works at=ORG`` was meant, and they work there no more."""
    kind, _, who = what.partition("=")
    org_id = contacts.get(store, contact_id).org_id
    if not who or fold(kind) != contacts.WORKS_AT or resolve(store, who).id != org_id:
        return False
    return store.update("contact", contact_id, org_id=None)


def _points_hint(store: Store, contact_id: int) -> str:
    there = ", ".join(point.value for point in contacts.points_of(store, contact_id))
    return f"There are: {there}." if there else "It has none yet."


@retry_transaction
def set_point(
    store: Store,
    contact_id: int,
    value: str,
    *,
    opted_out: bool | None = None,
    invalid: bool | None = None,
) -> None:
    """Mark a contact point as opted out or invalid, or take the mark off. Raises NotFoundError."""
    marks = {"opted_out": opted_out, "invalid": invalid}
    values = {name: int(mark) for name, mark in marks.items() if mark is not None}
    found = _points_meant(store, contact_id, value)
    if not found:
        raise NotFoundError(
            f"the card has no contact point “{value}”", _points_hint(store, contact_id)
        )
    with store.transaction():
        for point in found:
            store.update("point", point.id, **values)
