"""Number the months, quarters and years of sales in SQL, as `dates.periods` numbers them."""

import datetime as dt

from cardcrm.dates.periods import MONTHS_IN, find_numbered_start, number_period, parse_period
from cardcrm.errors import UsageError


def parse_long_period(word: str) -> str:
    """Return month, quarter or year as typed: months, monthly. Raises UsageError."""
    period = parse_period(word)
    if period not in MONTHS_IN:
        raise UsageError(
            f"a {period} is too short to tell who has left", f"Use {', '.join(MONTHS_IN)}."
        )
    return period


def number_sql(by: str, column: str) -> str:
    """Return SQL for the number of the period of a column of ISO days."""
    year = f"CAST(substr({column}, 1, 4) AS INTEGER)"
    if by == "year":
        return year
    month = f"CAST(substr({column}, 6, 2) AS INTEGER) - 1"
    return f"({year} * {12 // MONTHS_IN[by]} + ({month}) / {MONTHS_IN[by]})"


def complete_numbers(
    by: str, today: dt.date, since: dt.date | None, until: dt.date | None
) -> tuple[int, int]:
    """Return the numbers of the first and the last complete period of a span.

    The period of ``today`` is not over, so it is incomplete. The last number may be below the
    first one.
    """
    first = 0
    if since is not None:
        first = number_period(by, since)
        first += since != find_numbered_start(by, first)
    last = number_period(by, today) - 1
    if until is not None and until < dt.date.max:
        last = min(last, number_period(by, until + dt.timedelta(days=1)) - 1)
    return first, last
