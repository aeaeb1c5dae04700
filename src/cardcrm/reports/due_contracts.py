"""Contracts in the digest of what is due: those that need notice, or end, within its days."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.reports.due_contacts import DueContact
from cardcrm.reports.due_queries import Scope
from cardcrm.store import Query
from cardcrm.store.engine import Row

NOTICE, END = "notice", "end"


class DueContract(NamedTuple):
    """A contract with its next ``event``, the last day for notice or its end, on a day.

    ``renewal`` is the term by which it renews itself, "" if it ends.
    """

    id: int
    text: str
    contact: DueContact
    event: str
    on: dt.date
    renewal: str


def contract_query(scope: Scope, last: dt.date) -> Query[list[Row]]:
    """Build the query for the contracts that may need a decision by a day."""
    also = f" AND {scope.contract}" if scope.contract else ""
    sql = (
        "SELECT t.id, t.text, t.contact_id, c.name, c.mvc_since, t.end_on, t.notice_on, t.renewal, "
        "t.status FROM contract t JOIN contact c ON c.id = t.contact_id "
        "WHERE t.ended_on IS NULL "
        f"AND (t.end_on <= :last OR t.notice_on <= :last){also} ORDER BY t.id"
    )
    return Query(sql, {**dict(scope.params), "last": last.isoformat()}, list)


def find_due_contracts(rows: Sequence[Row], today: dt.date, last: dt.date) -> list[DueContract]:
    """Return the contracts whose notice or end comes by a day, the first one first.

    One that renews itself is left out once its day for notice has passed. One that does not is due
    at its end, and stays so until it is renewed or ended.
    """
    if not rows:
        return []
    found = [each for row in rows if (each := _find_event(row, today, last)) is not None]
    return sorted(found, key=lambda each: (each.on, each.id))


def _find_event(row: Row, today: dt.date, last: dt.date) -> DueContract | None:
    from cardcrm.records.assets.contract_terms import find_current, read_terms

    renewal = row["renewal"] if row["status"] == "active" else ""
    terms = find_current(read_terms(row["end_on"], row["notice_on"], renewal), today)
    event, on = (NOTICE, terms.notice_by) if renewal else (END, terms.end)
    if on is None or on > last or (renewal and on < today):
        return None
    contact = DueContact(row["contact_id"], row["name"], mvc=row["mvc_since"])
    return DueContract(row["id"], row["text"], contact, event, on, renewal)


def select_days(
    found: Sequence[DueContract], day: dt.date, *, overdue: bool, today: bool
) -> tuple[DueContract, ...]:
    """Return the contracts that are overdue on a day, or due on it, or both."""
    return tuple(
        each for each in found if (overdue and each.on < day) or (today and each.on == day)
    )
