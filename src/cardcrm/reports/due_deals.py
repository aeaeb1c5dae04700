"""Open deals in the digest of what is due: those whose expected close is past, and rotting ones."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm.reports.due_contacts import DueContact, LastInteraction
from cardcrm.reports.due_queries import Scope, max_counted
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of, first_column

if TYPE_CHECKING:
    from cardcrm.money import Money


class DueDeal(NamedTuple):
    """An open deal that needs a step; ``is_rotting`` if not for its expected close, ``close_on``.

    It is in its ``stage`` since ``entered_on``.
    """

    id: int
    title: str
    stage: str
    amount: "Money | None"
    close_on: dt.date | None
    entered_on: dt.date
    owner: str
    is_rotting: bool
    contact: DueContact
    last: LastInteraction | None


class DealRows(NamedTuple):
    """The first rows of the deals that are late and of those that rot, and their total."""

    late: Sequence[Row] = ()
    rotting: Sequence[Row] = ()
    total: int = 0


_SELECT = (
    "SELECT d.id, d.contact_id, d.title, d.amount, d.currency, d.close_on, d.entered_on, d.owner, "
    "g.name AS stage"
)
_STAGES = (
    "SELECT g.id FROM stage g WHERE g.kind = 'open' AND g.rotting_days IS NOT NULL AND EXISTS "
    "(SELECT 1 FROM deal d WHERE d.stage_id = g.id)"
)


def deal_queries(scope: Scope, today: dt.date, limit: int) -> list[Query[Any]]:
    """Build the queries for late deals, and for the stages with deals that may rot."""
    sql, params = _select(scope, "d.close_on < :today", "d.close_on, d.id")
    given = {**params, "today": today.isoformat(), "limit": limit}
    return [Query(f"{sql} LIMIT :limit", given, list), Query(_STAGES, {}, first_column)]


def _select(scope: Scope, condition: str, order: str) -> tuple[str, dict[str, Any]]:
    join = " JOIN contact c ON c.id = d.contact_id" if scope.deal else ""
    also = f" AND {scope.deal}" if scope.deal else ""
    sql = (
        f"{_SELECT} FROM deal d JOIN stage g ON g.id = d.stage_id{join} "
        f"WHERE d.status = 'open' AND {condition}{also} ORDER BY {order}"
    )
    return sql, dict(scope.params)


def read_deals(
    store: Store,
    scope: Scope,
    today: dt.date,
    late: Sequence[Row],
    stages: Sequence[int],
    limit: int,
) -> DealRows:
    """Return the deals of the digest; the rotting ones are read if any stage has deals."""
    rotting: list[Row] = []
    most = max_counted(limit) + 1
    total = len(late)
    if len(late) >= limit:
        sql, params = _select(scope, "d.close_on < :today", "d.id")
        total = _count(store, sql, {**params, "today": today.isoformat()}, most)
    if stages:
        rotting = store.fetch(rotting_query(store, scope, today, limit))
        sql, params = _rotting(store, scope, today)
        total += len(rotting) if len(rotting) < limit else _count(store, sql, params, most)
    return DealRows(late, rotting[: limit - len(late)], total)


def rotting_query(store: Store, scope: Scope, today: dt.date, limit: int) -> Query[list[Row]]:
    """Build the query for the first rotting deals, those that entered their stage first."""
    sql, params = _rotting(store, scope, today)
    return Query(f"{sql} LIMIT :limit", {**params, "limit": limit}, list)


def _rotting(store: Store, scope: Scope, today: dt.date) -> tuple[str, dict[str, Any]]:
    from cardcrm.records.deals.rotting import rotting_sql

    params: dict[str, Any] = {"today": today.isoformat()}

    def param(value: Any) -> str:
        name = f"rot{len(params)}"
        params[name] = value
        return f":{name}"

    rots = rotting_sql(store, param, "d")
    # With an OR on the close, SQLite reads all open deals by it, and not the oldest by their entry.
    condition = f"coalesce(d.close_on, '9999') >= :today AND {rots}"
    sql, own = _select(scope, condition, "d.entered_on, d.id")
    return sql, own | params


def _count(store: Store, sql: str, params: dict[str, Any], most: int) -> int:
    """Return the number of rows of a query, at most ``most``."""
    counted = f"SELECT count(*) FROM ({sql} LIMIT :most) AS counted"
    return store.fetch(Query(counted, {**params, "most": most}, count_of))


def build_deal(
    row: Row, contact: DueContact, last: LastInteraction | None, *, is_rotting: bool
) -> DueDeal:
    """Return a row as a deal of the digest."""
    from cardcrm.money import Money

    amount, close_on = row["amount"], row["close_on"]
    return DueDeal(
        row["id"],
        row["title"],
        row["stage"],
        None if amount is None else Money(amount, row["currency"]),
        dt.date.fromisoformat(close_on) if close_on else None,
        dt.date.fromisoformat(row["entered_on"]),
        row["owner"],
        is_rotting,
        contact,
        last,
    )
