"""The parts of a recurrence rule: reading, checking and compiling them.

A rule is the body of an RFC 5545 RRULE (``FREQ=WEEKLY;INTERVAL=2``). Three things differ from the
RFC. A monthly rule that begins on the 31st (or a yearly rule on 29 February) falls on the last day
of shorter months instead of skipping them, so that no follow-up is lost. An UNTIL without a time
includes the whole day. ``AFTER=DONE`` counts the interval from the day on which the last one was
done.
"""

import datetime as dt
import re
from typing import TYPE_CHECKING

from cardcrm.dates.clock import in_zone
from cardcrm.errors import UsageError
from cardcrm.text import quote

if TYPE_CHECKING:
    from dateutil.rrule import rrule

Parts = dict[str, str]

HINT = "Try 2w, monthly, weekday, mon,thu, 3rd monday, 15th, last day, or an RRULE."
# At most ten years; a longer interval is a typing error.
FREQUENCIES = {
    "DAILY": ("day", 3660),
    "WEEKLY": ("week", 520),
    "MONTHLY": ("month", 120),
    "YEARLY": ("year", 10),
}
LEAP_DAY = {"BYMONTH": "2", "BYMONTHDAY": "28,29", "BYSETPOS": "-1"}
MONTH_END = {"BYMONTHDAY": "-1"}
# Errors that dateutil raises for invalid rules.
BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
_CLOCK = frozenset(("BYHOUR", "BYMINUTE", "BYSECOND"))
_AFTER_DONE = frozenset(("FREQ", "INTERVAL", "COUNT", "UNTIL", "AFTER"))
_HORIZON = dt.timedelta(days=36600)  # a rule without an occurrence in a hundred years has ended


def split_parts(rule: str) -> Parts:
    """Return the parts of a rule by their names. Raises ValueError for a part that is repeated."""
    pairs = [part.partition("=")[::2] for part in rule.upper().removeprefix("RRULE:").split(";")]
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a part occurs twice")
    return dict(pairs)


def join_parts(parts: Parts) -> str:
    """Return the rule of some parts."""
    return ";".join(f"{key}={value}" for key, value in parts.items())


# Frequencies of which some make another one.
_MULTIPLES = (("DAILY", 7, "WEEKLY"), ("MONTHLY", 12, "YEARLY"))


def list_writings(rule: str) -> list[str]:
    """Return the rules that mean the same recurrence: every 14 days are every 2 weeks."""
    parts = split_parts(rule)
    frequency, number = parts.pop("FREQ"), int(parts.pop("INTERVAL", "1"))
    spans = [(frequency, number)]
    for small, count, large in () if has_days(parts) else _MULTIPLES:
        if frequency == large:
            spans.append((small, number * count))
        elif frequency == small and number % count == 0:
            spans.append((large, number // count))
    starts: list[Parts] = [{"FREQ": unit, "INTERVAL": str(count)} for unit, count in spans]
    starts += [{"FREQ": unit} for unit, count in spans if count == 1]
    return [join_parts(start | parts) for start in starts]


def has_days(parts: Parts) -> bool:
    """Return whether a rule names days, so that its first day need not be one of them."""
    return any(key.startswith("BY") for key in parts)


def is_after_done(parts: Parts) -> bool:
    """Return whether a rule counts from the day on which the last one was done."""
    return "AFTER" in parts


def clamp_month_day(number: int) -> Parts:
    """Return the parts for a day of the month, or the last day of a shorter month."""
    if number <= 28:
        return {"BYMONTHDAY": str(number)}
    if number == 31:
        return MONTH_END
    return {"BYMONTHDAY": ",".join(map(str, range(28, number + 1))), "BYSETPOS": "-1"}


def pin_day(parts: Parts, due: dt.datetime, *, month_end: bool = False) -> Parts:
    """Return the parts with the day of ``due`` where shorter months would lose it.

    With ``month_end``, ``due`` is meant as the end of its month.
    """
    if has_days(parts) or is_after_done(parts) or (due.day <= 28 and not month_end):
        return parts
    if parts.get("FREQ") == "MONTHLY":
        return parts | (MONTH_END if month_end else clamp_month_day(due.day))
    if parts.get("FREQ") == "YEARLY" and due.month == 2:
        return parts | LEAP_DAY
    return parts


def read_limits(parts: Parts, zone: str = "") -> tuple[dt.datetime | None, int | None]:
    """Return the end of a rule, as a local time in ``zone`` and as a count. Raises ValueError."""
    times = int(parts["COUNT"]) if "COUNT" in parts else None
    if times is not None and times < 1:
        raise ValueError("COUNT must be at least 1")
    text = parts.get("UNTIL")
    if text is None:
        return None, times
    if not re.fullmatch(r"[0-9]{8}(T[0-9]{6}Z?)?", text):
        raise ValueError("UNTIL is not a date")
    until = dt.datetime.fromisoformat(text if "T" in text else text + "T235959")
    if until.tzinfo:  # calendars write it in UTC
        until = in_zone(until, zone).replace(tzinfo=None)
    return until, times


def compile_rule(parts: Parts, start: dt.datetime, after: dt.datetime) -> "rrule":
    """Compile the rule with an end a hundred years after ``after``, to bound the search.

    The caller applies the end of the rule itself, because dateutil would not count ``start``.
    """
    from dateutil.rrule import rrule, rrulestr

    body = join_parts({key: value for key, value in parts.items() if key not in {"COUNT", "UNTIL"}})
    compiled = rrulestr(f"RRULE:{body}", dtstart=start)
    assert isinstance(compiled, rrule)
    last = dt.datetime.max - _HORIZON  # noqa: DTZ901 - local times are naive
    return compiled.replace(until=min(after, last) + _HORIZON)


def check_rule(text: str) -> str:
    """Return a typed RRULE as it is stored. Raises UsageError."""
    rule = text.strip().upper().removeprefix("RRULE:").strip(";")
    shaped = re.fullmatch(r"(?:[A-Z]{4,10}=[A-Z0-9+,-]+;)*[A-Z]{4,10}=[A-Z0-9+,-]+", rule)
    if not shaped or len(rule) > 400:
        raise UsageError(f"invalid RRULE {quote(text)}", HINT)
    parts = dict(part.split("=") for part in rule.split(";"))
    if len(parts) <= rule.count(";"):
        raise UsageError(f"invalid RRULE {quote(text)}", HINT)
    if parts.keys() & _CLOCK:
        raise UsageError(f"{quote(text)} names a time of day", "That is part of the due date.")
    check_interval(text, parts)
    if is_after_done(parts) and not (parts["AFTER"] == "DONE" and parts.keys() <= _AFTER_DONE):
        raise UsageError(
            f"{quote(text)} cannot count from completion", "Write it like “2 weeks after done”."
        )
    _check_days(text, parts)
    return rule


def _check_days(text: str, parts: Parts) -> None:
    """Raise UsageError for invalid limits, and for days that never come."""
    try:
        read_limits(parts)
        if is_after_done(parts):
            return
        start = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - local times are naive
        # Without its interval: every twelfth month in March has to begin in March.
        first = compile_rule(parts | {"INTERVAL": "1"}, start, start).after(start, inc=True)
    except BROKEN as problem:
        raise UsageError(f"invalid RRULE {quote(text)}", HINT) from problem
    if first is None:
        raise UsageError(f"{quote(text)} never comes", "No day fits all its parts.")


def check_interval(text: str, parts: Parts) -> None:
    """Raise UsageError for an unknown frequency, and for an interval above ten years."""
    if parts.get("FREQ") not in FREQUENCIES:
        raise UsageError(
            f"{quote(text)} names no known frequency", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY"
        )
    step = parts.get("INTERVAL", "1")
    unit, most = FREQUENCIES[parts["FREQ"]]
    if not (step.isdigit() and len(step) < 6 and 1 <= int(step) <= most):
        raise UsageError(f"invalid interval in {quote(text)}", f"Use 1 to {most} {unit}s.")
