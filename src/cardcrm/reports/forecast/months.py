"""Count months of the calendar: a month is the number of months since the year 0."""

import datetime as dt


def month_of(day: dt.date) -> int:
    """Return the month of a day."""
    return day.year * 12 + day.month - 1


def parse_month(text: str) -> int:
    """Return the month of an ISO day or month, such as ``2026-11``."""
    return int(text[:4]) * 12 + int(text[5:7]) - 1


def format_month(month: int) -> str:
    """Return a month as ``2026-11``."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def first_day(month: int) -> str:
    """Return the first day of a month as an ISO day."""
    return f"{format_month(month)}-01"


def last_day(month: int) -> dt.date:
    """Return the last day of a month."""
    after = month + 1
    return dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)
