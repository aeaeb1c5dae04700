"""Store the deals of a file, so that a second import changes nothing.

A deal is known by its permanent id, if the file is an export of cardcrm; else by the one that is
made of its key in the program that wrote the file, by its reference, or of its title and contact
and its number among equal rows of the file. A deal that is won in the file becomes no sale: the
sales of a firm are imported as such. A won deal that the file opens again or loses gives back the
sale that it became, as `moves.reopen` does. Its quotes are opened again with it, and canceled with
a deal that the file closes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cardcrm import dates
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.deals import pipelines, stages
from cardcrm.records.deals.deal_rules import refuse_other_sum
from cardcrm.records.deals.stage_history import find_moment, note
from cardcrm.records.deals.stage_kinds import KINDS, LOST, OPEN, WON
from cardcrm.records.deals.stages import Stage
from cardcrm.records.importing.batch_import import BatchImporter
from cardcrm.records.importing.derived_uids import derive_uid
from cardcrm.records.importing.history_drafts import DealDraft
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome
from cardcrm.records.partners.partner_rules import require_partner
from cardcrm.records.partners.registration_rules import choose_partner, has_registrations
from cardcrm.records.quotes.quote_closing import follow_deal
from cardcrm.records.references import remove_row
from cardcrm.records.sales.sold_deals import sold_deal_error
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.text import fold

_DEAL: Final = (
    "id", "uid", "title", "title_key", "contact_id", "org_id", "pipeline_id", "stage_id", "status",
    "amount", "currency", "own_probability", "close_on", "opened_on", "entered_on", "closed_on",
    "source", "partner_id", "competitor", "lost_reason", "lost_note", "owner", "ref", "created_at",
)  # fmt: skip
_SHOWN: Final = 5
_CHANGE: Final = ("id", "deal_id", "to_id", "at", "on_date", "author")


@dataclass
class DealImporter(BatchImporter[DealDraft]):
    """The import of the deals of one file, batch by batch."""

    key_prefix = "deal"

    returned: list[int] = field(default_factory=list)  # deals whose sale was removed

    def start(self, drafts: Sequence[DealDraft]) -> "_Batch":
        """Return the import of a batch."""
        return _Batch(self, drafts)

    def commit(self, batch: "_Batch") -> None:
        """Remember what a transaction has added, and the sales that deals gave back."""
        super().commit(batch)
        self.returned += batch.returned

    def notes(self) -> list[str]:
        """Return sentences about the import, with the sales that deals gave back."""
        return [*super().notes(), *self._describe_returned()]

    def _describe_returned(self) -> list[str]:
        if not self.returned:
            return []
        ids = ", ".join(map(str, self.returned[:_SHOWN]))
        more = ", …" if len(self.returned) > _SHOWN else ""
        if len(self.returned) == 1:
            return [f"1 sale was removed, as its deal is no longer won: deal {ids}"]
        count = f"{len(self.returned):,} sales were removed"
        return [f"{count}, as their deals are no longer won: deals {ids}{more}"]


class _Stages:
    """The stages that the rows of a file name, looked up once for each name."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[tuple[str, str, str, bool], Stage | CardcrmError] = {}

    def find(self, draft: DealDraft) -> Stage:
        """Return the stage of a row. Raises CardcrmError for an unknown stage or pipeline."""
        place = (fold(draft.pipeline), fold(draft.stage))
        key = (*place, fold(draft.status), bool(draft.reason))
        if key not in self._known:
            try:
                self._known[key] = self._look_up(draft)
            except CardcrmError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, CardcrmError):
            raise found
        return found

    def _look_up(self, draft: DealDraft) -> Stage:
        name = re.sub(r"\s*pipeline$", "", draft.pipeline, flags=re.IGNORECASE)
        place = (
            pipelines.find_pipeline(self.store, name)
            if name
            else pipelines.first_pipeline(self.store)
        )
        known = stages.list_stages(self.store, place.id)
        return _follow_status(_choose(known, draft), known, draft.status)


def _choose(known: Sequence[Stage], draft: DealDraft) -> Stage:
    """Return the stage of a pipeline that a row names."""
    if not draft.stage:
        return stages.first_of(known, LOST if draft.reason else OPEN)
    key = fold(draft.stage)
    for kind in (WON, LOST):  # “Closed Won” of other programs
        if kind in key.split() and not any(fold(each.name) == key for each in known):
            return stages.first_of(known, kind)
    return stages.choose_stage(known, draft.stage)


def _follow_status(stage: Stage, known: Sequence[Stage], status: str) -> Stage:
    """Return the last stage for the open one in which another program keeps a closed deal.

    Raises UsageError for an open deal in the last stage.
    """
    kind = next((each for each in KINDS if each in fold(status).split()), stage.kind)
    if kind == stage.kind:
        return stage
    if stage.kind == OPEN:
        return stages.first_of(known, kind)
    raise UsageError(
        f"the stage {stage.name} contradicts the status {status}", "correct one of them"
    )


def _refuse_early(closed: str, opened: str) -> Outcome:
    return Outcome(REFUSED, f"closed on {closed}, before it was opened on {opened}", "closed")


def _refuse(error: CardcrmError, part: str) -> Outcome:
    return Outcome(REFUSED, f"{error.message}: {error.hint}", part)


class _Partners:
    """The partners that the rows of a file name, looked up once for each name."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._known: dict[str, int | CardcrmError] = {"": 0}

    def find(self, text: str) -> int | None:
        """Return the contact of a partner, None for an empty text. Raises CardcrmError."""
        key = fold(text)
        if key not in self._known:
            try:
                partner_id = resolve(self.store, text).id
                require_partner(self.store, partner_id)
                self._known[key] = partner_id
            except CardcrmError as error:
                self._known[key] = error
        found = self._known[key]
        if isinstance(found, CardcrmError):
            raise found
        return found or None


class _Batch:
    """The import of one batch."""

    def __init__(self, importer: DealImporter, drafts: Sequence[DealDraft]) -> None:
        self.importer, self.store, self.drafts = importer, importer.store, drafts
        self.uids = [derive_uid(draft.key) for draft in drafts]
        self.stages, self.partners = _Stages(self.store), _Partners(self.store)
        self.by_uid: dict[str, dict[str, Any]] = {}
        self.by_ref: dict[str, dict[str, Any]] = {}
        self.new: list[tuple[Any, ...]] = []
        self.changes: list[tuple[Any, ...]] = []
        self.new_uids: set[str] = set()
        self.orgs: dict[int, int | None] = {}
        self.returned: list[int] = []
        self.now = dates.current_instant()
        self.today = dates.today(self.store.locale.zone).isoformat()

    def run(self) -> list[Outcome]:
        """Find what is known, and write what is new or differs."""
        pipelines.ensure_default(self.store)
        self._read_known()
        self.places = self.importer.parties.find([draft.party for draft in self.drafts])
        self._read_orgs()
        self.has_registrations = has_registrations(self.store)
        self.next_deal = self.store.reserve("deal", len(self.drafts))
        self.next_change = self.store.reserve("stage_change", len(self.drafts))
        outcomes = [
            self._place(draft, uid) for draft, uid in zip(self.drafts, self.uids, strict=True)
        ]
        self.store.load("deal", _DEAL, self.new)
        self.store.load("stage_change", _CHANGE, self.changes)
        return outcomes

    def _read_known(self) -> None:
        refs = {draft.ref for draft in self.drafts if draft.ref}
        own = {draft.uid for draft in self.drafts if draft.uid}
        for column, wanted, found in (
            ("uid", {*self.uids, *own}, self.by_uid),
            ("ref", refs, self.by_ref),
        ):
            for marks, params in chunks(wanted):
                sql = f"SELECT * FROM deal WHERE {column} IN ({marks})"
                for row in self.store.rows(sql, **params):
                    found[row[column]] = dict(zip(row.keys(), row, strict=True))

    def _read_orgs(self) -> None:
        ids = {place.contact_id for place in self.places.values() if place.contact_id}
        for marks, params in chunks(ids):
            sql = f"SELECT id, org_id FROM contact WHERE id IN ({marks})"
            self.orgs.update((row[0], row[1]) for row in self.store.rows(sql, **params))

    def _place(self, draft: DealDraft, uid: str) -> Outcome:
        stage = self._find_names(draft)
        if isinstance(stage, Outcome):
            return stage
        known = self.by_uid.get(draft.uid) or self.by_uid.get(uid) or self.by_ref.get(draft.ref)
        if known is not None:
            return self._revise(known, draft, stage)
        uid = draft.uid or uid
        if uid in self.new_uids:
            return Outcome(REFUSED, "an earlier row of the file has the same id", "id")
        if stage.kind != OPEN and draft.closed_on and draft.closed_on < draft.opened_on:
            return _refuse_early(draft.closed_on, draft.opened_on)
        place = self.places[draft.party.key]
        if not place.contact_id:
            return Outcome(REFUSED, place.reason, place.part)
        values = {**self._values(draft, stage), "contact_id": place.contact_id}
        return self._add(draft, uid, values)

    def _find_names(self, draft: DealDraft) -> Stage | Outcome:
        """Return the stage that a row names; a refusal for an unknown one, or unknown partner."""
        try:
            stage = self.stages.find(draft)
        except CardcrmError as error:
            return _refuse(error, "pipeline" if "pipeline" in error.message else "stage")
        try:
            self.partners.find(draft.partner)
        except CardcrmError as error:
            return _refuse(error, "partner")
        return stage

    def _refuse_partner(self, columns: Mapping[str, Any], deal_id: int) -> Outcome | None:
        """Return the refusal of a partner for a lead that another one has registered."""
        if columns.get("partner_id") is None:
            return None
        try:
            choose_partner(self.store, columns, deal_id)
        except CardcrmError as error:
            return _refuse(error, "partner")
        return None

    # New deals

    def _add(self, draft: DealDraft, uid: str, values: dict[str, Any]) -> Outcome:
        """Add a deal; one without a partner gets the partner who has registered the lead."""
        if values["partner_id"] is not None or self.has_registrations:
            try:
                values |= choose_partner(self.store, values, 0)
            except CardcrmError as error:
                return _refuse(error, "partner")
        deal_id, self.next_deal = self.next_deal, self.next_deal + 1
        change_id, self.next_change = self.next_change, self.next_change + 1
        row = {
            "id": deal_id, "uid": uid, "created_at": self.now,
            "org_id": self.orgs.get(values["contact_id"]), **values,
            "owner": draft.owner or self.store.author.name,
        }  # fmt: skip
        self.new.append(tuple(row[name] for name in _DEAL))
        self.new_uids.add(uid)
        day = dates.DayTime(dates.parse_stored(values["entered_on"], None, "").day)
        moment = find_moment(self.store, day)
        author = self.store.author.name
        self.changes.append((change_id, deal_id, values["stage_id"], moment.at, moment.day, author))
        return Outcome(CREATED)

    def _values(self, draft: DealDraft, stage: Stage) -> dict[str, Any]:
        opened = draft.opened_on or draft.closed_on or self.today
        closed: str | None = None
        if stage.kind != OPEN:
            closed = draft.closed_on or min(draft.close_on or self.today, self.today)
            if draft.opened_on:
                closed = max(closed, opened)
            opened = min(opened, closed)
        is_lost = stage.kind == LOST
        return {
            "title": draft.title,
            "title_key": fold(draft.title),
            "pipeline_id": stage.pipeline_id,
            "stage_id": stage.id,
            "status": stage.kind,
            "amount": draft.amount,
            "currency": draft.currency,
            "own_probability": draft.probability if stage.kind == OPEN else None,
            "close_on": draft.close_on or None,
            "opened_on": opened,
            "entered_on": closed or opened,
            "closed_on": closed,
            "source": draft.source,
            "partner_id": self.partners.find(draft.partner),
            "competitor": draft.competitor,
            "lost_reason": draft.reason if is_lost else "",
            "lost_note": draft.note if is_lost else "",
            "owner": draft.owner,
            "ref": draft.ref or None,
        }

    # Known deals

    def _revise(self, known: Mapping[str, Any], draft: DealDraft, stage: Stage) -> Outcome:
        """Give a known deal what the file says otherwise; empty values change nothing."""
        wanted = self._values(draft, stage)
        for name in ("title_key", "entered_on", *(() if draft.opened_on else ("opened_on",))):
            del wanted[name]
        if not draft.stage or stage.id == known["stage_id"]:
            for name in ("pipeline_id", "stage_id", "status", "closed_on"):
                del wanted[name]
        if not draft.owner:
            del wanted["owner"]
        changes = {
            name: value
            for name, value in wanted.items()
            if value not in (None, "") and known[name] != value
        }
        if self.importer.mode == "fill":
            changes = {name: each for name, each in changes.items() if known[name] in (None, "")}
        if not changes:
            return Outcome(UNCHANGED)
        if self.importer.mode == "skip":
            return Outcome(UNCHANGED, note="skipped")
        refused = self._refuse_changes(known, changes)
        if refused is None:
            self._write(known, changes, stage)
        return refused or Outcome(UPDATED)

    def _refuse_changes(
        self, known: Mapping[str, Any], changes: Mapping[str, Any]
    ) -> Outcome | None:
        closed, opened = (changes.get(each, known[each]) for each in ("closed_on", "opened_on"))
        if closed and closed < opened and changes.get("status", known["status"]) != OPEN:
            return _refuse_early(closed, opened)
        try:
            self._refuse_drift(known, changes)
        except UsageError as error:
            return _refuse(error, "amount")
        return self._refuse_partner(changes, known["id"])

    def _refuse_drift(self, known: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
        """Raise UsageError for another amount than that of the sale or the lines of a deal."""
        if changes.keys().isdisjoint(("amount", "currency")):
            return
        if known["sale_id"] is not None and changes.get("status", WON) == WON:
            raise sold_deal_error(known["id"], known["sale_id"])
        refuse_other_sum(self.store, known["id"])

    def _write(self, known: Mapping[str, Any], changes: dict[str, Any], stage: Stage) -> None:
        moves = "stage_id" in changes
        if moves:
            changes["entered_on"] = changes.get("closed_on") or self.today
            if stage.kind == OPEN:
                changes |= {"closed_on": None, "lost_reason": "", "lost_note": ""}
        if "title" in changes:
            changes["title_key"] = fold(changes["title"])
        self.store.update("deal", known["id"], **changes)
        if known["sale_id"] is not None and changes.get("status", WON) != WON:
            remove_row(self.store, "sale", known["sale_id"])
            self.returned.append(known["id"])
        if changes.get("status", known["status"]) != known["status"]:
            day = changes.get("closed_on") or self.today
            follow_deal(self.store, known["id"], known["status"], stage.kind, day)
        if moves:
            moment = find_moment(self.store, None)
            note(self.store, known["id"], known["stage_id"], stage.id, moment)
