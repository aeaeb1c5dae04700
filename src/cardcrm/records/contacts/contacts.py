"""Contacts: the cards themselves. Adding, reading and removing them with all that is on them."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cardcrm import dates
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.contact_points import Point
from cardcrm.records.contacts.names import name_of
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Store
from cardcrm.store.ahead import Question, asked_ahead
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold, near, tidy, tidy_block

if TYPE_CHECKING:  # a tenth of the start of commands that write no card
    from cardcrm.records.contacts.drafts import ContactDraft

KINDS = ("person", "org")
STAGES = ("lead", "prospect", "customer", "lapsed", "partner", "other")


# Records are named tuples: each is defined at every start, and a dataclass costs eight times as
# much to define (0.5 ms).


class Contact(NamedTuple):
    """The head of a card. Days are ISO text; ``last_on`` is the day of the last interaction and
    ``touch_on`` the day by which the cadence asks for the next.
    """

    id: int
    uid: str
    kind: str
    name: str
    given: str
    family: str
    org_id: int | None
    org: str
    title: str
    note: str
    source: str
    stage: str
    owner: str
    cadence_days: int | None
    ref: str
    created_at: str
    updated_at: str
    last_on: str | None
    touch_on: str | None


class Address(NamedTuple):
    """A postal address of a contact."""

    id: int
    label: str
    street: str
    city: str
    region: str
    postcode: str
    country: str


class YearlyDay(NamedTuple):
    """A birthday or other day that comes back each year; ``day`` is 'YYYY-MM-DD' or '--MM-DD'."""

    id: int
    label: str
    day: str


class Relation(NamedTuple):
    """``other`` is ``kind`` of this contact; ``inverse`` when it was written on the other card."""

    id: int
    kind: str
    other_id: int
    other: str
    inverse: bool


class Details(NamedTuple):
    """Everything written on one card, but for its history, reminders and sales."""

    contact: Contact
    nicknames: tuple[str, ...]
    points: tuple[Point, ...]
    addresses: tuple[Address, ...]
    days: tuple[YearlyDay, ...]
    tags: tuple[str, ...]
    fields: tuple[custom_fields.FieldValue, ...]
    relations: tuple[Relation, ...]


HEAD = (
    "SELECT c.*, coalesce(o.name, '') AS org FROM contact c LEFT JOIN contact o ON o.id = c.org_id"
)


def is_empty(store: Store) -> bool:
    """Whether there is no card at all."""
    return not store.rows("SELECT 1 FROM contact LIMIT 1")


def get(store: Store, contact_id: int) -> Contact:
    """One card's head. Raises NotFoundError."""
    row = store.row(f"{HEAD} WHERE c.id = :id", id=contact_id)
    if row is None:
        raise NotFoundError(f"there is no card {contact_id}")
    return contact_of(row)


def contact_of(row: Row) -> Contact:
    """A row selected with `HEAD` as a Contact."""
    return Contact(
        row["id"],
        row["uid"],
        row["kind"],
        row["name"],
        row["given"],
        row["family"],
        row["org_id"],
        row["org"],
        row["title"],
        row["note"],
        row["source"],
        row["stage"],
        row["owner"],
        row["cadence_days"],
        row["ref"] or "",
        row["created_at"],
        row["updated_at"],
        row["last_on"],
        row["touch_on"],
    )


def details(store: Store, contact_id: int) -> Details:
    """Everything on one card. Raises NotFoundError."""
    with asked_ahead(store, *asked(contact_id)):
        return Details(
            get(store, contact_id),
            tuple(nicknames_of(store, contact_id)),
            tuple(points_of(store, contact_id)),
            tuple(addresses_of(store, contact_id)),
            tuple(days_of(store, contact_id)),
            tuple(tags_of(store, contact_id)),
            tuple(custom_fields.values_of(store, contact_id)),
            tuple(relations_of(store, contact_id)),
        )


def asked(contact_id: int) -> list[Question]:
    """What `details` asks, none of it waiting for another's answer."""
    parts = (
        get,
        nicknames_of,
        points_of,
        addresses_of,
        days_of,
        tags_of,
        custom_fields.values_of,
        relations_of,
    )
    return [partial(part, contact_id=contact_id) for part in parts]


def nicknames_of(store: Store, contact_id: int) -> list[str]:
    """A card's nicknames in the order they were written."""
    return [
        row[0]
        for row in store.rows(
            "SELECT name FROM nickname WHERE contact_id = :id ORDER BY id", id=contact_id
        )
    ]


def days_of(store: Store, contact_id: int) -> list[YearlyDay]:
    """A card's yearly days in the order they were written."""
    return [
        YearlyDay(*row)
        for row in store.rows(
            "SELECT id, label, day FROM yearly_day WHERE contact_id = :id ORDER BY id",
            id=contact_id,
        )
    ]


def addresses_of(store: Store, contact_id: int) -> list[Address]:
    """A card's addresses in the order they were written."""
    return [
        Address(*row)
        for row in store.rows(
            "SELECT id, label, street, city, region, postcode, country FROM address "
            "WHERE contact_id = :id ORDER BY id",
            id=contact_id,
        )
    ]


def points_of(store: Store, contact_id: int) -> list[Point]:
    """A card's contact points in the order they were written."""
    return [
        Point(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]), bool(row[7]))
        for row in store.rows(
            "SELECT id, contact_id, kind, value, value_key, label, opted_out, invalid FROM point "
            "WHERE contact_id = :id ORDER BY id",
            id=contact_id,
        )
    ]


def tags_of(store: Store, contact_id: int) -> list[str]:
    """A card's tags by name."""
    return [
        row[0]
        for row in store.rows(
            "SELECT name FROM tag WHERE contact_id = :id ORDER BY name", id=contact_id
        )
    ]


# Whoever is told to work at an organisation has it as theirs, in the head of the card.
WORKS_AT = "works at"


def relations_of(store: Store, contact_id: int) -> list[Relation]:
    """A card's relations, those written on it first, then those written on the other cards.

    Where somebody works is said by the head of their card, and not here again.
    """
    return [
        Relation(row[0], row[1], row[2], row[3], bool(row[4]))
        for row in store.rows(
            "SELECT r.id, r.kind, r.other_id, c.name, 0 FROM relation r "
            "JOIN contact c ON c.id = r.other_id JOIN contact m ON m.id = r.contact_id "
            "WHERE r.contact_id = :id AND (r.kind <> :works OR coalesce(m.org_id, 0) <> c.id) "
            "UNION ALL SELECT r.id, r.kind, r.contact_id, c.name, 1 FROM relation r "
            "JOIN contact c ON c.id = r.contact_id "
            "WHERE r.other_id = :id AND (r.kind <> :works OR coalesce(c.org_id, 0) <> :id) "
            "ORDER BY 5, 1",
            id=contact_id,
            works=WORKS_AT,
        )
    ]


@retry_transaction
def add(store: Store, draft: "ContactDraft") -> Contact:
    """Keep a new card. Raises UsageError where the draft makes no sense."""
    from cardcrm.records.contacts.parts import write_parts

    with store.transaction():
        contact_id = insert_head(store, draft)
        write_parts(store, contact_id, draft, is_new=True)
    return get(store, contact_id)


def insert_head(store: Store, draft: "ContactDraft") -> int:
    """Write a card's head alone; its id."""
    if draft.kind not in KINDS:
        raise UsageError(f"“{draft.kind}” is no kind of card", "A card is a person or an org.")
    name = name_of(draft)
    now = dates.stamp()
    return store.insert(
        "contact",
        uid=tidy(draft.uid) or new_uid(),
        kind=draft.kind,
        name=name.full,
        given=name.given,
        family=name.family,
        name_key=name.key,
        sort_key=name.sort,
        org_id=org_named(store, draft.org) if draft.org.strip() else None,
        title=tidy(draft.title),
        title_key=fold(draft.title),
        note=tidy_block(draft.note),
        source=tidy(draft.source),
        stage=stage_of(draft.stage),
        owner=tidy(draft.owner),
        cadence_days=dates.parse_span(draft.every) if draft.every else None,
        ref=tidy(draft.ref) or None,
        created_at=now,
        updated_at=now,
    )


def stage_of(text: str) -> str:
    """A lifecycle stage as written; `lead` where none is. Raises UsageError for an unknown one."""
    stage = fold(text) or "lead"
    if stage not in STAGES:
        like = near(stage, STAGES)
        raise UsageError(
            f"“{text}” is no lifecycle stage",
            (f"Did you mean {like[0]}? " if like else "") + f"There are: {', '.join(STAGES)}.",
        )
    return stage


def org_named(store: Store, name: str) -> int:
    """The organisation of that name, made if it has no card yet."""
    from cardcrm.records.contacts.drafts import ContactDraft

    draft = ContactDraft(name=name, kind="org")
    found = store.value(
        "SELECT id FROM contact WHERE name_key = :key AND kind = 'org' ORDER BY id LIMIT 1",
        key=name_of(draft).key,
    )
    return int(found) if found else insert_head(store, draft)


def touch_card(store: Store, contact_id: int) -> None:
    """Note that a card was changed just now."""
    store.update("contact", contact_id, updated_at=dates.stamp())


# What goes with a card when it goes, children before parents.
PARTS = ("nickname", "point", "address", "yearly_day", "tag", "field_value", "reminder")


@retry_transaction
def remove(store: Store, ids: Sequence[int]) -> None:
    """Remove cards with everything on them; interactions stay while someone else took part."""
    with store.transaction():
        for contact_id in ids:
            _remove_one(store, contact_id)


def _remove_one(store: Store, contact_id: int) -> None:
    for row in store.rows("SELECT id FROM sale WHERE contact_id = :id", id=contact_id):
        store.delete_where("sale_line", "sale_id", row["id"])
        store.delete("sale", row["id"])
    taken = store.rows(
        "SELECT interaction_id AS id FROM participant WHERE contact_id = :id", id=contact_id
    )
    store.delete_where("participant", "contact_id", contact_id)
    for row in taken:
        if not store.value("SELECT 1 FROM participant WHERE interaction_id = :id", id=row["id"]):
            store.delete("interaction", row["id"])
    for table in PARTS:
        store.delete_where(table, "contact_id", contact_id)
    for column in ("contact_id", "other_id"):
        store.delete_where("relation", column, contact_id)
    for row in store.rows("SELECT id FROM contact WHERE org_id = :id", id=contact_id):
        store.update("contact", row["id"], org_id=None)
    store.delete("contact", contact_id)
