"""Compute when a recurring reminder begins and when it is due next.

dateutil evaluates the rules on local times, so a clock change does not move an appointment.
"""

import datetime as dt
from typing import TYPE_CHECKING

from cardcrm.dates.date_parts import add_duration
from cardcrm.dates.recurrence_rule import (
    BROKEN,
    HINT,
    Parts,
    compile_rule,
    has_days,
    is_after_done,
    join_parts,
    pin_day,
    read_limits,
    split_parts,
)
from cardcrm.errors import UsageError
from cardcrm.text import quote

if TYPE_CHECKING:
    from dateutil.rrule import rrule

Occurrence = tuple[dt.datetime, str]  # a local time, and the rule to store with it


def begin_on(rule: str, due: dt.datetime, zone: str = "", *, month_end: bool = False) -> Occurrence:
    """Return the first time of a rule on or after ``due``, and the rule to store with it.

    With ``month_end``, ``due`` is meant as the end of its month, and the rule stays there. ``zone``
    is that of an UNTIL in UTC. Raises UsageError if the rule ends before.
    """
    parts = split_parts(rule)
    if not has_days(parts):
        pinned = pin_day(parts, due, month_end=True) if month_end else parts
        return _check_end(rule, due, parts, zone), join_parts(pinned)
    # Without its interval: every second Tuesday begins on the next Tuesday.
    coming = compile_rule(parts | {"INTERVAL": "1"}, due, due).after(due, inc=True)
    return _check_end(rule, coming, parts, zone), rule


def begin_after(rule: str, today: dt.datetime, zone: str = "") -> Occurrence:
    """Return the first time of a rule after ``today``, and the rule to store with it.

    A rule without days of its own counts from today: monthly on the 31st is due on the last day of
    February, and on 31 March. Raises UsageError if the rule has no such time.
    """
    parts = split_parts(rule)
    if is_after_done(parts):
        return _check_end(rule, _add_interval(parts, today), parts, zone), rule
    if has_days(parts):
        found = compile_rule(parts | {"INTERVAL": "1"}, today, today).after(today)
        return _check_end(rule, found, parts, zone), rule
    pinned = pin_day(parts, today)
    found = compile_rule(pinned, today, today).after(today)
    is_moved = found is not None and found.day != today.day
    return _check_end(rule, found, parts, zone), join_parts(pinned) if is_moved else rule


def _check_end(rule: str, found: dt.datetime | None, parts: Parts, zone: str) -> dt.datetime:
    """Return the first time of a rule. Raises UsageError if there is none before its end."""
    until, _ = read_limits(parts, zone)
    if found is None or (until and found > until):
        raise UsageError(
            f"{quote(rule)} has no date in the future", "Give the first date with --due."
        )
    return found


def find_next_due(
    rule: str, due: dt.datetime, after: dt.datetime, zone: str = ""
) -> dt.datetime | None:
    """Return the next due time after both ``due`` and ``after``; None if the rule has ended.

    All are naive local times. Raises UsageError for an invalid rule.
    """
    rolled = advance_recurrence(rule, due, after, zone)
    return rolled[0] if rolled else None


def advance_recurrence(
    rule: str, due: dt.datetime, after: dt.datetime, zone: str = ""
) -> Occurrence | None:
    """Return the next due time and the rule to store with it; None if the rule has ended.

    ``due`` is the first occurrence, even if it does not match the rule, and ``after`` the moment at
    which it was done. COUNT decreases with each occurrence passed. A rule that depends on its first
    day gets that day added, so that 31 January and 28 February are followed by 31 March. Raises
    UsageError for an invalid rule.
    """
    try:
        parts = pin_day(split_parts(rule), due)
        until, times = read_limits(parts, zone)
        passed, found = _find_next(parts, due, after)
    except BROKEN as problem:
        raise UsageError(f"invalid recurrence {quote(rule)}", HINT) from problem
    if found is None or (until and found > until) or (times is not None and passed >= times):
        return None
    if times is not None:
        parts["COUNT"] = str(times - passed)
    return found, join_parts(parts)


def _find_next(
    parts: Parts, due: dt.datetime, after: dt.datetime
) -> tuple[int, dt.datetime | None]:
    """Return the number of past occurrences, including ``due``, and the next one."""
    if is_after_done(parts):
        return 1, _add_interval(parts, dt.datetime.combine(after.date(), due.time()))
    return _count_to_next(compile_rule(parts, due, max(due, after)), due, max(due, after))


def _count_to_next(
    rule: "rrule", due: dt.datetime, after: dt.datetime
) -> tuple[int, dt.datetime | None]:
    passed = 1
    for occurrence in rule.xafter(due):
        if occurrence > after:
            return passed, occurrence
        passed += 1
    return passed, None


def _add_interval(parts: Parts, moment: dt.datetime) -> dt.datetime | None:
    """Return the moment moved by the interval of a rule; None at the end of the calendar."""
    unit = {"DAILY": "d", "WEEKLY": "w", "MONTHLY": "m", "YEARLY": "y"}[parts["FREQ"]]
    try:
        day = add_duration(moment.date(), int(parts.get("INTERVAL", "1")), unit)
    except (ValueError, OverflowError):
        return None
    return dt.datetime.combine(day, moment.time())
