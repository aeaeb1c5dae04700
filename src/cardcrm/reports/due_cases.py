"""Cases in the digest of what is due: those with a deadline that was missed, or ends today."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.reports.due_queries import Scope
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row


class DueCase(NamedTuple):
    """An open case with the local moment of its next deadline; a late one has missed it."""

    id: int
    text: str
    priority: str
    status: str
    owner: str
    contact_id: int
    contact: str
    due: dt.datetime
    is_late: bool


def open_case_query(scope: Scope) -> Query[list[Row]]:
    """Build the query for the open cases, none where there are no service levels."""
    join = " JOIN contact c ON c.id = k.contact_id" if scope.case else ""
    also = f" AND {scope.case}" if scope.case else ""
    sql = (
        f"SELECT k.id FROM service_case k{join} WHERE k.solved_at IS NULL "
        f"AND EXISTS (SELECT 1 FROM sla){also} ORDER BY k.id"
    )
    return Query(sql, dict(scope.params), list)


def find_due_cases(store: Store, rows: Sequence[Row], today: dt.date) -> list[DueCase]:
    """Return the cases whose deadline is past or ends today, the first deadline first."""
    if not rows:
        return []
    from cardcrm.records.service.service_levels import ServiceLevels

    levels = ServiceLevels(store)
    end = dates.to_timestamp(dates.day_bounds(today, today, store.locale.zone)[1])
    states = levels.load([row[0] for row in rows])
    due = {id_: state.due for id_, state in states.items() if state.due and state.due <= end}
    return _read_cases(store, due, levels.now)


def _read_cases(store: Store, due: dict[int, float], now: float) -> list[DueCase]:
    from cardcrm.store.derived_refresh import chunks

    found = []
    for marks, params in chunks(due):
        sql = (
            "SELECT k.id, k.text, k.priority, k.status, k.owner, k.contact_id, c.name "
            f"FROM service_case k JOIN contact c ON c.id = k.contact_id WHERE k.id IN ({marks})"
        )
        for row in store.rows(sql, **params):
            instant = dates.from_timestamp(due[row[0]]) or ""
            local = dates.from_instant(instant, store.locale.zone)
            text = " ".join(row[1].split())
            values = (row[0], text, *tuple(row)[2:], local, due[row[0]] < now)
            found.append(DueCase._make(values))
    return sorted(found, key=lambda each: (each.due, each.id))
