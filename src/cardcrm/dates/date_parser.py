"""Parse dates such as ``--due fri`` and ``--on 3d``, and format days.

Plans look forward, and history looks back (``past``). The words mean:

- ``fri``: the coming Friday, never today (history: the Friday before today). ``this fri`` may be
  today. ``next fri`` is the Friday of next week (weeks begin on Monday), ``last fri`` the latest
  Friday before today.
- ``23rd``, ``23 dec``, ``27.11.``: the nearest such day in the direction. Today counts, unless a
  time of day is given that is on the other side of now.
- ``3d``, ``2w``, ``1m``, ``1y``: that long after or before today. Months are calendar months.
- ``eow`` ``eom`` ``eoq`` ``eoy``: the last day of the period (history: the latest such day).
- ``next week`` ``last month``: the first day of that period.
- ``14:00``, ``2pm``, ``noon``: today, or tomorrow if a plan would be late, or yesterday if history
  would be in the future.
- ``in …``, ``… ago``, ``next``, ``last``, ``today`` and dates with a year ignore the direction.
"""

import datetime as dt
import re
from typing import NamedTuple

from cardcrm.dates.clock import from_instant, in_zone
from cardcrm.dates.date_parts import (
    COUNT,
    MONTHS,
    UNIT,
    WEEKDAYS,
    add_duration,
    add_months,
    normalize_words,
    parse_count,
    parse_weekday,
    parse_written_date,
)
from cardcrm.errors import UsageError
from cardcrm.text import quote

_HINT = "Try 2026-11-27, 27 nov, fri, tomorrow 9am, next tue 14:00, 2w or eom."
_FIRST_YEAR = 1900

# Patterns stay text, so that a command compiles only those that it uses.
_TIME = (
    r"(?:at )?([0-9]{1,2})"
    r"(?::([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?|(?= ?[ap]m))(?: ?([ap])m)?"
)
_ZONED = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ t][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(z|[+-][0-9:]{4,5})"
)
_DAYS = {
    "today": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "day after tomorrow": 2,
    "day before yesterday": -2,
}


class DayTime(NamedTuple):
    """A local day, with a time of day if one was given."""

    day: dt.date
    time: dt.time | None = None


def parse_stored(day: str, instant: str | None, zone: str) -> DayTime:
    """Return the local day and time of two stored columns: a day, and the UTC instant or None."""
    if instant is None:
        return DayTime(dt.date.fromisoformat(day))
    local = from_instant(instant, zone)
    return DayTime(local.date(), local.time())


def parse_date(text: str, now: dt.datetime, *, past: bool = False) -> DayTime:
    """Return the day (and time) that ``text`` means at ``now``, forward or in the ``past``.

    The docstring of the module lists the words. Raises UsageError for an invalid date, for a year
    outside 1900 to 9999, and for numbers that are only valid month first.
    """
    words = normalize_words(text, "date", _HINT)
    try:
        when = _parse_words(words, now, past=past)
    except (ValueError, OverflowError) as problem:
        raise UsageError(f"invalid date {quote(text)}: {problem}", _HINT) from problem
    if when is None:
        raise UsageError(f"invalid date {quote(text)}", _HINT)
    if when.day.year < _FIRST_YEAR:
        raise UsageError(
            f"date {quote(text)} is too old", f"The year must be {_FIRST_YEAR} or later."
        )
    return when


def _parse_words(text: str, now: dt.datetime, *, past: bool) -> DayTime | None:
    moment = _parse_moment(text, now)
    if moment is not None:
        return DayTime(moment.date(), moment.time().replace(microsecond=0, fold=0))
    words, time = _split_time(re.sub(r"^([0-9-]{8,10})t(?=[0-9])", r"\1 ", text))
    words = re.sub(r"^(?:on |by )?(?:the )?", "", words)
    nearest = _find_nearest_day(now, time, past=past)
    day = _parse_day(words, now.date(), nearest, past=past) if words else nearest
    return None if day is None else DayTime(day, time)


def _parse_moment(words: str, now: dt.datetime) -> dt.datetime | None:
    """Return the moment that the words mean: now, hours from now, or ISO with an offset."""
    if words == "now":
        return now
    if re.fullmatch(_ZONED, words):
        return _convert_to_zone_of(now, dt.datetime.fromisoformat(words.upper()))
    match = re.fullmatch(rf"(in )?{COUNT} ?(h|hours?|min|minutes?)( ago)?", words)
    if not match or bool(match[1]) == bool(match[4]):
        return None
    away = dt.timedelta(minutes=parse_count(match[2]) * (60 if match[3][0] == "h" else 1))
    return _convert_to_zone_of(now, now.astimezone(dt.UTC) + (away if match[1] else -away))


def _convert_to_zone_of(now: dt.datetime, moment: dt.datetime) -> dt.datetime:
    # The system's zone appears as a fixed offset, which may differ at that moment.
    if isinstance(now.tzinfo, dt.timezone) and now.utcoffset() == now.astimezone().utcoffset():
        return in_zone(moment)
    return moment.astimezone(now.tzinfo)


def _split_time(text: str) -> tuple[str, dt.time | None]:
    """Split the words for the day from the time of day before or after them."""
    text = re.sub(r"\bnoon\b", "12:00", text)
    if match := re.fullmatch(rf"(?:(.*?)[ ,]+)??{_TIME}", text):
        words, *parts = match.groups()
    elif match := re.fullmatch(rf"{_TIME}[ ,]+(.+)", text):
        *parts, words = match.groups()
    else:
        return text, None
    return words or "", _parse_time(*parts)


def _parse_time(hour: str, minute: str | None, second: str | None, half: str | None) -> dt.time:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            raise ValueError(f"{hour}{half}m does not exist")
        number = number % 12 + (12 if half == "p" else 0)
    return dt.time(number, int(minute or 0), int(second or 0))


def _find_nearest_day(now: dt.datetime, time: dt.time | None, *, past: bool) -> dt.date:
    """Return the first day in the direction on which ``time`` is not on the other side of now."""
    clock = now.time()
    if time is None:
        return now.date()
    if past:
        return now.date() - dt.timedelta(days=time > clock)
    # A time within the current minute is not late.
    return now.date() + dt.timedelta(days=time < clock.replace(second=0, microsecond=0))


def _parse_day(words: str, today: dt.date, nearest: dt.date, *, past: bool) -> dt.date | None:
    if words in _DAYS:
        return today + dt.timedelta(days=_DAYS[words])
    return (
        _parse_weekday_words(words, today, past=past)
        or _parse_span(words, today, past=past)
        or _parse_period(words, today, past=past)
        or _parse_month_day(words, nearest, past=past)
        or _parse_date_words(words, nearest, past=past)
    )


def _parse_weekday_words(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    match = re.fullmatch(r"(?:(next|last|this) )?([a-z]{3,9})", words)
    number = parse_weekday(match[2]) if match else None
    if match is None or number is None:
        return None
    if match[1] == "next":
        return _find_period_start("week", today, 1) + dt.timedelta(days=number)
    ahead, back = (number - today.weekday()) % 7, (today.weekday() - number) % 7
    if match[1] == "this":
        return today + dt.timedelta(days=-back if past else ahead)
    if match[1] == "last" or past:
        return today - dt.timedelta(days=back or 7)
    return today + dt.timedelta(days=ahead or 7)


def _parse_span(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    match = re.fullmatch(rf"(in )?{COUNT} ?{UNIT}( ago)?", words)
    if not match or (match[1] and match[4]):
        return None
    back = bool(match[4]) or (past and not match[1])
    return add_duration(today, -parse_count(match[2]) if back else parse_count(match[2]), match[3])


def _parse_period(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    if match := re.fullmatch(r"(next|last) (week|month|quarter|year)", words):
        return _find_period_start(match[2], today, 1 if match[1] == "next" else -1)
    match = re.fullmatch(r"eo([wmqy])|end of (?:the |this )?(week|month|quarter|year)", words)
    if not match:
        return None
    end = _find_period_start(match[1] or match[2], today, 1) - dt.timedelta(days=1)
    if past and end > today:
        return _find_period_start(match[1] or match[2], today, 0) - dt.timedelta(days=1)
    return end


def _find_period_start(unit: str, day: dt.date, away: int) -> dt.date:
    """Return the first day of the week, month, quarter or year that is ``away`` from this one."""
    if unit[0] == "w":
        return day + dt.timedelta(days=7 * away - day.weekday())
    length = {"m": 1, "q": 3, "y": 12}[unit[0]]
    first = day.replace(month=day.month - (day.month - 1) % length, day=1)
    return add_months(first, away * length)


def _parse_month_day(words: str, nearest: dt.date, *, past: bool) -> dt.date | None:
    match = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)", words)
    if not match:
        return None
    number = int(match[1])
    if not 1 <= number <= 31:
        raise ValueError(f"day {number} does not exist")
    for away in range(4):  # two months in a row never both lack a day
        month = _find_period_start("month", nearest, -away if past else away)
        day = add_duration(month, number - 1, "d")
        if day.month == month.month and (day <= nearest if past else day >= nearest):
            return day
    return None


def _parse_date_words(words: str, nearest: dt.date, *, past: bool) -> dt.date | None:
    """Return a written date; a weekday in front of it must be correct."""
    match = re.fullmatch(r"([a-z]{3,9}),? (.+)", words)
    number = parse_weekday(match[1]) if match else None
    found = parse_written_date(match[2] if match and number is not None else words)
    if found is None:
        return None
    day = _find_nearest_date(found, nearest, past=past)
    if number is not None and day.weekday() != number:
        raise ValueError(f"{day} is a {WEEKDAYS[day.weekday()]}")
    return day


def _find_nearest_date(
    found: tuple[int | None, int, int], nearest: dt.date, *, past: bool
) -> dt.date:
    year, month, day = found
    if year is not None:
        return dt.date(year, month, day)
    for away in range(9):  # 29 February occurs at least once in eight years
        try:
            date = dt.date(nearest.year + (-away if past else away), month, day)
        except ValueError:
            continue
        if date <= nearest if past else date >= nearest:
            return date
    raise ValueError("the calendar ends before that")


def parse_duration(text: str) -> int:
    """Return a duration in days: ``30d``, ``2w``, ``3m`` (of 30), ``1y`` (365), ``90``, ``weekly``.

    Raises UsageError for other texts, and for more than a hundred years.
    """
    hint = "Try 30d, 2w, 3m, 1y, 90 (days), weekly, monthly, quarterly or yearly."
    words = normalize_words(text, "duration", hint).removeprefix("every ")
    named = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365}
    match = re.fullmatch(rf"{COUNT}? ?{UNIT}|([0-9]{{1,5}})", words)
    days = named.get(words, 0)
    if match:
        unit_days = {"d": 1, "w": 7, "m": 30, "y": 365}[(match[2] or "d")[0]]
        days = parse_count(match[1] or match[3] or "a") * unit_days
    if not 1 <= days <= 36500:
        raise UsageError(f"invalid duration {quote(text)}", hint)
    return days


def format_relative(day: dt.date, today: dt.date) -> str:
    """Return the distance of a day from today: ``3 days ago``, ``in 2 weeks``."""
    away = (day - today).days
    if abs(away) < 2:
        return ("today", "tomorrow", "yesterday")[away]
    distance = _format_distance(min(day, today), max(day, today))
    return f"in {distance}" if away > 0 else f"{distance} ago"


def format_delay(day: dt.date, today: dt.date) -> str:
    """Return how late a task of a day is: ``1 day late``, ``3 weeks late``; or ``today``."""
    distance = format_relative(day, today)
    return distance.replace("yesterday", "1 day ago").replace(" ago", " late")


def _format_distance(first: dt.date, last: dt.date) -> str:
    days = (last - first).days
    years = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    if days < 14:
        return f"{days} days"
    if days < 61:
        return f"{days // 7} weeks"
    if years < 2:
        return f"{min(23, (days * 12 + 182) // 365)} months"  # rounded
    return f"{years} years"


def format_day(day: dt.date, today: dt.date) -> str:
    """Format a day as ``Fri 27 Nov``, or as ``27 Nov 2024`` in another year."""
    short = f"{day.day} {MONTHS[day.month - 1][:3]}"
    if day.year == today.year:
        return f"{WEEKDAYS[day.weekday()][:3]} {short}"
    return f"{short} {day.year}"
