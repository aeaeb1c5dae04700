"""A card as one writes it: taken apart into its parts, and changed by what was said of them.

Faces that show a card to be changed take `written` when they show it, and hand it back to `revise`
with what is to stand there. Only parts that were changed are written, so two people may work on one
card; where both changed the same part, `ClashError` tells what each of them says.

A part is a kind and a number or name: ``("head", "title")``, ``("point", 12)``, ``("tag", "vip")``.
Rows that are new have numbers below nothing. What stands there is a row of texts:

- ``head``: the text alone; the names are those of `editing.SETTABLE`, but for town and birthday
- ``point``: kind, value, label, ``opted out`` or "", ``invalid`` or ""
- ``address``: label, street, city, region, postcode, country
- ``day`` (by its label), ``field`` (by its name), ``tag``, ``nickname``: the text
- ``relation``: kind, who (``#12``, or as in WHO), and ``inverse`` where the other card says it
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.records.conflicts import Clash, ClashError, Texts, settle
from cardcrm.records.contacts import contact_points, contacts, custom_fields, parts, update
from cardcrm.records.contacts.contacts import Contact, Details
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import Store
from cardcrm.text import fold, tidy, tidy_block

if TYPE_CHECKING:
    from cardcrm.store.journal import Step

Part = tuple[str, int | str]
Written = Mapping[Part, Texts]

HEAD = (
    "name", "given", "family", "kind", "org", "title", "note", "source", "stage", "owner", "every",
)  # fmt: skip
_NAMES = {"org": "works at", "title": "role", "given": "given name", "family": "family name"}
OPTED_OUT, INVALID, INVERSE = "opted out", "invalid", "inverse"


def written(details: Details) -> dict[Part, Texts]:
    """The parts of a card that stands there."""
    contact = details.contact
    said: dict[Part, Texts] = {
        ("head", name): (getattr(contact, name),) for name in HEAD if name != "every"
    }
    said["head", "every"] = (f"{contact.cadence_days}d" if contact.cadence_days else "",)
    said |= {("nickname", fold(name)): (name,) for name in details.nicknames}
    said |= {("tag", name): (name,) for name in details.tags}
    said |= {("day", day.label): (day.day,) for day in details.days}
    said |= {("field", value.name): (value.text,) for value in details.fields}
    for point in details.points:
        marks = (OPTED_OUT if point.opted_out else "", INVALID if point.invalid else "")
        said["point", point.id] = (point.kind, point.value, point.label, *marks)
    for address in details.addresses:
        said["address", address.id] = tuple(address[1:])
    for relation in details.relations:
        side = INVERSE if relation.inverse else ""
        said["relation", relation.id] = (relation.kind, f"#{relation.other_id}", side)
    return said


def draft_of(said: Written) -> ContactDraft:
    """The parts as a new card."""
    head = {name: said.get(("head", name), ("",))[0] for name in HEAD}
    full = head["name"]
    if head["kind"] == "org" or tidy(f"{head['given']} {head['family']}") != tidy(full):
        head["given"] = head["family"] = ""
    return ContactDraft(
        **head,
        nicknames=tuple(row[0] for row in _of(said, "nickname")),
        tags=tuple(row[0] for row in _of(said, "tag")),
        points=tuple(_point(row) for row in _of(said, "point")),
        addresses=tuple(_places(said)),
        days=tuple(
            DayDraft(str(part[1]), row[0]) for part, row in said.items() if part[0] == "day"
        ),
        fields=tuple((str(part[1]), row[0]) for part, row in said.items() if part[0] == "field"),
        relations=tuple(RelationDraft(*row[:2]) for row in _of(said, "relation") if not row[2]),
    )


def _places(said: Written) -> list[AddressDraft]:
    return [AddressDraft(*row) for row in _of(said, "address")]


def _of(said: Written, kind: str) -> Iterator[Texts]:
    return (row for part, row in said.items() if part[0] == kind)


def _named(said: Written, kind: str) -> Iterator[tuple[str, Texts]]:
    return ((str(part[1]), row) for part, row in said.items() if part[0] == kind)


def _point(row: Texts) -> PointDraft:
    kind, value, label, opted_out, invalid = row
    return PointDraft(kind, value, label, bool(opted_out), bool(invalid))


def add(store: Store, said: Written) -> Contact:
    """Keep the parts as a new card. Raises UsageError, NotFoundError."""
    with store.transaction():
        made = contacts.add(store, draft_of(said))
        for name in ("given", "family"):
            text = tidy(said.get(("head", name), ("",))[0])
            if text and text != getattr(contacts.get(store, made.id), name):
                update.put(store, made.id, name, text)
    return contacts.get(store, made.id)


def revise(store: Store, contact_id: int, seen: Written, said: Written) -> bool:
    """Write what was changed between seen and said; whether anything was.

    Raises NotFoundError for a card that is gone, UsageError for what makes no sense, and ClashError
    where somebody has changed the same parts otherwise since they were seen.
    """
    with store.transaction():
        now = written(contacts.details(store, contact_id))
        places = _places(said)
        normal = {
            part: row if row == seen.get(part) else _normal(store, part, row, places)
            for part, row in said.items()
        }
        write, clashing = settle(seen, normal, now)
        if clashing:
            raise ClashError(
                [
                    _clash(store, contact_id, part, seen, normal.get(part), now.get(part))
                    for part in clashing
                ]
            )
        before = store.changes_made
        for part, row in write.items():
            _write(store, contact_id, part, row, now.get(part))
        if store.changes_made == before:
            return False
        contacts.touch_card(store, contact_id)
    return True


# what is said, in the one writing that is kept


def _normal(store: Store, part: Part, row: Texts, places: Sequence[AddressDraft]) -> Texts:
    """A row as it would be kept. Raises UsageError, NotFoundError."""
    kind, name = part
    if kind == "point":
        value, _ = contact_points.normalise(_point(row), store.locale.region, places)
        return (row[0], value, tidy(row[2]), *row[3:])
    if kind in _NORMALS:
        return _NORMALS[kind](store, str(name), row)
    return tuple(map(tidy, row))


def _normal_field(store: Store, name: str, row: Texts) -> Texts:
    field = custom_fields.find(store, name)
    return (custom_fields.checked(field, row[0], store.locale)[0],) if field else (tidy(row[0]),)


def _normal_relation(store: Store, _name: str, row: Texts) -> Texts:
    return (parts.relation_kind(row[0]), f"#{resolve(store, row[1]).id}", row[2])


def _normal_head(name: str, text: str) -> str:
    if name == "every":
        never = fold(text) in ("", "none", "never")
        return "" if never else f"{dates.parse_span(text)}d"
    if name == "stage":
        return contacts.stage_of(text)
    return tidy_block(text) if name == "note" else tidy(text)


_NORMALS: dict[str, Callable[[Store, str, Texts], Texts]] = {
    "head": lambda _store, name, row: (_normal_head(name, row[0]),),
    "day": lambda store, _name, row: (dates.parse_yearly(row[0], dates.today(store.locale.zone)),),
    "field": _normal_field,
    "relation": _normal_relation,
    "tag": lambda _store, _name, row: (parts.tag_name(row[0]),),
}


# what clashes, in words


def _clash(
    store: Store,
    contact_id: int,
    part: Part,
    seen: Written,
    mine: Texts | None,
    theirs: Texts | None,
) -> Clash:
    label = _label(store, part, seen.get(part) or theirs or mine or ())
    my_words, their_words = (_words(store, part, each) for each in (mine, theirs))
    by = _last_to_write(store, contact_id, part)
    return Clash(part, label, mine, theirs, my_words, their_words, by)


_COLUMNS = {"org": "org_id", "every": "cadence_days"}
_TABLES = {"day": "yearly_day", "field": "field_value"}


def _last_to_write(store: Store, contact_id: int, part: Part) -> "Step | None":
    """Who wrote what stands there now, as far as the journal tells."""
    from cardcrm.store.journal import last_to_write

    kind, name = part
    if kind == "head":
        column = _COLUMNS.get(str(name), str(name))
        return last_to_write(store, "contact", row_id=contact_id, column=column)
    if isinstance(name, int):
        return last_to_write(store, kind, row_id=name)
    return last_to_write(store, _TABLES.get(kind, kind), contact_id=contact_id)


def _label(store: Store, part: Part, row: Texts) -> str:
    kind, name = part
    if kind == "head":
        return _NAMES.get(str(name), str(name))
    if kind == "field":
        field = custom_fields.find(store, str(name))
        return field.label if field else str(name)
    if kind == "day":
        return str(name)
    return f"{row[0]} {row[1]}" if kind == "point" else kind


def _words(store: Store, part: Part, row: Texts | None) -> str:
    """What one of the two says; nothing for what is taken off."""
    if row is None:
        return ""
    if part[0] == "point":
        told = ", ".join(filter(None, row[2:]))
        return f"{row[1]} ({told})" if told else row[1]
    if part[0] == "relation":
        return f"{row[0]} {resolve(store, row[1]).name}"
    return ", ".join(filter(None, row))


# writing


def _write(store: Store, contact_id: int, part: Part, row: Texts | None, now: Texts | None) -> None:
    kind, name = part
    text = row[0] if row else ""
    if kind == "head":
        update.put(store, contact_id, str(name), text)
    elif kind == "field":
        custom_fields.put(store, contact_id, str(name), text)
    elif kind == "tag":
        (parts.add_tags if row else parts.remove_tags)(store, contact_id, [str(name)])
    elif kind == "day":
        _write_day(store, contact_id, str(name), text)
    elif kind == "nickname":
        _write_nickname(store, contact_id, str(name), text)
    else:
        _WRITERS[kind](store, contact_id, int(name), row, now)


def _write_day(store: Store, contact_id: int, label: str, day: str) -> None:
    if day:
        parts.add_days(store, contact_id, (DayDraft(label, day),))
    else:
        update.take_days_off(store, contact_id, label)


def _write_nickname(store: Store, contact_id: int, key: str, name: str) -> None:
    rows = store.rows(
        "SELECT id FROM nickname WHERE contact_id = :id AND name_key = :key", id=contact_id, key=key
    )
    for row in rows:
        store.delete("nickname", row["id"])
    parts.add_nicknames(store, contact_id, [name])


def _write_point(
    store: Store, contact_id: int, row_id: int, row: Texts | None, now: Texts | None
) -> None:
    if row is None:
        store.delete("point", row_id)
        return
    draft = _point(row)
    value, key = contact_points.normalise(draft, store.locale.region)
    others = (each for each in contacts.points_of(store, contact_id) if each.id != row_id)
    if now is None or any((each.kind, each.key) == (draft.kind, key) for each in others):
        store.delete("point", row_id)  # it has become the same as another one, or was taken off
        parts.add_points(store, contact_id, [draft])
        return
    store.update(
        "point",
        row_id,
        kind=draft.kind,
        value=value,
        value_key=key,
        label=tidy(draft.label),
        opted_out=int(draft.opted_out),
        invalid=int(draft.invalid),
    )


def _write_address(
    store: Store, contact_id: int, row_id: int, row: Texts | None, now: Texts | None
) -> None:
    draft = AddressDraft(*row) if row else AddressDraft()
    if not any(draft[1:]):
        store.delete("address", row_id)
    elif now is None:
        parts.add_addresses(store, contact_id, [draft])
    else:
        store.update("address", row_id, **parts.address_values(draft))


def _write_relation(
    store: Store, contact_id: int, row_id: int, row: Texts | None, now: Texts | None
) -> None:
    if now is not None:
        store.delete("relation", row_id)
    if row is None:
        return
    kind, who, side = row
    if side == INVERSE:
        parts.add_relation(store, resolve(store, who).id, kind, f"#{contact_id}")
    else:
        parts.add_relation(store, contact_id, kind, who)


_WRITERS = {"point": _write_point, "address": _write_address, "relation": _write_relation}
