"""Store leads, typed or of a file, so that nothing is asked twice and a second import adds nothing.

The contact of a lead is found by its email address, phone number or name, and completed with what
it lacked; an unknown one is added. A contact that has a lead which is worked on gets no second one:
the new request is added to the text of that lead, and a recycled lead becomes new. A lead of a file
is known by its key in the program that wrote the file, by its reference, or by its request.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, update
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.importing.batch_import import BatchImporter
from cardcrm.records.importing.derived_uids import derive_uid
from cardcrm.records.importing.history_drafts import LeadDraft, Party
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome
from cardcrm.records.importing.parties import Place
from cardcrm.records.leads.lead_rules import choose_owners
from cardcrm.records.leads.lead_status import complete_lead, note_status
from cardcrm.records.leads.statuses import ACTIVE, ASSIGNED, CLOSED, NEW, RECYCLED
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_LEAD: Final = (
    "id", "uid", "contact_id", "text", "status", "source", "owner", "received_on", "received_at",
    "closed_on", "reason", "ref",
)  # fmt: skip
_CHANGE: Final = ("id", "lead_id", "status", "owner", "at", "on_date", "author")

_BETWEEN: Final = "\n\n"  # two requests in the text of a lead


class PlacedLead(NamedTuple):
    """The fate of one draft: its outcome, and the lead and the contact that it became part of."""

    outcome: Outcome
    lead_id: int = 0
    contact_id: int = 0


@dataclass
class LeadImporter(BatchImporter[LeadDraft]):
    """The import of leads, batch by batch; ``placed`` are those of the last batch."""

    key_prefix = "lead"

    placed: Sequence[PlacedLead] = ()

    def start(self, drafts: Sequence[LeadDraft]) -> "_Batch":
        """Return the import of a batch."""
        return _Batch(self, drafts)

    def contact_of(self, draft: LeadDraft) -> int:
        """Return the contact of a draft, which may be given."""
        return draft.contact_id or super().contact_of(draft)

    def commit(self, batch: "_Batch") -> None:
        """Remember what a transaction has added."""
        super().commit(batch)
        self.placed = batch.placed


class _Batch:
    """The import of one batch."""

    def __init__(self, importer: LeadImporter, drafts: Sequence[LeadDraft]) -> None:
        self.importer = importer
        self.store, self.mode, self.drafts = importer.store, importer.mode, drafts
        self.parties = importer.parties
        self.uids = [derive_uid(draft.key) if draft.key else "" for draft in drafts]
        self.by_uid: dict[str, dict[str, Any]] = {}
        self.by_ref: dict[str, dict[str, Any]] = {}
        self.by_contact: dict[int, list[dict[str, Any]]] = {}
        self.stored: set[int] = set()
        self.new: dict[int, dict[str, Any]] = {}
        self.now = dates.current_instant()
        self.today = dates.today(self.store.locale.zone).isoformat()

    def run(self) -> list[Outcome]:
        """Find what is known, and write what is new or differs."""
        latest = self.store.value("SELECT max(id) FROM contact") or 0
        found = list(self._find_contacts())
        self._read_known({contact_id for contact_id, _ in found if contact_id})
        known = [
            (contact_id, draft.party)
            for (contact_id, _), draft in zip(found, self.drafts, strict=True)
            if 0 < contact_id <= latest
        ]
        for contact_id, party in dict.fromkeys(known):
            _complete_contact(self.store, contact_id, party)
        self.next_id = self.store.reserve("lead", len(self.drafts))
        self.placed = [
            self._place(draft, uid, contact_id, refusal)
            for draft, uid, (contact_id, refusal) in zip(self.drafts, self.uids, found, strict=True)
        ]
        self._write()
        return [each.outcome for each in self.placed]

    def _find_contacts(self) -> Iterator[tuple[int, Outcome]]:
        """Yield the contact of each draft, or 0, and the refusal in that case."""
        places = self.parties.find([each.party for each in self.drafts if not each.contact_id])
        for each in self.drafts:
            place = Place(each.contact_id) if each.contact_id else places[each.party.key]
            yield place.contact_id, Outcome(REFUSED, place.reason, place.part)

    def _read_known(self, contacts: set[int]) -> None:
        wanted: tuple[tuple[str, set[Any]], ...] = (
            ("uid", {each for each in self.uids if each}),
            ("ref", {draft.ref for draft in self.drafts if draft.ref}),
            ("contact_id", contacts),
        )
        found: dict[int, dict[str, Any]] = {}
        for column, values in wanted:
            for marks, params in chunks(values):
                sql = f"SELECT * FROM lead WHERE {column} IN ({marks}) ORDER BY id"
                for row in self.store.rows(sql, **params):
                    found.setdefault(row["id"], dict(zip(row.keys(), row, strict=True)))
        self.stored.update(found)
        for lead_id in sorted(found):
            self._remember(found[lead_id])

    def _remember(self, lead: dict[str, Any]) -> None:
        self.by_uid[lead["uid"]] = lead
        if lead["ref"]:
            self.by_ref[lead["ref"]] = lead
        self.by_contact.setdefault(lead["contact_id"], []).append(lead)

    def _place(self, draft: LeadDraft, uid: str, contact_id: int, refusal: Outcome) -> PlacedLead:
        known = self.by_uid.get(uid) or self.by_ref.get(draft.ref)
        if known is not None:
            return self._done(self._revise(known, draft), known)
        if not contact_id:
            return PlacedLead(refusal)
        leads = self.by_contact.get(contact_id, [])
        same = next((each for each in leads if self._is_same(each, draft)), None)
        if same is not None:
            return self._done(Outcome(UNCHANGED), same)
        active = [each for each in leads if each["status"] in (*ACTIVE, RECYCLED)]
        if active and draft.status not in CLOSED:
            return self._done(self._extend(active[-1], draft), active[-1])
        lead = self._add(draft, uid, contact_id)
        return self._done(Outcome(CREATED), lead)

    @staticmethod
    def _done(outcome: Outcome, lead: Mapping[str, Any]) -> PlacedLead:
        return PlacedLead(outcome, lead["id"], lead["contact_id"])

    def _is_same(self, lead: Mapping[str, Any], draft: LeadDraft) -> bool:
        """Return whether a request is part of a lead: its words are, and it is no later one.

        A request that is typed does not belong to a lead that is closed.
        """
        is_open = lead["status"] in ACTIVE
        if not (is_open or (draft.key and lead["closed_on"])):
            return False
        if draft.received_on and draft.received_on > (lead["closed_on"] or self.today):
            return False
        if not draft.text:
            return is_open or draft.received_on == lead["received_on"]
        return _has_request(lead["text"], draft.text)

    # New leads

    def _add(self, draft: LeadDraft, uid: str, contact_id: int) -> dict[str, Any]:
        lead_id, self.next_id = self.next_id, self.next_id + 1
        status = draft.status or NEW
        if status == NEW and draft.owner:
            status = ASSIGNED
        lead = {
            "id": lead_id,
            "uid": uid or new_uid(),
            "contact_id": contact_id,
            "text": draft.text,
            "status": status,
            "source": draft.source,
            "owner": draft.owner,
            "received_on": draft.received_on or self.today,
            "received_at": draft.received_at if draft.received_on else self.now,
            "closed_on": self.today if status in CLOSED else None,
            "reason": draft.reason,
            "ref": draft.ref or None,
        }
        self.new[lead_id] = lead
        self._remember(lead)
        return lead

    def _write(self) -> None:
        leads = list(self.new.values())
        if len(leads) == 1:  # the journal names a row that is not loaded
            values = {name: leads[0][name] for name in _LEAD if name != "id"}
            inserted = self.store.insert("lead", **values)
            assert inserted == leads[0]["id"], "the transaction is exclusive"
            note_status(self.store, inserted)
        elif leads:
            first = self.store.reserve("lead_change", len(leads))
            self.store.load("lead", _LEAD, [tuple(each[name] for name in _LEAD) for each in leads])
            self.store.load("lead_change", _CHANGE, list(self._list_changes(leads, first)))
        self._assign([each["id"] for each in leads if each["status"] == NEW])

    def _assign(self, ids: Sequence[int]) -> None:
        """Give new leads an owner by the rules, if there are any."""
        if ids:
            for lead_id, owner, *_ in choose_owners(self.store, ids):
                columns = complete_lead(self.store, {"owner": owner}, lead_id)
                self.store.update("lead", lead_id, **columns)
                note_status(self.store, lead_id)

    def _list_changes(
        self, leads: Sequence[Mapping[str, Any]], first: int
    ) -> Iterator[tuple[Any, ...]]:
        author = self.store.author.name
        for number, each in enumerate(leads, first):
            status, owner = each["status"], each["owner"]
            yield number, each["id"], status, owner, self.now, self.today, author

    # Known leads

    def _extend(self, lead: dict[str, Any], draft: LeadDraft) -> Outcome:
        """Add a request to a lead that is worked on; a recycled one becomes new."""
        text = _BETWEEN.join(filter(None, (lead["text"], draft.text)))
        changes = {"text": text} if text != lead["text"] else {}
        if lead["status"] == RECYCLED:
            changes["status"] = NEW
        for name in ("source", "owner"):
            if not lead[name] and getattr(draft, name):
                changes[name] = getattr(draft, name)
        return self._change(lead, changes)

    def _revise(self, lead: dict[str, Any], draft: LeadDraft) -> Outcome:
        """Give a known lead what the file says otherwise; empty values change nothing."""
        changes: dict[str, Any] = {
            name: getattr(draft, name)
            for name in ("source", "owner", "reason")
            if getattr(draft, name) and getattr(draft, name) != lead[name]
        }
        if draft.status not in ("", NEW, lead["status"]):
            changes["status"] = draft.status
        if draft.text and not _has_request(lead["text"], draft.text):
            changes["text"] = draft.text
        if self.mode == "fill":
            changes = {name: each for name, each in changes.items() if not lead[name]}
        return self._change(lead, changes)

    def _change(self, lead: dict[str, Any], changes: dict[str, Any]) -> Outcome:
        if not changes:
            return Outcome(UNCHANGED)
        if self.mode == "skip":
            return Outcome(UNCHANGED, note="skipped")
        if lead["id"] in self.stored:
            columns = complete_lead(self.store, changes, lead["id"])
            self.store.update("lead", lead["id"], **columns)
            note_status(self.store, lead["id"])
            lead.update(columns)
        else:
            lead.update(changes)
        return Outcome(UPDATED)


def _has_request(text: str, request: str) -> bool:
    """Return whether a request is one of those in the text of a lead."""
    return f"{_BETWEEN}{request}{_BETWEEN}" in f"{_BETWEEN}{text}{_BETWEEN}"


def _complete_contact(store: Store, contact_id: int, party: Party) -> None:
    """Give a known contact the addresses and the organization that it lacks."""
    sql = "SELECT value_key FROM point WHERE contact_id = :id"
    keys = {row[0] for row in store.rows(sql, id=contact_id)}
    points = []
    if party.email and email_key(party.email) not in keys:
        points.append(ContactPointDraft("email", party.email))
    if party.phone and _phone_key(store, party.phone) not in (None, *keys):
        points.append(ContactPointDraft("phone", party.phone))
    sql = "SELECT kind = 'person' AND org_id IS NULL FROM contact WHERE id = :id"
    values = (("org", party.org),) if party.org and store.value(sql, id=contact_id) else ()
    if points or values:
        additions = ContactDraft(points=tuple(points))
        update.edit(store, [contact_id], update.Edit(values, additions))


def _phone_key(store: Store, phone: str) -> str | None:
    try:
        return contact_points.phone_key(phone, store.locale.region)
    except UsageError:
        return None
