"""What comes again: the words for a recurrence, the rule they make, and the next time it is due.

A rule is the body of an RFC 5545 RRULE (``FREQ=WEEKLY;INTERVAL=2``), reckoned by dateutil on local
wall times, so a change of the clocks moves no appointment. Two things differ from the RFC on
purpose, because a follow-up must not get lost: a monthly rule begun on the 31st (or a yearly one on
29 February) comes on the last day of shorter months instead of leaving them out, and an UNTIL
without a time of day includes that whole day.
"""

import datetime as dt
import re
from typing import TYPE_CHECKING

from cardcrm.date_parser import COUNT, MONTHS, UNIT, WEEKDAYS, count, plain, weekday
from cardcrm.errors import UsageError
from cardcrm.quote import quoted

if TYPE_CHECKING:
    from dateutil.rrule import rrule

_HINT = "try 2w, monthly, weekday, mon,thu, 3rd monday, 15th, last day, or an RRULE"
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PLACES = ("first", "second", "third", "fourth", "fifth")
_WORKDAYS = "MO,TU,WE,TH,FR"
_LAST_DAY = "FREQ=MONTHLY;BYMONTHDAY=-1"
_FIXED = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "fortnightly": "FREQ=WEEKLY;INTERVAL=2",
    "monthly": "FREQ=MONTHLY",
    "quarterly": "FREQ=MONTHLY;INTERVAL=3",
    "yearly": "FREQ=YEARLY",
    "annually": "FREQ=YEARLY",
    "quarter": "FREQ=MONTHLY;INTERVAL=3",
    "weekday": f"FREQ=WEEKLY;BYDAY={_WORKDAYS}",
    "weekdays": f"FREQ=WEEKLY;BYDAY={_WORKDAYS}",
    "last day": _LAST_DAY,
}
# About ten years of each; rules with longer steps are slips of the finger.
_FREQUENCIES = {"DAILY": ("day", 3660), "WEEKLY": ("week", 520), "MONTHLY": ("month", 120)}
_FREQUENCIES["YEARLY"] = ("year", 10)
_CLOCK = frozenset(("BYHOUR", "BYMINUTE", "BYSECOND"))
_LEAP_DAY = {"BYMONTH": "2", "BYMONTHDAY": "28,29", "BYSETPOS": "-1"}
# What dateutil raises for one garbled rule or another.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
_HORIZON = dt.timedelta(days=36600)  # a rule silent for a hundred years has ended


def parse_every(text: str) -> str:
    """The RRULE body that ``2w``, ``monthly``, ``3rd monday``, ``mon,thu`` or an RRULE means.

    Months are calendar months. UsageError for anything else, and for rules that name a time of day,
    come more than once a day, never come at all, or have steps of more than ten years.
    """
    if "=" in text:
        return _checked_rule(text)
    said = plain(text, "recurrence", _HINT).removeprefix("every ").removeprefix("the ")
    said = re.sub(r" of (?:the|every|each) month$", "", said)
    rule = _FIXED.get(said) or _interval(said) or _place(said) or _days(said)
    if rule is None:
        raise UsageError(f"{quoted(text)} is no recurrence", _HINT)
    _check_interval(text, _parts(rule))
    return rule


def _interval(said: str) -> str | None:
    match = re.fullmatch(rf"(?:{COUNT} ?)?{UNIT}|other {UNIT}", said)
    if not match:
        return None
    letter = (match[2] or match[3])[0]
    frequency = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}[letter]
    step = 2 if match[3] else count(match[1] or "a")
    return f"FREQ={frequency}" + (f";INTERVAL={step}" if step != 1 else "")


def _place(said: str) -> str | None:
    """``15th``, ``3rd monday``, ``last friday``: a place in the month."""
    match = re.fullmatch(r"(?:([0-9]{1,2})(?:st|nd|rd|th)|([a-z]+))(?: ([a-z]{3,9}))?", said)
    if not match:
        return None
    number = _number(match[1], match[2])
    if match[3] is None:
        return _month_day(number) if match[1] and 1 <= number <= 31 else None
    day = weekday(match[3])
    if day is None or not (number == -1 or 1 <= number <= 5):
        return None
    return f"FREQ=MONTHLY;BYDAY={number}{_CODES[day]}"


def _number(figures: str | None, word: str) -> int:
    if figures:
        return int(figures)
    if word == "last":
        return -1
    return _PLACES.index(word) + 1 if word in _PLACES else 0


def _month_day(number: int) -> str:
    if number == 31:
        return _LAST_DAY
    return f"FREQ=MONTHLY;{_clamped(number)}"


def _clamped(number: int) -> str:
    """The day of the month ``number``, or the last day of a month that is too short for it."""
    if number <= 28:
        return f"BYMONTHDAY={number}"
    return f"BYMONTHDAY={','.join(map(str, range(28, number + 1)))};BYSETPOS=-1"


def _days(said: str) -> str | None:
    found = [weekday(word) for word in re.split(r" ?, ?(?:and )?| and | ", said)]
    if None in found:
        return None
    codes = [code for number, code in enumerate(_CODES) if number in found]
    return f"FREQ=WEEKLY;BYDAY={','.join(codes)}"


def _checked_rule(text: str) -> str:
    rule = text.strip().upper().removeprefix("RRULE:").strip(";")
    shaped = re.fullmatch(r"(?:[A-Z]{4,10}=[A-Z0-9+,-]+;)*[A-Z]{4,10}=[A-Z0-9+,-]+", rule)
    if not shaped or len(rule) > 400:
        raise UsageError(f"{quoted(text)} is no RRULE", _HINT)
    parts = dict(part.split("=") for part in rule.split(";"))
    if len(parts) <= rule.count(";"):
        raise UsageError(f"{quoted(text)} is no RRULE", _HINT)
    if parts.keys() & _CLOCK:
        raise UsageError(f"{quoted(text)} names a time of day", "that is part of the due date")
    _check_interval(text, parts)
    try:
        _limits(parts)
        start = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - wall times are naive
        # Without its interval: every twelfth month in March has to begin in March.
        first = _compiled(parts | {"INTERVAL": "1"}, start, start).after(start, inc=True)
    except _BROKEN as problem:
        raise UsageError(f"{quoted(text)} is no RRULE", _HINT) from problem
    if first is None:
        raise UsageError(f"{quoted(text)} never comes", "no day fits all its parts")
    return rule


def _check_interval(text: str, parts: dict[str, str]) -> None:
    if parts.get("FREQ") not in _FREQUENCIES:
        raise UsageError(
            f"{quoted(text)} names no known frequency", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY"
        )
    step = parts.get("INTERVAL", "1")
    unit, most = _FREQUENCIES[parts["FREQ"]]
    if not (step.isdigit() and len(step) < 6 and 1 <= int(step) <= most):
        raise UsageError(f"{quoted(text)} has an odd interval", f"use 1 to {most} {unit}s")


def describe_every(rule: str) -> str:
    """A rule in words, ``every 2 weeks``, ``on the 3rd Monday of the month``; or itself."""
    try:
        parts = _parts(rule)
        until, times = _limits(parts)
    except ValueError:
        return rule
    words = _words(parts)
    if words is None:
        return rule
    if times is not None:
        words += f", {times} time{'s' if times != 1 else ''}"
    return words + (f", until {until:%Y-%m-%d}" if until else "")


def _words(parts: dict[str, str]) -> str | None:
    frequency, step = parts.get("FREQ", ""), parts.get("INTERVAL", "1")
    keys = parts.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
    if frequency not in _FREQUENCIES:
        return None
    unit = _FREQUENCIES[frequency][0]
    every = f"every {unit}" if step == "1" else f"every {step} {unit}s"
    if not keys:
        return every
    if frequency == "WEEKLY" and keys == {"BYDAY"}:
        days = _day_names(parts["BYDAY"])
        return f"every {days}" if days and step == "1" else days and f"{every} on {days}"
    place = _place_words(parts) if frequency == "MONTHLY" else None
    if place:
        return f"on the {place} of the month" if step == "1" else f"{every} on the {place}"
    return _date_words(every, parts) if frequency == "YEARLY" else None


def _date_words(every: str, parts: dict[str, str]) -> str | None:
    """A day of the year: ``every year on 17 May``."""
    if _LEAP_DAY.items() <= parts.items():
        return f"{every} on 29 {MONTHS[1]}"
    month, day = parts.get("BYMONTH", ""), parts.get("BYMONTHDAY", "")
    only = not parts.keys() & {"BYDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "BYEASTER"}
    if only and month.isdigit() and day.isdigit() and 1 <= int(month) <= 12:
        return f"{every} on {int(day)} {MONTHS[int(month) - 1]}"
    return None


def _day_names(codes: str) -> str | None:
    if codes == _WORKDAYS:
        return "weekday"
    if not set(codes.split(",")) <= set(_CODES):
        return None
    names = [WEEKDAYS[_CODES.index(code)] for code in codes.split(",")]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _place_words(parts: dict[str, str]) -> str | None:
    by_day = re.fullmatch(r"\+?(-1|[1-5])([A-Z]{2})", parts.get("BYDAY", ""))
    number = parts.get("BYMONTHDAY", "")
    if by_day and by_day[2] in _CODES and not parts.keys() & {"BYMONTHDAY", "BYSETPOS", "BYMONTH"}:
        name = WEEKDAYS[_CODES.index(by_day[2])]
        return f"last {name}" if by_day[1] == "-1" else f"{_ordinal(int(by_day[1]))} {name}"
    if parts.keys() & {"BYDAY", "BYMONTH"}:
        return None
    if number == "-1":
        return "last day" if "BYSETPOS" not in parts else None
    last = number.rpartition(",")[2]
    day = int(last) if last.isdigit() and len(last) < 3 else 0
    if not (1 <= day <= 31 and _parts(_clamped(day)).items() == _monthly(parts).items()):
        return None
    return _ordinal(day) + (" (or last day)" if day > 28 else "")


def _monthly(parts: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in parts.items() if key in {"BYMONTHDAY", "BYSETPOS"}}


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number < 20 else ending}"


def next_due(rule: str, due: dt.datetime, after: dt.datetime) -> dt.datetime | None:
    """When a reminder due at ``due`` comes next, later than both ``due`` and ``after``.

    All are naive local wall times. None when the rule has ended. UsageError for a broken rule.
    """
    rolled = roll(rule, due, after)
    return rolled[0] if rolled else None


def roll(rule: str, due: dt.datetime, after: dt.datetime) -> tuple[dt.datetime, str] | None:
    """The next due time and the rule to keep with it; None when the rule has ended.

    ``due`` itself is the first occurrence, whether the rule would give it or not. Each one passed
    takes one from a COUNT. A rule that leans on the day it began on gets that day written into it,
    so that 31 January, 28 February is followed by 31 March. UsageError for a broken rule.
    """
    try:
        parts = _pinned(_parts(rule), due)
        until, times = _limits(parts)
        after = max(due, after)
        passed, found = _step(_compiled(parts, due, after), due, after)
    except _BROKEN as problem:
        raise UsageError(f"{quoted(rule)} is no recurrence", _HINT) from problem
    if found is None or (until and found > until) or (times is not None and passed >= times):
        return None
    if times is not None:
        parts["COUNT"] = str(times - passed)
    return found, _body(parts)


def _step(rule: "rrule", due: dt.datetime, after: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many occurrences, ``due`` among them, lie behind; and the first one ahead."""
    passed = 1
    for occurrence in rule.xafter(due):
        if occurrence > after:
            return passed, occurrence
        passed += 1
    return passed, None


def _pinned(parts: dict[str, str], due: dt.datetime) -> dict[str, str]:
    if due.day <= 28 or any(key.startswith("BY") for key in parts):
        return parts
    if parts.get("FREQ") == "MONTHLY":
        return parts | _parts(_clamped(due.day))
    if parts.get("FREQ") == "YEARLY" and due.month == 2:
        return parts | _LEAP_DAY
    return parts


def _parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=")[::2] for part in rule.upper().removeprefix("RRULE:").split(";")]
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a part stands twice")
    return dict(pairs)


def _body(parts: dict[str, str]) -> str:
    return ";".join(f"{key}={value}" for key, value in parts.items())


def _limits(parts: dict[str, str]) -> tuple[dt.datetime | None, int | None]:
    """The end of a rule, as a wall time and as a number of times; ValueError when garbled."""
    times = int(parts["COUNT"]) if "COUNT" in parts else None
    if times is not None and times < 1:
        raise ValueError("COUNT starts at 1")
    text = parts.get("UNTIL")
    if text is None:
        return None, times
    if not re.fullmatch(r"[0-9]{8}(T[0-9]{6}Z?)?", text):
        raise ValueError("UNTIL is no date")
    until = dt.datetime.fromisoformat(text if "T" in text else text + "T235959")
    if until.tzinfo:  # calendars write it in UTC; the wall times here are the system's
        until = until.astimezone().replace(tzinfo=None)
    return until, times


def _compiled(parts: dict[str, str], start: dt.datetime, after: dt.datetime) -> "rrule":
    """The rule up to a hundred years from ``after``, so that none is searched without end.

    Its own end is reckoned by the caller, for dateutil would not count ``due`` itself.
    """
    from dateutil.rrule import rrule, rrulestr

    body = _body({key: value for key, value in parts.items() if key not in {"COUNT", "UNTIL"}})
    compiled = rrulestr(f"RRULE:{body}", dtstart=start)
    assert isinstance(compiled, rrule)
    last = dt.datetime.max - _HORIZON  # noqa: DTZ901 - wall times are naive
    return compiled.replace(until=min(after, last) + _HORIZON)
