"""The clock and date words: what ``--due fri`` and ``--on 3d`` mean, and how days are shown.

History looks back and plans look forward: ``past`` tells which. What the words mean:

- ``fri``: the coming Friday, never today (history: the Friday before today). ``this fri`` may be
  today. ``next fri`` is the Friday of next week (weeks begin on Monday), ``last fri`` the latest
  one before today.
- ``23rd``, ``23 dec``, ``27.11.``: the nearest such day in that direction; today counts, unless a
  time of day was named that lies in the other direction.
- ``3d``, ``2w``, ``1m``, ``1y``: so long from today, or before it. Months are calendar months.
- ``eow`` ``eom`` ``eoq`` ``eoy``: the last day of this period (history: the latest one reached).
- ``next week`` ``last month``: the first day of that period.
- ``14:00``, ``2pm``, ``noon``: today; tomorrow where a plan would be late, yesterday where history
  would be early.
- ``in …``, ``… ago``, ``next``, ``last``, ``today`` and dates with a year ignore the direction.
"""

import datetime as dt
import re
from typing import NamedTuple

from cardcrm.anniversaries import age_on, kept_days, next_yearly, parse_yearly
from cardcrm.clock import from_instant, in_zone, now, stamp, to_instant, today
from cardcrm.date_parser import (
    COUNT,
    MONTHS,
    UNIT,
    WEEKDAYS,
    add_months,
    count,
    plain,
    shift,
    weekday,
    written_day,
)
from cardcrm.errors import UsageError
from cardcrm.quote import quoted

__all__ = [
    "When",
    "age_on",
    "ago",
    "from_instant",
    "kept_days",
    "kept_when",
    "next_yearly",
    "now",
    "parse_span",
    "parse_when",
    "parse_yearly",
    "show_day",
    "stamp",
    "to_instant",
    "today",
]

_HINT = "try 2026-11-27, 27 nov, fri, tomorrow 9am, next tue 14:00, 2w or eom"
_FIRST_YEAR = 1900

# Patterns stay text: re compiles and keeps those that a command really needs.
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


class When(NamedTuple):
    """What a person said: a local day, and a time of day where one was named."""

    day: dt.date
    time: dt.time | None = None


def kept_when(day: str, instant: str | None, zone: str) -> When:
    """What two kept columns mean where one is: a local day, or the UTC instant of a time of day."""
    if instant is None:
        return When(dt.date.fromisoformat(day))
    local = from_instant(instant, zone)
    return When(local.date(), local.time())


def parse_when(text: str, now: dt.datetime, *, past: bool = False) -> When:
    """The day (and time) that ``text`` means at ``now``; ``past`` looks back, else forward.

    The module's docstring has the words. UsageError for anything that is no date, for a year
    outside 1900 to 9999 and for figures that only make sense month first.
    """
    said = plain(text, "date", _HINT)
    try:
        when = _when(said, now, past=past)
    except (ValueError, OverflowError) as problem:
        raise UsageError(f"{quoted(text)} is no date: {problem}", _HINT) from problem
    if when is None:
        raise UsageError(f"{quoted(text)} is no date", _HINT)
    if when.day.year < _FIRST_YEAR:
        raise UsageError(f"{quoted(text)} lies too far back", f"years start at {_FIRST_YEAR}")
    return when


def _when(said: str, now: dt.datetime, *, past: bool) -> When | None:
    moment = _moment(said, now)
    if moment is not None:
        return When(moment.date(), moment.time().replace(microsecond=0, fold=0))
    words, time = _split_time(re.sub(r"^([0-9-]{8,10})t(?=[0-9])", r"\1 ", said))
    words = re.sub(r"^(?:on |by )?(?:the )?", "", words)
    nearest = _nearest(now, time, past=past)
    day = _day(words, now.date(), nearest, past=past) if words else nearest
    return None if day is None else When(day, time)


def _moment(said: str, now: dt.datetime) -> dt.datetime | None:
    """What names a moment and not only a day: now, some hours on or back, ISO with an offset."""
    if said == "now":
        return now
    if re.fullmatch(_ZONED, said):
        return _on_the_clock_of(now, dt.datetime.fromisoformat(said.upper()))
    match = re.fullmatch(rf"(in )?{COUNT} ?(h|hours?|min|minutes?)( ago)?", said)
    if not match or bool(match[1]) == bool(match[4]):
        return None
    away = dt.timedelta(minutes=count(match[2]) * (60 if match[3][0] == "h" else 1))
    return _on_the_clock_of(now, now.astimezone(dt.UTC) + (away if match[1] else -away))


def _on_the_clock_of(now: dt.datetime, moment: dt.datetime) -> dt.datetime:
    # The system's zone shows as a fixed offset, which may be another one at that moment.
    if isinstance(now.tzinfo, dt.timezone) and now.utcoffset() == now.astimezone().utcoffset():
        return in_zone(moment)
    return moment.astimezone(now.tzinfo)


def _split_time(said: str) -> tuple[str, dt.time | None]:
    """The words for the day, and the time of day before or after them."""
    said = re.sub(r"\bnoon\b", "12:00", said)
    if match := re.fullmatch(rf"(?:(.*?)[ ,]+)??{_TIME}", said):
        words, *parts = match.groups()
    elif match := re.fullmatch(rf"{_TIME}[ ,]+(.+)", said):
        *parts, words = match.groups()
    else:
        return said, None
    return words or "", _time_of_day(*parts)


def _time_of_day(hour: str, minute: str | None, second: str | None, half: str | None) -> dt.time:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            raise ValueError(f"there is no {hour}{half}m")
        number = number % 12 + (12 if half == "p" else 0)
    return dt.time(number, int(minute or 0), int(second or 0))


def _nearest(now: dt.datetime, time: dt.time | None, *, past: bool) -> dt.date:
    """The first day in the direction on which ``time`` is not on the wrong side of ``now``."""
    clock = now.time()
    if time is None:
        return now.date()
    if past:
        return now.date() - dt.timedelta(days=time > clock)
    # What was said in this minute is not yet late.
    return now.date() + dt.timedelta(days=time < clock.replace(second=0, microsecond=0))


def _day(words: str, today: dt.date, nearest: dt.date, *, past: bool) -> dt.date | None:
    if words in _DAYS:
        return today + dt.timedelta(days=_DAYS[words])
    return (
        _weekday(words, today, past=past)
        or _span(words, today, past=past)
        or _period(words, today, past=past)
        or _day_of_month(words, nearest, past=past)
        or _date(words, nearest, past=past)
    )


def _weekday(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    match = re.fullmatch(r"(?:(next|last|this) )?([a-z]{3,9})", words)
    number = weekday(match[2]) if match else None
    if match is None or number is None:
        return None
    if match[1] == "next":
        return _first_of("week", today, 1) + dt.timedelta(days=number)
    ahead, back = (number - today.weekday()) % 7, (today.weekday() - number) % 7
    if match[1] == "this":
        return today + dt.timedelta(days=-back if past else ahead)
    if match[1] == "last" or past:
        return today - dt.timedelta(days=back or 7)
    return today + dt.timedelta(days=ahead or 7)


def _span(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    match = re.fullmatch(rf"(in )?{COUNT} ?{UNIT}( ago)?", words)
    if not match or (match[1] and match[4]):
        return None
    back = bool(match[4]) or (past and not match[1])
    return shift(today, -count(match[2]) if back else count(match[2]), match[3])


def _period(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    if match := re.fullmatch(r"(next|last) (week|month|quarter|year)", words):
        return _first_of(match[2], today, 1 if match[1] == "next" else -1)
    match = re.fullmatch(r"eo([wmqy])|end of (?:the |this )?(week|month|quarter|year)", words)
    if not match:
        return None
    end = _first_of(match[1] or match[2], today, 1) - dt.timedelta(days=1)
    if past and end > today:
        return _first_of(match[1] or match[2], today, 0) - dt.timedelta(days=1)
    return end


def _first_of(unit: str, day: dt.date, away: int) -> dt.date:
    """The first day of the week, month, quarter or year that is so many ``away`` from this one."""
    if unit[0] == "w":
        return day + dt.timedelta(days=7 * away - day.weekday())
    length = {"m": 1, "q": 3, "y": 12}[unit[0]]
    first = day.replace(month=day.month - (day.month - 1) % length, day=1)
    return add_months(first, away * length)


def _day_of_month(words: str, nearest: dt.date, *, past: bool) -> dt.date | None:
    match = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)", words)
    if not match:
        return None
    number = int(match[1])
    if not 1 <= number <= 31:
        raise ValueError(f"no month has a day {number}")
    for away in range(4):  # two months in a row never both lack the same day
        month = _first_of("month", nearest, -away if past else away)
        day = shift(month, number - 1, "d")
        if day.month == month.month and (day <= nearest if past else day >= nearest):
            return day
    return None


def _date(words: str, nearest: dt.date, *, past: bool) -> dt.date | None:
    """A written date, perhaps with its weekday before it, which must then be right."""
    match = re.fullmatch(r"([a-z]{3,9}),? (.+)", words)
    number = weekday(match[1]) if match else None
    found = written_day(match[2] if match and number is not None else words)
    if found is None:
        return None
    day = _nearest_date(found, nearest, past=past)
    if number is not None and day.weekday() != number:
        raise ValueError(f"{day} is a {WEEKDAYS[day.weekday()]}")
    return day


def _nearest_date(found: tuple[int | None, int, int], nearest: dt.date, *, past: bool) -> dt.date:
    year, month, day = found
    if year is not None:
        return dt.date(year, month, day)
    for away in range(9):  # 29 February comes once in eight years at the least
        try:
            date = dt.date(nearest.year + (-away if past else away), month, day)
        except ValueError:
            continue
        if date <= nearest if past else date >= nearest:
            return date
    raise ValueError("the calendar ends before that")


def parse_span(text: str) -> int:
    """A length of time in days: ``30d``, ``2w``, ``3m`` (of 30), ``1y`` (365), ``90``, ``weekly``.

    UsageError for anything else, for nothing at all and for more than a hundred years.
    """
    hint = "try 30d, 2w, 3m, 1y, 90 (days), weekly, monthly, quarterly or yearly"
    said = plain(text, "length of time", hint).removeprefix("every ")
    words = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "yearly": 365}
    match = re.fullmatch(rf"{COUNT}? ?{UNIT}|([0-9]{{1,5}})", said)
    days = words.get(said, 0)
    if match:
        unit_days = {"d": 1, "w": 7, "m": 30, "y": 365}[(match[2] or "d")[0]]
        days = count(match[1] or match[3] or "a") * unit_days
    if not 1 <= days <= 36500:
        raise UsageError(f"{quoted(text)} is no length of time", hint)
    return days


def ago(day: dt.date, today: dt.date) -> str:
    """How far ``day`` is from today, as one says it: ``3 days ago``, ``in 2 weeks``."""
    away = (day - today).days
    if abs(away) < 2:
        return ("today", "tomorrow", "yesterday")[away]
    size = _size(min(day, today), max(day, today))
    return f"in {size}" if away > 0 else f"{size} ago"


def _size(first: dt.date, last: dt.date) -> str:
    days = (last - first).days
    years = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    if days < 14:
        return f"{days} days"
    if days < 61:
        return f"{days // 7} weeks"
    if years < 2:
        return f"{min(23, (days * 12 + 182) // 365)} months"  # rounded
    return f"{years} years"


def show_day(day: dt.date, today: dt.date) -> str:
    """A day in short: ``Fri 27 Nov`` in this year, ``27 Nov 2024`` in another."""
    short = f"{day.day} {MONTHS[day.month - 1][:3]}"
    if day.year == today.year:
        return f"{WEEKDAYS[day.weekday()][:3]} {short}"
    return f"{short} {day.year}"
