"""Parse and describe recurrence rules, and compute the next due time.

A rule is the body of an RFC 5545 RRULE (``FREQ=WEEKLY;INTERVAL=2``). dateutil evaluates it on local
times, so a clock change does not move an appointment. Two things differ from the RFC, so that no
follow-up is lost: a monthly rule that begins on the 31st (or a yearly rule on 29 February) falls on
the last day of shorter months instead of skipping them, and an UNTIL without a time includes the
whole day.
"""

import datetime as dt
import re
from typing import TYPE_CHECKING

from cardcrm.dates.date_parts import (
    COUNT,
    MONTHS,
    UNIT,
    WEEKDAYS,
    normalize_words,
    parse_count,
    parse_weekday,
)
from cardcrm.errors import UsageError
from cardcrm.text import quote

if TYPE_CHECKING:
    from dateutil.rrule import rrule

_HINT = "Try 2w, monthly, weekday, mon,thu, 3rd monday, 15th, last day, or an RRULE."
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_POSITIONS = ("first", "second", "third", "fourth", "fifth")
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
# At most ten years; a longer interval is a typing error.
_FREQUENCIES = {"DAILY": ("day", 3660), "WEEKLY": ("week", 520), "MONTHLY": ("month", 120)}
_FREQUENCIES["YEARLY"] = ("year", 10)
_CLOCK = frozenset(("BYHOUR", "BYMINUTE", "BYSECOND"))
_LEAP_DAY = {"BYMONTH": "2", "BYMONTHDAY": "28,29", "BYSETPOS": "-1"}
# Errors that dateutil raises for invalid rules.
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError)
_HORIZON = dt.timedelta(days=36600)  # a rule without an occurrence in a hundred years has ended


def parse_recurrence(text: str) -> str:
    """Return the RRULE body for ``2w``, ``monthly``, ``3rd monday``, ``mon,thu`` or an RRULE.

    Months are calendar months. Raises UsageError for other texts, and for rules with a time of day,
    more than one occurrence a day, no occurrence, or an interval above ten years.
    """
    if "=" in text:
        return _check_rule(text)
    words = normalize_words(text, "recurrence", _HINT).removeprefix("every ").removeprefix("the ")
    words = re.sub(r" of (?:the|every|each) month$", "", words)
    rule = (
        _FIXED.get(words)
        or _parse_interval(words)
        or _parse_month_place(words)
        or _parse_weekdays(words)
    )
    if rule is None:
        raise UsageError(f"invalid recurrence {quote(text)}", _HINT)
    _check_interval(text, _split_parts(rule))
    return rule


def _parse_interval(words: str) -> str | None:
    match = re.fullmatch(rf"(?:{COUNT} ?)?{UNIT}|other {UNIT}", words)
    if not match:
        return None
    letter = (match[2] or match[3])[0]
    frequency = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}[letter]
    step = 2 if match[3] else parse_count(match[1] or "a")
    return f"FREQ={frequency}" + (f";INTERVAL={step}" if step != 1 else "")


def _parse_month_place(words: str) -> str | None:
    """Return the rule for a day of the month: ``15th``, ``3rd monday``, ``last friday``."""
    match = re.fullmatch(r"(?:([0-9]{1,2})(?:st|nd|rd|th)|([a-z]+))(?: ([a-z]{3,9}))?", words)
    if not match:
        return None
    number = _parse_position(match[1], match[2])
    if match[3] is None:
        return _make_month_day_rule(number) if match[1] and 1 <= number <= 31 else None
    day = parse_weekday(match[3])
    if day is None or not (number == -1 or 1 <= number <= 5):
        return None
    return f"FREQ=MONTHLY;BYDAY={number}{_CODES[day]}"


def _parse_position(figures: str | None, word: str) -> int:
    if figures:
        return int(figures)
    if word == "last":
        return -1
    return _POSITIONS.index(word) + 1 if word in _POSITIONS else 0


def _make_month_day_rule(number: int) -> str:
    if number == 31:
        return _LAST_DAY
    return f"FREQ=MONTHLY;{_clamp_month_day(number)}"


def _clamp_month_day(number: int) -> str:
    """Return the rule parts for a day of the month, or the last day of a shorter month."""
    if number <= 28:
        return f"BYMONTHDAY={number}"
    return f"BYMONTHDAY={','.join(map(str, range(28, number + 1)))};BYSETPOS=-1"


def _parse_weekdays(words: str) -> str | None:
    found = [parse_weekday(word) for word in re.split(r" ?, ?(?:and )?| and | ", words)]
    if None in found:
        return None
    codes = [code for number, code in enumerate(_CODES) if number in found]
    return f"FREQ=WEEKLY;BYDAY={','.join(codes)}"


def _check_rule(text: str) -> str:
    rule = text.strip().upper().removeprefix("RRULE:").strip(";")
    shaped = re.fullmatch(r"(?:[A-Z]{4,10}=[A-Z0-9+,-]+;)*[A-Z]{4,10}=[A-Z0-9+,-]+", rule)
    if not shaped or len(rule) > 400:
        raise UsageError(f"invalid RRULE {quote(text)}", _HINT)
    parts = dict(part.split("=") for part in rule.split(";"))
    if len(parts) <= rule.count(";"):
        raise UsageError(f"invalid RRULE {quote(text)}", _HINT)
    if parts.keys() & _CLOCK:
        raise UsageError(f"{quote(text)} names a time of day", "That is part of the due date.")
    _check_interval(text, parts)
    try:
        _read_limits(parts)
        start = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - local times are naive
        # Without its interval: every twelfth month in March has to begin in March.
        first = _compile(parts | {"INTERVAL": "1"}, start, start).after(start, inc=True)
    except _BROKEN as problem:
        raise UsageError(f"invalid RRULE {quote(text)}", _HINT) from problem
    if first is None:
        raise UsageError(f"{quote(text)} never comes", "No day fits all its parts.")
    return rule


def _check_interval(text: str, parts: dict[str, str]) -> None:
    if parts.get("FREQ") not in _FREQUENCIES:
        raise UsageError(
            f"{quote(text)} names no known frequency", "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY"
        )
    step = parts.get("INTERVAL", "1")
    unit, most = _FREQUENCIES[parts["FREQ"]]
    if not (step.isdigit() and len(step) < 6 and 1 <= int(step) <= most):
        raise UsageError(f"invalid interval in {quote(text)}", f"Use 1 to {most} {unit}s.")


def describe_recurrence(rule: str) -> str:
    """Return a rule in words (``every 2 weeks``), or the rule itself if that is not possible."""
    try:
        parts = _split_parts(rule)
        until, times = _read_limits(parts)
    except ValueError:
        return rule
    words = _describe_parts(parts)
    if words is None:
        return rule
    if times is not None:
        words += f", {times} time{'s' if times != 1 else ''}"
    return words + (f", until {until:%Y-%m-%d}" if until else "")


def _describe_parts(parts: dict[str, str]) -> str | None:
    frequency, step = parts.get("FREQ", ""), parts.get("INTERVAL", "1")
    keys = parts.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
    if frequency not in _FREQUENCIES:
        return None
    unit = _FREQUENCIES[frequency][0]
    every = f"every {unit}" if step == "1" else f"every {step} {unit}s"
    if not keys:
        return every
    if frequency == "WEEKLY" and keys == {"BYDAY"}:
        days = _describe_weekdays(parts["BYDAY"])
        return f"every {days}" if days and step == "1" else days and f"{every} on {days}"
    place = _describe_month_place(parts) if frequency == "MONTHLY" else None
    if place:
        return f"on the {place} of the month" if step == "1" else f"{every} on the {place}"
    return _describe_date(every, parts) if frequency == "YEARLY" else None


def _describe_date(every: str, parts: dict[str, str]) -> str | None:
    """Return the words for a day of the year: ``every year on 17 May``."""
    if _LEAP_DAY.items() <= parts.items():
        return f"{every} on 29 {MONTHS[1]}"
    month, day = parts.get("BYMONTH", ""), parts.get("BYMONTHDAY", "")
    only = not parts.keys() & {"BYDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY", "BYEASTER"}
    if only and month.isdigit() and day.isdigit() and 1 <= int(month) <= 12:
        return f"{every} on {int(day)} {MONTHS[int(month) - 1]}"
    return None


def _describe_weekdays(codes: str) -> str | None:
    if codes == _WORKDAYS:
        return "weekday"
    if not set(codes.split(",")) <= set(_CODES):
        return None
    names = [WEEKDAYS[_CODES.index(code)] for code in codes.split(",")]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _describe_month_place(parts: dict[str, str]) -> str | None:
    by_day = re.fullmatch(r"\+?(-1|[1-5])([A-Z]{2})", parts.get("BYDAY", ""))
    number = parts.get("BYMONTHDAY", "")
    if by_day and by_day[2] in _CODES and not parts.keys() & {"BYMONTHDAY", "BYSETPOS", "BYMONTH"}:
        name = WEEKDAYS[_CODES.index(by_day[2])]
        return f"last {name}" if by_day[1] == "-1" else f"{_format_ordinal(int(by_day[1]))} {name}"
    if parts.keys() & {"BYDAY", "BYMONTH"}:
        return None
    if number == "-1":
        return "last day" if "BYSETPOS" not in parts else None
    last = number.rpartition(",")[2]
    day = int(last) if last.isdigit() and len(last) < 3 else 0
    if not (
        1 <= day <= 31
        and _split_parts(_clamp_month_day(day)).items() == _select_month_parts(parts).items()
    ):
        return None
    return _format_ordinal(day) + (" (or last day)" if day > 28 else "")


def _select_month_parts(parts: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in parts.items() if key in {"BYMONTHDAY", "BYSETPOS"}}


def _format_ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number < 20 else ending}"


def find_next_due(rule: str, due: dt.datetime, after: dt.datetime) -> dt.datetime | None:
    """Return the next due time after both ``due`` and ``after``; None if the rule has ended.

    All are naive local times. Raises UsageError for an invalid rule.
    """
    rolled = advance_recurrence(rule, due, after)
    return rolled[0] if rolled else None


def advance_recurrence(
    rule: str, due: dt.datetime, after: dt.datetime
) -> tuple[dt.datetime, str] | None:
    """Return the next due time and the rule to store with it; None if the rule has ended.

    ``due`` is the first occurrence, even if it does not match the rule. COUNT decreases with each
    occurrence passed. A rule that depends on its first day gets that day added, so that 31 January
    and 28 February are followed by 31 March. Raises UsageError for an invalid rule.
    """
    try:
        parts = _pin_day(_split_parts(rule), due)
        until, times = _read_limits(parts)
        after = max(due, after)
        passed, found = _count_to_next(_compile(parts, due, after), due, after)
    except _BROKEN as problem:
        raise UsageError(f"invalid recurrence {quote(rule)}", _HINT) from problem
    if found is None or (until and found > until) or (times is not None and passed >= times):
        return None
    if times is not None:
        parts["COUNT"] = str(times - passed)
    return found, _join_parts(parts)


def _count_to_next(
    rule: "rrule", due: dt.datetime, after: dt.datetime
) -> tuple[int, dt.datetime | None]:
    """Return the number of past occurrences, including ``due``, and the next one."""
    passed = 1
    for occurrence in rule.xafter(due):
        if occurrence > after:
            return passed, occurrence
        passed += 1
    return passed, None


def _pin_day(parts: dict[str, str], due: dt.datetime) -> dict[str, str]:
    if due.day <= 28 or any(key.startswith("BY") for key in parts):
        return parts
    if parts.get("FREQ") == "MONTHLY":
        return parts | _split_parts(_clamp_month_day(due.day))
    if parts.get("FREQ") == "YEARLY" and due.month == 2:
        return parts | _LEAP_DAY
    return parts


def _split_parts(rule: str) -> dict[str, str]:
    pairs = [part.partition("=")[::2] for part in rule.upper().removeprefix("RRULE:").split(";")]
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a part occurs twice")
    return dict(pairs)


def _join_parts(parts: dict[str, str]) -> str:
    return ";".join(f"{key}={value}" for key, value in parts.items())


def _read_limits(parts: dict[str, str]) -> tuple[dt.datetime | None, int | None]:
    """Return the end of a rule, as a local time and as a count. Raises ValueError."""
    times = int(parts["COUNT"]) if "COUNT" in parts else None
    if times is not None and times < 1:
        raise ValueError("COUNT must be at least 1")
    text = parts.get("UNTIL")
    if text is None:
        return None, times
    if not re.fullmatch(r"[0-9]{8}(T[0-9]{6}Z?)?", text):
        raise ValueError("UNTIL is not a date")
    until = dt.datetime.fromisoformat(text if "T" in text else text + "T235959")
    if until.tzinfo:  # calendars write it in UTC; times here are in the zone of the system
        until = until.astimezone().replace(tzinfo=None)
    return until, times


def _compile(parts: dict[str, str], start: dt.datetime, after: dt.datetime) -> "rrule":
    """Compile the rule with an end a hundred years after ``after``, to bound the search.

    The caller applies the end of the rule itself, because dateutil would not count ``due``.
    """
    from dateutil.rrule import rrule, rrulestr

    body = _join_parts(
        {key: value for key, value in parts.items() if key not in {"COUNT", "UNTIL"}}
    )
    compiled = rrulestr(f"RRULE:{body}", dtstart=start)
    assert isinstance(compiled, rrule)
    last = dt.datetime.max - _HORIZON  # noqa: DTZ901 - local times are naive
    return compiled.replace(until=min(after, last) + _HORIZON)
