"""Parse anniversaries, such as birthdays, and compute when they recur.

They are stored as in vCard: ``YYYY-MM-DD``, or as much as is known: ``--MM-DD`` without the year,
``YYYY-MM``, ``YYYY`` or ``--MM``. Only those with a day recur.
"""

import datetime as dt
import re
from typing import NamedTuple

from cardcrm.dates.date_parts import MONTHS, days_in_month, normalize_words, parse_month
from cardcrm.errors import UsageError
from cardcrm.text import quote

_HINT = "Try 1980-05-17, 17 May 1980, 17.5.1980, 17 May, May 1980, 1980 or --05-17."
_NO_YEAR = r"--([0-9]{2})-?([0-9]{2})"
_ISO_TIME = r"([0-9]{4}-?[0-9]{2}-?[0-9]{2})[t ][0-9].*"
_MONTH_OF_YEAR = r"([0-9]{4})[-/.]([0-9]{1,2})|([0-9]{1,2})[/.]([0-9]{4})"
_NAMED_MONTH = r"([a-z]{3,10})\.?[ -]?([0-9]{4})?"
_EARLIEST = 1500  # older organizations may leave the year out


class YearlyDay(NamedTuple):
    """The parts of a stored anniversary, each None where it is unknown."""

    year: int | None
    month: int | None
    day: int | None


def parse_anniversary(text: str, today: dt.date, *, month_first: bool = False) -> str:
    """Return an anniversary as it is stored: a date, or the known parts of one.

    Numbers are read day first (or ``month_first``), or the other way if only that is possible. Two
    figures are the latest such year up to this one. Raises UsageError for an invalid date, a year
    before 1500, and a date in the future.
    """
    from cardcrm.dates.written_date import parse_written_date

    words = normalize_words(text, "date", _HINT)
    if timed := re.fullmatch(_ISO_TIME, words):
        words = timed[1]  # the day as written: a birthday has no time zone
    if partial := _parse_partial(words):
        return _check_partial(text, partial, today)
    is_yearless = re.fullmatch(_NO_YEAR, words)
    if is_yearless:
        words = f"2000-{is_yearless[1]}-{is_yearless[2]}"
    try:
        found = parse_written_date(words, pivot=today.year, month_first=month_first, swap=True)
    except ValueError as problem:
        raise UsageError(f"invalid date {quote(text)}: {problem}", _HINT) from problem
    if found is None:
        raise UsageError(f"invalid date {quote(text)}", _HINT)
    year, month, day = found
    if is_yearless or year is None:
        return f"--{month:02d}-{day:02d}"
    if (year, month, day) > (today.year, today.month, today.day) and str(year) not in words:
        year -= 100  # two figures, later this year
    return _check_past(text, dt.date(max(year, 1), month, day), today)


def _parse_partial(words: str) -> YearlyDay | None:
    """Return the parts of ``1953``, ``1985-04``, ``April 1985``, ``--04`` and ``April``."""
    if re.fullmatch(r"[0-9]{4}", words):
        return YearlyDay(int(words), None, None)
    if match := re.fullmatch(_MONTH_OF_YEAR, words):
        return YearlyDay(int(match[1] or match[4]), int(match[2] or match[3]), None)
    if match := re.fullmatch(r"--([0-9]{2})-?", words):
        return YearlyDay(None, int(match[1]), None)
    match = re.fullmatch(_NAMED_MONTH, words)
    month = parse_month(match[1]) if match else None
    if match is None or month is None:
        return None
    return YearlyDay(int(match[2]) if match[2] else None, month, None)


def _check_partial(text: str, parts: YearlyDay, today: dt.date) -> str:
    if parts.month is not None and not 1 <= parts.month <= 12:
        raise UsageError(f"invalid date {quote(text)}: month {parts.month} does not exist", _HINT)
    if parts.year is None:
        return f"--{parts.month:02d}"
    _check_past(text, dt.date(max(parts.year, 1), parts.month or 1, 1), today)
    return f"{parts.year:04d}" + ("" if parts.month is None else f"-{parts.month:02d}")


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


def format_anniversary(text: str, *, short: bool = False) -> str:
    """Return a stored anniversary in words: ``17 May 1980``, ``17 May``, ``May 1980``, ``1980``."""
    parts = parse_yearly_day(text)
    name = "" if parts.month is None else MONTHS[parts.month - 1][: 3 if short else None]
    shown = (str(parts.day or ""), name, str(parts.year or ""))
    return " ".join(filter(None, shown))


def find_month_day(text: str) -> str:
    """Return the part of a stored anniversary by which it is found: ``MM-DD``, ``--MM`` or ``--``.

    What has no day sorts outside of all spans of days.
    """
    parts = parse_yearly_day(text)
    if parts.day is not None:
        return f"{parts.month:02d}-{parts.day:02d}"
    return "--" if parts.month is None else f"--{parts.month:02d}"


def next_anniversary(text: str, today: dt.date) -> dt.date | None:
    """Return the next day of a stored anniversary; today counts. None if no day is known.

    29 February falls on the 28th in common years. Raises UsageError for an invalid text, and at the
    end of the calendar.
    """
    parts = parse_yearly_day(text)
    if parts.month is None or parts.day is None:
        return None
    this_year = _find_in_year(today.year, parts.month, parts.day)
    if this_year >= today:
        return this_year
    if today.year == dt.MAXYEAR:
        raise UsageError(
            f"{quote(text)} has no further anniversary", "The calendar ends with the year 9999."
        )
    return _find_in_year(today.year + 1, parts.month, parts.day)


def month_days(day: dt.date) -> list[str]:
    """Return the anniversaries, as ``MM-DD``, that fall on a day; see `next_anniversary`."""
    name = day.strftime("%m-%d")
    in_common_year = name == "02-28" and days_in_month(day.year, 2) == 28
    return [name, "02-29"] if in_common_year else [name]


def age_on(text: str, day: dt.date) -> int | None:
    """Return the full years from a stored anniversary to ``day``; None if unknown or negative."""
    parts = parse_yearly_day(text)
    if parts.year is None or parts.month is None or parts.day is None:
        return None
    is_before = day < _find_in_year(day.year, parts.month, parts.day)
    years = day.year - parts.year - is_before
    return years if years >= 0 else None


def _find_in_year(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, days_in_month(year, month)))


def parse_yearly_day(text: str) -> YearlyDay:
    """Return the parts of a stored anniversary. Raises UsageError for an invalid text."""
    match = re.fullmatch(r"([0-9]{4}|-)(?:-([0-9]{2}))?(?:-([0-9]{2}))?", text)
    if match and text != "-":
        year = None if match[1] == "-" else int(match[1])
        month, day = (int(part) if part else None for part in match.groups()[1:])
        if _exists(year, month, day):
            return YearlyDay(year, month, day)
    raise UsageError(f"invalid stored anniversary {quote(text)}", "Write 1980-05-17 or --05-17.")


def _exists(year: int | None, month: int | None, day: int | None) -> bool:
    if month is None:
        return True
    leap_or_known = 2000 if year is None else year
    return 1 <= month <= 12 and (day is None or 1 <= day <= days_in_month(leap_or_known, month))
