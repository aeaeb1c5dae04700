"""The periods of the calendar that revenue is summed by."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from cardcrm.errors import UsageError
from cardcrm.text import find_similar

PERIODS = ("day", "week", "month", "quarter", "year")
MAX_PERIODS = 4000
# Days that lead from the first day of a period into the next one.
_LONGEST = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
_OTHER_NAMES = {"daily": "day", "annual": "year", "annually": "year"}


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
        like = find_similar(word.strip().lower(), PERIODS, limit=1)
        start = f"Did you mean {like[0]}? " if like else ""
        raise UsageError(f"unknown period “{word}”", f"{start}Use {', '.join(PERIODS)}.")
    return found


def list_periods(by: str, first: dt.date, last: dt.date) -> Iterator[Period]:
    """Yield the periods that contain the days from the first to the last.

    Raises UsageError for more than 4,000.
    """
    start = first_day(by, first)
    for _ in range(MAX_PERIODS):
        if start > last:
            return
        end = next_first(by, start)
        yield Period(name_period(by, start), start, end)
        if end == dt.date.max:
            return
        start = end
    if start <= last:
        raise UsageError(
            f"the number of {by}s must be between 1 and {MAX_PERIODS:,}",
            "Give a later --from, or a longer period with --by.",
        )


def next_first(by: str, first: dt.date) -> dt.date:
    """Return the first day of the period after the one that begins on a day."""
    try:
        return first_day(by, first + dt.timedelta(days=_LONGEST[by]))
    except OverflowError:
        return dt.date.max


def first_day(by: str, day: dt.date) -> dt.date:
    """Return the first day of the period of a day."""
    if by == "week":
        return day - dt.timedelta(days=day.weekday())
    if by == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[by]
    return dt.date(day.year, month, 1)


def name_period(by: str, day: dt.date) -> str:
    """Return the period of a day as ISO 8601 writes it; a quarter is ``2026-Q4``."""
    if by == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if by == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[by]]
