"""Build the SQL queries of the digest of what is due.

Each query asks for the first rows of one part of the digest.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm import dates
from cardcrm.dates.anniversaries import month_days
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import first_column, first_value
from cardcrm.store.owner_sql import owner_key
from cardcrm.store.store import placeholders
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.query import Node

MAX_COUNT = 100
_ABOVE_ALL_PRIORITIES = 1_000_000

Source = tuple[str, Mapping[str, Any]]  # FROM and WHERE, and their parameters
Span = tuple[str, str]  # the first and the last day of a year, as ``MM-DD``


def add_days(day: dt.date, days: int) -> dt.date:
    """Return the day ``days`` later, or the last day of the calendar."""
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return dt.date.max if days > 0 else dt.date.min


# A moment may be on another day where it was written: at most two days apart, from UTC-12 to
# UTC+14. The wider span lets the index of days help.
_MAX_APART = 2


class Scope(NamedTuple):
    """SQL conditions that limit the digest to a query or an owner; empty for everything.

    ``contact`` is a condition on a contact ``c``, ``reminder`` on a reminder ``r`` joined with its
    contact ``c``, and ``planned`` on a reminder ``r`` of a contact ``c`` that was selected already.
    ``deal`` is a condition on a deal ``d`` joined with its contact ``c``, and so are ``invoice`` on
    an invoice ``v``, ``lead`` on a lead ``l`` and ``case`` on a case ``k``. ``contract`` is a
    condition on the contact ``c`` of a contract.
    With a query, which selects contacts, reminders without one are left out.
    """

    contact: str = ""
    reminder: str = ""
    planned: str = ""
    params: tuple[tuple[str, Any], ...] = ()
    is_query: bool = False
    zone: str = ""
    deal: str = ""
    invoice: str = ""
    lead: str = ""
    case: str = ""
    contract: str = ""


def build_scope(store: Store, query: "Node | None", owner: str) -> Scope:
    """Build the conditions for a query and an owner. Raises UsageError for an invalid query.

    A reminder, a deal, an invoice, a lead or a case without an owner belongs to the owner of its
    contact.
    """
    contact: list[str] = []
    params: dict[str, Any] = {}
    if query is not None:
        from cardcrm.records.query_sql.contact_query import compile_query

        where, params = compile_query(store, query)
        contact.append(f"({where})")
    own = {alias: list(contact) for alias in _OWNED}
    planned = ""
    if owner:
        params["owner"] = fold(owner)
        planned = _is_of_owner("r")
        contact.append(f"{owner_key('c')} = :owner")
        for alias, conditions in own.items():
            conditions.append(_is_of_owner(alias))
    return Scope(
        " AND ".join(contact),
        " AND ".join(own["r"]),
        planned,
        tuple(params.items()),
        query is not None,
        store.locale.zone,
        " AND ".join(own["d"]),
        " AND ".join(own["v"]),
        " AND ".join(own["l"]),
        " AND ".join(own["k"]),
        " AND ".join(contact),
    )


_OWNED = ("r", "d", "v", "l", "k")  # reminders, deals, invoices, leads and cases


def _is_of_owner(alias: str) -> str:
    """Return SQL: a row, or if it has no owner its contact ``c``, is of the owner."""
    own, of_contact = owner_key(alias), owner_key("c")
    return f"({own} = :owner OR ({alias}.owner = '' AND {of_contact} = :owner))"


# Reminders


def _open_reminders(scope: Scope, condition: str) -> str:
    """Return FROM and WHERE for open reminders, joined with contacts if the scope needs it."""
    kind = "JOIN" if scope.is_query else "LEFT JOIN"
    join = f" {kind} contact c ON c.id = r.contact_id" if scope.reminder else ""
    also = f" AND {scope.reminder}" if scope.reminder else ""
    return f"FROM reminder r{join} WHERE r.done_at IS NULL AND {condition}{also}"


_SELECT_REMINDER = (
    "SELECT r.id, r.contact_id, r.text, r.due_on, r.due_at, r.rule, r.promise, r.priority, r.owner"
)


# Over all contacts, each pair of promise and priority is read by itself, in the order of an index,
# so that tens of thousands of late reminders need not be sorted to show the first few.
PROMISES = (1, 0)


def overdue_queries(scope: Scope, today: dt.date, limit: int) -> list[Query[Any]]:
    """Build the first queries for overdue reminders: by promise, then priority, then day."""
    if not scope.reminder:
        return [priority_query(promise, _ABOVE_ALL_PRIORITIES) for promise in PROMISES]
    source, before = overdue_source(scope, today)
    order = "r.promise DESC, r.priority DESC, r.due_on, r.due_at NULLS FIRST, r.id"
    return [_first_query(scope, f"{_SELECT_REMINDER} {source} ORDER BY {order}", limit, before)]


def overdue_source(scope: Scope, today: dt.date) -> Source:
    """Return the source of overdue reminders."""
    return _open_reminders(scope, _BEFORE), _before(scope.zone, today)


# A reminder with a time of day is due on the day of the reader, one without on its own.
_BEFORE = "r.due_on < :near AND (r.due_at IS NULL AND r.due_on < :today OR r.due_at < :starts)"


def _before(zone: str, today: dt.date) -> dict[str, str]:
    starts, _ = dates.day_bounds(today, today, zone)
    near = add_days(today, _MAX_APART)
    return {"today": today.isoformat(), "near": near.isoformat(), "starts": starts}


def overdue_query(
    scope: Scope, promise: int, priority: int, today: dt.date, limit: int
) -> Query[list[Row]]:
    """Build the query for overdue reminders with one promise flag and one priority."""
    return Query(
        f"{_SELECT_REMINDER} FROM reminder r WHERE r.done_at IS NULL AND r.promise = :promise "
        f"AND r.priority = :priority AND {_BEFORE} "
        "ORDER BY r.due_on, r.due_at NULLS FIRST, r.id LIMIT :limit",
        {"promise": promise, "priority": priority, "limit": limit, **_before(scope.zone, today)},
        list,
    )


def priority_query(promise: int, below: int) -> Query[int | None]:
    """Build the query for the highest priority below ``below`` among open reminders."""
    return Query(
        "SELECT max(r.priority) FROM reminder r "
        "WHERE r.done_at IS NULL AND r.promise = :promise AND r.priority < :below",
        {"promise": promise, "below": below},
        first_value,
    )


def read_overdue_by_rank(
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


def between_query(scope: Scope, span: tuple[dt.date, dt.date], limit: int) -> Query[list[Row]]:
    """Build the query for reminders due in a span, by day, the promises of each day first."""
    source, days = between_source(scope, span)
    order = "r.due_on, r.promise DESC, r.priority DESC, r.due_at NULLS FIRST, r.id"
    return _first_query(scope, f"{_SELECT_REMINDER} {source} ORDER BY {order}", limit, days)


def between_source(scope: Scope, span: tuple[dt.date, dt.date]) -> Source:
    """Return the source of reminders due in a span."""
    return _open_reminders(scope, _BETWEEN), _between(scope.zone, span)


_BETWEEN = (
    "r.due_on >= :near_first AND r.due_on <= :near_last AND (r.due_at IS NULL "
    "AND r.due_on >= :first AND r.due_on <= :last OR r.due_at >= :starts AND r.due_at <= :ends)"
)


def _between(zone: str, span: tuple[dt.date, dt.date]) -> dict[str, str]:
    first, last = span
    starts, ends = dates.day_bounds(first, last, zone)
    near = add_days(first, -_MAX_APART), add_days(last, _MAX_APART)
    names = ("first", "last", "near_first", "near_last")
    days = zip(names, (first, last, *near), strict=True)
    return {name: day.isoformat() for name, day in days} | {"starts": starts, "ends": ends}


def _first_query(scope: Scope, sql: str, limit: int, params: Mapping[str, Any]) -> Query[list[Row]]:
    return Query(f"{sql} LIMIT :limit", {**dict(scope.params), **params, "limit": limit}, list)


def max_counted(limit: int) -> int:
    """Return the highest count that is exact; beyond it the digest says “more than”.

    No one works through more in a day, and counting on takes longer than the rest of the command.
    """
    return max(MAX_COUNT, 2 * limit)


# Losing touch, and anniversaries


def touch_queries(
    scope: Scope, today: dt.date, end: dt.date, limit: int
) -> tuple[Query[list[int]], Query[list[int]]]:
    """Build the queries for the ids of contacts losing touch, and of those whose turn is soon.

    Selecting only the id in the order of the index lets the index answer alone; with another order
    PostgreSQL may read all contacts. `cadence_query` reads the contacts that are shown.
    """
    where, params = without_plans(scope, end)
    sql = (
        f"SELECT c.id FROM contact c WHERE c.touch_by {{}} AND {where} "
        "ORDER BY c.touch_by, c.id LIMIT :limit"
    )
    params |= {"limit": max_counted(limit) + 1, "today": today.isoformat()}
    ends = {"ends_on": end.isoformat()}
    return (
        Query(sql.format("<= :today"), params, first_column),
        Query(sql.format("> :today AND c.touch_by <= :ends_on"), params | ends, first_column),
    )


def without_plans(scope: Scope, end: dt.date) -> tuple[str, dict[str, Any]]:
    """Return SQL: a contact is in the scope, and has no open reminder up to a day."""
    also = f" AND {scope.contact}" if scope.contact else ""
    planned = f" AND {scope.planned}" if scope.planned else ""
    before = _BEFORE.replace(":today", ":planned_before")
    where = (
        "NOT EXISTS (SELECT 1 FROM reminder r WHERE r.contact_id = c.id AND r.done_at IS NULL "
        f"AND {before}{planned}){also}"
    )
    params = _before(scope.zone, add_days(end, 1))
    return where, {**dict(scope.params), **params, "planned_before": params["today"]}


def cadence_query(ids: Iterable[int]) -> Query[list[Row]]:
    """Build the query for the cadence of contacts, and the day it runs out."""
    marks, params = placeholders(ids, "i")
    return Query(
        "SELECT c.id AS contact_id, c.touch_by, c.cadence_days FROM contact c "
        f"WHERE c.id IN ({marks}) ORDER BY c.touch_by, c.id",
        params,
        list,
    )


# Looked up for each anniversary in the span, where a join may lead a planner to read all contacts.
_ACTIVE = "(SELECT a.status FROM contact a WHERE a.id = d.contact_id) = 'active'"


def anniversary_spans(today: dt.date, ahead: int) -> list[Span]:
    """Return the coming days of the year as a span, or as two if a new year begins among them."""
    coming = (month_days(add_days(today, number)) for number in range(ahead + 1))
    days = list(dict.fromkeys(chain.from_iterable(coming)))
    new_year = days.index("01-01") if "01-01" in days[1:] else len(days)
    return [(part[0], part[-1]) for part in (days[:new_year], days[new_year:]) if part]


def anniversary_source(scope: Scope, spans: Sequence[Span]) -> Source:
    """Return the source of anniversaries in spans of days."""
    join = " JOIN contact c ON c.id = d.contact_id" if scope.contact else ""
    also = f" AND {_ACTIVE}" + (f" AND {scope.contact}" if scope.contact else "")
    within = " OR ".join(
        f"(d.month_day >= :first{number} AND d.month_day <= :last{number})"
        for number in range(len(spans))
    )
    params = {f"first{number}": first for number, (first, _) in enumerate(spans)}
    params |= {f"last{number}": last for number, (_, last) in enumerate(spans)}
    return f"FROM yearly_day d{join} WHERE ({within}){also}", params


def anniversary_query(scope: Scope, span: Span, limit: int) -> Query[list[Row]]:
    """Build the query for the first anniversaries in a span, in the order of their days."""
    source, params = anniversary_source(scope, [span])
    sql = f"SELECT d.contact_id, d.label, d.day {source} ORDER BY d.month_day, d.id"
    return _first_query(scope, sql, limit, params)
