"""Import many drafts at once, so that the import can be repeated without duplicating anything.

``matching`` decides which contact a draft is of. A contact that is known by its permanent id or by
its id in another program takes what the draft says; any other one gets what it lacks and keeps what
it has. An opt-out, or an invalid address, is always taken over, and never cleared.

The organization of a person is added when a contact takes it and none has its name. It then waits
for a row of its own in the same file, which decides its uid.
"""

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from cardcrm import dates
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records.contacts import (
    contact_derived,
    contact_queries,
    custom_fields,
    part_types,
    writer,
)
from cardcrm.records.contacts.custom_fields import Field
from cardcrm.records.contacts.drafts import ContactDraft, RelationDraft
from cardcrm.records.contacts.names import LONGEST
from cardcrm.records.contacts.normalize import NormalContact, Rules, normalize
from cardcrm.records.contacts.part_types import PARTS, Key, Row
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.importing.extras import add_extras
from cardcrm.records.importing.match_candidates import find_candidates
from cardcrm.records.importing.matching import (
    FILLABLE,
    NAME_COLUMNS,
    Candidate,
    adds_mark,
    choose_match,
    has_other_name,
    lacks_any,
    lacks_org,
    missing_name,
    other_values,
    takes_name,
)
from cardcrm.records.importing.overwrite import (
    Change,
    RowChange,
    describe_head,
    describe_row,
    list_head_changes,
    list_row_changes,
    names_other_org,
)
from cardcrm.records.importing.refusals import (
    apply_marks,
    collect_marks,
    mark_stored,
    opt_out,
    refuses_all,
)
from cardcrm.records.importing.unreadable import keep_as_written
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.records.privacy.forgotten_hashes import Forgotten, traits_of
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction
from cardcrm.text import normalize_line

Mode = Literal["", "update", "fill", "skip"]
_REACHES = ("email", "phone")

CREATED, UPDATED, UNCHANGED, REFUSED = "created", "updated", "unchanged", "refused"


@dataclass(frozen=True)
class Outcome:
    """The result for one draft; a refused one has a problem.

    ``added_org`` is the id of its organization, if that was added for it; ``foreign_uid`` is the
    uid of the draft, if its contact has another one. ``warnings`` are about impossible phone
    numbers that were stored, and ``regions`` are those assumed for national numbers. ``unreadable``
    values were kept as text. ``twin_id`` is another contact of the same name, of a draft that was
    added. ``other_values`` of the draft were not taken, as its contact has others.
    ``job_orgs`` are organizations added for further jobs. ``changes`` are those of an update.
    """

    status: str
    contact_id: int = 0
    problem: str = ""
    added_org: int = 0
    foreign_uid: str = ""
    warnings: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    twin_id: int = 0
    other_values: tuple[str, ...] = ()
    job_orgs: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()


@retry_transaction
def import_drafts(
    store: Store,
    drafts: Sequence[ContactDraft],
    step: int | None = None,
    waiting: Collection[int] = (),
    first_new: int = 0,
    mode: Mode = "",
    seen: set[int] | None = None,
    *,
    anyway: bool = False,
) -> list[Outcome]:
    """Import a batch of drafts in one transaction that continues a journal step.

    Returns an outcome for each draft; a bad one leaves the others alone. ``waiting`` are the
    organizations that earlier batches of the file have added and that had no row of their own yet.
    ``first_new`` is the first id that contacts added by the file may have; without it, the file is
    this batch. ``mode`` tells what becomes of known contacts: ``update`` overwrites what a draft
    says, ``fill`` only fills gaps, ``skip`` leaves them; without it, contacts that are known by an
    id are updated, and the others filled. ``seen`` collects the contacts that drafts of the file
    were of: only the first draft of a contact overwrites, so that a second import changes nothing.
    Contacts that were forgotten are refused, or brought back ``anyway``.
    """
    with store.continue_step(step):
        forgotten = None if anyway else forgotten_hashes.load(store)
        outcomes = _Importer(store, drafts, waiting, first_new, mode, seen, forgotten).run()
        return _add_extras(store, drafts, outcomes)


def _add_extras(
    store: Store, drafts: Sequence[ContactDraft], outcomes: list[Outcome]
) -> list[Outcome]:
    """Add what few contacts have, and return the outcomes with what that changed."""
    found = zip(outcomes, drafts, strict=True)
    extras = add_extras(
        store, ((each.contact_id, draft) for each, draft in found if each.contact_id)
    )
    if not extras.contacts:
        return outcomes
    return [
        replace(
            each,
            status=UPDATED if each.status == UNCHANGED else each.status,
            job_orgs=extras.organizations.get(each.contact_id, ()),
        )
        if each.contact_id in extras.contacts
        else each
        for each in outcomes
    ]


class _Importer:
    """The import of one batch."""

    def __init__(
        self,
        store: Store,
        drafts: Sequence[ContactDraft],
        waiting: Collection[int],
        first_new: int,
        mode: Mode,
        seen: set[int] | None,
        forgotten: Forgotten | None,
    ) -> None:
        self.store, self.forgotten = store, forgotten
        self.seen = set() if seen is None else seen
        self.mode = mode
        self.drafts = drafts
        self.fields = {each.name: each for each in custom_fields.list_fields(store)}
        self.rules = Rules(store.locale, _field_finder(store, self.fields), foreign=True)
        self.now = dates.current_instant()
        self.unreadable: dict[int, tuple[str, ...]] = {}
        self.waiting = set(waiting)
        self.by_uid: dict[str, Candidate] = {}
        self.by_ref: dict[tuple[str, str], Candidate] = {}
        self.by_name: dict[str, list[Candidate]] = {}
        self.by_point: dict[Key, list[Candidate]] = {}
        self.matches_points = False
        self.has_late_org = False
        self.stored: list[Candidate] = []
        self.added: list[Candidate] = []
        self.changed: dict[int, Candidate] = {}
        self.marked_points: dict[int, Row] = {}
        self.replaced: list[tuple[int, RowChange]] = []
        self.not_imported: list[ContactDraft] = []
        self.rows: dict[str, dict[tuple[int, Key], Row]] = {table: {} for table in PARTS}
        # A draft may need an id for itself and one for its organization.
        self.next_id = store.reserve("contact", 2 * len(drafts))
        self.first_new = first_new or self.next_id

    def run(self) -> list[Outcome]:
        """Match and store the drafts."""
        normal = [self._normalize(number, draft) for number, draft in enumerate(self.drafts)]
        good = [each for each in normal if isinstance(each, NormalContact)]
        self.matches_points = any(each.is_nameless for each in good)
        has_merged = custom_fields.field_name(custom_fields.MERGED_FROM) in self.fields
        candidates, self.by_uid = find_candidates(self.store, good, has_merged=has_merged)
        self.stored = candidates
        for candidate in candidates:
            self._remember(candidate)
        outcomes = [
            self._place(each) if isinstance(each, NormalContact) else each for each in normal
        ]
        for number, problems in self.unreadable.items():
            outcomes[number] = replace(outcomes[number], unreadable=problems)
        twins = self._find_stored_twins()
        self._spread_marks(good)
        self._write()
        return [
            replace(each, twin_id=twins[each.contact_id]) if each.contact_id in twins else each
            for each in outcomes
        ]

    def _find_stored_twins(self) -> dict[int, int]:
        """Return the stored contacts of the same name and kind as those that are added, by these.

        One statement a batch reads them from the index of names.
        """
        added = {each.id: (each.head["name_key"], each.head["kind"]) for each in self.added}
        known: dict[tuple[str, str], int] = {}
        for marks, params in chunks({name for name, _ in added.values()}):
            sql = (
                "SELECT name_key, kind, min(id) AS id FROM contact "
                f"WHERE name_key IN ({marks}) GROUP BY name_key, kind"
            )
            known |= {(row[0], row[1]): row[2] for row in self.store.rows(sql, **params)}
        return {id_: known[name] for id_, name in added.items() if name in known}

    def _normalize(self, number: int, draft: ContactDraft) -> NormalContact | Outcome:
        try:
            return normalize(draft, self.rules, self.now)
        except UsageError:
            return self._normalize_again(number, draft)

    def _normalize_again(self, number: int, draft: ContactDraft) -> NormalContact | Outcome:
        """Normalize a draft without the values that cannot be read, which are kept as text."""
        draft, problems = keep_as_written(draft, self.rules)
        try:
            normal = normalize(draft, self.rules, self.now)
        except UsageError as error:
            self.not_imported.append(draft)
            return Outcome(REFUSED, problem=error.message)
        self.unreadable[number] = problems
        return normal

    # Match

    def _remember(self, candidate: Candidate) -> None:
        self.by_uid[candidate.head["uid"]] = candidate
        for ref in candidate.refs:
            if ":" in ref:
                self.by_ref[candidate.head["kind"], ref] = candidate
        _add_once(self.by_name, candidate.head["name_key"], candidate)
        for (name_key,) in candidate.rows("nickname"):
            _add_once(self.by_name, name_key, candidate)
        if candidate.is_nameless or self.matches_points:
            for key in candidate.reach:
                _add_once(self.by_point, key, candidate)

    def _place(self, draft: NormalContact) -> Outcome:
        """Add a draft, or give it to the contact that it is of."""
        candidate, is_known, conflicts = self._find(draft)
        if candidate is None:
            return self._place_new(draft, conflicts)
        if draft.head["kind"] == "org" and candidate.id in self.waiting:
            return self._take_over(candidate, draft)
        uid = draft.head["uid"]
        foreign_uid = uid if draft.has_uid and candidate.head["uid"] != uid else ""
        outcome = Outcome(UNCHANGED, candidate.id, foreign_uid=foreign_uid, other_values=conflicts)
        is_marked = self._opt_out(candidate, draft)
        mode = self._choose_mode(candidate, is_known=is_known)
        if mode == "skip":
            is_marked = self._mark_points(candidate, draft) or is_marked
            return replace(outcome, status=UPDATED) if is_marked else outcome
        if mode == "update":
            return self._update(candidate, draft, outcome, is_marked=is_marked)
        org_ids = {org.id for org in self._find_orgs(draft)}
        others = (*conflicts, *other_values(candidate, draft, org_ids))
        outcome = replace(outcome, other_values=others)
        if not lacks_any(candidate, draft):
            return replace(outcome, status=UPDATED) if is_marked else outcome
        changes = tuple(self._describe_gaps(candidate, draft))
        added_org = self._fill(candidate, draft)
        return replace(
            outcome,
            status=UPDATED,
            added_org=added_org,
            warnings=draft.warnings,
            regions=draft.regions,
            changes=changes,
        )

    def _place_new(self, draft: NormalContact, conflicts: tuple[str, ...]) -> Outcome:
        """Add a contact that no stored one matches, unless it was forgotten."""
        if day := self._find_forgotten(draft):
            return Outcome(
                REFUSED, problem=f"was forgotten on {day}; `import --anyway` brings it back"
            )
        twin = self._find_twin(draft)
        outcome = self._add(draft)
        if twin or conflicts:
            twin_id = twin.id if twin else 0
            outcome = replace(outcome, twin_id=twin_id, other_values=conflicts)
        return outcome

    def _choose_mode(self, candidate: Candidate, *, is_known: bool) -> Mode:
        """Return what becomes of a known contact; only the first draft of a file overwrites."""
        is_first = candidate.id not in self.seen and not self._has_entry(candidate)
        self.seen.add(candidate.id)
        mode = self.mode or ("update" if is_known else "fill")
        return mode if is_first or mode == "skip" else "fill"

    def _find(self, draft: NormalContact) -> tuple[Candidate | None, bool, tuple[str, ...]]:
        """Return the contact that a draft is of, and whether it is known by its own id.

        The ids of contacts that were merged into it do not count, as these had other values. A
        permanent id of another person is reported, and the draft gets one of its own.
        """
        uid, ref = draft.head["uid"], draft.head["ref"]
        by_uid = self.by_uid.get(uid)
        if by_uid is not None and has_other_name(by_uid, draft):
            match = self._match(draft)
            # One without an email address or a phone number may have been renamed.
            is_certain = self._has_entry(by_uid) or bool(by_uid.reach and draft.reach)
            if match is not by_uid and (match or is_certain):
                draft.head["uid"] = new_uid()
                told = f"permanent id, which is that of {by_uid.head['name']}"
                return match, False, (told,)
        by_id = by_uid or self.by_ref.get((draft.head["kind"], ref or ""))
        found = by_id or self._match(draft)
        if found is None:
            return None, False, ()
        return found, found.head["uid"] == uid or bool(ref and found.head["ref"] == ref), ()

    def _match(self, draft: NormalContact) -> Candidate | None:
        candidates = self.by_name.get(draft.head["name_key"], [])
        if self.by_point:
            reached = (each for key in draft.reach for each in self.by_point.get(key, ()))
            candidates = list(dict.fromkeys((*candidates, *reached)))
        if draft.is_exported:  # another entry of the file is another contact
            candidates = [each for each in candidates if not self._has_entry(each)]
        if not candidates:
            return None
        return choose_match(candidates, draft, {org.id for org in self._find_orgs(draft)})

    def _has_entry(self, candidate: Candidate) -> bool:
        """Return whether the file has added a contact for an entry of its own."""
        return candidate.id >= self.first_new and candidate.id not in self.waiting

    def _find_twin(self, draft: NormalContact) -> Candidate | None:
        """Return a contact of the same name and kind that is not the same contact for certain."""
        known = self.by_name.get(draft.head["name_key"], ())
        return next((each for each in known if each.head["kind"] == draft.head["kind"]), None)

    def _find_orgs(self, draft: NormalContact) -> list[Candidate]:
        """Return the organizations that a draft may name, those with that very name first."""
        if not draft.org_key:
            return []
        orgs = [each for each in self.by_name.get(draft.org_key, ()) if each.head["kind"] == "org"]
        return sorted(
            orgs,
            key=lambda org: (org.head["name_key"] != draft.org_key, org.head["name"] != draft.org),
        )

    # Change

    def _find_or_add_org(self, draft: NormalContact) -> tuple[Candidate | None, int]:
        """Return the organization of a draft, and its id if it was added now."""
        if not draft.org_key:
            return None, 0
        orgs = self._find_orgs(draft)
        if orgs:
            return orgs[0], 0
        normal = normalize(ContactDraft(name=draft.org, kind="org"), self.rules, self.now)
        org_id = self._add(normal).contact_id
        self.waiting.add(org_id)
        return self.added[-1], org_id

    def _take_over(self, org: Candidate, draft: NormalContact) -> Outcome:
        """Make an organization that was added on the way the contact of a row.

        It has the uid, the stage and the spelling of the name that the row gives.
        """
        self.waiting.discard(org.id)
        uid = draft.head["uid"]
        if draft.has_uid and uid not in self.by_uid:
            org.head["uid"] = org.filled["uid"] = uid
            self.by_uid[uid] = org
        stated = {name: draft.head[name] for name in (*NAME_COLUMNS, "stage")}
        org.head |= stated
        org.filled |= stated
        self._fill(org, draft)
        return Outcome(CREATED, org.id, warnings=draft.warnings, regions=draft.regions)

    def _find_forgotten(self, draft: NormalContact) -> str:
        """Return the day on which the contact of a draft was forgotten, "" for any other."""
        if self.forgotten is None or not self.forgotten.has_any:
            return ""
        uid = draft.head["uid"] if draft.has_uid else ""
        keys = draft.parts.get("point", ())
        return self.forgotten.find_day(traits_of(draft.head["name"], keys, uid))

    def _add(self, draft: NormalContact) -> Outcome:
        head = draft.head
        org, added_org = self._find_or_add_org(draft)
        head["org_id"] = org.id if org else None
        head["bare"] = int(not draft.reach)
        candidate = Candidate(
            self.next_id,
            head,
            draft.org,
            draft.org_key,
            draft.parts,
            draft.reach,
            is_new=True,
            is_nameless=draft.is_nameless,
            refs=(head["ref"],) if head["ref"] else (),
            employer=org,
        )
        self.next_id += 1
        for table, rows in draft.parts.items():
            pending = self.rows[table]
            for key, row in rows.items():
                pending[candidate.id, key] = row
        self.added.append(candidate)
        self._remember(candidate)
        told = draft.warnings, draft.regions
        return Outcome(CREATED, candidate.id, "", added_org, "", *told)

    def _update(
        self, candidate: Candidate, draft: NormalContact, outcome: Outcome, *, is_marked: bool
    ) -> Outcome:
        """Overwrite what a draft says of a contact."""
        new = list_head_changes(candidate, draft)
        rows = list(list_row_changes(candidate, draft))
        labels = {each.id: each.label for each in self.fields.values()} if rows else {}
        changes = [
            *describe_head(candidate, new),
            *(describe_row(candidate, each, labels) for each in rows),
        ]
        added_org = 0
        orgs = {org.id for org in self._find_orgs(draft)}
        if names_other_org(candidate, draft) and candidate.head["org_id"] not in orgs:
            changes.append(Change("organization", candidate.org, draft.org))
            added_org = self._set_org(candidate, draft, new)
        is_marked = self._mark_points(candidate, draft) or is_marked
        if not changes and not new:
            return replace(outcome, status=UPDATED) if is_marked else outcome
        self._change_head(candidate, new)
        for each in rows:
            self._replace_row(candidate, each)
        candidate.update_reach()
        self._remember(candidate)
        return replace(
            outcome,
            status=UPDATED,
            added_org=added_org,
            changes=tuple(changes),
            warnings=draft.warnings if rows else (),
            regions=draft.regions if rows else (),
        )

    def _set_org(self, candidate: Candidate, draft: NormalContact, new: dict[str, Any]) -> int:
        """Give a contact its organization; return the id of that if it was added."""
        candidate.employer, added_org = self._find_or_add_org(draft)
        new["org_id"] = candidate.employer.id if candidate.employer else None
        self.has_late_org = self.has_late_org or candidate.is_new
        candidate.org, candidate.org_key = draft.org, draft.org_key
        return added_org

    def _change_head(self, candidate: Candidate, new: dict[str, Any]) -> None:
        candidate.head |= new
        candidate.filled |= new
        if not candidate.is_new:
            self.changed[candidate.id] = candidate

    def _replace_row(self, candidate: Candidate, change: RowChange) -> None:
        """Put a row in the place of another one, or add it."""
        table, old_key, row = change
        key = PARTS[table].key_of(row)
        known = candidate.parts.setdefault(table, {})
        if table == "point" and old_key is None and refuses_all(known, row[0]):
            row = opt_out(row)
        pending = self.rows[table]
        is_pending = old_key is None or (candidate.id, old_key) in pending
        if old_key is not None:
            known.pop(old_key)
            pending.pop((candidate.id, old_key), None)
        known[key] = row
        if is_pending:
            pending[candidate.id, key] = row
        else:
            self.replaced.append((candidate.id, change))
            if table == "point" and old_key is not None:
                candidate.point_ids.pop(old_key, None)

    def _describe_gaps(self, candidate: Candidate, draft: NormalContact) -> Iterator[Change]:
        """Yield what a contact gets that lacks it."""
        head = draft.head
        new = {name: head[name] for name in FILLABLE if head[name] and not candidate.head[name]}
        if takes_name(candidate, draft):
            new |= {name: head[name] for name in NAME_COLUMNS}
        yield from describe_head(candidate, new)
        if lacks_org(candidate, draft):
            yield Change("organization", "", draft.org)
        labels = {each.id: each.label for each in self.fields.values()}
        for table, rows in draft.parts.items():
            known = candidate.rows(table)
            for key, row in rows.items():
                if key not in known:
                    yield describe_row(candidate, RowChange(table, None, row), labels)

    # Opt-outs

    def _opt_out(self, candidate: Candidate, draft: NormalContact) -> bool:
        """Opt a contact out of the kinds of addresses that a draft refuses; return if it did."""
        if not draft.opted_out:
            return False
        rows = candidate.rows("point")
        found = [row for row in rows.values() if row[0] in draft.opted_out and not row[-2]]
        for row in found:
            self._set_marks(candidate, opt_out(row))
        return bool(found)

    def _mark_points(self, candidate: Candidate, draft: NormalContact) -> bool:
        """Take over the marks of addresses that both have; return whether there were any."""
        known = candidate.rows("point")
        rows = draft.parts.get("point", {})
        found = [
            part_types.mark(known[key], row)
            for key, row in rows.items()
            if (row[-2] or row[-1]) and key in known and adds_mark(known[key], row)
        ]
        for row in found:
            self._set_marks(candidate, row)
        return bool(found)

    def _set_marks(self, candidate: Candidate, row: Row) -> None:
        """Set the marks of an address that a contact has."""
        key = row[:2]
        candidate.parts["point"][key] = row
        if key in candidate.point_ids:
            self.marked_points[candidate.point_ids[key]] = row
        elif (candidate.id, key) in self.rows["point"]:
            self.rows["point"][candidate.id, key] = row

    def _spread_marks(self, drafts: Sequence[NormalContact]) -> None:
        """Mark each address that any contact has marked, on all contacts that have it."""
        if self.not_imported:
            mark_stored(self.store, self.not_imported, self.store.locale.region)
        owners = [each.rows("point") for each in self.stored]
        marks = collect_marks([*(each.parts.get("point", {}) for each in drafts), *owners])
        if not marks:
            return
        for candidate in (*self.stored, *self.added):
            for key, row in list(candidate.rows("point").items()):
                if key in marks and (marked := apply_marks(row, marks)) != row:
                    self._set_marks(candidate, marked)

    # Gaps

    def _fill(self, candidate: Candidate, draft: NormalContact) -> int:
        """Give a contact what it lacks; return the id of its organization, if that was added."""
        head = draft.head
        new: dict[str, Any]
        if takes_name(candidate, draft):
            new = {name: head[name] for name in NAME_COLUMNS}
            candidate.is_nameless = False
        else:
            new = missing_name(candidate, draft)
        new |= {name: head[name] for name in FILLABLE if head[name] and not candidate.head[name]}
        added_org = 0
        if lacks_org(candidate, draft):
            added_org = self._set_org(candidate, draft, new)
        self._change_head(candidate, new)
        if "ref" in new:
            candidate.refs = (*candidate.refs, head["ref"])
        self._fill_parts(candidate, draft)
        self._remember(candidate)
        return added_org

    def _fill_parts(self, candidate: Candidate, draft: NormalContact) -> None:
        for table, rows in draft.parts.items():
            known = candidate.parts.setdefault(table, {})
            refused = [each for each in _REACHES if refuses_all(known, each)] * (table == "point")
            for key, row in rows.items():
                if key not in known:
                    row = opt_out(row) if row[0] in refused else row  # noqa: PLW2901
                    known[key] = self.rows[table][candidate.id, key] = row
                elif table == "point" and adds_mark(known[key], row):
                    self._set_marks(candidate, part_types.mark(known[key], row))
        candidate.reach |= draft.reach
        candidate.head["bare"] = int(not candidate.reach)

    # Store

    def _write(self) -> None:
        store = self.store
        self._write_heads()
        for table, rows in self.rows.items():
            if rows:
                first = store.reserve(table, len(rows))
                store.load(
                    table,
                    ["id", "contact_id", *PARTS[table].columns],
                    [
                        (number, contact_id, *row)
                        for number, ((contact_id, _), row) in enumerate(rows.items(), first)
                    ],
                )
        quick = [each for each in self.added if each.is_ascii]
        store.engine.search.write_contacts([each.search_text() for each in quick])
        store.mark_fresh(contact_derived.SEARCH_TEXT, [each.id for each in quick])
        store.mark_fresh(contact_derived.BARE, [each.id for each in self.added])
        for candidate in self.changed.values():
            store.update("contact", candidate.id, **candidate.filled)
            writer.mark_updated(store, candidate.id)
        for contact_id, change in self.replaced:
            part, old_key = PARTS[change.table], change.old_key
            assert old_key is not None
            writer.put_row(store, contact_id, part, old_key, change.row)
        for row_id, row in self.marked_points.items():
            store.update("point", row_id, opted_out=row[-2], invalid=row[-1])

    def _write_heads(self) -> None:
        """Insert the added contacts, without the columns that are empty in all of them."""
        if not self.added:
            return
        if self.has_late_org:  # a contact may come before the organization that it refers to
            self.added.sort(key=lambda candidate: candidate.head["kind"] != "org")
        names = list(self.added[0].head)
        values = zip(*(candidate.head.values() for candidate in self.added), strict=True)
        filled: dict[str, tuple[Any, ...]] = {"id": tuple(each.id for each in self.added)}
        empty: list[str] = []
        for name, column in zip(names, values, strict=True):
            if name in (*FILLABLE, *NAME_COLUMNS, "org_id") and not any(column):
                empty.append(name)
            else:
                filled[name] = column
        self.store.load("contact", list(filled), list(zip(*filled.values(), strict=True)), empty)


def _field_finder(store: Store, fields: dict[str, Field]) -> Callable[[str], Field]:
    """Return a function that finds a custom field by its label, or adds it; long ones are cut.

    A method would make a reference cycle with the importer, and an import, which runs without
    garbage collection, would keep every batch in memory.
    """

    def find_field(label: str) -> Field:
        if len(label) > LONGEST:
            label = f"{label[: LONGEST - 1]}…"
        name = custom_fields.field_name(label)
        if name not in fields:
            fields[name] = custom_fields.add(store, label)
        return fields[name]

    return find_field


def _add_once(index: dict[Any, list[Candidate]], key: Any, candidate: Candidate) -> None:
    candidates = index.setdefault(key, [])
    if candidate not in candidates:
        candidates.append(candidate)


def add_relations(
    store: Store, relations: Iterable[tuple[int, str, str]], step: int | None = None
) -> list[tuple[int, str, str]]:
    """Add relations as (contact, kind, who) once all contacts are stored; return the failed ones.

    A relation whose WHO matches no contact or several becomes a custom field of that kind.
    """
    failed = []
    with store.continue_step(step):
        for contact_id, kind, who in relations:
            try:
                _add_relation(store, contact_id, kind, who)
            except CardcrmError:
                failed.append((contact_id, kind, who))
                _add_named_relation(store, contact_id, kind, who)
    return failed


def _add_named_relation(store: Store, contact_id: int, kind: str, who: str) -> None:
    """Add the name of a related person without a contact to the custom field of that kind."""
    name, line = custom_fields.field_name(kind), normalize_line(who)
    values = custom_fields.values_of(store, contact_id)
    known = next((each.text for each in values if each.name == name), "")
    if line not in known.split(custom_fields.JOINT):
        texts = filter(None, (known, line))
        writer.set_custom_field(store, contact_id, kind, custom_fields.JOINT.join(texts))


def _add_relation(store: Store, contact_id: int, kind: str, who: str) -> None:
    """Add a relation to the contact that ``who`` names, or whose permanent id it is."""
    other = store.value("SELECT id FROM contact WHERE uid = :uid", uid=who)
    if other is None:
        writer.add_relations(store, contact_id, [RelationDraft(kind, who)])
    else:
        writer.put_relation(store, contact_id, kind, contact_queries.get(store, other))


class _RollBackError(CardcrmError):
    """Raised to roll a dry run back."""


def dry_run(store: Store, work: Callable[[], None]) -> None:
    """Do some work and roll it back."""
    with contextlib.suppress(_RollBackError), store.transaction():
        work()
        raise _RollBackError("a dry run is rolled back")
