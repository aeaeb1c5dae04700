"""Compute what an enrollment does next: a pure function of the steps, the time and the facts.

The real run and the simulation both use it, so that they cannot differ.
"""

import datetime as dt
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.dates.clock import in_zone
from cardcrm.records.sequences.plan import GOTO, MAIL, TASK, WAIT, Plan, Step

_MORNING: Final = dt.time(9)  # of a day that an absence or a weekend has moved mail to
_SATURDAY: Final = 5


class Facts(NamedTuple):
    """The state of a contact: its time zone, its absence, and the conditions that hold.

    ``refusal`` is the reason for which it must not be mailed.
    """

    zone: str = ""
    away_until: dt.date | None = None
    holds: AbstractSet[str] = frozenset()
    refusal: str = ""


class Place(NamedTuple):
    """A step that is waited at, by its position, and when it goes on."""

    position: int
    due: dt.datetime


class Outcome(NamedTuple):
    """A step that was reached; one whose condition does not hold is skipped."""

    step: Step
    is_done: bool


class Progress(NamedTuple):
    """The steps reached now, and the place that is waited at; None where nothing is left.

    ``refusal`` is the reason for which the enrollment stops at that place.
    """

    outcomes: tuple[Outcome, ...]
    place: Place | None
    refusal: str = ""


def begin(plan: Plan, now: dt.datetime, facts: Facts) -> Place:
    """Return the place of a contact that enters now."""
    return arrive(plan, 0, now, facts)


def advance(plan: Plan, place: Place, now: dt.datetime, facts: Facts) -> Progress:
    """Return what an enrollment does that is due now, up to the next step that waits."""
    outcomes: list[Outcome] = []
    position, due = place
    while position < len(plan.steps):
        step = plan.steps[position]
        is_done = _applies(step, facts)
        if due <= now and is_done and step.action in (MAIL, TASK):
            due = _find_time(plan, step, now, facts)
        if due > now:
            return Progress(tuple(outcomes), Place(position, due))
        if is_done and facts.refusal and step.action == MAIL:
            return Progress(tuple(outcomes), Place(position, due), facts.refusal)
        outcomes.append(Outcome(step, is_done))
        jumps = is_done and step.action == GOTO
        position = plan.positions[step.text] if jumps else position + 1
        if position < len(plan.steps):
            due = arrive(plan, position, now, facts).due
    return Progress(tuple(outcomes), None)


def arrive(plan: Plan, position: int, now: dt.datetime, facts: Facts) -> Place:
    """Return the place at a step that is reached now.

    A step whose condition does not hold takes no time.
    """
    step = plan.steps[position]
    if not _applies(step, facts):
        return Place(position, now)
    if step.action == WAIT:
        return Place(position, _add_wait(step, now, facts.zone))
    if step.action in (MAIL, TASK):
        return Place(position, _find_time(plan, step, now, facts))
    return Place(position, now)


def _applies(step: Step, facts: Facts) -> bool:
    """Return whether the condition of a step holds, or it has none."""
    return not step.condition or step.condition in facts.holds


def _add_wait(step: Step, now: dt.datetime, zone: str) -> dt.datetime:
    """Return the end of a wait; days end at the same local time."""
    if step.wait.minutes:
        return now + dt.timedelta(minutes=step.wait.minutes)
    local = in_zone(now, zone)
    return _to_utc(local.date() + dt.timedelta(days=step.wait.days), local.time(), zone)


def _find_time(plan: Plan, step: Step, now: dt.datetime, facts: Facts) -> dt.datetime:
    """Return the first time from now at which a mail or a task may be done.

    Both wait for the end of an absence; mail also for its hours and days.
    """
    local = in_zone(now, facts.zone)
    day, time = local.date(), local.time()
    first, last = plan.hours or (_MORNING, dt.time.max)
    if facts.away_until is not None and day <= facts.away_until:
        day, time = facts.away_until + dt.timedelta(days=1), first
    if step.action == MAIL:
        if plan.hours and time >= last:
            day, time = day + dt.timedelta(days=1), first
        while plan.weekdays and day.weekday() >= _SATURDAY:
            day, time = day + dt.timedelta(days=1), first
        time = max(time, first) if plan.hours else time
    return now if (day, time) == (local.date(), local.time()) else _to_utc(day, time, facts.zone)


def _to_utc(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    return dates.parse_instant(dates.to_instant(day, time.replace(microsecond=0), zone))
