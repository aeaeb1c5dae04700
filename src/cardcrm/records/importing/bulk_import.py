"""Import many drafts at once, so that the import can be repeated without duplicating anything.

``matching`` decides which contact a draft is of. A contact that is known by its permanent id or by
its id in another program takes what the draft says; any other one gets what it lacks and keeps what
it has. An opt-out, or an invalid address, is always taken over, and never cleared.

The organization of a person is added when a contact takes it and none has its name. It then waits
for a row of its own in the same file, which decides its uid.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Literal

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.custom_fields import Field
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import cut_long
from cardcrm.records.contacts.normalize import NormalContact, Rules, normalize
from cardcrm.records.contacts.uids import stream_uids
from cardcrm.records.importing.consent_import import (
    NO_ADDRESS,
    RECORDED,
    RESPECTED,
    add_consents,
)
from cardcrm.records.importing.contact_outcomes import ContactOutcome
from cardcrm.records.importing.draft_merge import DraftMerger
from cardcrm.records.importing.extras import add_extras
from cardcrm.records.importing.known_contacts import KnownContacts
from cardcrm.records.importing.match_candidates import CandidateReader
from cardcrm.records.importing.matching import Candidate
from cardcrm.records.importing.outcomes import REFUSED, UNCHANGED, UPDATED
from cardcrm.records.importing.pending_rows import PendingRows
from cardcrm.records.importing.refusals import carry_marks, collect_marks, mark_stored
from cardcrm.records.importing.unchanged import find_unchanged
from cardcrm.records.importing.unreadable import keep_as_written
from cardcrm.records.privacy import forgotten_hashes
from cardcrm.records.privacy.forgotten_hashes import Forgotten, traits_of
from cardcrm.records.teamwork.new_owners import assign_new
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

Mode = Literal["", "update", "fill", "skip"]


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
) -> list[ContactOutcome]:
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
        importer = _Importer(store, drafts, waiting, first_new, mode, seen, forgotten)
        outcomes = importer.run()
        assign_new(store, [each.id for each in importer.pending.added])
        outcomes = _add_extras(store, importer.drafts, outcomes)
        return _add_consents(store, importer.drafts, outcomes)


def _add_extras(
    store: Store, drafts: Sequence[ContactDraft], outcomes: list[ContactOutcome]
) -> list[ContactOutcome]:
    """Add what few contacts have, and return the outcomes with what that changed."""
    found = zip(outcomes, drafts, strict=True)
    extras = add_extras(
        store, ((each.contact_id, draft) for each, draft in found if each.contact_id)
    )
    if not extras.contacts:
        return outcomes
    return [
        each._replace(
            status=UPDATED if each.status == UNCHANGED else each.status,
            job_orgs=extras.organizations.get(each.contact_id, ()),
        )
        if each.contact_id in extras.contacts
        else each
        for each in outcomes
    ]


def _add_consents(
    store: Store, drafts: Sequence[ContactDraft], outcomes: list[ContactOutcome]
) -> list[ContactOutcome]:
    """Add consents, and return the outcomes with their counts."""
    counts = add_consents(store, drafts, [each.contact_id for each in outcomes])
    for number, count in counts.items():
        found = outcomes[number]
        is_updated = found.status == UNCHANGED and count[RECORDED]
        outcomes[number] = found._replace(
            status=UPDATED if is_updated else found.status,
            consents=count[RECORDED],
            respected=count[RESPECTED],
            without_address=count[NO_ADDRESS],
        )
    return outcomes


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
        self.drafts = list(drafts)
        self.fields = {each.name: each for each in custom_fields.list_fields(store)}
        self.rules = Rules(
            store.locale,
            _field_finder(store, self.fields),
            foreign=True,
            make_uid=stream_uids().__next__,
        )
        self.now = dates.current_instant()
        self.unreadable: dict[int, tuple[str, ...]] = {}
        self.not_imported: list[ContactDraft] = []
        # A draft may need an id for itself and one for its organization.
        next_id = store.reserve("contact", 2 * len(drafts))
        self.known = KnownContacts(waiting, first_new or next_id)
        self.pending = PendingRows(store, next_id)
        self.merger = DraftMerger(self.known, self.pending, self.rules, self.fields, self.now)

    def run(self) -> list[ContactOutcome]:
        """Match and store the drafts."""
        reader = CandidateReader(self.store)
        reader.read_by_texts(self.drafts)
        unchanged = find_unchanged(self.drafts, reader.found.values(), self.fields)
        normal = [
            self._pass_over(unchanged[number])
            if number in unchanged
            else self._normalize(number, draft)
            for number, draft in enumerate(self.drafts)
        ]
        good = [each for each in normal if isinstance(each, NormalContact)]
        has_merged = custom_fields.field_name(custom_fields.MERGED_FROM) in self.fields
        self.known.read(good, reader, has_merged=has_merged)
        outcomes = [
            self._place(each) if isinstance(each, NormalContact) else each for each in normal
        ]
        for number, problems in self.unreadable.items():
            outcomes[number] = outcomes[number]._replace(unreadable=problems)
        twins = self._find_stored_twins()
        if self.not_imported:
            mark_stored(self.store, self.not_imported, self.store.locale.region)
        self.merger.spread_marks(good)
        self.pending.write()
        carry_marks(self.store, collect_marks([self.pending.point_changes()]))
        if self.merger.suppressed:
            outcomes = list(map(self._count_suppressed, normal, outcomes))
        return [
            each._replace(twin_id=twins[each.contact_id]) if each.contact_id in twins else each
            for each in outcomes
        ]

    def _count_suppressed(
        self, draft: NormalContact | ContactOutcome, outcome: ContactOutcome
    ) -> ContactOutcome:
        """Return an outcome with the number of addresses that the suppression list has marked."""
        points = draft.parts.get("point", {}) if isinstance(draft, NormalContact) else {}
        return outcome._replace(suppressed=len(self.merger.suppressed & points.keys()))

    def _pass_over(self, contact: Candidate) -> ContactOutcome:
        """Return the outcome of a draft that says nothing new of a contact."""
        self.seen.add(contact.id)
        return ContactOutcome(UNCHANGED, contact.id)

    def _normalize(self, number: int, draft: ContactDraft) -> NormalContact | ContactOutcome:
        try:
            return normalize(draft, self.rules, self.now)
        except UsageError:
            return self._normalize_again(number, draft)

    def _normalize_again(self, number: int, draft: ContactDraft) -> NormalContact | ContactOutcome:
        """Normalize a draft without the values that cannot be read, which are kept as text."""
        draft, problems = keep_as_written(draft, self.rules)
        try:
            normal = normalize(draft, self.rules, self.now)
        except UsageError as error:
            self.not_imported.append(draft)
            return ContactOutcome(REFUSED, problem=error.message)
        self.unreadable[number] = problems
        self.drafts[number] = draft
        return normal

    def _place(self, draft: NormalContact) -> ContactOutcome:
        """Add a draft, or give it to the contact that it is of."""
        candidate, is_known, conflicts = self.known.find(draft)
        if candidate is None:
            return self._place_new(draft, conflicts)
        if draft.head["kind"] == "org" and candidate.id in self.known.waiting:
            return self.merger.take_over(candidate, draft)
        uid = draft.head["uid"]
        foreign_uid = uid if draft.has_uid and candidate.head["uid"] != uid else ""
        outcome = ContactOutcome(
            UPDATED if self.merger.opt_out(candidate, draft) else UNCHANGED,
            candidate.id,
            foreign_uid=foreign_uid,
            other_values=conflicts,
        )
        mode = self._choose_mode(candidate, is_known=is_known)
        if mode == "skip":
            is_marked = self.merger.mark_points(candidate, draft)
            return outcome._replace(status=UPDATED) if is_marked else outcome
        if mode == "update":
            return self.merger.overwrite(candidate, draft, outcome)
        return self.merger.fill(candidate, draft, outcome)

    def _place_new(self, draft: NormalContact, conflicts: tuple[str, ...]) -> ContactOutcome:
        """Add a contact that no stored one matches, unless it was forgotten."""
        if day := self._find_forgotten(draft):
            return ContactOutcome(
                REFUSED,
                problem=f"was forgotten on {day}; `import --anyway` brings it back",
                is_forgotten=True,
            )
        twin = self.known.find_twin(draft)
        outcome = self.merger.add(draft)
        if twin or conflicts:
            twin_id = twin.id if twin else 0
            outcome = outcome._replace(twin_id=twin_id, other_values=conflicts)
        return outcome

    def _choose_mode(self, candidate: Candidate, *, is_known: bool) -> Mode:
        """Return what becomes of a known contact; only the first draft of a file overwrites."""
        is_first = candidate.id not in self.seen and not self.known.has_entry(candidate)
        self.seen.add(candidate.id)
        mode = self.mode or ("update" if is_known else "fill")
        return mode if is_first or mode == "skip" else "fill"

    def _find_forgotten(self, draft: NormalContact) -> str:
        """Return the day on which the contact of a draft was forgotten, "" for any other."""
        if self.forgotten is None or not self.forgotten.has_any:
            return ""
        uid = draft.head["uid"] if draft.has_uid else ""
        keys = draft.parts.get("point", ())
        return self.forgotten.find_day(traits_of(draft.head["name"], keys, uid))

    def _find_stored_twins(self) -> dict[int, int]:
        """Return the stored contacts of the same name and kind as those that are added, by these.

        One statement a batch reads them from the index of names.
        """
        added = {each.id: (each.head["name_key"], each.head["kind"]) for each in self.pending.added}
        known: dict[tuple[str, str], int] = {}
        for marks, params in chunks({name for name, _ in added.values()}):
            sql = (
                "SELECT name_key, kind, min(id) AS id FROM contact "
                f"WHERE name_key IN ({marks}) GROUP BY name_key, kind"
            )
            known |= {(row[0], row[1]): row[2] for row in self.store.rows(sql, **params)}
        return {id_: known[name] for id_, name in added.items() if name in known}


def _field_finder(store: Store, fields: dict[str, Field]) -> Callable[[str], Field]:
    """Return a function that finds a custom field by its label, or adds it; long ones are cut.

    A method would make a reference cycle with the importer, and an import, which runs without
    garbage collection, would keep every batch in memory.
    """

    def find_field(label: str) -> Field:
        label = cut_long(label)
        name = custom_fields.field_name(label)
        if name not in fields:
            fields[name] = custom_fields.add(store, label)
        return fields[name]

    return find_field
