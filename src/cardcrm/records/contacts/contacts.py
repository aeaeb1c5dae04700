"""Contacts: the cards themselves. Adding, reading and removing them with all that is on them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.contact_points import Point
from cardcrm.records.contacts.names import name_of
from cardcrm.records.contacts.uids import new_uid
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import first_column
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
    return store.fetch(get_query(contact_id))


def get_query(contact_id: int) -> Query[Contact]:
    """Build the query of `get`."""

    def parse(rows: list[Row]) -> Contact:
        if not rows:
            raise NotFoundError(f"there is no card {contact_id}")
        return contact_of(rows[0])

    return Query(f"{HEAD} WHERE c.id = :id", {"id": contact_id}, parse)


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
    return details_of(store.fetch_many(details_queries(contact_id)))


def details_queries(contact_id: int) -> list[Query[Any]]:
    """Build the queries of `details`; `details_of` puts their results together."""
    parts = (
        get_query,
        nicknames_query,
        points_query,
        addresses_query,
        days_query,
        tags_query,
        custom_fields.values_query,
        relations_query,
    )
    return [part(contact_id) for part in parts]


def details_of(results: Sequence[Any]) -> Details:
    """Return the details of a contact from the results of `details_queries`."""
    contact, *parts = results
    return Details(contact, *map(tuple, parts))


def nicknames_of(store: Store, contact_id: int) -> list[str]:
    """A card's nicknames in the order they were written."""
    return store.fetch(nicknames_query(contact_id))


def nicknames_query(contact_id: int) -> Query[list[str]]:
    """Build the query of `nicknames_of`."""
    sql = "SELECT name FROM nickname WHERE contact_id = :id ORDER BY id"
    return Query(sql, {"id": contact_id}, first_column)


def days_query(contact_id: int) -> Query[list[YearlyDay]]:
    """Build the query of a contact's yearly days, in the order they were added."""
    sql = "SELECT id, label, day FROM yearly_day WHERE contact_id = :id ORDER BY id"
    return Query(sql, {"id": contact_id}, lambda rows: [YearlyDay(*row) for row in rows])


def addresses_of(store: Store, contact_id: int) -> list[Address]:
    """A card's addresses in the order they were written."""
    return store.fetch(addresses_query(contact_id))


def addresses_query(contact_id: int) -> Query[list[Address]]:
    """Build the query of `addresses_of`."""
    return Query(
        "SELECT id, label, street, city, region, postcode, country FROM address "
        "WHERE contact_id = :id ORDER BY id",
        {"id": contact_id},
        lambda rows: [Address(*row) for row in rows],
    )


def points_of(store: Store, contact_id: int) -> list[Point]:
    """A card's contact points in the order they were written."""
    return store.fetch(points_query(contact_id))


def points_query(contact_id: int) -> Query[list[Point]]:
    """Build the query of `points_of`."""
    return Query(
        "SELECT id, contact_id, kind, value, value_key, label, opted_out, invalid FROM point "
        "WHERE contact_id = :id ORDER BY id",
        {"id": contact_id},
        lambda rows: [
            Point(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]), bool(row[7]))
            for row in rows
        ],
    )


def tags_of(store: Store, contact_id: int) -> list[str]:
    """A card's tags by name."""
    return store.fetch(tags_query(contact_id))


def tags_query(contact_id: int) -> Query[list[str]]:
    """Build the query of `tags_of`."""
    sql = "SELECT name FROM tag WHERE contact_id = :id ORDER BY name"
    return Query(sql, {"id": contact_id}, first_column)


# Whoever is told to work at an organisation has it as theirs, in the head of the card.
WORKS_AT = "works at"


def relations_of(store: Store, contact_id: int) -> list[Relation]:
    """A card's relations, those written on it first, then those written on the other cards.

    Where somebody works is said by the head of their card, and not here again.
    """
    return store.fetch(relations_query(contact_id))


def relations_query(contact_id: int) -> Query[list[Relation]]:
    """Build the query of `relations_of`."""
    return Query(
        "SELECT r.id, r.kind, r.other_id, c.name, 0 FROM relation r "
        "JOIN contact c ON c.id = r.other_id JOIN contact m ON m.id = r.contact_id "
        "WHERE r.contact_id = :id AND (r.kind <> :works OR coalesce(m.org_id, 0) <> c.id) "
        "UNION ALL SELECT r.id, r.kind, r.contact_id, c.name, 1 FROM relation r "
        "JOIN contact c ON c.id = r.contact_id "
        "WHERE r.other_id = :id AND (r.kind <> :works OR coalesce(c.org_id, 0) <> :id) "
        "ORDER BY 5, 1",
        {"id": contact_id, "works": WORKS_AT},
        lambda rows: [Relation(row[0], row[1], row[2], row[3], bool(row[4])) for row in rows],
    )


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
@retry_transaction
def remove(store: Store, ids: Sequence[int]) -> None:
    """Remove contacts with everything on them; interactions stay while others took part."""
    from cardcrm.records.references import remove_row

    with store.transaction():
        for contact_id in ids:
            remove_row(store, "contact", contact_id)
