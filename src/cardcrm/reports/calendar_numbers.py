"""Number the months, quarters and years of the calendar, so that SQL and Python can count them.

A month has the number of months since the year 0, a quarter and a year likewise. Numbers of
periods that follow each other differ by 1.
"""

import datetime as dt

from cardcrm.errors import UsageError
from cardcrm.reports.revenue_periods import parse_period

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def parse_long_period(word: str) -> str:
    """Return month, quarter or year as typed: months, monthly. Raises UsageError."""
    period = parse_period(word)
    if period not in MONTHS:
        raise UsageError(
            f"a {period} is too short to tell who has left", f"Use {', '.join(MONTHS)}."
        )
    return period


def number_sql(by: str, column: str) -> str:
    """Return SQL for the number of the period of a column of ISO days."""
    year = f"CAST(substr({column}, 1, 4) AS INTEGER)"
    if by == "year":
        return year
    month = f"CAST(substr({column}, 6, 2) AS INTEGER) - 1"
    return f"({year} * {12 // MONTHS[by]} + ({month}) / {MONTHS[by]})"


def number_of(by: str, day: dt.date) -> int:
    """Return the number of the period of a day."""
    return (day.year * 12 + day.month - 1) // MONTHS[by]


def first_day(by: str, number: int) -> dt.date:
    """Return the first day of a period by its number."""
    months = number * MONTHS[by]
    return dt.date(months // 12, months % 12 + 1, 1)


def name_of(by: str, number: int) -> str:
    """Return a period by its number as ISO 8601 writes it; a quarter is ``2026-Q4``."""
    first = first_day(by, number)
    if by == "quarter":
        return f"{first.year:04}-Q{(first.month + 2) // 3}"
    return first.isoformat()[: {"month": 7, "year": 4}[by]]


def complete_numbers(
    by: str, today: dt.date, since: dt.date | None, until: dt.date | None
) -> tuple[int, int]:
    """Return the numbers of the first and the last complete period of a span.

    The period of ``today`` is not over, so it is incomplete. The last number may be below the
    first one.
    """
    first = 0
    if since is not None:
        first = number_of(by, since)
        first += since != first_day(by, first)
    last = number_of(by, today) - 1
    if until is not None and until < dt.date.max:
        last = min(last, number_of(by, until + dt.timedelta(days=1)) - 1)
    return first, last
