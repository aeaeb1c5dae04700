"""Parse numeric and written dates: ``2026-11-27``, ``27.11.``, ``1/20/81``, ``20-Jan-1981``.

The caller decides which year or direction an incomplete date means.
"""

import re

from cardcrm.dates.date_parts import MONTHS, days_in_month, parse_month

# Patterns stay text, so that a command compiles only those that it uses.
_NAME = r"([a-z]{3,10})"
_YEAR_FIRST = r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})"
_COMPACT = r"([0-9]{4})([0-9]{2})([0-9]{2})"
_NUMBERS = r"([0-9]{1,2})(?:([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})|[./]([0-9]{1,2})\.?)"
# Two figures are a year only after a sign, because “24 dec 14” may mean an hour.
_YEAR = r"[.,]?(?:[ /-]{0,2}'?([0-9]{4}|(?<=[-/'])[0-9]{2}))?"
_DAY_NAME = rf"([0-9]{{1,2}})(?:st|nd|rd|th|\.)?(?: of|-|/)? ?{_NAME}{_YEAR}"
_NAME_DAY = rf"{_NAME}\.?[ -]?([0-9]{{1,2}})(?:st|nd|rd|th)?{_YEAR}"

WrittenDate = tuple[int | None, int, int]  # the year, if it is named, the month and the day


def parse_written_date(
    words: str, *, pivot: int = 2075, month_first: bool = False, swap: bool = False
) -> WrittenDate | None:
    """Return year (or None), month and day of a written date; None for other words.

    Numbers are read day first unless ``month_first``. If only the other order is possible, ``swap``
    allows it. Two figures are the year with these figures in the hundred years up to ``pivot``.
    Raises ValueError otherwise, and for a day that does not exist.
    """
    if match := re.fullmatch(_YEAR_FIRST, words):
        found = int(match[1]), int(match[3]), int(match[4])
    elif match := re.fullmatch(_COMPACT, words):
        found = int(match[1]), int(match[2]), int(match[3])
    else:
        numbers = _parse_numbers(words, pivot, month_first=month_first, swap=swap)
        return numbers or _parse_named_month(words, pivot)
    return _check_day(*found)


def _parse_numbers(words: str, pivot: int, *, month_first: bool, swap: bool) -> WrittenDate | None:
    match = re.fullmatch(_NUMBERS, words)
    if not match:
        return None
    first, second = int(match[1]), int(match[3] or match[5])
    if first > 31 and match[4] and len(match[4]) == 2:  # 81-01-20
        return _check_day(_expand_year(match[1], pivot), second, int(match[4]))
    day, month = (second, first) if month_first else (first, second)
    if month > 12 >= day >= 1:
        if not swap:
            order = "month" if month_first else "day"
            raise ValueError(f"numbers are read {order} first; write YYYY-MM-DD")
        day, month = month, day
    return _check_day(_expand_year(match[4], pivot), month, day)


def _parse_named_month(words: str, pivot: int) -> WrittenDate | None:
    if match := re.fullmatch(_DAY_NAME, words):
        day, name, year = match.groups()
    elif match := re.fullmatch(_NAME_DAY, words):
        name, day, year = match.groups()
    else:
        return None
    number = parse_month(name)
    return _check_day(_expand_year(year, pivot), number, int(day)) if number else None


def _expand_year(figures: str | None, pivot: int) -> int | None:
    """Return a year of two figures in the hundred years up to ``pivot``, or one of four."""
    if not figures:
        return None
    year = int(figures)
    return pivot - (pivot - year) % 100 if len(figures) == 2 else year


def _check_day(year: int | None, month: int, day: int) -> WrittenDate:
    if not 1 <= month <= 12:
        raise ValueError(f"month {month} does not exist")
    if not 1 <= day <= days_in_month(2000 if year is None else year, month):
        raise ValueError(f"{MONTHS[month - 1]}{f' {year}' if year else ''} has no day {day}")
    return year, month, day
