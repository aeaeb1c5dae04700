"""Read the stored contacts that a batch of drafts may be of."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from cardcrm.records.contacts import merged_ids
from cardcrm.records.contacts.contact_points import join_key
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.normalize import NormalContact
from cardcrm.records.contacts.part_types import CONTACT_POINT, PARTS, read_rows_of_many
from cardcrm.records.importing.matching import FILLABLE, NAME_COLUMNS, Candidate
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import extract_digits, fold

_HEAD = ("uid", "kind", *NAME_COLUMNS, "org_id", "stage", "status", *FILLABLE)
_BY_UID = "c.uid IN ({})"
_BY_REF = "c.ref IN ({})"
_BY_POINT = "c.id IN (SELECT contact_id FROM point WHERE value_key IN ({}))"


class CandidateReader:
    """Reads the stored contacts that drafts may be of, each once, into ``found`` by their ids.

    A value that contacts were looked up by is not looked up again.
    """

    def __init__(self, store: Store) -> None:
        self.found: dict[int, Candidate] = {}
        self._store = store
        self._values: dict[str, set[Any]] = {}  # by condition

    def read_by_texts(self, drafts: Sequence[ContactDraft]) -> None:
        """Read the contacts with an id or a contact point of drafts, as written.

        Phone numbers without a country code lead to none, as normalizing them takes long, and
        neither do texts in other letters, which may hold what a database refuses.
        """
        uids = {each.uid for each in drafts if each.uid}
        refs = {each.ref for each in drafts if each.ref}
        points = [point for draft in drafts for point in draft.points]
        mails = {each.value.lower() for each in points if each.kind == "email"}
        phones = {
            join_key(extract_digits(each.value))
            for each in points
            if each.kind == "phone" and each.value[:1] == "+"
        }
        self._read(
            [
                (_BY_UID, set(filter(_is_plain, uids))),
                (_BY_REF, set(filter(_is_plain, refs))),
                (_BY_POINT, set(filter(_is_plain, mails)) | phones),
            ]
        )

    def read(self, drafts: Sequence[NormalContact], *, has_merged: bool) -> dict[str, Candidate]:
        """Read the contacts of drafts; return some by the uids of those merged into them.

        Without ``has_merged``, the database has no merged contacts.
        """
        ids = _find_merged(self._store, drafts) if has_merged else {}
        self._read([*_conditions(drafts), ("c.id IN ({})", ids)])
        by_uid: dict[str, Candidate] = {}
        for id_, merged in ids.items():
            candidate = self.found[id_]
            for each in merged:
                uid, ref = merged_ids.parse_id(each)
                if uid:
                    by_uid[uid] = candidate
                candidate.refs = (*candidate.refs, ref) if ref else candidate.refs
        return by_uid

    def _read(self, conditions: Iterable[tuple[str, Collection[Any]]]) -> None:
        """Read the contacts that fulfill one of some conditions, with their parts."""
        new: dict[int, Candidate] = {}
        for condition, values in conditions:
            known = self._values.setdefault(condition, set())
            for row in _read_heads(self._store, condition, set(values) - known):
                if row[0] not in self.found:
                    self.found[row[0]] = new[row[0]] = _build_candidate(row)
            known.update(values)
        _read_parts(self._store, new)
        for candidate in new.values():
            candidate.update_reach()


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _conditions(drafts: Sequence[NormalContact]) -> Iterator[tuple[str, Collection[str]]]:
    """Yield SQL conditions that lead from drafts to contacts, each with its values.

    A name alone leads only to contacts that have nothing else to tell them apart: in a large
    database many people have the same name.
    """
    without_reach = {each.head["name_key"] for each in drafts if not each.reach}
    orgs = {each.org_key for each in drafts} - {""}
    yield _BY_UID, {each.head["uid"] for each in drafts if each.has_uid}
    yield _BY_REF, {each.head["ref"] for each in drafts if each.head["ref"]}
    yield _BY_POINT, {key[1] for each in drafts for key in each.reach}
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
