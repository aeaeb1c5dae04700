"""Parse the parts of dates: names of days and months, counts and units."""

import datetime as dt

from cardcrm.errors import UsageError
from cardcrm.text import quote

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
COUNT = r"([0-9]{1,5}|an?|one)"
UNIT = r"(d|days?|w|wks?|weeks?|fortnights?|m|mos?|mths?|months?|quarters?|y|yrs?|years?)"
_DAYS_IN = {"d": 1, "w": 7, "f": 14}
_MONTHS_IN = {"m": 1, "q": 3, "y": 12}
MAX_LENGTH = 80  # characters; no date is longer


def normalize_words(text: str, what: str, hint: str) -> str:
    """Return text in lower case with single spaces. Raises UsageError if it is too long or odd."""
    words = " ".join(text[: 10 * MAX_LENGTH].lower().split())
    if not words.isascii():
        words = _remove_accents(words)
    if not words:
        raise UsageError(f"missing {what}", hint)
    if (
        len(text) > 10 * MAX_LENGTH
        or len(words) > MAX_LENGTH
        or not (words.isascii() and words.isprintable())
    ):
        raise UsageError(f"invalid {what} {quote(text)}", hint)
    return words


def _remove_accents(words: str) -> str:
    """Return ``1. marz`` for ``1. März``; figures of other scripts stay, to be refused."""
    import unicodedata

    plain = unicodedata.normalize("NFD", words.replace("\u2019", "'"))
    return "".join(char for char in plain if not unicodedata.combining(char))


def parse_weekday(word: str) -> int | None:
    """Return 0 (Monday) to 6 (Sunday) for a name or at least its first three letters."""
    return _find_name(word, WEEKDAYS)


def parse_month(word: str) -> int | None:
    """Return 1 to 12 for an English name or at least its first three letters, or another name."""
    index = _find_name(word, MONTHS)
    if index is not None:
        return index + 1
    from cardcrm.dates.month_names import FOREIGN_MONTHS

    return FOREIGN_MONTHS.get(word)


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
    """Return the day moved by an amount of a UNIT; months are calendar months.

    Raises ValueError or OverflowError at the end of the calendar.
    """
    letter = unit[0]
    if letter in _DAYS_IN:
        return day + dt.timedelta(days=amount * _DAYS_IN[letter])
    return add_months(day, amount * _MONTHS_IN[letter])
