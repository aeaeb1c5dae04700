"""The years, months and weeks that words name: all their days, not the first alone."""

import datetime as dt
import re
from typing import Final

from cardcrm.dates.date_parser import FIRST_YEAR, parse_date
from cardcrm.dates.date_parts import parse_month
from cardcrm.errors import UsageError

Period = tuple[dt.date, dt.date]  # the first and last day

_STEPS: Final = {"last": -1, "this": 0, "next": 1}
# Patterns stay strings, so that re compiles them only for a filter by a date.
_YEAR_OR_MONTH: Final = r"\d{4}(-\d{2})?"
_RELATIVE: Final = rf"({'|'.join(_STEPS)}) (week|month|year)"
_ISO_WEEK: Final = r"(?a)(\d{4})-?w(\d{2})"
_MONTH: Final = r"([^\W\d_]{3,})\.?(?: (\d{4}))?"


def parse_period(text: str, now: dt.datetime, *, past: bool) -> Period:
    """Return the first and last day of a year, month, week or day as typed.

    For example ``2026``, ``2026-06``, ``2027-w05``, ``last month``, ``nov 2026`` or ``yesterday``.
    Raises UsageError.
    """
    value = text.strip().lower()
    if re.fullmatch(_YEAR_OR_MONTH, value):
        return _read_year_or_month(value)
    try:
        period = _read_period(value, now.date(), past=past)
    except (ValueError, OverflowError):
        raise UsageError(f"invalid date “{value}”", "For example: 2026-W05 or may 2026.") from None
    if period is not None:
        return period
    day = parse_date(value, now, past=past).day
    return day, day


def parse_past_period(text: str, now: dt.datetime) -> Period:
    """Return the first and last day of a past period for a report, from 1900 on as single days are.

    A report may go back years from them, which the calendar must have. Raises UsageError.
    """
    found = parse_period(text, now, past=True)
    if found[0].year < FIRST_YEAR:
        raise UsageError(
            f"date “{text.strip()}” is too old", f"The year must be {FIRST_YEAR} or later."
        )
    return found


def _read_year_or_month(value: str) -> Period:
    year, _, month = value.partition("-")
    try:
        first = dt.date(int(year), int(month or 1), 1)
        return first, month_days(first.year, int(month or 12))[1]
    except (ValueError, OverflowError):
        raise UsageError(
            f"invalid year or month “{value}”", "For example: 2026 or 2026-06."
        ) from None


def _read_period(value: str, today: dt.date, *, past: bool) -> Period | None:
    """Return the days of ``next week``, ``2027-w05``, ``november`` or ``nov 2026``; None otherwise.

    A month without a year is the latest that has begun for ``past``, else the next that is not
    over. Raises ValueError or OverflowError for a week or year that does not exist.
    """
    if match := re.fullmatch(_RELATIVE, value):
        return _find_relative(match[2], _STEPS[match[1]], today)
    if match := re.fullmatch(_ISO_WEEK, value):
        monday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return monday, monday + dt.timedelta(days=6)
    match = re.fullmatch(_MONTH, value)
    month = parse_month(match[1]) if match else None
    if match is None or month is None:
        return None
    year = int(match[2]) if match[2] else _nearest_year(month, today, past=past)
    return month_days(year, month)


def month_days(year: int, month: int) -> Period:
    """Return the first and last day of a month; a month above 12 is in a later year."""
    first = dt.date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    last = first.replace(day=28) + dt.timedelta(days=4)
    return first, last - dt.timedelta(days=last.day)


def _find_relative(unit: str, step: int, today: dt.date) -> Period:
    if unit == "week":
        monday = today + dt.timedelta(days=7 * step - today.weekday())
        return monday, monday + dt.timedelta(days=6)
    if unit == "month":
        return month_days(today.year, today.month + step)
    return dt.date(today.year + step, 1, 1), dt.date(today.year + step, 12, 31)


def _nearest_year(month: int, today: dt.date, *, past: bool) -> int:
    if past:
        return today.year - (month > today.month)
    return today.year + (month < today.month)
