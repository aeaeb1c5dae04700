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
    normalize_words,
    parse_count,
)
from cardcrm.dates.day_words import find_nearest_day, parse_day
from cardcrm.errors import UsageError
from cardcrm.text import quote

_HINT = "Try 2026-11-27, 27 nov, fri, tomorrow 9am, next tue 14:00, 2w or eom."
FIRST_YEAR = 1900
_NEAR_DAYS = 183

# Patterns stay text, so that a command compiles only those that it uses.
_TIME = (
    r"(?:at )?([0-9]{1,2})"
    r"(?::([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?|(?= ?[ap]m))(?: ?([ap])m)?"
)
_ZONED = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ t][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(z|[+-][0-9:]{4,5})"
)


_UNIT_DAYS = {"d": 1, "w": 7, "f": 14, "m": 30, "q": 90, "y": 365}
_NAMED_DAYS = {
    "daily": 1,
    "weekly": 7,
    **dict.fromkeys(("biweekly", "fortnightly"), 14),
    "monthly": 30,
    "bimonthly": 60,
    "quarterly": 90,
    **dict.fromkeys(("half-yearly", "semiannually"), 180),
    **dict.fromkeys(("yearly", "annually", "annual"), 365),
}


class DayTime(NamedTuple):
    """A local day, with a time of day if one was given.

    ``is_month_end`` tells that the words named the end of a month, so that a series stays there.
    """

    day: dt.date
    time: dt.time | None = None
    is_month_end: bool = False


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
    if when.day.year < FIRST_YEAR:
        raise UsageError(
            f"date {quote(text)} is too old", f"The year must be {FIRST_YEAR} or later."
        )
    return when


def _parse_words(words: str, now: dt.datetime, *, past: bool) -> DayTime | None:
    """Return what plain words mean, or else what a phrase does, whose parsers load then."""
    problem: ValueError | None = None
    try:
        if when := _parse_plain_words(words, now, past=past):
            return _mark_month_end(words, when)
    except ValueError as error:  # “9.30” may be a time
        problem = error
    from cardcrm.dates.date_phrases import parse_phrase

    found = parse_phrase(words, now, past=past)
    if found is None and problem is not None:
        raise problem
    return found and _mark_month_end(words, DayTime(*found))


def _mark_month_end(words: str, when: DayTime) -> DayTime:
    is_last = when.day == dt.date.max or (when.day + dt.timedelta(days=1)).day == 1
    if is_last and re.search(r"\b(?:eo[mqy]|end of|last day)\b(?!.*\b(?:week|day)$)", words):
        return when._replace(is_month_end=True)
    return when


def _parse_plain_words(text: str, now: dt.datetime, *, past: bool) -> DayTime | None:
    moment = _parse_moment(text, now)
    if moment is not None:
        return DayTime(moment.date(), moment.time().replace(microsecond=0, fold=0))
    words, time = _split_time(re.sub(r"^([0-9-]{8,10})t(?=[0-9])", r"\1 ", text))
    words = re.sub(r"^(?:on |by )?(?:the )?", "", words)
    nearest = find_nearest_day(now, time, past=past)
    day = parse_day(words, now.date(), nearest, past=past) if words else nearest
    return None if day is None else DayTime(day, time)


def _parse_moment(words: str, now: dt.datetime) -> dt.datetime | None:
    """Return the moment that the words mean: now, hours from now, or ISO with an offset."""
    if words == "now":
        return now
    if re.fullmatch(_ZONED, words):
        return _convert_to_zone_of(now, dt.datetime.fromisoformat(words.upper()))
    match = re.fullmatch(rf"(in |\+)?{COUNT} ?(h|hours?|min|minutes?)( ago)?", words)
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


def parse_duration(text: str) -> int:
    """Return a duration in days: ``30d``, ``2w``, ``3m`` (of 30), ``1y`` (365), ``90``, ``weekly``.

    Raises UsageError for other texts, and for more than a hundred years.
    """
    hint = "Try 30d, 2w, 3m, 1y, 90 (days), weekly, monthly, quarterly or yearly."
    words = normalize_words(text, "duration", hint).removeprefix("every ")
    match = re.fullmatch(rf"{COUNT}? ?{UNIT}|([0-9]{{1,5}})", words)
    if match is None and words not in _NAMED_DAYS:
        from cardcrm.dates.date_words import simplify_words

        words = simplify_words(words).replace("other ", "2 ").replace("half-year", "6 month")
        match = re.fullmatch(rf"{COUNT} ?{UNIT}()", words)
    days = _NAMED_DAYS.get(words, 0)
    if match:
        unit_days = _UNIT_DAYS[(match[2] or "d")[0]]
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
    """Format a day as ``Fri 27 Nov``, or as ``27 Nov 2024`` far from today or in another year."""
    short = format_short_day(day, today)
    return f"{WEEKDAYS[day.weekday()][:3]} {short}" if is_near(day, today) else short


def format_short_day(day: dt.date, today: dt.date) -> str:
    """Format a day as ``27 Nov``, or as ``27 Nov 2024`` far from today or in another year."""
    short = f"{day.day} {MONTHS[day.month - 1][:3]}"
    return short if is_near(day, today) else f"{short} {day.year}"


def is_near(day: dt.date, today: dt.date) -> bool:
    """Return whether a day is clear without its year: in this year, at most six months away."""
    return day.year == today.year and abs((day - today).days) <= _NEAR_DAYS
