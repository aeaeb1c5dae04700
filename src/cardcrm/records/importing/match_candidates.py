"""Read the stored contacts that a batch of drafts may be of."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from cardcrm.records.contacts import merged_ids
from cardcrm.records.contacts.normalize import NormalContact
from cardcrm.records.contacts.part_types import CONTACT_POINT, PARTS, read_rows_of_many
from cardcrm.records.importing.matching import FILLABLE, NAME_COLUMNS, Candidate
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import fold

_HEAD = ("uid", "kind", *NAME_COLUMNS, "org_id", "stage", "status", *FILLABLE)


def find_candidates(
    store: Store, drafts: Sequence[NormalContact], *, has_merged: bool
) -> tuple[list[Candidate], dict[str, Candidate]]:
    """Return the contacts that drafts may be of, and some by the uids of those merged into them.

    Without ``has_merged``, the database has no merged contacts.
    """
    ids = _find_merged(store, drafts) if has_merged else {}
    found: dict[int, Candidate] = {}
    for condition, values in (*_conditions(drafts), ("c.id IN ({})", ids)):
        for row in _read_heads(store, condition, values):
            if row[0] not in found:
                found[row[0]] = _build_candidate(row)
    _read_parts(store, found)
    by_uid: dict[str, Candidate] = {}
    for candidate in found.values():
        candidate.update_reach()
        for each in ids.get(candidate.id, ()):
            uid, ref = merged_ids.parse_id(each)
            if uid:
                by_uid[uid] = candidate
            candidate.refs = (*candidate.refs, ref) if ref else candidate.refs
    return list(found.values()), by_uid


def _conditions(drafts: Sequence[NormalContact]) -> Iterator[tuple[str, Collection[str]]]:
    """Yield SQL conditions that lead from drafts to contacts, each with its values.

    A name alone leads only to contacts that have nothing else to tell them apart: in a large
    database many people have the same name.
    """
    without_reach = {each.head["name_key"] for each in drafts if not each.reach}
    orgs = {each.org_key for each in drafts} - {""}
    yield "c.uid IN ({})", {each.head["uid"] for each in drafts if each.has_uid}
    yield "c.ref IN ({})", {each.head["ref"] for each in drafts if each.head["ref"]}
    yield (
        "c.id IN (SELECT contact_id FROM point WHERE value_key IN ({}))",
        {key[1] for each in drafts for key in each.reach},
    )
    yield "c.name_key IN ({}) AND c.bare = 1", {each.head["name_key"] for each in drafts}
    yield "c.name_key IN ({}) AND c.kind = 'org'", orgs
    yield "c.name_key IN ({})", without_reach
    yield (
        "c.id IN (SELECT contact_id FROM nickname WHERE name_key IN ({}))",
        without_reach | orgs,
    )


def _find_merged(store: Store, drafts: Sequence[NormalContact]) -> dict[int, list[str]]:
    """Return the contacts that were merged from some which drafts mean, with their stored ids."""
    heads = [each.head for each in drafts]
    wanted = {merged_ids.format_uid(each.head["uid"]) for each in drafts if each.has_uid}
    wanted |= {merged_ids.format_ref(head["ref"]) for head in heads if head["ref"]}
    return {
        contact_id: ids
        for contact_id, ids in merged_ids.all_ids(store)
        if not wanted.isdisjoint(ids)
    }


def _read_heads(store: Store, condition: str, values: Iterable[Any]) -> Iterator[Any]:
    columns = ", ".join(f"c.{name}" for name in _HEAD)
    for marks, params in chunks(values):
        yield from store.rows(
            f"SELECT c.id, {columns}, o.name AS org FROM contact c "
            f"LEFT JOIN contact o ON o.id = c.org_id WHERE {condition.format(marks)} "
            "ORDER BY c.id",
            **params,
        )


def _build_candidate(row: Any) -> Candidate:
    id_, *columns, org_name = row
    head, org = dict(zip(_HEAD, columns, strict=True)), org_name or ""
    refs = (head["ref"],) if head["ref"] else ()
    return Candidate(id_, head, org, org and fold(org), {}, refs=refs)


def _read_parts(store: Store, candidates: dict[int, Candidate]) -> None:
    for part in PARTS.values():
        table, size, is_point = part.table, part.key_size, part is CONTACT_POINT
        for contact_id, row_id, row in read_rows_of_many(store, part, candidates):
            candidate, key = candidates[contact_id], row[:size]
            candidate.parts.setdefault(table, {})[key] = row
            if is_point:
                candidate.point_ids[key] = row_id
