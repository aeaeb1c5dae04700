"""Read stored contacts as drafts, for exports."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from cardcrm.records.contacts import part_types
from cardcrm.records.contacts.contact_type import CADENCE, CONTACT
from cardcrm.records.contacts.custom_fields import list_fields
from cardcrm.records.contacts.drafts import (
    AnniversaryDraft,
    ConsentDraft,
    ContactDraft,
    ContactPointDraft,
    JobDraft,
    MediaDraft,
    RelationDraft,
)
from cardcrm.records.contacts.part_types import PARTS, RELATION, PartType, Row, written_tag
from cardcrm.records.contacts.resolve import is_plain_name
from cardcrm.records.mail.consent_status import NEWEST
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.store import placeholders

_BATCH = 500
_OTHERS: Final[tuple[tuple[str, Callable[..., Any], str], ...]] = (
    ("jobs", JobDraft, "SELECT j.contact_id, o.name, j.title FROM job j "
     "JOIN contact o ON o.id = j.org_id "
     "WHERE j.contact_id IN ({marks}) AND coalesce(j.to_on, '') = '' ORDER BY j.id"),
    ("media", MediaDraft, "SELECT contact_id, kind, type, uri, data FROM media "
     "WHERE contact_id IN ({marks}) ORDER BY id"),
    ("vcard_lines", str, "SELECT contact_id, line FROM vcard_line "
     "WHERE contact_id IN ({marks}) ORDER BY id"),
    ("consents", ConsentDraft,
     "SELECT contact_id, purpose, status, at, basis, source, proof, address FROM consent k "
     f"WHERE contact_id IN ({{marks}}) AND {NEWEST.format('k')} ORDER BY purpose, id"),
)  # fmt: skip

_TEXTS = ("uid", "vcard_n", *(field.key for field in CONTACT.editable if field is not CADENCE))


def read_drafts(store: Store, ids: Iterable[int]) -> Iterator[ContactDraft]:
    """Yield contacts as drafts in the order of their ids, read a few hundred at a time."""
    remaining = iter(ids)
    while batch := list(islice(remaining, _BATCH)):
        yield from _read_batch(store, batch)


def read_uids(store: Store, ids: Iterable[int]) -> list[str]:
    """Return the permanent ids of contacts."""
    return [
        row[0]
        for marks, params in chunks(set(ids))
        for row in store.rows(
            f"SELECT uid FROM contact WHERE id IN ({marks}) ORDER BY id", **params
        )
    ]


def _read_batch(store: Store, ids: Sequence[int]) -> Iterator[ContactDraft]:
    marks, params = placeholders(ids, "i")
    heads = store.rows(
        "SELECT c.*, coalesce(o.name, '') AS org FROM contact c "
        f"LEFT JOIN contact o ON o.id = c.org_id WHERE c.id IN ({marks})",
        **params,
    )
    found = {row["id"]: row for row in heads}
    rows = {part.table: _by_contact(store, part, ids) for part in (*PARTS.values(), RELATION)}
    others_of = _read_others(store, ids)
    related = {other for each in rows["relation"].values() for _, _, other in each}
    others = _name_others(store, related)
    labels = {field.id: field.label for field in list_fields(store)}
    for contact_id in ids:
        if contact_id in found:
            mine = {table: each.get(contact_id, ()) for table, each in rows.items()}
            draft = _draft(found[contact_id], mine, labels, others)
            yield draft._replace(**others_of[contact_id]) if contact_id in others_of else draft


def _read_others(store: Store, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return the parts that few contacts have: further jobs, media, odd vCard properties.

    A former job is none of the contact's organizations any more.
    """
    found: dict[int, dict[str, Any]] = {}
    for attribute, build, sql in _OTHERS:
        for marks, params in chunks(ids):
            for contact_id, *row in store.rows(sql.format(marks=marks), **params):
                mine = found.setdefault(contact_id, {})
                mine[attribute] = (*mine.get(attribute, ()), build(*row))
    return found


def _name_others(store: Store, ids: Collection[int]) -> dict[int, str]:
    """Return the names of related contacts by id; the permanent id where the name means others."""
    marks, params = placeholders(ids, "i")
    heads = list(
        store.rows(f"SELECT id, uid, name, name_key FROM contact WHERE id IN ({marks})", **params)
    )
    uses: Counter[str] = Counter()
    for marks, params in chunks({row[3] for row in heads}):
        uses.update(
            row[0]
            for row in store.rows(
                f"SELECT name_key, id FROM contact WHERE name_key IN ({marks}) "
                f"UNION SELECT name_key, contact_id FROM nickname WHERE name_key IN ({marks})",
                **params,
            )
        )
    return {
        row[0]: row[2] if uses[row[3]] == 1 and is_plain_name(row[2]) else row[1] for row in heads
    }


def _by_contact(store: Store, part: PartType, ids: Collection[int]) -> dict[int, list[Row]]:
    rows: dict[int, list[Row]] = {}
    for contact_id, _, row in part_types.read_rows_of_many(store, part, ids):
        rows.setdefault(contact_id, []).append(row)
    return rows


def _draft(
    head: Any, rows: Mapping[str, Sequence[Row]], labels: dict[int, str], others: dict[int, str]
) -> ContactDraft:
    texts: dict[str, Any] = {name: head[name] or "" for name in _TEXTS}
    return ContactDraft(
        **texts,
        nicknames=tuple(name for _, name in rows["nickname"]),
        points=tuple(
            ContactPointDraft(kind, value, label, bool(opted_out), bool(invalid))
            for kind, _, value, label, opted_out, invalid in rows["point"]
        ),
        addresses=tuple(map(part_types.address_draft, rows["address"])),
        days=tuple(AnniversaryDraft(label, day) for label, day, _ in rows["yearly_day"]),
        tags=tuple(written_tag(row) for row in sorted(rows["tag"])),
        fields=tuple((labels[field_id], text) for field_id, text, *_ in rows["field_value"]),
        relations=tuple(RelationDraft(kind, others[other]) for _, kind, other in rows["relation"]),
        every=CADENCE.format_span(head["cadence_days"]),
    )


def count_addresses(store: Store) -> int:
    """Return the number of addresses of the contact that has most, at least 1."""
    counts = "SELECT count(*) AS many FROM address GROUP BY contact_id"
    return max(1, store.value(f"SELECT max(many) FROM ({counts}) a") or 0)
