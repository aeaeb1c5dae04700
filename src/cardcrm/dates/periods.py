"""Divide the calendar into days, weeks, months, quarters and years.

A period is found by a day in it. Months, quarters and years have numbers too, counted from the
year 0: the numbers of periods that follow each other differ by 1, so that spans can be counted.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from cardcrm.choices import unknown_choice
from cardcrm.dates.date_parts import add_months
from cardcrm.errors import UsageError

PERIODS = ("day", "week", "month", "quarter", "year")
MONTHS_IN: Final = {"month": 1, "quarter": 3, "year": 12}  # the periods that have numbers
MAX_PERIODS = 4000
# Days that lead from the first day of a period into the next one.
_LONGEST = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
_OTHER_NAMES = {"daily": "day", "annual": "year", "annually": "year"}
_NAME_LENGTHS = {"day": 10, "month": 7, "year": 4}  # of ISO days


class Period(NamedTuple):
    """A period of the calendar, by its first day and the first day after it."""

    name: str
    first: dt.date
    end: dt.date


def find_period(word: str) -> str | None:
    """Return a kind of period as typed: month, months, monthly; None for another word."""
    name = word.strip().lower()
    name = _OTHER_NAMES.get(name, name)
    return next((each for each in PERIODS if name in (each, f"{each}s", f"{each}ly")), None)


def parse_period(word: str) -> str:
    """Return a kind of period as typed: month, months, monthly. Raises UsageError."""
    found = find_period(word)
    if found is None:
        raise unknown_choice(word, PERIODS, "period")
    return found


def list_periods(by: str, first: dt.date, last: dt.date) -> Iterator[Period]:
    """Yield the periods that contain the days from the first to the last.

    Raises UsageError for more than 4,000.
    """
    start = find_start(by, first)
    for _ in range(MAX_PERIODS):
        if start > last:
            return
        end = find_next_start(by, start)
        yield Period(name_period(by, start), start, end)
        if end == dt.date.max:
            return
        start = end
    if start <= last:
        raise UsageError(
            f"the number of {by}s must be between 1 and {MAX_PERIODS:,}",
            "Give a later --from, or a longer period with --by.",
        )


def find_start(by: str, day: dt.date) -> dt.date:
    """Return the first day of the period of a day."""
    if by == "week":
        return day - dt.timedelta(days=day.weekday())
    if by == "day":
        return day
    return find_numbered_start(by, number_period(by, day))


def find_next_start(by: str, start: dt.date) -> dt.date:
    """Return the first day of the period after the one that begins on a day.

    At the end of the calendar it is the last day of all.
    """
    try:
        return find_start(by, start + dt.timedelta(days=_LONGEST[by]))
    except OverflowError:
        return dt.date.max


def find_end(by: str, day: dt.date) -> dt.date:
    """Return the last day of the period of a day."""
    try:
        following = find_start(by, find_start(by, day) + dt.timedelta(days=_LONGEST[by]))
    except OverflowError:
        return dt.date.max
    return following - dt.timedelta(days=1)


def name_period(by: str, day: dt.date) -> str:
    """Return the period of a day as ISO 8601 writes it; a quarter is ``2026-Q4``."""
    if by == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if by == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: _NAME_LENGTHS[by]]


def number_period(by: str, day: dt.date) -> int:
    """Return the number of the month, quarter or year of a day."""
    return (day.year * 12 + day.month - 1) // MONTHS_IN[by]


def parse_month_number(text: str) -> int:
    """Return the number of the month of an ISO day or month, such as ``2026-11``."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def find_numbered_start(by: str, number: int) -> dt.date:
    """Return the first day of a period by its number. Raises ValueError outside the calendar."""
    year, index = divmod(number * MONTHS_IN[by], 12)
    return dt.date(year, index + 1, 1)


def name_numbered_period(by: str, number: int) -> str:
    """Return the name of a period by its number."""
    return name_period(by, find_numbered_start(by, number))


def list_starts(by: str, first: dt.date, last: dt.date) -> list[dt.date]:
    """Return the first days of the months, quarters or years from one day to another."""
    numbers = range(number_period(by, first), number_period(by, last) + 1)
    return [find_numbered_start(by, each) for each in numbers]


def list_last_starts(by: str, day: dt.date, count: int) -> list[dt.date]:
    """Return the first days of the last ``count`` months, quarters or years up to that of a day."""
    last = number_period(by, day)
    return [find_numbered_start(by, each) for each in range(last - count + 1, last + 1)]


def add_years(day: dt.date, years: int) -> dt.date:
    """Return the same day of another year; of 29 February the 28th where it is missing.

    Raises ValueError at the end of the calendar.
    """
    return add_months(day, 12 * years)
