"""Parse the parts of dates: names of days and months, numeric and written dates, units.

The caller decides which year or direction an incomplete date means.
"""

import datetime as dt
import re

from cardcrm.errors import UsageError
from cardcrm.text import quote

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
COUNT = r"([0-9]{1,5}|an?|one)"
UNIT = r"(d|days?|w|weeks?|m|months?|y|years?)"
MAX_LENGTH = 80  # characters; no date is longer

_NAME = r"([a-z]{3,9})"
_YEAR_FIRST = r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})"
_COMPACT = r"([0-9]{4})([0-9]{2})([0-9]{2})"
_NUMBERS = r"([0-9]{1,2})(?:([./-])([0-9]{1,2})\2([0-9]{4})|[./]([0-9]{1,2})\.?)"
_DAY_NAME = rf"([0-9]{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? ?{_NAME}[.,]?(?: ?([0-9]{{4}}))?"
_NAME_DAY = rf"{_NAME}\.? ?([0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? ([0-9]{{4}}))?"


def normalize_words(text: str, what: str, hint: str) -> str:
    """Return text in lower case with single spaces. Raises UsageError if it is too long or odd."""
    words = " ".join(text[: 10 * MAX_LENGTH].lower().split())
    if not words:
        raise UsageError(f"missing {what}: {quote(text)}", hint)
    if (
        len(text) > 10 * MAX_LENGTH
        or len(words) > MAX_LENGTH
        or not (words.isascii() and words.isprintable())
    ):
        raise UsageError(f"invalid {what} {quote(text)}", hint)
    return words


def parse_weekday(word: str) -> int | None:
    """Return 0 (Monday) to 6 (Sunday) for a name or at least its first three letters."""
    return _find_name(word, WEEKDAYS)


def parse_month(word: str) -> int | None:
    """Return 1 to 12 for a name or at least its first three letters."""
    index = _find_name(word, MONTHS)
    return None if index is None else index + 1


def _find_name(word: str, names: tuple[str, ...]) -> int | None:
    if len(word) < 3:
        return None
    return next((i for i, name in enumerate(names) if name.lower().startswith(word)), None)


def parse_count(word: str) -> int:
    """Return the number that a COUNT means: ``3`` or ``a``."""
    return int(word) if word.isdigit() else 1


def days_in_month(year: int, month: int) -> int:
    """Return the number of days in a month."""
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in {4, 6, 9, 11} else 31


def add_months(day: dt.date, months: int) -> dt.date:
    """Return the day ``months`` later, or the last day of a month that is too short.

    Raises ValueError at the end of the calendar.
    """
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise ValueError("the calendar ends before that")
    return dt.date(year, index + 1, min(day.day, days_in_month(year, index + 1)))


def add_duration(day: dt.date, amount: int, unit: str) -> dt.date:
    """Return the day moved by an amount of days, weeks, calendar months or years (a UNIT).

    Raises ValueError or OverflowError at the end of the calendar.
    """
    if unit[0] in "dw":
        return day + dt.timedelta(days=amount * (7 if unit[0] == "w" else 1))
    return add_months(day, amount * (12 if unit[0] == "y" else 1))


def parse_written_date(words: str, *, swap: bool = False) -> tuple[int | None, int, int] | None:
    """Return year (or None), month and day of a written date; None for other words.

    Numbers are read day first. If only month first is possible, ``swap`` allows it. Raises
    ValueError otherwise, and for a day that does not exist.
    """
    if match := re.fullmatch(_YEAR_FIRST, words):
        found = int(match[1]), int(match[3]), int(match[4])
    elif match := re.fullmatch(_COMPACT, words):
        found = int(match[1]), int(match[2]), int(match[3])
    else:
        return _parse_numbers(words, swap=swap) or _parse_named_month(words)
    return _check_day(*found)


def _parse_numbers(words: str, *, swap: bool) -> tuple[int | None, int, int] | None:
    match = re.fullmatch(_NUMBERS, words)
    if not match:
        return None
    year = int(match[4]) if match[4] else None
    day, number = int(match[1]), int(match[3] or match[5])
    if number > 12 >= day >= 1:
        if not swap:
            raise ValueError("numbers are read day first; write YYYY-MM-DD")
        day, number = number, day
    return _check_day(year, number, day)


def _parse_named_month(words: str) -> tuple[int | None, int, int] | None:
    if match := re.fullmatch(_DAY_NAME, words):
        day, name, year = match.groups()
    elif match := re.fullmatch(_NAME_DAY, words):
        name, day, year = match.groups()
    else:
        return None
    number = parse_month(name)
    return _check_day(int(year) if year else None, number, int(day)) if number else None


def _check_day(year: int | None, month: int, day: int) -> tuple[int | None, int, int]:
    if not 1 <= month <= 12:
        raise ValueError(f"month {month} does not exist")
    if not 1 <= day <= days_in_month(2000 if year is None else year, month):
        raise ValueError(f"{MONTHS[month - 1]}{f' {year}' if year else ''} has no day {day}")
    return year, month, day
