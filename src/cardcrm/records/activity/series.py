"""The dates of recurring reminders: where a series begins, and what its columns hold.

``due_on`` and ``due_at`` say when a reminder is due. ``series_at`` is the local time of its turn in
the series where that differs: after a snooze, or in the hour that a clock change leaves out.
"""

import datetime as dt
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.store import Store

Columns = dict[str, Any]


class Planned(NamedTuple):
    """The columns of a reminder that say when it is due."""

    due_on: str
    due_at: str | None
    rule: str


def place(store: Store, due: DayTime) -> Columns:
    """Return the columns of a due date."""
    at = dates.to_instant(due.day, due.time, store.locale.zone) if due.time else None
    return {"due_on": due.day.isoformat(), "due_at": at}


def place_in_series(store: Store, due: DayTime) -> Columns:
    """Return the columns of a turn; the hour that a clock change leaves out is remembered."""
    placed = place(store, due)
    shown = dates.parse_stored(placed["due_on"], placed["due_at"], store.locale.zone)
    is_moved = shown[:2] != due[:2]
    return {**placed, "series_at": format_wall(due) if is_moved else None}


def format_wall(when: DayTime) -> str:
    """Return a local time as ``series_at`` holds it."""
    return _combine(when).isoformat(timespec="minutes")


def _combine(when: DayTime) -> dt.datetime:
    return dt.datetime.combine(when.day, when.time or dt.time())


def plan(store: Store, due: DayTime, rule: str) -> Columns:
    """Return the columns of a new series: its first turn on or after ``due``, and its rule.

    Raises UsageError for a rule that has ended by then.
    """
    from cardcrm.dates.recurrence import begin_on

    start = _combine(due)
    first, rule = begin_on(rule, start, store.locale.zone, month_end=due.is_month_end)
    return {**place_in_series(store, DayTime(first.date(), due.time)), "rule": rule}


def replan(store: Store, before: Planned, due: DayTime | None, rule: str | None) -> Columns:
    """Return the columns of a reminder whose due date or rule was changed; None is unchanged.

    A new rule begins with its first day on or after the due date. With the rule that it has, a
    reminder is due on the day that is given, and goes on with the rule from there.
    """
    if rule:
        when = due or dates.parse_stored(before.due_on, before.due_at, store.locale.zone)
        return plan(store, when, rule)
    if due is None:
        return {"series_at": None}
    if not before.rule or rule == "":
        return {**place(store, due), "series_at": None}
    return {**place_in_series(store, due), "rule": keep_month_end(before.rule, due)}


def keep_month_end(rule: str, due: DayTime) -> str:
    """Return a rule that stays at the end of the month if ``due`` was named so."""
    if not due.is_month_end:
        return rule
    from cardcrm.dates.recurrence_rule import join_parts, pin_day, split_parts

    return join_parts(pin_day(split_parts(rule), _combine(due), month_end=True))
