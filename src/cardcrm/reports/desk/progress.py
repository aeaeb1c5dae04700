"""Count the follow-ups and calls handled today, and the follow-ups still to be done today."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.reports.due_queries import Scope, add_days, overdue_source
from cardcrm.store import Query
from cardcrm.store.fetch import count_of
from cardcrm.store.journal_rows import change_of

_REACH = 20_000  # of the latest changes, among which those of today are looked for

Handled = tuple[int, int]  # a reminder and its contact


class Progress(NamedTuple):
    """The follow-ups and calls handled today, and the ``open`` ones due today or overdue."""

    done: int
    open: int

    @property
    def planned(self) -> int:
        """All that the day has asked for so far."""
        return self.done + self.open


def progress_queries(today: dt.date, zone: str) -> list[Query[Any]]:
    """Build the queries for what was done, moved and called today, and for what is open.

    A recurring reminder that was done stays open, for its next date.
    """
    starts, ends = dates.day_bounds(today, today, zone)
    bounds = {"starts": starts, "ends": ends}
    done = (
        "SELECT r.id, r.contact_id FROM reminder r WHERE r.done_at BETWEEN :starts AND :ends "
        "OR r.last_done_at BETWEEN :starts AND :ends"
    )
    source, params = overdue_source(Scope(zone=zone), add_days(today, 1))
    return [
        Query(done, bounds, _pairs),
        _moved_query(today, bounds),
        _called_query(today),
        Query(f"SELECT count(*) {source}", params, count_of),
    ]


def _moved_query(today: dt.date, bounds: dict[str, str]) -> Query[list[Handled]]:
    """Build the query for the reminders that were due and were moved today to a later day."""
    sql = (
        "SELECT r.contact_id, c.id, c.op, c.tbl, c.row_id, c.old, c.new "
        "FROM change c JOIN step s ON s.id = c.step_id JOIN reminder r ON r.id = c.row_id "
        "WHERE c.id > (SELECT max(id) FROM change) - :reach AND s.at BETWEEN :starts AND :ends "
        "AND s.kind = 'do' AND s.undone = 0 AND c.tbl = 'reminder' AND c.op = 'update' "
        "AND r.done_at IS NULL AND r.due_on > :today"
    )
    day = today.isoformat()

    def was_due(rows: Sequence[Any]) -> list[Handled]:
        changes = [(row["contact_id"], change_of(row)) for row in rows]
        return [
            (each.row_id, contact_id)
            for contact_id, each in changes
            if "due_on" in each.new and str(each.old["due_on"]) <= day
        ]

    return Query(sql, {**bounds, "today": day, "reach": _REACH}, was_due)


def _called_query(today: dt.date) -> Query[list[int]]:
    """Build the query for the contacts that were called today, answered or not."""
    sql = (
        "SELECT DISTINCT p.contact_id FROM interaction i "
        "JOIN participant p ON p.interaction_id = i.id "
        "WHERE i.on_date = :today AND i.kind = 'call' AND i.direction <> 'in'"
    )
    return Query(sql, {"today": today.isoformat()}, lambda rows: [row[0] for row in rows])


def _pairs(rows: Sequence[Any]) -> list[Handled]:
    return [(row[0], row[1]) for row in rows]


def count_handled(done: Iterable[Handled], moved: Iterable[Handled], called: Iterable[int]) -> int:
    """Return the number of reminders that were handled, and of the calls about no reminder."""
    reminders = {*done, *moved}
    return len(reminders) + len(set(called) - {contact_id for _, contact_id in reminders})
