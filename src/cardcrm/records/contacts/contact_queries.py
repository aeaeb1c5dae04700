"""Read contacts and their parts."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cardcrm.errors import NotFoundError
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.contact_derived import WRITTEN_TAG
from cardcrm.records.contacts.contact_points import ContactPoint
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row

# Records are named tuples: each is defined at every start, and defining a dataclass takes eight
# times as long (0.5 ms).


class Contact(NamedTuple):
    """A contact without its parts.

    Days are ISO text: ``last_on`` of the last interaction, ``touched_on`` of the last that reached
    the contact, and ``touch_by`` of the next that its cadence asks for. ``stated`` and ``vcard_n``
    are those of `names`.
    """

    id: int
    uid: str
    kind: str
    name: str
    prefix: str
    given: str
    middle: str
    family: str
    suffix: str
    name_order: str
    sort_as: str
    vcard_n: str
    stated: str
    name_key: str
    sort_key: str
    org_id: int | None
    org: str
    title: str
    role: str
    language: str
    timezone: str
    gender: str
    note: str
    source: str
    stage: str
    status: str
    owner: str
    cadence_days: int | None
    ref: str
    created_at: str
    updated_at: str
    last_on: str | None
    touched_on: str | None
    touch_by: str | None
    snoozed_until: str | None
    snoozed_from: str | None
    mvc_since: str | None


class Address(NamedTuple):
    """A postal address of a contact."""

    id: int
    label: str
    street: str
    city: str
    region: str
    postcode: str
    country: str
    latitude: float | None
    longitude: float | None


class Anniversary(NamedTuple):
    """A birthday or other yearly day; ``day`` is as `dates.anniversaries` stores it."""

    id: int
    label: str
    day: str


class Relation(NamedTuple):
    """``other`` is ``kind`` of this contact; ``inverse`` if the other contact stores it."""

    id: int
    kind: str
    other_id: int
    other: str
    inverse: bool


class Details(NamedTuple):
    """A contact with its parts, but without its history, reminders and sales."""

    contact: Contact
    nicknames: tuple[str, ...]
    points: tuple[ContactPoint, ...]
    addresses: tuple[Address, ...]
    days: tuple[Anniversary, ...]
    tags: tuple[str, ...]
    fields: tuple[custom_fields.FieldValue, ...]
    relations: tuple[Relation, ...]


HEAD = (
    "SELECT c.*, coalesce(o.name, '') AS org FROM contact c LEFT JOIN contact o ON o.id = c.org_id"
)


def is_empty(store: Store) -> bool:
    """Return whether the database has no contact."""
    return not store.rows("SELECT 1 FROM contact LIMIT 1")


def find_last_id(store: Store) -> int:
    """Return the highest id of a contact, 0 without one."""
    return int(store.value("SELECT max(id) FROM contact") or 0)


def get(store: Store, contact_id: int) -> Contact:
    """Return a contact by its id. Raises NotFoundError."""
    return store.fetch(get_query(contact_id))


def get_query(contact_id: int) -> Query[Contact]:
    """Build the query of `get`."""

    def parse(rows: list[Row]) -> Contact:
        if not rows:
            raise NotFoundError(f"contact {contact_id} does not exist")
        return contact_of(rows[0])

    return Query(f"{HEAD} WHERE c.id = :id", {"id": contact_id}, parse)


def contact_of(row: Row) -> Contact:
    """Build a contact from a row selected with `HEAD`."""
    values = {name: row[name] for name in Contact._fields}
    return Contact(**{**values, "ref": values["ref"] or ""})


def details(store: Store, contact_id: int) -> Details:
    """Return a contact with all its parts. Raises NotFoundError."""
    return details_of(store.fetch_many(details_queries(contact_id)))


def details_queries(contact_id: int) -> list[Query[Any]]:
    """Build the queries of `details`; `details_of` puts their results together."""
    return [get_query(contact_id), *(_part_query(name, contact_id) for name in _PARTS)]


def details_of(results: Sequence[Any]) -> Details:
    """Return the details of a contact from the results of `details_queries`."""
    contact, *parts = results
    return Details(contact, *map(tuple, parts))


def points_of(store: Store, contact_id: int) -> list[ContactPoint]:
    """Return a contact's email addresses, phones and other points, oldest first."""
    return store.fetch(_part_query("points", contact_id))


def addresses_of(store: Store, contact_id: int) -> list[Address]:
    """Return the addresses of a contact in the order they were added."""
    return store.fetch(_part_query("addresses", contact_id))


def count_tags(store: Store) -> list[tuple[str, int]]:
    """Return all tags as they were written first, with their numbers of contacts."""
    rows = store.rows(
        f"SELECT {WRITTEN_TAG} AS tag, g.many FROM (SELECT name AS own, count(*) AS many, "
        "min(id) AS first FROM tag GROUP BY name) g JOIN tag ON tag.id = g.first "
        "ORDER BY g.many DESC, name"
    )
    return [(row[0], row[1]) for row in rows]


def tags_of(store: Store, contact_id: int) -> list[str]:
    """Return the tags of a contact by name."""
    return store.fetch(_part_query("tags", contact_id))


def relations_of(store: Store, contact_id: int) -> list[Relation]:
    """Return the relations of a contact: its own, then those stored with other contacts.

    The organization where a person works is in ``org_id``, and left out here.
    """
    return store.fetch(_part_query("relations", contact_id))


# A person who works at an organization has it in ``org_id``, and no relation of this kind.
WORKS_AT = "works at"
REFERRED_BY = "referred by"  # the other contact brought this one

# The query of each part, and the record that a row becomes, in the order of `Details`.
_PARTS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "nicknames": (
        "SELECT name FROM nickname WHERE contact_id = :id ORDER BY id",
        lambda row: row[0],
    ),
    "points": (
        "SELECT id, contact_id, kind, value, value_key, label, opted_out, invalid FROM point "
        "WHERE contact_id = :id ORDER BY id",
        lambda row: ContactPoint(
            row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]), bool(row[7])
        ),
    ),
    "addresses": (
        f"SELECT {', '.join(Address._fields)} FROM address WHERE contact_id = :id ORDER BY id",
        lambda row: Address(*row),
    ),
    "days": (
        "SELECT id, label, day FROM yearly_day WHERE contact_id = :id ORDER BY id",
        lambda row: Anniversary(*row),
    ),
    "tags": (
        f"SELECT {WRITTEN_TAG} FROM tag WHERE contact_id = :id ORDER BY name",
        lambda row: row[0],
    ),
    "fields": (custom_fields.VALUES, lambda row: custom_fields.FieldValue(*row)),
    "relations": (
        "SELECT r.id, r.kind, r.other_id, c.name, 0 FROM relation r "
        "JOIN contact c ON c.id = r.other_id JOIN contact m ON m.id = r.contact_id "
        f"WHERE r.contact_id = :id AND (r.kind <> '{WORKS_AT}' OR coalesce(m.org_id, 0) <> c.id) "
        "UNION ALL SELECT r.id, r.kind, r.contact_id, c.name, 1 FROM relation r "
        "JOIN contact c ON c.id = r.contact_id "
        f"WHERE r.other_id = :id AND (r.kind <> '{WORKS_AT}' OR coalesce(c.org_id, 0) <> :id) "
        "ORDER BY 5, 1",
        lambda row: Relation(row[0], row[1], row[2], row[3], bool(row[4])),
    ),
}


def _part_query(name: str, contact_id: int) -> Query[list[Any]]:
    sql, parse = _PARTS[name]
    return Query(sql, {"id": contact_id}, lambda rows: [parse(row) for row in rows])
