"""Simulate a sequence: who would get what when, if nothing else happened; nothing is written."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.dates.clock import in_zone
from cardcrm.records.campaigns.recipients import hash_share
from cardcrm.records.mail.text_filler import FillIn, keep_text
from cardcrm.records.records import Record
from cardcrm.records.sequences.enrollments import as_enrolled
from cardcrm.records.sequences.entries import Entrant, find_entrants, keep_new
from cardcrm.records.sequences.facts import COLUMNS, Enrolled, load_facts
from cardcrm.records.sequences.plan import (
    BIRTHDAY,
    DATE,
    GOTO,
    HAPPENED,
    MAIL,
    NEVER,
    NO_SALE,
    NOTIFY,
    REPLY,
    TASK,
    WAIT,
    Plan,
    Step,
)
from cardcrm.records.sequences.plan_parser import parse_plan
from cardcrm.records.sequences.progress import Facts, Place, advance, begin
from cardcrm.records.sequences.runs import find_stopped
from cardcrm.records.sequences.since_entry import REASONS
from cardcrm.store import Store
from cardcrm.store.derived_refresh import CHUNK

STOP: Final = "stop"
_REPLY_AFTER: Final = dt.timedelta(days=1)
_FORESEEN: Final = (BIRTHDAY, DATE, NO_SALE)  # events that are known before their day


class Planned(NamedTuple):
    """A step that a contact would get: the local day, the step, its action and its text."""

    at: dt.datetime
    on: dt.date
    contact_id: int
    contact: str
    step: str
    action: str
    text: str


class Assumptions(NamedTuple):
    """The days that are simulated, and the share of mails that are answered after a day."""

    days: int
    reply_rate: float = 0.0


def simulate(
    store: Store,
    sequence: Record,
    assumed: Assumptions,
    only: Sequence[int] | None = None,
    fill_in: FillIn = keep_text,
) -> list[Planned]:
    """Return what contacts would get, in the order of time.

    These are the contacts under way and those who would enter; or, if ``only`` some are given,
    these as if they were enrolled now. ``fill_in`` fills in the texts of tasks.
    """
    plan = parse_plan(sequence.columns["steps"])
    run = _Simulation(store, sequence, plan, assumed, fill_in)
    found = run.run_active() if only is None else []
    found += run.run_entrants(only)
    return sorted(found, key=lambda each: (each.at, each.contact_id))


class _Simulation:
    """The simulation of a sequence from now on."""

    def __init__(
        self, store: Store, sequence: Record, plan: Plan, assumed: Assumptions, fill_in: FillIn
    ) -> None:
        self.store, self.sequence, self.plan, self.assumed = store, sequence, plan, assumed
        self.fill_in = fill_in
        self.now = dates.parse_instant(dates.current_instant())
        self.today = dates.today(store.locale.zone)
        self.end = self.now + dt.timedelta(days=assumed.days)

    def run_active(self) -> list[Planned]:
        """Return what the contacts under way would get."""
        sql = (
            f"SELECT {COLUMNS} FROM enrollment e JOIN contact c ON c.id = e.contact_id "
            "WHERE e.sequence_id = :id AND e.status = 'active' ORDER BY e.id"
        )
        ended = find_stopped(self.store, self.sequence.id, self.plan)
        reasons = {row_id: reason for reason, ids in ended.items() for row_id in ids}
        batch = [Enrolled(*row) for row in self.store.rows(sql, id=self.sequence.id)]
        found = [
            self._stop(each, each.step, self.now, reasons[each.id])
            for each in batch
            if each.id in reasons
        ]
        going = [each for each in batch if each.id not in reasons]
        for each, facts in self._with_facts(going):
            place = Place(self.plan.positions[each.step], dates.parse_instant(each.due_at))
            found += self._follow(each, place, facts)
        return found

    def run_entrants(self, only: Sequence[int] | None) -> list[Planned]:
        """Return what those would get who enter now or later."""
        found: list[Planned] = []
        for at, entrants in self._list_entrants(only):
            for each, facts in self._with_facts(as_enrolled(self.store, entrants)):
                if not facts.refusal:
                    found += self._follow(each, begin(self.plan, at, facts), facts)
        return found

    def _list_entrants(
        self, only: Sequence[int] | None
    ) -> Iterator[tuple[dt.datetime, list[Entrant]]]:
        """Yield the times at which contacts enter, with these."""
        if only is not None:
            wanted = [Entrant(each) for each in only]
            new = keep_new(self.store, self.sequence.id, self.plan, wanted, self.today)
            yield self.now, new
            return
        seen: set[tuple[int, str, int | None]] = set()
        foresees = self.plan.on is not None and self.plan.on.kind in _FORESEEN
        for number in range(self.assumed.days + 1 if foresees else 1):
            day = self.today + dt.timedelta(days=number)
            first = None if number == 0 else day
            found = find_entrants(self.store, self.sequence, self.plan, day, first)
            keys = {each: self._key(each) for each in found}
            new = [each for each in found if keys[each] not in seen]
            seen.update(keys.values())
            start = dates.parse_instant(dates.to_instant(day, dt.time(), self.store.locale.zone))
            yield max(start, self.now), new

    def _key(self, entrant: Entrant) -> tuple[int, str, int | None]:
        """Return what a contact enters by only once."""
        event = "" if self.plan.again == NEVER else entrant.event
        return entrant.contact_id, event, entrant.deal_id

    def _with_facts(self, batch: Sequence[Enrolled]) -> Iterator[tuple[Enrolled, Facts]]:
        for start in range(0, len(batch), CHUNK):
            some = batch[start : start + CHUNK]
            facts = load_facts(self.store, self.plan, some).facts
            yield from ((each, facts[each]) for each in some)

    # One contact

    def _follow(self, each: Enrolled, place: Place | None, facts: Facts) -> Iterable[Planned]:
        """Yield what a contact gets, from one place to the next."""
        reply: dt.datetime | None = None
        while place is not None and place.due <= self.end:
            now = max(place.due, self.now)
            if reply is not None and reply <= now:
                if REPLY in self.plan.stop:
                    label = self.plan.steps[place.position].label
                    yield self._stop(each, label, reply, REASONS[REPLY])
                    return
                facts = facts._replace(holds=_with_reply(self.plan, facts))
            done = advance(self.plan, place, now, facts)
            for step in (outcome.step for outcome in done.outcomes if outcome.is_done):
                if step.action not in (WAIT, GOTO):
                    yield self._planned(each, step, now)
                if step.action == MAIL and self._is_answered(each, step):
                    reply = reply or now + _REPLY_AFTER
            place = done.place
            if place is not None and done.refusal:
                yield self._stop(each, self.plan.steps[place.position].label, now, done.refusal)
                return

    def _is_answered(self, each: Enrolled, step: Step) -> bool:
        seed = self.sequence.columns["uid"]
        return hash_share(seed, step.label, str(each.contact_id)) < self.assumed.reply_rate

    def _planned(self, each: Enrolled, step: Step, at: dt.datetime) -> Planned:
        text = step.summary
        if step.action in (TASK, NOTIFY) and "{" in text:
            text = self.fill_in(text, each.contact_id, each.deal_id)
        return self._build(each, at, step.label, step.action, text)

    def _stop(self, each: Enrolled, label: str, at: dt.datetime, reason: str) -> Planned:
        return self._build(each, at, label, STOP, reason)

    def _build(
        self, each: Enrolled, at: dt.datetime, label: str, action: str, text: str
    ) -> Planned:
        day = in_zone(at, self.store.locale.zone).date()
        return Planned(at, day, each.contact_id, each.name, label, action, text)


def _with_reply(plan: Plan, facts: Facts) -> frozenset[str]:
    """Return the conditions that hold once a contact has replied."""
    replied = {each for each in plan.conditions if HAPPENED.get(each.lower()) == REPLY}
    others = {each for each in facts.holds if HAPPENED.get(_without_not(each)) != REPLY}
    return frozenset(replied | others)


def _without_not(condition: str) -> str:
    return condition.lower().removeprefix("not ").strip()
