"""Parse the words for a day: ``fri``, ``next tue``, ``23rd``, ``3d``, ``eom``, ``27.11.``.

Plans look forward and history looks back (``past``); `date_parser` describes what the words mean.
"""

import datetime as dt
import re

from cardcrm.dates.date_parts import (
    COUNT,
    UNIT,
    WEEKDAYS,
    add_duration,
    add_months,
    parse_count,
    parse_weekday,
)

_DAYS = {
    "today": 0,
    "tomorrow": 1,
    "yesterday": -1,
    "day after tomorrow": 2,
    "day before yesterday": -2,
    "eod": 0,
}


def find_nearest_day(now: dt.datetime, time: dt.time | None, *, past: bool) -> dt.date:
    """Return the first day in the direction on which ``time`` is not on the other side of now."""
    clock = now.time()
    if time is None:
        return now.date()
    if past:
        return now.date() - dt.timedelta(days=time > clock)
    # A time within the current minute is not late.
    return now.date() + dt.timedelta(days=time < clock.replace(second=0, microsecond=0))


def parse_day(words: str, today: dt.date, nearest: dt.date, *, past: bool) -> dt.date | None:
    """Return the day that words mean, None for other words. Raises ValueError."""
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
        return find_period_start("week", today, 1) + dt.timedelta(days=number)
    ahead, back = (number - today.weekday()) % 7, (today.weekday() - number) % 7
    if match[1] == "this":
        return today + dt.timedelta(days=-back if past else ahead)
    if match[1] == "last" or past:
        return today - dt.timedelta(days=back or 7)
    return today + dt.timedelta(days=ahead or 7)


def _parse_span(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    match = re.fullmatch(rf"(in |\+|-)?{COUNT} ?{UNIT}( ago)?", words)
    if not match or (match[1] and match[4]):
        return None
    back = bool(match[4]) or match[1] == "-" or (past and not match[1])
    return add_duration(today, -parse_count(match[2]) if back else parse_count(match[2]), match[3])


def _parse_period(words: str, today: dt.date, *, past: bool) -> dt.date | None:
    if match := re.fullmatch(r"(next|last) (week|month|quarter|year)", words):
        return find_period_start(match[2], today, 1 if match[1] == "next" else -1)
    match = re.fullmatch(r"eo([wmqy])|end of (?:the |this )?(week|month|quarter|year)", words)
    if not match:
        return None
    end = find_period_start(match[1] or match[2], today, 1) - dt.timedelta(days=1)
    if past and end > today:
        return find_period_start(match[1] or match[2], today, 0) - dt.timedelta(days=1)
    return end


def find_period_start(unit: str, day: dt.date, away: int) -> dt.date:
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
        month = find_period_start("month", nearest, -away if past else away)
        day = add_duration(month, number - 1, "d")
        if day.month == month.month and (day <= nearest if past else day >= nearest):
            return day
    return None


def _parse_date_words(words: str, nearest: dt.date, *, past: bool) -> dt.date | None:
    """Return a written date; a weekday in front of it must be correct."""
    match = re.fullmatch(r"([a-z]{3,9}),? (.+)", words)
    number = parse_weekday(match[1]) if match else None
    from cardcrm.dates.written_date import parse_written_date

    pivot = nearest.year + 49  # of the years that two figures may mean, 50 are in the past
    found = parse_written_date(match[2] if match and number is not None else words, pivot=pivot)
    if found is None:
        return None
    day = find_nearest_date(found, nearest, past=past)
    if number is not None and day.weekday() != number:
        raise ValueError(f"{day} is a {WEEKDAYS[day.weekday()]}")
    return day


def find_nearest_date(
    found: tuple[int | None, int, int], nearest: dt.date, *, past: bool
) -> dt.date:
    """Return a date with its year, or that of the nearest year in the direction."""
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
