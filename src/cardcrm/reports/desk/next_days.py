"""Count the follow-ups, promises, expected closes and unpaid invoices of the next days."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.reports.due_queries import Scope, add_days, between_source
from cardcrm.store import Query
from cardcrm.store.engine import Row

DAYS = 14


class DayLoad(NamedTuple):
    """A day with the numbers of open reminders, promises, expected closes, and unpaid invoices."""

    day: dt.date
    reminders: int = 0
    promises: int = 0
    closes: int = 0
    invoices: int = 0


Counts = Counter[dt.date]


def load_queries(today: dt.date, zone: str) -> list[Query[Any]]:
    """Build the queries whose results `add_up_days` takes."""
    last = add_days(today, DAYS - 1)
    source, params = between_source(Scope(zone=zone), (today, last))
    reminders = f"SELECT r.due_on, r.due_at, r.promise, count(*) {source} GROUP BY 1, 2, 3"
    span = {"first": today.isoformat(), "last": last.isoformat()}
    closes = (
        "SELECT d.close_on, count(*) FROM deal d WHERE d.status = 'open' "
        "AND d.close_on BETWEEN :first AND :last GROUP BY d.close_on"
    )
    invoices = (
        "SELECT v.due_on, count(*) FROM invoice v WHERE v.paid_on IS NULL "
        "AND v.due_on BETWEEN :first AND :last GROUP BY v.due_on"
    )
    return [
        Query(reminders, params, lambda rows: _count_reminders(rows, zone)),
        Query(closes, span, _count_days),
        Query(invoices, span, _count_days),
    ]


def _count_reminders(rows: Sequence[Row], zone: str) -> tuple[Counts, Counts]:
    """Return the numbers of reminders and of promises by the day of the reader."""
    found: tuple[Counts, Counts] = (Counter(), Counter())
    for due_on, due_at, promise, count in rows:
        found[bool(promise)][dates.parse_stored(due_on, due_at, zone).day] += count
    return found


def _count_days(rows: Sequence[Row]) -> Counts:
    return Counter({dt.date.fromisoformat(day): count for day, count in rows})


def add_up_days(
    today: dt.date, reminders: tuple[Counts, Counts], closes: Counts, invoices: Counts
) -> tuple[DayLoad, ...]:
    """Return each of the next days with its counts, today first."""
    days = (add_days(today, number) for number in range(DAYS))
    kinds = (*reminders, closes, invoices)
    return tuple(DayLoad(day, *(each[day] for each in kinds)) for day in dict.fromkeys(days))
