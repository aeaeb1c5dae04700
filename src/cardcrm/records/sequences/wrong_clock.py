"""Bring back the enrollments that went on while the clock was fast: they would wait until then.

They wait again at their step from now on. If the sequence itself seems to be from the future, the
clock is slow now, and nothing is changed.
"""

import datetime as dt
from collections import defaultdict

from cardcrm import dates
from cardcrm.records.mail.sending import LONGEST_SKEW
from cardcrm.records.records import Record
from cardcrm.records.sequences.facts import COLUMNS, Enrolled, load_facts
from cardcrm.records.sequences.plan import Plan
from cardcrm.records.sequences.progress import arrive
from cardcrm.store import Store
from cardcrm.store.bulk_update import update_rows
from cardcrm.store.derived_refresh import CHUNK, chunks

_AHEAD = (
    "e.sequence_id = :sequence AND e.status = 'active' AND e.due_at > :latest "
    "AND (e.entered_at > :latest OR EXISTS (SELECT 1 FROM enrollment_step s "
    "WHERE s.enrollment_id = e.id AND s.at > :latest))"
)


def bring_back(store: Store, sequence: Record, plan: Plan, now: dt.datetime) -> None:
    """Move the enrollments of a sequence back to now, inside a transaction.

    They are looked for once a day, as that reads all that wait for some days.
    """
    latest = dates.format_instant(now + LONGEST_SKEW)
    today = dates.today(store.locale.zone).isoformat()
    columns = sequence.columns
    if columns["seen_on"] == today or columns["created_at"] > latest:
        return
    sql = (
        f"SELECT {COLUMNS} FROM enrollment e JOIN contact c ON c.id = e.contact_id "
        f"WHERE {_AHEAD} ORDER BY e.id"
    )
    found = [Enrolled(*row) for row in store.rows(sql, sequence=sequence.id, latest=latest)]
    for start in range(0, len(found), CHUNK):
        _move(store, plan, found[start : start + CHUNK], now)
    _correct_times(store, [each.id for each in found], now, latest)


def _move(store: Store, plan: Plan, batch: list[Enrolled], now: dt.datetime) -> None:
    """Let enrollments wait at their steps from now on."""
    facts = load_facts(store, plan, batch).facts
    due: dict[str, list[int]] = defaultdict(list)
    for each in batch:
        place = arrive(plan, plan.positions[each.step], now, facts[each])
        due[dates.format_instant(place.due)].append(each.id)
    for at, ids in due.items():
        update_rows(store, "enrollment", ids, due_at=at)


def _correct_times(store: Store, ids: list[int], now: dt.datetime, latest: str) -> None:
    """Set the times that are ahead to now, as what happens from now on counts for them."""
    at, today = dates.format_instant(now), dates.today(store.locale.zone).isoformat()
    entered = "SELECT id FROM enrollment WHERE id IN ({}) AND entered_at > :latest"
    update_rows(
        store, "enrollment", _find_ids(store, entered, ids, latest), entered_at=at, entered_on=today
    )
    reached = "SELECT id FROM enrollment_step WHERE enrollment_id IN ({}) AND at > :latest"
    update_rows(store, "enrollment_step", _find_ids(store, reached, ids, latest), at=at)


def _find_ids(store: Store, sql: str, ids: list[int], latest: str) -> list[int]:
    return [
        row[0]
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), latest=latest, **params)
    ]
