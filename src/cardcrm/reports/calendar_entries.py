"""Gather what a calendar shows: open reminders, and the anniversaries of contacts."""

from collections.abc import Collection
from typing import NamedTuple

from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminders import Reminder
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Row


class Who(NamedTuple):
    """The contact of an entry: its name, and how to reach it."""

    name: str = ""
    org: str = ""
    points: tuple[str, ...] = ()


class ReminderEntry(NamedTuple):
    """A reminder of a calendar.

    ``series_at`` is the local time of its turn in the series if it is due at another one.
    ``sequence`` is the number of its changes, and ``modified`` the instant of the last one.
    """

    reminder: Reminder
    who: Who
    created: str
    modified: str
    sequence: int
    series_at: str | None = None


class AnniversaryEntry(NamedTuple):
    """A yearly day of a contact; ``day`` is as `dates.anniversaries` stores it."""

    uid: str
    name: str
    label: str
    day: str
    modified: str


_REMINDER = (
    "SELECT r.id, r.uid, r.contact_id, coalesce(c.name, '') AS contact, r.text, r.due_on, "
    "r.due_at, r.rule, r.promise, r.priority, r.owner, r.done_at, r.last_done_at, r.series_at, "
    "r.created_at, coalesce(o.name, '') AS org FROM reminder r "
    "LEFT JOIN contact c ON c.id = r.contact_id LEFT JOIN contact o ON o.id = c.org_id"
)
_OPEN = "r.done_at IS NULL AND coalesce(c.status, 'active') = 'active'"
_ORDER = "ORDER BY r.due_on, r.id"
_POINTS = 3  # of each contact, in the description of an entry


def list_reminders(store: Store, contacts: Collection[int] | None) -> list[ReminderEntry]:
    """Return the open reminders of some contacts; None means all, those without a contact too."""
    if contacts is None:
        return _with_details(store, store.rows(f"{_REMINDER} WHERE {_OPEN} {_ORDER}"))
    rows = [
        row
        for marks, params in chunks(contacts)
        for row in store.rows(f"{_REMINDER} WHERE {_OPEN} AND c.id IN ({marks})", **params)
    ]
    return _with_details(store, sorted(rows, key=lambda row: (row["due_on"], row["id"])))


def read_reminders(store: Store, ids: Collection[int]) -> list[ReminderEntry]:
    """Return reminders by their ids, in this order, done ones as well."""
    rows = [
        row
        for marks, params in chunks(ids)
        for row in store.rows(f"{_REMINDER} WHERE r.id IN ({marks})", **params)
    ]
    found = {each.reminder.id: each for each in _with_details(store, rows)}
    return [found[each] for each in ids if each in found]


def _with_details(store: Store, rows: list[Row]) -> list[ReminderEntry]:
    changes = _read_changes(store, {row["id"] for row in rows})
    points = _read_points(store, {row["contact_id"] for row in rows if row["contact_id"]})
    entries = []
    for row in rows:
        reminder = reminders.reminder_of(tuple(row)[:13])
        count, last = changes.get(reminder.id, (0, ""))
        created = row["created_at"]
        who = Who(row["contact"], row["org"], tuple(points.get(row["contact_id"] or 0, ())))
        modified = max(created, last)
        entries.append(ReminderEntry(reminder, who, created, modified, count, row["series_at"]))
    return entries


def _read_changes(store: Store, ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """Return how often reminders were changed, and when last, from the journal."""
    found: dict[int, tuple[int, str]] = {}
    for marks, params in chunks(ids):
        sql = (
            "SELECT h.row_id, count(*), max(s.at) FROM change h JOIN step s ON s.id = h.step_id "
            f"WHERE h.tbl = 'reminder' AND h.row_id IN ({marks}) AND h.op = 'update' "
            "GROUP BY h.row_id"
        )
        found |= {row[0]: (row[1], row[2]) for row in store.rows(sql, **params)}
    return found


def _read_points(store: Store, contacts: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for marks, params in chunks(contacts):
        sql = (
            "SELECT contact_id, value FROM point WHERE kind IN ('phone', 'email') AND invalid = 0 "
            f"AND contact_id IN ({marks}) ORDER BY kind DESC, id"
        )
        for contact_id, value in store.rows(sql, **params):
            values = found.setdefault(contact_id, [])
            if len(values) < _POINTS:
                values.append(value)
    return found


_ANNIVERSARY = (
    "SELECT c.uid, c.name, d.label, d.day, c.updated_at FROM yearly_day d "
    "JOIN contact c ON c.id = d.contact_id WHERE c.status = 'active'"
)


def list_anniversaries(store: Store, contacts: Collection[int] | None) -> list[AnniversaryEntry]:
    """Return the anniversaries of some active contacts, or of all of them."""
    if contacts is None:
        rows = store.rows(_ANNIVERSARY)
    else:
        rows = [
            row
            for marks, params in chunks(contacts)
            for row in store.rows(f"{_ANNIVERSARY} AND c.id IN ({marks})", **params)
        ]
    return sorted((AnniversaryEntry(*row) for row in rows), key=lambda each: (each.day[-5:], each))
