"""Compute the digest of what is due, for `cardcrm due`, its mail and its notification.

Promises come first, then higher priorities, then older due dates. A reminder due today is not
overdue, even if its time has passed. A contact is losing touch if its cadence has run out and no
open reminder is due within the days of the digest.

The records are named tuples, because dataclasses would slow the command down by 5%.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from cardcrm import dates
from cardcrm.dates.anniversaries import age_on, next_anniversary
from cardcrm.reports.due_contacts import (
    DueContact,
    LastInteraction,
    build_contact_queries,
    build_due_contacts,
    find_last_interactions,
)
from cardcrm.reports.due_queries import (
    PROMISES,
    Scope,
    Source,
    add_days,
    anniversary_query,
    anniversary_source,
    anniversary_spans,
    between_query,
    between_source,
    build_scope,
    cadence_query,
    losing_touch_query,
    max_counted,
    overdue_queries,
    overdue_query,
    overdue_source,
    priority_query,
)
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of

if TYPE_CHECKING:
    from cardcrm.query import Node

_CHUNK_SIZE = 500
_DAYS_IN_YEAR = 366

T = TypeVar("T")


class DueReminder(NamedTuple):
    """A reminder that is due.

    ``due_at`` is the UTC instant and ``time`` the local time of a reminder with a time of day.
    ``rule`` is the RRULE of a recurring reminder.
    """

    id: int
    text: str
    due_on: dt.date
    due_at: str | None
    time: dt.time | None
    rule: str
    promise: bool
    priority: int
    owner: str
    contact: DueContact
    last: LastInteraction | None


class OverdueContact(NamedTuple):
    """A contact whose cadence ran out on ``touch_on``."""

    contact: DueContact
    touch_on: dt.date
    days_late: int
    cadence_days: int
    last: LastInteraction | None


class UpcomingAnniversary(NamedTuple):
    """A birthday or other anniversary; ``age`` is in full years, None if the year is unknown."""

    label: str
    on: dt.date
    age: int | None
    contact: DueContact
    last: LastInteraction | None


class DigestPart(NamedTuple, Generic[T]):
    """One part of the digest: its first rows, and their total (a minimum unless ``exact``)."""

    rows: tuple[T, ...] = ()
    total: int = 0
    exact: bool = True


class Digest(NamedTuple):
    """Everything due on a day and the ``ahead`` days after it."""

    date: dt.date
    ahead: int
    overdue: DigestPart[DueReminder]
    today: DigestPart[DueReminder]
    coming: DigestPart[DueReminder]
    losing_touch: DigestPart[OverdueContact]
    days: DigestPart[UpcomingAnniversary]

    def __bool__(self) -> bool:
        """Return whether anything is due."""
        parts = (self.overdue, self.today, self.coming, self.losing_touch, self.days)
        return any(part.rows for part in parts)


class _Selection(NamedTuple):
    """The first rows of a part, and the query for their total if there may be more."""

    rows: list[Row]
    total: Query[int] | None = None


def build_digest(
    store: Store,
    today: dt.date,
    *,
    ahead: int = 7,
    limit: int = 50,
    query: "Node | None" = None,
    owner: str = "",
) -> Digest:
    """Return what is due on ``today`` and the ``ahead`` days after it, ``limit`` rows a part.

    ``query`` selects contacts. ``owner`` selects the reminders of a user, including reminders
    without an owner on contacts that the user owns. Raises UsageError for an invalid query.
    """
    scope = build_scope(store, query, owner)
    end = add_days(today, ahead)
    soon = (add_days(today, 1), end)
    spans = anniversary_spans(today, min(ahead, _DAYS_IN_YEAR - 1))
    queries: list[Query[Any]] = [
        between_query(scope, (today, today), limit),
        between_query(scope, soon, limit),
        losing_touch_query(scope, today, end, limit),
        *overdue_queries(scope, today, limit),
        *(anniversary_query(scope, span, limit) for span in spans),
    ]
    due_now, coming, losing_touch, *rest = store.fetch_many(queries)
    overdue = rest[0] if scope.reminder else _overdue_by_rank(store, scope, today, limit, rest[:2])
    anniversaries = list(chain.from_iterable(rest[-len(spans) :]))[:limit]
    parts = (
        _with_total(overdue, scope, overdue_source(scope, today), limit),
        _with_total(due_now, scope, between_source(scope, (today, today)), limit),
        _with_total(coming, scope, between_source(scope, soon), limit),
        _with_total(anniversaries, scope, anniversary_source(scope, spans), limit),
    )
    totals, cadences, contacts = _read_rest(store, parts, losing_touch[:limit])
    most = max_counted(limit)
    return Digest(
        today,
        ahead,
        _build_part(map(contacts.reminder, overdue), totals[0], most),
        _build_part(map(contacts.reminder, due_now), totals[1], most),
        _build_part(sorted(map(contacts.reminder, coming), key=_rank_in_day), totals[2], most),
        _build_part(
            (contacts.losing_touch(row, today) for row in cadences), len(losing_touch), most
        ),
        _build_part((contacts.anniversary(row, today) for row in anniversaries), totals[3], most),
    )


def _read_rest(
    store: Store, parts: Sequence[_Selection], losing_touch: Sequence[int]
) -> tuple[list[int], list[Row], "_Contacts"]:
    """Return the totals of the parts, the cadences, and the contacts of all rows.

    One round trip to the server reads them.
    """
    ids = sorted({row["contact_id"] for part in parts for row in part.rows} | {*losing_touch})
    chunks = [ids[start : start + _CHUNK_SIZE] for start in range(0, len(ids), _CHUNK_SIZE)]
    queries: list[Query[Any]] = [part.total for part in parts if part.total is not None]
    queries += [cadence_query(losing_touch)] if losing_touch else []
    queries += chain.from_iterable(map(build_contact_queries, chunks))
    results = iter(store.fetch_many(queries))
    totals = [len(part.rows) if part.total is None else next(results) for part in parts]
    cadences = next(results) if losing_touch else []
    return totals, cadences, _Contacts(store.locale.zone, list(results))


def _rank_in_day(reminder: DueReminder) -> tuple[dt.date, bool, int, str, int]:
    """Return the place of a reminder: by day, the promises of each day first."""
    due, is_plain = reminder.due_on, not reminder.promise
    return due, is_plain, -reminder.priority, reminder.due_at or "", reminder.id


def _build_part(rows: Iterable[T], total: int, most: int) -> DigestPart[T]:
    """Return a part of the digest; a total above ``most`` is a minimum."""
    return DigestPart(tuple(rows), min(total, most), total <= most)


def _overdue_by_rank(
    store: Store, scope: Scope, today: dt.date, limit: int, highest: Sequence[int | None]
) -> list[Row]:
    """Return the first overdue reminders; ``highest`` is the highest priority of each promise."""
    rows: list[Row] = []
    for promise, first in zip(PROMISES, highest, strict=True):
        priority = first
        while priority is not None and len(rows) < limit:
            queries: list[Query[Any]] = [
                overdue_query(scope, promise, priority, today, limit - len(rows)),
                priority_query(promise, priority),
            ]
            late, priority = store.fetch_many(queries)
            rows += late
    return rows


def _with_total(rows: list[Row], scope: Scope, source: Source, limit: int) -> _Selection:
    """Return the rows, with the query for their total if the limit may have cut some off."""
    if len(rows) < limit:
        return _Selection(rows)
    sql, params = source
    count = Query(
        f"SELECT count(*) FROM (SELECT 1 AS one {sql} LIMIT :most) AS counted",
        {**dict(scope.params), **params, "most": max_counted(limit) + 1},
        count_of,
    )
    return _Selection(rows, count)


# Rows with their contacts


class _Contacts:
    """The contacts of all rows of a digest, from the results of `build_contact_queries`."""

    def __init__(self, zone: str, results: Sequence[list[Row]]) -> None:
        self.zone = zone
        self.contacts: dict[int, DueContact] = {}
        self.last_interactions: dict[int, LastInteraction] = {}
        for start in range(0, len(results), 4):
            points, heads, own, employees = results[start : start + 4]
            self.contacts |= build_due_contacts(points, heads)
            self.last_interactions |= find_last_interactions(own, employees)

    def reminder(self, row: Row) -> DueReminder:
        """Return a reminder with its contact."""
        due = dates.parse_stored(row["due_on"], row["due_at"], self.zone)
        return DueReminder(
            id=row["id"],
            text=row["text"],
            due_on=due.day,
            due_at=row["due_at"],
            time=due.time,
            rule=row["rule"],
            promise=bool(row["promise"]),
            priority=row["priority"],
            owner=row["owner"],
            contact=self.contacts[row["contact_id"]],
            last=self.last_interactions.get(row["contact_id"]),
        )

    def losing_touch(self, row: Row, today: dt.date) -> OverdueContact:
        """Return a contact that is losing touch."""
        touch_on = dt.date.fromisoformat(row["touch_on"])
        contact_id = row["contact_id"]
        return OverdueContact(
            self.contacts[contact_id],
            touch_on,
            (today - touch_on).days,
            row["cadence_days"],
            self.last_interactions.get(contact_id),
        )

    def anniversary(self, row: Row, today: dt.date) -> UpcomingAnniversary:
        """Return an anniversary with its contact."""
        on = next_anniversary(row["day"], today) or today  # all that are found have a day
        contact_id = row["contact_id"]
        return UpcomingAnniversary(
            row["label"],
            on,
            age_on(row["day"], on),
            self.contacts[contact_id],
            self.last_interactions.get(contact_id),
        )
