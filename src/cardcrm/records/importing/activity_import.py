"""Store the interactions and reminders of a file in bulk, so that a second import changes nothing.

A row is known by the permanent id that is made of its key in the program that wrote the file, or of
its values and its number among equal rows of the file. An activity that was open, and is done now,
closes its reminder and becomes an interaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cardcrm import dates
from cardcrm.records.importing.batch_import import BatchImporter
from cardcrm.records.importing.derived_uids import derive_uid
from cardcrm.records.importing.history_drafts import InteractionDraft, Party, ReminderDraft
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome
from cardcrm.records.importing.parties import PartyFinder
from cardcrm.store.derived_refresh import chunks

Draft = InteractionDraft | ReminderDraft

_INTERACTION: Final = (
    "id", "uid", "kind", "direction", "on_date", "at", "minutes", "outcome", "text", "no_answer",
    "author", "created_at",
)  # fmt: skip
_REMINDER: Final = (
    "id", "uid", "contact_id", "text", "due_on", "due_at", "rule", "promise", "priority", "owner",
    "created_at", "done_at",
)  # fmt: skip


@dataclass
class ActivityImporter(BatchImporter[Draft]):
    """The import of the interactions and reminders of one file, batch by batch."""

    others: PartyFinder = field(init=False)
    unknown: int = 0
    created: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare to look for further participants, who are not added."""
        self.others = PartyFinder(self.store, known_only=True)

    def start(self, drafts: Sequence[Draft]) -> "_Batch":
        """Return the import of a batch."""
        return _Batch(self, drafts)

    def commit(self, batch: "_Batch") -> None:
        """Remember what a transaction has added, and count it."""
        super().commit(batch)
        self.unknown += batch.unknown
        for noun, count in batch.created.items():
            self.created[noun] = self.created.get(noun, 0) + count

    def notes(self) -> list[str]:
        """Return sentences about the import, with what was created and left out."""
        notes = super().notes()
        if len(self.created) > 1:
            counts = (
                f"{count:,} {noun}{'' if count == 1 else 's'}"
                for noun, count in self.created.items()
            )
            notes.append(f"created {' and '.join(counts)}")
        if self.unknown:
            word = "participant" if self.unknown == 1 else "participants"
            notes.append(f"left out {self.unknown:,} further {word} whom no contact matches")
        return notes


class _Batch:
    """The import of one batch."""

    def __init__(self, importer: ActivityImporter, drafts: Sequence[Draft]) -> None:
        self.importer, self.store, self.drafts = importer, importer.store, drafts
        self.uids = [derive_uid(draft.key) for draft in drafts]
        self.interactions: dict[str, dict[str, Any]] = {}
        self.reminders: dict[str, dict[str, Any]] = {}
        self.people: dict[int, set[int]] = {}
        self.new_interactions: list[tuple[Any, ...]] = []
        self.new_reminders: list[tuple[Any, ...]] = []
        self.new_people: list[tuple[int, int]] = []
        self.new_uids: set[str] = set()
        self.unknown = 0
        self.created: dict[str, int] = {}
        self.now = dates.current_instant()
        self.next_interaction = self.store.reserve("interaction", len(drafts))
        self.next_reminder = self.store.reserve("reminder", len(drafts))

    def run(self) -> list[Outcome]:
        """Find what is known, and write what is new or differs."""
        self._read_known()
        parties = [draft.party for draft in self.drafts if draft.party is not None]
        self.places = self.importer.parties.find(parties)
        others = [each for draft in self.drafts if isinstance(draft, InteractionDraft)
                  for each in draft.others]  # fmt: skip
        self.other_places = self.importer.others.find(others)
        outcomes = [
            self._place(draft, uid) for draft, uid in zip(self.drafts, self.uids, strict=True)
        ]
        self._write()
        return outcomes

    def _read_known(self) -> None:
        for table, found in (("interaction", self.interactions), ("reminder", self.reminders)):
            for marks, params in chunks(set(self.uids)):
                for row in self.store.rows(
                    f"SELECT * FROM {table} WHERE uid IN ({marks})", **params
                ):
                    found[row["uid"]] = dict(zip(row.keys(), row, strict=True))
        ids = {row["id"] for row in self.interactions.values()}
        for marks, params in chunks(ids):
            sql = (
                "SELECT interaction_id, contact_id FROM participant "
                f"WHERE interaction_id IN ({marks})"
            )
            for row in self.store.rows(sql, **params):
                self.people.setdefault(row[0], set()).add(row[1])

    def _place(self, draft: Draft, uid: str) -> Outcome:
        contact_id, refusal = self._contact_of(draft.party)
        if uid in self.new_uids:
            return Outcome(REFUSED, "an earlier row of the file has the same id", "id")
        if isinstance(draft, InteractionDraft):
            known = self.interactions.get(uid)
            if known is not None:
                return self._revise_interaction(known, draft)
            return refusal or self._add_interaction(draft, uid, contact_id)
        if uid in self.interactions:  # it was done here, or in an earlier file
            return Outcome(UNCHANGED)
        known = self.reminders.get(uid)
        if known is not None:
            return self._revise("reminder", known, _reminder_values(draft, known))
        return refusal or self._add_reminder(draft, uid, contact_id or None)

    def _contact_of(self, party: Party | None) -> tuple[int, Outcome | None]:
        if party is None:
            return 0, None
        place = self.places[party.key]
        if place.contact_id:
            return place.contact_id, None
        return 0, Outcome(REFUSED, place.reason, place.part)

    # Interactions

    def _add_interaction(self, draft: InteractionDraft, uid: str, contact_id: int) -> Outcome:
        row_id, self.next_interaction = self.next_interaction, self.next_interaction + 1
        values = _interaction_values(draft)
        author = draft.author or self.store.author.name
        row = {"id": row_id, "uid": uid, **values, "author": author, "created_at": self.now}
        self.new_interactions.append(tuple(row[name] for name in _INTERACTION))
        self.new_people += [(row_id, each) for each in self._participants(draft, contact_id)]
        self.new_uids.add(uid)
        self.created["interaction"] = self.created.get("interaction", 0) + 1
        self._close_reminder(uid, draft)
        return Outcome(CREATED)

    def _participants(self, draft: InteractionDraft, contact_id: int) -> list[int]:
        found = [contact_id]
        for each in draft.others:
            place = self.other_places[each.key]
            self.unknown += not place.contact_id
            if place.contact_id and place.contact_id not in found:
                found.append(place.contact_id)
        return found

    def _close_reminder(self, uid: str, draft: InteractionDraft) -> None:
        """Mark the reminder of an activity that is done now as done."""
        reminder = self.reminders.get(uid)
        if reminder is not None and reminder["done_at"] is None:
            done_at = draft.at if draft.at and draft.at < self.now else self.now
            self.store.update("reminder", reminder["id"], done_at=done_at)

    def _revise_interaction(self, known: Mapping[str, Any], draft: InteractionDraft) -> Outcome:
        return self._revise("interaction", known, _interaction_values(draft))

    def _revise(self, table: str, known: Mapping[str, Any], wanted: Mapping[str, Any]) -> Outcome:
        """Give a known row what the file says otherwise; empty values change nothing."""
        changes = {
            name: value
            for name, value in wanted.items()
            if value not in (None, "") and known[name] != value
        }
        if self.importer.mode == "fill":
            changes = {name: each for name, each in changes.items() if known[name] in (None, "", 0)}
        if not changes:
            return Outcome(UNCHANGED)
        if self.importer.mode == "skip":
            return Outcome(UNCHANGED, note="skipped")
        self.store.update(table, known["id"], **changes)
        return Outcome(UPDATED)

    # Reminders

    def _add_reminder(self, draft: ReminderDraft, uid: str, contact_id: int | None) -> Outcome:
        row_id, self.next_reminder = self.next_reminder, self.next_reminder + 1
        row = {
            "id": row_id, "uid": uid, "contact_id": contact_id, "created_at": self.now,
            **_reminder_values(draft, None),
        }  # fmt: skip
        self.new_reminders.append(tuple(row[name] for name in _REMINDER))
        self.new_uids.add(uid)
        self.created["reminder"] = self.created.get("reminder", 0) + 1
        return Outcome(CREATED)

    def _write(self) -> None:
        store = self.store
        store.load("interaction", _INTERACTION, self.new_interactions)
        if self.new_people:
            first = store.reserve("participant", len(self.new_people))
            rows = [(number, *pair) for number, pair in enumerate(self.new_people, first)]
            store.load("participant", ("id", "interaction_id", "contact_id"), rows)
        store.load("reminder", _REMINDER, self.new_reminders)


def _interaction_values(draft: InteractionDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind, "direction": draft.direction, "on_date": draft.on_date,
        "at": draft.at, "minutes": draft.minutes, "outcome": draft.outcome, "text": draft.text,
        "no_answer": int(draft.no_answer),
    }  # fmt: skip


def _reminder_values(draft: ReminderDraft, known: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the columns of a reminder; one that was done or moved on here stays so."""
    values = {
        "text": draft.text, "due_on": draft.due_on, "due_at": draft.due_at, "rule": draft.rule,
        "promise": int(draft.promise), "priority": draft.priority, "owner": draft.owner,
        "done_at": draft.done_at,
    }  # fmt: skip
    if known is not None and known["done_at"] is not None:
        del values["done_at"]
    if known is not None and known["last_done_at"] is not None:
        del values["due_on"], values["due_at"]
    return values
