"""Run sequences: enter new contacts, stop those with a reason to, and carry out what is due.

Each batch is one transaction: a step advances together with the mail and the reminders that it
makes, so that a program that is killed neither repeats nor loses a step. All batches of a run are
one step of the journal.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cardcrm import dates
from cardcrm.errors import CardcrmError
from cardcrm.query import ALL
from cardcrm.records import records
from cardcrm.records.activity import reminders
from cardcrm.records.campaigns.recipients import SHARED
from cardcrm.records.contacts import update
from cardcrm.records.mail import outbox, templates
from cardcrm.records.mail.text_filler import FillIn
from cardcrm.records.query_sql.record_query import Selection
from cardcrm.records.records import Record
from cardcrm.records.sequences import enrollments
from cardcrm.records.sequences.entries import find_entrants
from cardcrm.records.sequences.facts import COLUMNS, Enrolled, find_shared, load_facts
from cardcrm.records.sequences.plan import MAIL, NOTIFY, SET, TASK, UNSUBSCRIBE, Plan, Step
from cardcrm.records.sequences.plan_parser import parse_plan
from cardcrm.records.sequences.progress import Place, Progress, advance
from cardcrm.records.sequences.sequence_rules import find_last_change
from cardcrm.records.sequences.sequence_status import ACTIVE, DONE, SKIPPED, STOPPED
from cardcrm.records.sequences.sequence_type import SEQUENCE
from cardcrm.records.sequences.since_entry import EVENTS, REASONS
from cardcrm.records.sequences.wrong_clock import bring_back
from cardcrm.store import Store
from cardcrm.store.bulk_update import update_rows
from cardcrm.store.derived_refresh import CHUNK
from cardcrm.store.retry import retry

URGENT: Final = 1  # priority of the reminder that a notify step makes


COUNTS: Final = ("entered", "stopped", "done", "mails", "tasks", "changed")


@dataclass
class Summary:
    """The `COUNTS` of a run, and the errors that kept sequences from running, by their names."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: dict[str, CardcrmError] = field(default_factory=dict)


def run_due(
    store: Store, domain: str, fill_in: FillIn, sequences: Sequence[Record] | None = None
) -> Summary:
    """Run the active sequences, or some; ``domain`` is that of the sender of mail.

    A sequence that cannot run, as its template or a field is gone, does not keep others from it.
    """
    summary = Summary()
    step: int | None = None
    chosen = sequences if sequences is not None else list_active(store)
    for each in chosen:
        run = _Run(store, each, domain, fill_in, summary, step)
        try:
            run.run()
        except CardcrmError as error:
            summary.errors[each.values["name"]] = error
        step = run.step
    return summary


def list_active(store: Store) -> list[Record]:
    """Return the sequences that are not paused."""
    found = records.select(store, SEQUENCE, Selection(ALL, "id"))
    return [each for each in found if each.columns["status"] == ACTIVE]


def has_mail(sequence: Record) -> bool:
    """Return whether a sequence writes mail."""
    return parse_plan(sequence.columns["steps"]).has_mail


class _Run:
    """The run of one sequence."""

    def __init__(
        self,
        store: Store,
        sequence: Record,
        domain: str,
        fill_in: FillIn,
        summary: Summary,
        step: int | None,
    ) -> None:
        self.store, self.sequence, self.summary, self.step = store, sequence, summary, step
        self.domain, self.fill_in = domain, fill_in
        self.counts: Counter[str] = Counter()  # of the transaction under way
        self.plan = parse_plan(sequence.columns["steps"])
        self.now = dates.parse_instant(dates.current_instant())

    def run(self) -> None:
        """Enter, stop and advance, in this order.

        What others change meanwhile is seen by the next run.
        """
        seen = find_last_change(self.store)
        self._transact(self._bring_back)
        self._transact(self._enter)
        self._transact(self._stop)
        while self._transact(self._advance_batch):
            pass
        self._transact(lambda: self._mark_seen(seen))

    def _transact(self, work: Callable[[], Any]) -> Any:
        """Do work in a transaction that belongs to the step of this run."""

        def in_step() -> Any:
            self.counts = Counter()
            with self.store.continue_step(self.step):
                return work()

        result = retry(in_step)
        self.summary.counts.update(self.counts)
        self.step = self.store.last_step or self.step
        return result

    def _bring_back(self) -> None:
        bring_back(self.store, self.sequence, self.plan, self.now)

    # Entering and leaving

    def _enter(self) -> None:
        today = dates.today(self.store.locale.zone)
        found = find_entrants(self.store, self.sequence, self.plan, today)
        entered = enrollments.add(self.store, self.sequence, self.plan, found)
        self.counts["entered"] += len(entered.ids)

    def _mark_seen(self, seen: int) -> None:
        """Remember up to where the journal was seen."""
        today = dates.today(self.store.locale.zone).isoformat()
        with self.store.unrecorded():
            self.store.update("sequence", self.sequence.id, seen_change=seen, seen_on=today)

    def _stop(self) -> None:
        for reason, ids in find_stopped(self.store, self.sequence.id, self.plan).items():
            enrollments.end(self.store, ids, STOPPED, reason)
            self.counts["stopped"] += len(ids)

    # Advancing

    def _advance_batch(self) -> int:
        batch = _load_due(self.store, self.sequence.id, dates.format_instant(self.now))
        if not batch:
            return 0
        facts, addresses = load_facts(self.store, self.plan, batch)
        shared = find_shared(self.store, self.plan, self.sequence.id, batch, addresses)
        moved: list[tuple[Enrolled, Progress]] = []
        for each in batch:
            place = Place(self.plan.positions[each.step], dates.parse_instant(each.due_at))
            progress = advance(self.plan, place, self.now, facts[each])
            moved.append((each, _stop_shared(each, progress, shared)))
        self._write_mail(moved, addresses)
        self._write_reminders(moved)
        self._change_fields(moved)
        self._write_places(moved)
        return len(batch)

    def _write_mail(self, moved: Sequence[tuple[Enrolled, Progress]], addresses: Any) -> None:
        drafts = [
            outbox.Draft(
                each.contact_id,
                addresses[each.contact_id],
                template_id=self._template(step),
                purpose=self.plan.purpose,
                deal_id=each.deal_id,
                enrollment_id=each.id,
                step=step.label,
            )
            for each, step in _done(moved, MAIL)
        ]
        outbox.enqueue(self.store, drafts, self.domain)
        self.counts["mails"] += len(drafts)

    def _template(self, step: Step) -> int:
        return templates.find_variants(self.store, step.text)[0].id

    def _write_reminders(self, moved: Sequence[tuple[Enrolled, Progress]]) -> None:
        rows = []
        today = dates.today(self.store.locale.zone)
        for each, step in [*_done(moved, TASK), *_done(moved, NOTIFY)]:
            text = step.text
            if "{" in text:
                text = self.fill_in(text, each.contact_id, each.deal_id)
            due = dates.DayTime(today + dt.timedelta(days=step.due_days))
            priority = URGENT if step.action == NOTIFY else 0
            given = reminders.prepare(
                self.store, each.contact_id, text, due, owner=each.owner, priority=priority
            )
            rows.append(
                {**given, "deal_id": each.deal_id, "created_at": dates.format_instant(self.now)}
            )
        self.store.insert_rows("reminder", rows)
        self.counts["tasks"] += len(rows)

    def _change_fields(self, moved: Sequence[tuple[Enrolled, Progress]]) -> None:
        by_change: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
        for each, step in _done(moved, SET):
            by_change[step.changes].append(each.contact_id)
        for changes, ids in by_change.items():
            self.counts["changed"] += update.edit(self.store, ids, update.Edit(values=changes))

    def _write_places(self, moved: Sequence[tuple[Enrolled, Progress]]) -> None:
        at = dates.format_instant(self.now)
        rows = [
            (each.id, outcome.step.label, DONE if outcome.is_done else SKIPPED, at)
            for each, progress in moved
            for outcome in progress.outcomes
        ]
        if rows:
            first = self.store.reserve("enrollment_step", len(rows))
            numbered = [(row_id, *row) for row_id, row in enumerate(rows, first)]
            columns = ("id", "enrollment_id", "step", "result", "at")
            self.store.load("enrollment_step", columns, numbered)
        waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
        ended: dict[str, list[int]] = defaultdict(list)
        for each, progress in moved:
            if progress.place is not None:
                label = self.plan.steps[progress.place.position].label
                waiting[label, dates.format_instant(progress.place.due)].append(each.id)
            if progress.place is None or progress.refusal:
                ended[progress.refusal].append(each.id)
        for (label, due_at), ids in waiting.items():
            update_rows(self.store, "enrollment", ids, step=label, due_at=due_at)
        for refusal, ids in ended.items():
            enrollments.end(self.store, ids, STOPPED if refusal else DONE, refusal)
            self.counts["stopped"] += len(ids) if refusal else 0
            self.counts["done"] += 0 if refusal else len(ids)


def _done(moved: Sequence[tuple[Enrolled, Progress]], action: str) -> list[tuple[Enrolled, Step]]:
    """Return the steps of an action that are to be carried out."""
    return [
        (each, outcome.step)
        for each, progress in moved
        for outcome in progress.outcomes
        if outcome.is_done and outcome.step.action == action
    ]


def _stop_shared(each: Enrolled, progress: Progress, shared: set[tuple[int, str]]) -> Progress:
    """Return the progress up to a mail that another contact at the same address gets."""
    for at, outcome in enumerate(progress.outcomes):
        if outcome.is_done and (each.contact_id, outcome.step.label) in shared:
            place = Place(outcome.step.number - 1, dates.parse_instant(each.due_at))
            return Progress(progress.outcomes[:at], place, SHARED)
    return progress


def _load_due(store: Store, sequence_id: int, now: str) -> list[Enrolled]:
    sql = (
        f"SELECT {COLUMNS} FROM enrollment e JOIN contact c ON c.id = e.contact_id "
        "WHERE e.sequence_id = :id AND e.status = 'active' AND e.due_at <= :now "
        "ORDER BY e.due_at, e.id LIMIT :limit"
    )
    return [Enrolled(*row) for row in store.rows(sql, id=sequence_id, now=now, limit=CHUNK)]


def find_stopped(store: Store, sequence_id: int, plan: Plan) -> dict[str, list[int]]:
    """Return the active enrollments that must stop, by the reason; the first reason counts."""
    found: dict[str, list[int]] = {}
    seen: set[int] = set()
    stops = [each for each in EVENTS if each in plan.stop]
    needed = [each for each in stops if plan.has_mail or each != UNSUBSCRIBE]
    checks = {REASONS[each]: EVENTS[each] for each in needed}
    checks |= {"contact is not active": _INACTIVE, "enrolled twice after a merge": _DUPLICATE}
    for reason, condition in checks.items():
        sql = (
            "SELECT e.id FROM enrollment e WHERE e.sequence_id = :id AND e.status = 'active' "
            f"AND {condition} ORDER BY e.id"
        )
        ids = [row[0] for row in store.rows(sql, id=sequence_id) if row[0] not in seen]
        if ids:
            found[reason] = ids
            seen.update(ids)
    return found


_INACTIVE: Final = (
    "EXISTS (SELECT 1 FROM contact c WHERE c.id = e.contact_id AND c.status <> 'active')"
)
_DUPLICATE: Final = (
    "EXISTS (SELECT 1 FROM enrollment o WHERE o.contact_id = e.contact_id "
    "AND o.sequence_id = e.sequence_id AND o.status = 'active' AND o.id < e.id "
    "AND coalesce(o.deal_id, 0) = coalesce(e.deal_id, 0))"
)
