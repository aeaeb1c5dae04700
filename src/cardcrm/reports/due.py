"""What is due: the reckoning behind `cardcrm due`, its mail and its notification.

Promises come first, then the higher priority, then what has waited longest. Due today is not
overdue, whatever the clock says. A contact is being lost touch with when its cadence asked for an
interaction by today and no open reminder falls within the days looked at, for then it stands in the
digest already. Counts stop at `MOST`: nobody works through more in a day, and counting on takes
longer than everything else.

The records are named tuples: dataclasses would cost a twentieth of the whole command.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from cardcrm import dates
from cardcrm.reports.due_contacts import Callee, Last, callee_queries, callees, last_heard
from cardcrm.store import Query, Store
from cardcrm.store.base import placeholders
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of, first_column, first_value

if TYPE_CHECKING:
    from cardcrm.query import Node

MOST = 100
CHUNK = 500
YEAR = 366
HIGHEST = 1_000_000  # above every priority

T = TypeVar("T")


class Task(NamedTuple):
    """A reminder that is due. ``due_at`` is the UTC instant and ``time`` the local wall time of one
    that has a time of day; ``rule`` is the RRULE of one that comes again.
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
    contact: Callee
    last: Last | None


class Lost(NamedTuple):
    """A contact who should have been touched by ``touch_on``."""

    contact: Callee
    touch_on: dt.date
    days_late: int
    cadence_days: int
    last: Last | None


class Day(NamedTuple):
    """A birthday or other yearly day; ``age`` is in full years, None where the year is unknown."""

    label: str
    on: dt.date
    age: int | None
    contact: Callee
    last: Last | None


class Part(NamedTuple, Generic[T]):
    """One part of the digest: the first rows, and how many there are (``exact`` or at least)."""

    rows: tuple[T, ...] = ()
    total: int = 0
    exact: bool = True


class Digest(NamedTuple):
    """All that is due on a day and the ``ahead`` days after it."""

    date: dt.date
    ahead: int
    overdue: Part[Task]
    today: Part[Task]
    coming: Part[Task]
    losing_touch: Part[Lost]
    days: Part[Day]

    def __bool__(self) -> bool:
        """Whether anything is due at all."""
        parts = (self.overdue, self.today, self.coming, self.losing_touch, self.days)
        return any(part.rows for part in parts)


class Whose(NamedTuple):
    """Conditions on a contact ``c`` alone, and on a reminder ``r`` of such a contact; "" is all.

    ``planned`` is for a reminder of a contact who is ``c`` already.
    """

    contact: str = ""
    reminder: str = ""
    planned: str = ""
    params: tuple[tuple[str, Any], ...] = ()


class _Found(NamedTuple):
    """The rows of a part, and the query that counts all of them where these may not be all."""

    rows: list[Row]
    total: Query[int] | None = None


def digest(
    store: Store,
    today: dt.date,
    *,
    ahead: int = 7,
    limit: int = 50,
    query: "Node | None" = None,
    owner: str = "",
) -> Digest:
    """What is due on ``today`` and the ``ahead`` days after it, at most ``limit`` rows a part.

    ``query`` says whose; ``owner`` takes the reminders for a user, those that are for nobody going
    to the owner of the card. Raises UsageError for a query that makes no sense.
    """
    whose = _whose(store, query, owner)
    end = _later(today, ahead)
    soon, days = (_later(today, 1), end), _kept(today, min(ahead, YEAR - 1))
    queries: list[Query[Any]] = [
        _between_query(whose, (today, today), limit),
        _between_query(whose, soon, limit),
        _lost_query(whose, today, end, limit),
        *_overdue_queries(whose, today, limit),
        *(_day_query(whose, day, limit) for day in days),
    ]
    due_now, coming, lost, *rest = store.fetch_many(queries)
    overdue = rest[0] if whose.reminder else _ranked(store, today, limit, rest[:2])
    yearly = list(chain.from_iterable(rest[-len(days) :]))[:limit]
    parts = (
        _found(overdue, whose, _late_source(whose, today), limit),
        _found(due_now, whose, _source_between(whose, (today, today)), limit),
        _found(coming, whose, _source_between(whose, soon), limit),
        _found(yearly, whose, _source_of_days(whose, days), limit),
    )
    totals, cadences, known = _read_rest(store, parts, lost[:limit])
    return Digest(
        today,
        ahead,
        _part(map(known.task, overdue), totals[0], _most(limit)),
        _part(map(known.task, due_now), totals[1], _most(limit)),
        _part(map(known.task, coming), totals[2], _most(limit)),
        _part((known.lost(row, today) for row in cadences), len(lost), _most(limit)),
        _part((known.day(row, today) for row in yearly), totals[3], _most(limit)),
    )


def _read_rest(
    store: Store, parts: Sequence[_Found], lost_ids: Sequence[int]
) -> tuple[list[int], list[Row], "_Known"]:
    """Return the totals of the parts, the rows of lost contacts, and all contacts of the digest.

    One round trip to a server reads them.
    """
    ids = sorted({row["contact_id"] for part in parts for row in part.rows} | {*lost_ids})
    chunks = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    queries: list[Query[Any]] = [part.total for part in parts if part.total is not None]
    queries += [_cadence_query(lost_ids)] if lost_ids else []
    queries += chain.from_iterable(map(callee_queries, chunks))
    results = iter(store.fetch_many(queries))
    totals = [len(part.rows) if part.total is None else next(results) for part in parts]
    cadences = next(results) if lost_ids else []
    return totals, cadences, _Known(store.locale.zone, list(results))


def _part(rows: Iterable[T], total: int, most: int) -> Part[T]:
    """Return a part of the digest; more than ``most`` rows were not counted."""
    return Part(tuple(rows), min(total, most), total <= most)


def _later(day: dt.date, days: int) -> dt.date:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max


def _whose(store: Store, query: "Node | None", owner: str) -> Whose:
    contact: list[str] = []
    params: dict[str, Any] = {}
    if query is not None:
        from cardcrm.records.query_sql.compiler import compile_query

        where, params = compile_query(store, query)
        contact.append(f"({where})")
    reminder = list(contact)
    planned = ""
    if owner:
        params["owner"] = owner.lower()
        planned = "(lower(r.owner) = :owner OR (r.owner = '' AND lower(c.owner) = :owner))"
        contact.append("lower(c.owner) = :owner")
        reminder.append(planned)
    return Whose(" AND ".join(contact), " AND ".join(reminder), planned, tuple(params.items()))


# Reminders


def _reminders(whose: Whose, condition: str) -> str:
    """FROM and WHERE of open reminders; cards are looked at only where the question needs them."""
    join = " JOIN contact c ON c.id = r.contact_id" if whose.reminder else ""
    also = f" AND {whose.reminder}" if whose.reminder else ""
    return f"FROM reminder r{join} WHERE r.done_at IS NULL AND {condition}{also}"


_TASK = (
    "SELECT r.id, r.contact_id, r.text, r.due_on, r.due_at, r.rule, r.promise, r.priority, r.owner"
)


# Over all contacts, each pair of promise and priority is read by itself, in the order of an index,
# so that tens of thousands of late reminders need not be sorted to show the first few.
_PROMISES = (1, 0)


def _overdue_queries(whose: Whose, today: dt.date, limit: int) -> list[Query[Any]]:
    """Build the first queries of what is overdue: promises first, then by priority, then by day."""
    if not whose.reminder:
        return [_priority_query(promise, HIGHEST) for promise in _PROMISES]
    source, before = _late_source(whose, today)
    order = "r.promise DESC, r.priority DESC, r.due_on, r.due_at NULLS FIRST, r.id"
    return [_first_query(whose, f"{_TASK} {source} ORDER BY {order}", limit, before)]


def _late_source(whose: Whose, today: dt.date) -> tuple[str, dict[str, Any]]:
    return _reminders(whose, "r.due_on < :today"), {"today": today.isoformat()}


def _ranked(store: Store, today: dt.date, limit: int, highest: Sequence[int | None]) -> list[Row]:
    """Return the first overdue reminders; ``highest`` is the highest priority of each promise."""
    rows: list[Row] = []
    for promise, first in zip(_PROMISES, highest, strict=True):
        priority = first
        while priority is not None and len(rows) < limit:
            queries: list[Query[Any]] = [
                _late_query(promise, priority, today, limit - len(rows)),
                _priority_query(promise, priority),
            ]
            late, priority = store.fetch_many(queries)
            rows += late
    return rows


def _late_query(promise: int, priority: int, today: dt.date, limit: int) -> Query[list[Row]]:
    return Query(
        f"{_TASK} FROM reminder r WHERE r.done_at IS NULL AND r.promise = :promise "
        "AND r.priority = :priority AND r.due_on < :today "
        "ORDER BY r.due_on, r.due_at NULLS FIRST, r.id LIMIT :limit",
        {"promise": promise, "priority": priority, "today": today.isoformat(), "limit": limit},
        list,
    )


def _priority_query(promise: int, below: int) -> Query[int | None]:
    """Build the query of the highest priority below another that an open reminder has."""
    return Query(
        "SELECT max(r.priority) FROM reminder r "
        "WHERE r.done_at IS NULL AND r.promise = :promise AND r.priority < :below",
        {"promise": promise, "below": below},
        first_value,
    )


def _between_query(whose: Whose, span: tuple[dt.date, dt.date], limit: int) -> Query[list[Row]]:
    """Build the query of what is due in a span, day by day, the promises of each day first."""
    source, days = _source_between(whose, span)
    order = "r.due_on, r.promise DESC, r.priority DESC, r.due_at NULLS FIRST, r.id"
    return _first_query(whose, f"{_TASK} {source} ORDER BY {order}", limit, days)


def _source_between(whose: Whose, span: tuple[dt.date, dt.date]) -> tuple[str, dict[str, Any]]:
    source = _reminders(whose, "r.due_on >= :first AND r.due_on <= :last")
    return source, {"first": span[0].isoformat(), "last": span[1].isoformat()}


def _first_query(whose: Whose, sql: str, limit: int, params: Mapping[str, Any]) -> Query[list[Row]]:
    return Query(f"{sql} LIMIT :limit", {**dict(whose.params), **params, "limit": limit}, list)


def _found(
    rows: list[Row], whose: Whose, source: tuple[str, Mapping[str, Any]], limit: int
) -> _Found:
    """Return the rows, with the query that counts them if the limit may have left some out."""
    if len(rows) < limit:
        return _Found(rows)
    sql, params = source
    count = Query(
        f"SELECT count(*) FROM (SELECT 1 AS one {sql} LIMIT :most) AS counted",
        {**dict(whose.params), **params, "most": _most(limit) + 1},
        count_of,
    )
    return _Found(rows, count)


def _most(limit: int) -> int:
    """So many are counted before it is "more than"."""
    return max(MOST, 2 * limit)


# Losing touch, and days of the year


def _lost_query(whose: Whose, today: dt.date, end: dt.date, limit: int) -> Query[list[int]]:
    """Build the query of the ids of contacts who are being lost touch with, the latest first.

    The index alone answers it: `_cadence_query` reads the contacts that are shown. It is ordered as
    the index is, or a server might go through all contacts.
    """
    also = f" AND {whose.contact}" if whose.contact else ""
    planned = f" AND {whose.planned}" if whose.planned else ""
    sql = (
        "SELECT c.id FROM contact c WHERE c.touch_on <= :today AND NOT EXISTS (SELECT 1 "
        "FROM reminder r WHERE r.contact_id = c.id AND r.done_at IS NULL "
        f"AND r.due_on <= :last{planned}){also} ORDER BY c.touch_on, c.id LIMIT :limit"
    )
    span = {"today": today.isoformat(), "last": end.isoformat(), "limit": _most(limit) + 1}
    return Query(sql, {**dict(whose.params), **span}, first_column)


def _cadence_query(ids: Iterable[int]) -> Query[list[Row]]:
    marks, params = placeholders(ids, "i")
    return Query(
        "SELECT c.id AS contact_id, c.touch_on, c.cadence_days FROM contact c "
        f"WHERE c.id IN ({marks}) ORDER BY c.touch_on, c.id",
        params,
        list,
    )


def _kept(today: dt.date, ahead: int) -> list[str]:
    """The days as they are kept, each once, in a leap year too."""
    coming = (dates.kept_days(_later(today, number)) for number in range(ahead + 1))
    return list(dict.fromkeys(chain.from_iterable(coming)))


def _yearly(whose: Whose) -> str:
    join = " JOIN contact c ON c.id = d.contact_id" if whose.contact else ""
    also = f" AND {whose.contact}" if whose.contact else ""
    return f"FROM yearly_day d{join} WHERE d.month_day IN ({{}}){also}"


def _source_of_days(whose: Whose, days: Iterable[str]) -> tuple[str, dict[str, Any]]:
    marks, params = placeholders(days, "d")
    return _yearly(whose).format(marks), params


def _day_query(whose: Whose, day: str, limit: int) -> Query[list[Row]]:
    """Build the query of the first yearly days on one day.

    Each day is asked for by itself, so that the turn of the year needs no thought.
    """
    source, params = _source_of_days(whose, [day])
    sql = f"SELECT d.contact_id, d.label, d.day {source} ORDER BY d.id"
    return _first_query(whose, sql, limit, params)


# What makes a row whole


class _Known:
    """The contacts of all rows of a digest, from the results of `callee_queries`."""

    def __init__(self, zone: str, results: Sequence[list[Row]]) -> None:
        self.zone = zone
        self.callees: dict[int, Callee] = {}
        self.lasts: dict[int, Last] = {}
        for start in range(0, len(results), 4):
            points, heads, own, peoples = results[start : start + 4]
            self.callees |= callees(points, heads)
            self.lasts |= last_heard(own, peoples)

    def task(self, row: Row) -> Task:
        """A reminder with its contact."""
        due = dates.kept_when(row["due_on"], row["due_at"], self.zone)
        return Task(
            id=row["id"],
            text=row["text"],
            due_on=due.day,
            due_at=row["due_at"],
            time=due.time,
            rule=row["rule"],
            promise=bool(row["promise"]),
            priority=row["priority"],
            owner=row["owner"],
            contact=self.callees[row["contact_id"]],
            last=self.lasts.get(row["contact_id"]),
        )

    def lost(self, row: Row, today: dt.date) -> Lost:
        """A contact that is being lost touch with."""
        touch_on = dt.date.fromisoformat(row["touch_on"])
        contact_id = row["contact_id"]
        return Lost(
            self.callees[contact_id],
            touch_on,
            (today - touch_on).days,
            row["cadence_days"],
            self.lasts.get(contact_id),
        )

    def day(self, row: Row, today: dt.date) -> Day:
        """A yearly day with its contact."""
        on = dates.next_yearly(row["day"], today)
        contact_id = row["contact_id"]
        return Day(
            row["label"],
            on,
            dates.age_on(row["day"], on),
            self.callees[contact_id],
            self.lasts.get(contact_id),
        )
