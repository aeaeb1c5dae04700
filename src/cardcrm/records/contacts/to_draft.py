"""Cards as drafts again, for what leaves the box."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cardcrm.records.contacts.drafts import (
    AddressDraft,
    ContactDraft,
    DayDraft,
    PointDraft,
    RelationDraft,
)
from cardcrm.store import Store
from cardcrm.store.derived import chunks


def drafts(store: Store, ids: Iterable[int]) -> Iterator[ContactDraft]:
    """The cards of these ids as drafts, in the order of the ids, a few hundred at a time."""
    for handful in _handfuls(ids):
        yield from _handful(store, handful)


def _handfuls(ids: Iterable[int], size: int = 500) -> Iterator[list[int]]:
    handful: list[int] = []
    for contact_id in ids:
        handful.append(contact_id)
        if len(handful) == size:
            yield handful
            handful = []
    if handful:
        yield handful


def _handful(store: Store, ids: Sequence[int]) -> Iterator[ContactDraft]:
    ((marks, params),) = chunks(ids)
    heads = {
        row["id"]: row
        for row in store.rows(
            "SELECT c.id, c.uid, c.kind, c.name, c.given, c.family, coalesce(o.name, '') AS org, "
            "c.title, c.note, c.source, c.stage, c.owner, c.cadence_days, c.ref FROM contact c "
            f"LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
            **params,
        )
    }
    parts = {name: _grouped(store, sql.format(marks), params) for name, sql in _PARTS.items()}
    for contact_id in ids:
        if contact_id in heads:
            mine = {name: found.get(contact_id, ()) for name, found in parts.items()}
            yield _draft(heads[contact_id], mine)


_PARTS = {
    "nicknames": "SELECT contact_id, name FROM nickname WHERE contact_id IN ({}) ORDER BY id",
    "points": (
        "SELECT contact_id, kind, value, label, opted_out, invalid FROM point "
        "WHERE contact_id IN ({}) ORDER BY id"
    ),
    "addresses": (
        "SELECT contact_id, label, street, city, region, postcode, country FROM address "
        "WHERE contact_id IN ({}) ORDER BY id"
    ),
    "days": "SELECT contact_id, label, day FROM yearly_day WHERE contact_id IN ({}) ORDER BY id",
    "tags": "SELECT contact_id, name FROM tag WHERE contact_id IN ({}) ORDER BY name",
    "fields": (
        "SELECT v.contact_id, f.label, v.text FROM field_value v JOIN field f ON f.id = v.field_id "
        "WHERE v.contact_id IN ({}) ORDER BY v.id"
    ),
    "relations": (
        "SELECT r.contact_id, r.kind, o.name FROM relation r JOIN contact o ON o.id = r.other_id "
        "WHERE r.contact_id IN ({}) ORDER BY r.id"
    ),
}


def _grouped(store: Store, sql: str, params: Mapping[str, Any]) -> dict[int, list[tuple[Any, ...]]]:
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for row in store.rows(sql, **params):
        grouped.setdefault(row[0], []).append(tuple(row)[1:])
    return grouped


def _draft(head: Any, parts: Mapping[str, Sequence[tuple[Any, ...]]]) -> ContactDraft:
    return ContactDraft(
        name=head["name"],
        kind=head["kind"],
        given=head["given"],
        family=head["family"],
        nicknames=tuple(row[0] for row in parts["nicknames"]),
        org=head["org"],
        title=head["title"],
        points=tuple(
            PointDraft(kind, value, label, bool(opted_out), bool(invalid))
            for kind, value, label, opted_out, invalid in parts["points"]
        ),
        addresses=tuple(AddressDraft(*row) for row in parts["addresses"]),
        days=tuple(DayDraft(*row) for row in parts["days"]),
        tags=tuple(row[0] for row in parts["tags"]),
        note=head["note"],
        fields=tuple((row[0], row[1]) for row in parts["fields"]),
        relations=tuple(RelationDraft(*row) for row in parts["relations"]),
        source=head["source"],
        stage=head["stage"],
        owner=head["owner"],
        every=f"{head['cadence_days']}d" if head["cadence_days"] else "",
        uid=head["uid"],
        ref=head["ref"] or "",
    )
