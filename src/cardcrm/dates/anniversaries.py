"""Parse anniversaries, such as birthdays, and compute when they recur.

They are stored as ``YYYY-MM-DD``, or as ``--MM-DD`` (as in vCard) if the year is unknown.
"""

import datetime as dt
import re

from cardcrm.dates.date_parts import days_in_month, normalize_words, parse_written_date
from cardcrm.errors import UsageError
from cardcrm.text import quote

_HINT = "Try 1980-05-17, 17 May 1980, 17.5.1980, or 17 May and --05-17 without a year."
_NO_YEAR = r"--([0-9]{2})-?([0-9]{2})"
_EARLIEST = 1500  # older organizations may leave the year out


def parse_anniversary(text: str, today: dt.date) -> str:
    """Return an anniversary as ``YYYY-MM-DD`` or ``--MM-DD``.

    Numbers are read day first, or month first if only that is possible. Raises UsageError for an
    invalid date, a year before 1500, and a date in the future.
    """
    words = normalize_words(text, "date", _HINT)
    if match := re.fullmatch(_NO_YEAR, words):
        words = f"2000-{match[1]}-{match[2]}"
    try:
        found = parse_written_date(words, swap=True)
    except ValueError as problem:
        raise UsageError(f"invalid date {quote(text)}: {problem}", _HINT) from problem
    if found is None:
        raise UsageError(f"invalid date {quote(text)}", _HINT)
    year, month, day = found
    if match or year is None:
        return f"--{month:02d}-{day:02d}"
    return _check_past(text, dt.date(max(year, 1), month, day), today)


def _check_past(text: str, day: dt.date, today: dt.date) -> str:
    if day > today:
        raise UsageError(
            f"date {quote(text)} is in the future",
            "Give the year of the first one, or leave the year out.",
        )
    if day.year < _EARLIEST:
        raise UsageError(
            f"date {quote(text)} is too old", f"The year must be {_EARLIEST} or later."
        )
    return day.isoformat()


def next_anniversary(text: str, today: dt.date) -> dt.date:
    """Return the next day of a stored anniversary; today counts.

    29 February falls on the 28th in common years. Raises UsageError for an invalid text, and at the
    end of the calendar.
    """
    _, month, day = _parse_stored(text)
    this_year = _find_in_year(today.year, month, day)
    if this_year >= today:
        return this_year
    if today.year == dt.MAXYEAR:
        raise UsageError(
            f"{quote(text)} has no further anniversary", "The calendar ends with the year 9999."
        )
    return _find_in_year(today.year + 1, month, day)


def month_days(day: dt.date) -> list[str]:
    """Return the anniversaries, as ``MM-DD``, that fall on a day; see `next_anniversary`."""
    name = day.strftime("%m-%d")
    in_common_year = name == "02-28" and days_in_month(day.year, 2) == 28
    return [name, "02-29"] if in_common_year else [name]


def age_on(text: str, day: dt.date) -> int | None:
    """Return the full years from a stored anniversary to ``day``; None if unknown or negative."""
    year, month, number = _parse_stored(text)
    if year is None:
        return None
    years = day.year - year - (day < _find_in_year(day.year, month, number))
    return years if years >= 0 else None


def _find_in_year(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, days_in_month(year, month)))


def _parse_stored(text: str) -> tuple[int | None, int, int]:
    if re.fullmatch(r"([0-9]{4}|-)-[0-9]{2}-[0-9]{2}", text):
        year, month, day = text[:-6], int(text[-5:-3]), int(text[-2:])
        known = None if year == "-" else int(year)
        leap_or_known = 2000 if known is None else known
        if 1 <= month <= 12 and 1 <= day <= days_in_month(leap_or_known, month):
            return known, month, day
    raise UsageError(f"invalid stored anniversary {quote(text)}", "Write 1980-05-17 or --05-17.")
