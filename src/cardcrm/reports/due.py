"""What is due: the reckoning behind `cardcrm due`, its mail and its notification.

Promises come first, then the higher priority, then what has waited longest. Due today is not
overdue, whatever the clock says. A contact is being lost touch with when its cadence asked for an
interaction by today and no open reminder falls within the days looked at, for then it stands in the
digest already. Counts stop at `MOST`: nobody works through more in a day, and counting on takes
longer than everything else.

The records are named tuples: dataclasses would cost a twentieth of the whole command.
"""

import datetime as dt
from collections.abc import Iterable
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from cardcrm import dates
from cardcrm.reports.due_contacts import Callee, Last, callees
from cardcrm.store import Store
from cardcrm.store.ahead import Question, asked_ahead
from cardcrm.store.base import placeholders
from cardcrm.store.engine import Row

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
    """Rows not yet made whole, and how many there are."""

    rows: list[Row]
    total: int
    exact: bool


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
    soon, year = (_later(today, 1), end), min(ahead, YEAR - 1)
    days_ahead = _kept(today, year)
    asked: list[Question] = [
        *_asked(whose, today, limit),
        *_asked_between(whose, (today, today), limit),
        *_asked_between(whose, soon, limit),
        partial(_lost, whose=whose, today=today, end=end, limit=limit),
        *(partial(_on, whose=whose, day=day, limit=limit) for day in days_ahead),
        partial(_days_total, whose=whose, days=days_ahead, limit=limit),
    ]
    with asked_ahead(store, *asked):
        overdue = _overdue(store, whose, today, limit)
        due_now = _between(store, whose, (today, today), limit)
        coming = _between(store, whose, soon, limit)
        lost = _lost(store, whose, today, end, limit)
        days = _days(store, whose, days_ahead, limit)
    known = _Known(store, [overdue, due_now, coming, lost, days])
    return Digest(
        today,
        ahead,
        _part(overdue, map(known.task, overdue.rows)),
        _part(due_now, map(known.task, due_now.rows)),
        _part(coming, map(known.task, coming.rows)),
        _part(lost, (known.lost(row, today) for row in lost.rows)),
        _part(days, (known.day(row, today) for row in days.rows)),
    )


def _part(found: _Found, rows: Iterable[T]) -> Part[T]:
    return Part(tuple(rows), found.total, found.exact)


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


def _overdue(store: Store, whose: Whose, today: dt.date, limit: int) -> _Found:
    """Promises first, then by priority, then by day.

    Over all cards, each pair of promise and priority is read for itself, in the order of an index,
    so that tens of thousands of late ones need not be sorted to show the first few.
    """
    before = {"today": today.isoformat()}
    if whose.reminder:
        source = _reminders(whose, "r.due_on < :today")
        order = "r.promise DESC, r.priority DESC, r.due_on, r.due_at NULLS FIRST, r.id"
        rows = _first(store, whose, f"{_TASK} {source} ORDER BY {order}", limit, before)
    else:
        rows = _ranked(store, today, limit)
        source = _reminders(whose, "r.due_on < :today")
    return _counted(store, whose, rows, source, limit, before)


def _asked(whose: Whose, today: dt.date, limit: int) -> list[Question]:
    """What `_overdue` asks before anything is known."""
    source, before = _reminders(whose, "r.due_on < :today"), {"today": today.isoformat()}
    total = partial(_total, whose=whose, source=source, limit=limit, params=before)
    if whose.reminder:
        return [partial(_overdue, whose=whose, today=today, limit=limit), total]
    return [
        *(partial(_next_priority, promise=promise, below=HIGHEST) for promise in (1, 0)),
        total,
    ]


def _ranked(store: Store, today: dt.date, limit: int) -> list[Row]:
    rows: list[Row] = []
    for promise in (1, 0):
        priority = _next_priority(store, promise, HIGHEST)
        while priority is not None and len(rows) < limit:
            late = partial(
                _late, promise=promise, priority=priority, today=today, limit=limit - len(rows)
            )
            with asked_ahead(store, late, partial(_next_priority, promise=promise, below=priority)):
                rows += late(store)
                priority = _next_priority(store, promise, priority)
    return rows


def _late(store: Store, promise: int, priority: int, today: dt.date, limit: int) -> list[Row]:
    return store.rows(
        f"{_TASK} FROM reminder r WHERE r.done_at IS NULL AND r.promise = :promise "
        "AND r.priority = :priority AND r.due_on < :today "
        "ORDER BY r.due_on, r.due_at NULLS FIRST, r.id LIMIT :limit",
        promise=promise,
        priority=priority,
        today=today.isoformat(),
        limit=limit,
    )


def _next_priority(store: Store, promise: int, below: int) -> int | None:
    """The highest priority below another that an open reminder has."""
    found: int | None = store.value(
        "SELECT max(r.priority) FROM reminder r "
        "WHERE r.done_at IS NULL AND r.promise = :promise AND r.priority < :below",
        promise=promise,
        below=below,
    )
    return found


def _between(store: Store, whose: Whose, span: tuple[dt.date, dt.date], limit: int) -> _Found:
    """Day by day, the promises of each day first."""
    source, days = _within(whose, span)
    order = "r.due_on, r.promise DESC, r.priority DESC, r.due_at NULLS FIRST, r.id"
    rows = _first(store, whose, f"{_TASK} {source} ORDER BY {order}", limit, days)
    return _counted(store, whose, rows, source, limit, days)


def _within(whose: Whose, span: tuple[dt.date, dt.date]) -> tuple[str, dict[str, Any]]:
    source = _reminders(whose, "r.due_on >= :first AND r.due_on <= :last")
    return source, {"first": span[0].isoformat(), "last": span[1].isoformat()}


def _asked_between(whose: Whose, span: tuple[dt.date, dt.date], limit: int) -> list[Question]:
    source, days = _within(whose, span)
    return [
        partial(_between, whose=whose, span=span, limit=limit),
        partial(_total, whose=whose, source=source, limit=limit, params=days),
    ]


def _first(store: Store, whose: Whose, sql: str, limit: int, params: dict[str, Any]) -> list[Row]:
    return store.rows(f"{sql} LIMIT :limit", **dict(whose.params), **params, limit=limit)


def _counted(
    store: Store, whose: Whose, rows: list[Row], source: str, limit: int, params: dict[str, Any]
) -> _Found:
    """The rows with their number; those that all are shown need no counting."""
    if len(rows) < limit:
        return _Found(rows, len(rows), exact=True)
    most = _most(limit)
    most, total = _most(limit), _total(store, whose, source, limit, params)
    return _Found(rows, min(total, most), exact=total <= most)


def _total(store: Store, whose: Whose, source: str, limit: int, params: dict[str, Any]) -> int:
    """How many there are, as far as they are counted."""
    return int(
        store.value(
            f"SELECT count(*) FROM (SELECT 1 AS one {source} LIMIT :most) AS counted",
            **dict(whose.params),
            **params,
            most=_most(limit) + 1,
        )
    )


def _most(limit: int) -> int:
    """So many are counted before it is "more than"."""
    return max(MOST, 2 * limit)


# Losing touch, and days of the year


def _lost(store: Store, whose: Whose, today: dt.date, end: dt.date, limit: int) -> _Found:
    also = f" AND {whose.contact}" if whose.contact else ""
    planned = f" AND {whose.planned}" if whose.planned else ""
    source = (
        "FROM contact c WHERE c.touch_on <= :today AND NOT EXISTS (SELECT 1 FROM reminder r "
        f"WHERE r.contact_id = c.id AND r.done_at IS NULL AND r.due_on <= :last{planned}){also}"
    )
    span = {"today": today.isoformat(), "last": end.isoformat()}
    # Without a look at the cards, of which some are shown; in the order of its index, or a server
    # might look for them among all cards.
    sql = f"SELECT c.id {source} ORDER BY c.touch_on, c.id"
    most = _most(limit)
    ids = [row[0] for row in _first(store, whose, sql, most + 1, span)]
    marks, params = placeholders(ids[:limit], "i")
    rows = store.rows(
        "SELECT c.id AS contact_id, c.touch_on, c.cadence_days FROM contact c "
        f"WHERE c.id IN ({marks}) ORDER BY c.touch_on, c.id",
        **params,
    )
    return _Found(rows, min(len(ids), most), exact=len(ids) <= most)


def _days(store: Store, whose: Whose, days: list[str], limit: int) -> _Found:
    """Day by day from today on, so that the turn of the year needs no thought."""
    rows: list[Row] = []
    for day in days:
        if len(rows) < limit:
            rows += _on(store, whose, day, limit)
    marks, params = placeholders(days, "d")
    return _counted(store, whose, rows[:limit], _yearly(whose).format(marks), limit, params)


def _days_total(store: Store, whose: Whose, days: list[str], limit: int) -> int:
    marks, params = placeholders(days, "d")
    return _total(store, whose, _yearly(whose).format(marks), limit, params)


def _kept(today: dt.date, ahead: int) -> list[str]:
    """The days as they are kept, each once, in a leap year too."""
    coming = (dates.kept_days(_later(today, number)) for number in range(ahead + 1))
    return list(dict.fromkeys(chain.from_iterable(coming)))


def _yearly(whose: Whose) -> str:
    join = " JOIN contact c ON c.id = d.contact_id" if whose.contact else ""
    also = f" AND {whose.contact}" if whose.contact else ""
    return f"FROM yearly_day d{join} WHERE d.month_day IN ({{}}){also}"


def _on(store: Store, whose: Whose, day: str, limit: int) -> list[Row]:
    """The first of a day."""
    marks, params = placeholders([day], "d")
    sql = f"SELECT d.contact_id, d.label, d.day {_yearly(whose)} ORDER BY d.id".format(marks)
    return _first(store, whose, sql, limit, params)


# What makes a row whole


class _Known:
    """The cards of all rows of a digest: fetched at once, for the rows that are shown alone."""

    def __init__(self, store: Store, parts: Iterable[_Found]) -> None:
        self.zone = store.locale.zone
        ids = sorted({row["contact_id"] for part in parts for row in part.rows})
        self.callees: dict[int, Callee] = {}
        self.lasts: dict[int, Last] = {}
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            found, heard = callees(store, chunk)
            self.callees |= found
            self.lasts |= heard

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
