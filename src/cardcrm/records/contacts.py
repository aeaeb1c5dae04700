"""Contacts: the cards themselves. Adding, reading and removing them with all that is on them."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm import dates
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records import fields, points
from cardcrm.records.names import name_of
from cardcrm.records.points import Point
from cardcrm.records.uids import new_uid
from cardcrm.store import Store
from cardcrm.store.again import repeated
from cardcrm.store.engine import Row
from cardcrm.text import fold, near, tidy, tidy_block

if TYPE_CHECKING:  # a tenth of the start of commands that write no card
    from cardcrm.records.drafts import AddressDraft, ContactDraft, DayDraft, PointDraft

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
    fields: tuple[fields.FieldValue, ...]
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
    return Details(
        get(store, contact_id),
        tuple(
            row[0]
            for row in store.rows(
                "SELECT name FROM nickname WHERE contact_id = :id ORDER BY id", id=contact_id
            )
        ),
        tuple(points_of(store, contact_id)),
        tuple(
            Address(*row)
            for row in store.rows(
                "SELECT id, label, street, city, region, postcode, country FROM address "
                "WHERE contact_id = :id ORDER BY id",
                id=contact_id,
            )
        ),
        tuple(
            YearlyDay(*row)
            for row in store.rows(
                "SELECT id, label, day FROM yearly_day WHERE contact_id = :id ORDER BY id",
                id=contact_id,
            )
        ),
        tuple(tags_of(store, contact_id)),
        tuple(fields.values_of(store, contact_id)),
        tuple(relations_of(store, contact_id)),
    )


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


@repeated
def add(store: Store, draft: "ContactDraft") -> Contact:
    """Keep a new card. Raises UsageError where the draft makes no sense."""
    with store.transaction():
        contact_id = insert_head(store, draft)
        write_parts(store, contact_id, draft)
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
    from cardcrm.records.drafts import ContactDraft

    draft = ContactDraft(name=name, kind="org")
    found = store.value(
        "SELECT id FROM contact WHERE name_key = :key AND kind = 'org' ORDER BY id LIMIT 1",
        key=name_of(draft).key,
    )
    return int(found) if found else insert_head(store, draft)


def write_parts(store: Store, contact_id: int, draft: "ContactDraft") -> None:
    """Write what a draft has beside the head; what the card has already is left alone."""
    add_nicknames(store, contact_id, draft.nicknames)
    add_points(store, contact_id, draft.points)
    add_addresses(store, contact_id, draft.addresses)
    add_days(store, contact_id, draft.days)
    add_tags(store, contact_id, draft.tags)
    for name, text in draft.fields:
        fields.put(store, contact_id, name, text)
    for relation in draft.relations:
        add_relation(store, contact_id, relation.kind, relation.who)


def add_nicknames(store: Store, contact_id: int, names: Iterable[str]) -> None:
    """Write the nicknames that a card has not yet."""
    known = {
        row[0]
        for row in store.rows("SELECT name_key FROM nickname WHERE contact_id = :id", id=contact_id)
    }
    for name in filter(None, map(tidy, names)):
        if fold(name) not in known:
            known.add(fold(name))
            store.insert("nickname", contact_id=contact_id, name=name, name_key=fold(name))


def add_points(store: Store, contact_id: int, drafts: "Sequence[PointDraft]") -> None:
    """Write the contact points that a card has not yet; one opted out stays so."""
    if not drafts:
        return
    known = {(point.kind, point.key): point for point in points_of(store, contact_id)}
    seen = set(known)
    for draft in drafts:
        value, key = points.normalise(draft, store.customs.region)
        if (draft.kind, key) in known and draft.opted_out:
            store.update("point", known[draft.kind, key].id, opted_out=1)
        if (draft.kind, key) in seen:
            continue
        seen.add((draft.kind, key))
        store.insert(
            "point",
            contact_id=contact_id,
            kind=draft.kind,
            value=value,
            value_key=key,
            label=tidy(draft.label),
            opted_out=int(draft.opted_out),
            invalid=int(draft.invalid),
        )


def address_values(draft: "AddressDraft") -> dict[str, str]:
    """An address's columns, tidied."""
    return {
        "label": tidy(draft.label),
        "street": tidy(draft.street),
        "city": tidy(draft.city),
        "city_key": fold(draft.city),
        "region": tidy(draft.region),
        "postcode": tidy(draft.postcode),
        "country": tidy(draft.country),
    }


def add_addresses(store: Store, contact_id: int, drafts: "Sequence[AddressDraft]") -> None:
    """Write the addresses that a card has not yet."""
    if not drafts:
        return
    columns = ("street", "city_key", "region", "postcode", "country")
    known = {
        tuple(row)
        for row in store.rows(
            f"SELECT {', '.join(columns)} FROM address WHERE contact_id = :id", id=contact_id
        )
    }
    for draft in drafts:
        values = address_values(draft)
        same = tuple(values[name] for name in columns)
        if any(same) and same not in known:
            known.add(same)
            store.insert("address", contact_id=contact_id, **values)


def day_values(store: Store, draft: "DayDraft") -> dict[str, str]:
    """A yearly day's columns. Raises UsageError for an impossible day."""
    day = dates.parse_yearly(draft.day, dates.today(store.customs.zone))
    return {"label": fold(draft.label) or "birthday", "day": day, "month_day": day[-5:]}


def add_days(store: Store, contact_id: int, drafts: "Sequence[DayDraft]") -> None:
    """Write yearly days; a card has one birthday, so a new one replaces it."""
    for draft in drafts:
        values = day_values(store, draft)
        known = store.row(
            "SELECT id FROM yearly_day WHERE contact_id = :id AND label = :label",
            id=contact_id,
            label=values["label"],
        )
        if known is None:
            store.insert("yearly_day", contact_id=contact_id, **values)
        else:
            store.update("yearly_day", known["id"], **values)


def tag_name(text: str) -> str:
    """A tag in its one writing: folded, without blanks. Raises UsageError for none."""
    name = fold(text).lstrip("+#").replace(" ", "-").strip(",;")
    if not name or name.startswith("-") or any(char in name for char in ':,;()"'):
        raise UsageError(f"“{text}” is no tag", "A tag is one word, like vip or garden-club.")
    return name


def add_tags(store: Store, contact_id: int, tags: Iterable[str]) -> None:
    """Write the tags that a card has not yet."""
    wanted = list(dict.fromkeys(map(tag_name, tags)))
    known = set(tags_of(store, contact_id)) if wanted else set()
    for name in wanted:
        if name not in known:
            store.insert("tag", contact_id=contact_id, name=name)


def remove_tags(store: Store, contact_id: int, tags: Iterable[str]) -> None:
    """Take tags off a card; those it has not are no error."""
    for name in map(tag_name, tags):
        row = store.row(
            "SELECT id FROM tag WHERE contact_id = :id AND name = :name", id=contact_id, name=name
        )
        if row is not None:
            store.delete("tag", row["id"])


def add_relation(store: Store, contact_id: int, kind: str, who: str) -> None:
    """Write that the named card is ``kind`` of this one.

    An organisation that somebody works at becomes theirs, as if it had been set.
    """
    from cardcrm.records.who import resolve

    other = resolve(store, who)
    kind = relation_kind(kind)
    if other.id == contact_id:
        raise UsageError(f"{other.name} cannot be {kind} of themselves")
    if kind == WORKS_AT and other.kind == "org":
        store.update("contact", contact_id, org_id=other.id)
    elif not store.value(
        "SELECT 1 FROM relation WHERE contact_id = :id AND kind = :kind AND other_id = :other",
        id=contact_id,
        kind=kind,
        other=other.id,
    ):
        store.insert("relation", contact_id=contact_id, kind=kind, other_id=other.id)


def relation_kind(text: str) -> str:
    """A kind of relation in its one writing. Raises UsageError for none."""
    kind = fold(text)
    if not kind:
        raise UsageError("a relation needs a kind", "For example: --relation spouse=Jane")
    return kind


def touch_card(store: Store, contact_id: int) -> None:
    """Note that a card was changed just now."""
    store.update("contact", contact_id, updated_at=dates.stamp())


# What goes with a card when it goes, children before parents.
PARTS = ("nickname", "point", "address", "yearly_day", "tag", "field_value", "reminder")


@repeated
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
