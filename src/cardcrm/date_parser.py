"""The calendar as people write it: names of days and months, dates in figures and words, units.

Only the forms live here; which year or direction a form means is decided by those who ask.
"""

import datetime as dt
import re

from cardcrm.errors import UsageError
from cardcrm.quote import quoted

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
COUNT = r"([0-9]{1,5}|an?|one)"
UNIT = r"(d|days?|w|weeks?|m|months?|y|years?)"
LONGEST = 80  # characters; nobody says a date in more

_NAME = r"([a-z]{3,9})"
_YEAR_FIRST = r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})"
_COMPACT = r"([0-9]{4})([0-9]{2})([0-9]{2})"
_FIGURES = r"([0-9]{1,2})(?:([./-])([0-9]{1,2})\2([0-9]{4})|[./]([0-9]{1,2})\.?)"
_DAY_NAME = rf"([0-9]{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? ?{_NAME}[.,]?(?: ?([0-9]{{4}}))?"
_NAME_DAY = rf"{_NAME}\.? ?([0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? ([0-9]{{4}}))?"


def plain(text: str, what: str, hint: str) -> str:
    """``text`` in small letters with single spaces; UsageError for what no ``what`` could be."""
    said = " ".join(text[: 10 * LONGEST].lower().split())
    if not said:
        raise UsageError(f"no {what} was given: {quoted(text)}", hint)
    if (
        len(text) > 10 * LONGEST
        or len(said) > LONGEST
        or not (said.isascii() and said.isprintable())
    ):
        raise UsageError(f"{quoted(text)} is no {what}", hint)
    return said


def weekday(word: str) -> int | None:
    """0 for Monday to 6 for Sunday, by the name or at least its first three letters."""
    return _by_name(word, WEEKDAYS)


def month(word: str) -> int | None:
    """1 to 12, by the name or at least its first three letters."""
    index = _by_name(word, MONTHS)
    return None if index is None else index + 1


def _by_name(word: str, names: tuple[str, ...]) -> int | None:
    if len(word) < 3:
        return None
    return next((i for i, name in enumerate(names) if name.lower().startswith(word)), None)


def count(word: str) -> int:
    """What a COUNT says: ``3`` or ``a``."""
    return int(word) if word.isdigit() else 1


def days_in(year: int, month: int) -> int:
    """The length of a month of the Gregorian calendar."""
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in {4, 6, 9, 11} else 31


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later, or the last one of a month that is too short.

    ValueError where the calendar ends.
    """
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise ValueError("the calendar ends before that")
    return dt.date(year, index + 1, min(day.day, days_in(year, index + 1)))


def shift(day: dt.date, amount: int, unit: str) -> dt.date:
    """``day`` moved by so many days, weeks, calendar months or years (a UNIT).

    ValueError or OverflowError where the calendar ends.
    """
    if unit[0] in "dw":
        return day + dt.timedelta(days=amount * (7 if unit[0] == "w" else 1))
    return add_months(day, amount * (12 if unit[0] == "y" else 1))


def written_day(said: str, *, swap: bool = False) -> tuple[int | None, int, int] | None:
    """Year (or None), month and day of a written date; None for another kind of words.

    Figures are read day first. Where only month first is possible, ``swap`` takes it so; otherwise
    that is a ValueError, as is a day that no calendar has.
    """
    if match := re.fullmatch(_YEAR_FIRST, said):
        found = int(match[1]), int(match[3]), int(match[4])
    elif match := re.fullmatch(_COMPACT, said):
        found = int(match[1]), int(match[2]), int(match[3])
    else:
        return _figures(said, swap=swap) or _named_month(said)
    return _checked(*found)


def _figures(said: str, *, swap: bool) -> tuple[int | None, int, int] | None:
    match = re.fullmatch(_FIGURES, said)
    if not match:
        return None
    year = int(match[4]) if match[4] else None
    day, number = int(match[1]), int(match[3] or match[5])
    if number > 12 >= day >= 1:
        if not swap:
            raise ValueError("figures are read day first, so write it as YYYY-MM-DD")
        day, number = number, day
    return _checked(year, number, day)


def _named_month(said: str) -> tuple[int | None, int, int] | None:
    if match := re.fullmatch(_DAY_NAME, said):
        day, name, year = match.groups()
    elif match := re.fullmatch(_NAME_DAY, said):
        name, day, year = match.groups()
    else:
        return None
    number = month(name)
    return _checked(int(year) if year else None, number, int(day)) if number else None


def _checked(year: int | None, month: int, day: int) -> tuple[int | None, int, int]:
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    if not 1 <= day <= days_in(2000 if year is None else year, month):
        raise ValueError(f"{MONTHS[month - 1]}{f' {year}' if year else ''} has no day {day}")
    return year, month, day
