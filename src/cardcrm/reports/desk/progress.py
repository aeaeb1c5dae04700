"""Count the reminders done today, and those that are still to be done today."""

import datetime as dt
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.reports.due_queries import Scope, add_days, overdue_source
from cardcrm.store import Query
from cardcrm.store.fetch import count_of


class Progress(NamedTuple):
    """The reminders done today, and the ``open`` ones that are due today or overdue."""

    done: int
    open: int

    @property
    def planned(self) -> int:
        """All that the day has asked for so far."""
        return self.done + self.open


def progress_queries(today: dt.date, zone: str) -> list[Query[Any]]:
    """Build the queries for the reminders done today and for the open ones.

    A recurring reminder that was done stays open, for its next date.
    """
    starts, ends = dates.day_bounds(today, today, zone)
    done = (
        "SELECT count(*) FROM reminder r WHERE r.done_at BETWEEN :starts AND :ends "
        "OR r.last_done_at BETWEEN :starts AND :ends"
    )
    source, params = overdue_source(Scope(zone=zone), add_days(today, 1))
    return [
        Query(done, {"starts": starts, "ends": ends}, count_of),
        Query(f"SELECT count(*) {source}", params, count_of),
    ]
