"""Read months as typed: ``2026-12``, ``dec``, ``this month``, ``next month``."""

from cardcrm import dates
from cardcrm.dates.periods import find_end
from cardcrm.errors import UsageError
from cardcrm.text import quote

_EARLIEST = 1900  # as for single days


def parse_month(text: str, zone: str) -> str:
    """Return a month as ``2026-12``. Raises UsageError for what is not one whole month."""
    from cardcrm.records.query_sql.date_periods import parse_period

    try:
        first, last = parse_period(text, dates.now(zone), past=False)
    except UsageError:
        raise _unknown(text) from None
    if first.year < _EARLIEST or first.day != 1 or last != find_end("month", first):
        raise _unknown(text)
    return first.isoformat()[:7]


def _unknown(text: str) -> UsageError:
    return UsageError(f"unknown month {quote(text.strip())}", "Write it like 2026-12.")
