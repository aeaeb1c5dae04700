"""The parts of a card beside its head: nicknames, points, addresses, days, tags, relations.

Each is written where the card has it not yet, so that telling the same twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, contacts, custom_fields
from cardcrm.store import Store
from cardcrm.text import fold, tidy

if TYPE_CHECKING:
    from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, DayDraft, PointDraft


def write_parts(
    store: Store, contact_id: int, draft: "ContactDraft", *, is_new: bool = False
) -> None:
    """Write what a draft has beside the head; what the card has already is left alone.

    One that ``is_new`` has nothing yet, and need not be asked.
    """
    add_nicknames(store, contact_id, draft.nicknames, is_new=is_new)
    add_points(store, contact_id, draft.points, draft.addresses, is_new=is_new)
    add_addresses(store, contact_id, draft.addresses)
    add_days(store, contact_id, draft.days)
    add_tags(store, contact_id, draft.tags, is_new=is_new)
    for name, text in draft.fields:
        custom_fields.put(store, contact_id, name, text)
    for relation in draft.relations:
        add_relation(store, contact_id, relation.kind, relation.who)


def add_nicknames(
    store: Store, contact_id: int, names: Iterable[str], *, is_new: bool = False
) -> None:
    """Write the nicknames that a card has not yet."""
    wanted: dict[str, str] = {}
    for name in filter(None, map(tidy, names)):
        wanted.setdefault(fold(name), name)
    sql = "SELECT name_key FROM nickname WHERE contact_id = :id"
    there = store.rows(sql, id=contact_id) if wanted and not is_new else []
    known = {row[0] for row in there}
    rows = [
        {"contact_id": contact_id, "name": name, "name_key": key}
        for key, name in wanted.items()
        if key not in known
    ]
    store.insert_rows("nickname", rows)


def add_points(
    store: Store,
    contact_id: int,
    drafts: "Sequence[PointDraft]",
    addresses: "Sequence[AddressDraft]" = (),
    *,
    is_new: bool = False,
) -> None:
    """Write the contact points that a card has not yet; one opted out stays so.

    ``addresses`` tell which country a national phone number may be of.
    """
    if not drafts:
        return
    there = [] if is_new else contacts.points_of(store, contact_id)
    known = {(point.kind, point.key): point for point in there}
    seen = set(known)
    rows = []
    for draft in drafts:
        value, key = contact_points.normalise(draft, store.locale.region, addresses)
        if (draft.kind, key) in known and draft.opted_out:
            store.update("point", known[draft.kind, key].id, opted_out=1)
        if (draft.kind, key) in seen:
            continue
        seen.add((draft.kind, key))
        rows.append(
            {
                "contact_id": contact_id,
                "kind": draft.kind,
                "value": value,
                "value_key": key,
                "label": tidy(draft.label),
                "opted_out": int(draft.opted_out),
                "invalid": int(draft.invalid),
            }
        )
    store.insert_rows("point", rows)


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
    day = dates.parse_yearly(draft.day, dates.today(store.locale.zone))
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


def add_tags(store: Store, contact_id: int, tags: Iterable[str], *, is_new: bool = False) -> None:
    """Write the tags that a card has not yet."""
    wanted = dict.fromkeys(map(tag_name, tags))
    known = contacts.tags_of(store, contact_id) if wanted and not is_new else []
    rows = [{"contact_id": contact_id, "name": name} for name in wanted if name not in known]
    store.insert_rows("tag", rows)


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
    from cardcrm.records.contacts.resolve import resolve

    other = resolve(store, who)
    kind = relation_kind(kind)
    if other.id == contact_id:
        raise UsageError(f"{other.name} cannot be their own “{kind}”")
    if kind == contacts.WORKS_AT and other.kind == "org":
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
