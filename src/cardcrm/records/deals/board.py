"""The board of a pipeline: its open deals by stage with their sums, and those closed lately."""

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.query import ALL, Node
from cardcrm.records.deals import pipelines, stages
from cardcrm.records.deals.deal_sql import weigh, weighted_sql
from cardcrm.records.deals.deal_type import DEAL
from cardcrm.records.deals.pipelines import Pipeline
from cardcrm.records.deals.rotting import rotting_in_stage_sql
from cardcrm.records.deals.stage_kinds import LOST, OPEN, WON
from cardcrm.records.deals.stages import Stage
from cardcrm.records.query_sql import record_query
from cardcrm.store import Query, Store
from cardcrm.store.owner_sql import owner_key
from cardcrm.text import fold

CLOSED_DAYS = 30  # days for which a closed deal is listed
MOST = 2000  # deals of a column that are listed; its count and sums are of all


class BoardDeal(NamedTuple):
    """A deal on the board.

    ``probability`` is its own one, or None for that of its stage. ``step_id`` is the open reminder
    that is its next step.
    """

    id: int
    title: str
    contact_id: int
    contact: str
    stage_id: int
    status: str
    amount: Money | None
    probability: int | None
    close_on: str | None
    entered_on: str
    closed_on: str | None
    owner: str
    lost_reason: str
    is_rotting: bool
    step_id: int | None = None
    step_on: str | None = None
    step: str = ""

    @property
    def place(self) -> tuple[bool, str, int]:
        """The place of the deal in its column: by expected close."""
        return self.close_on is None, self.close_on or "", self.id


class Total(NamedTuple):
    """The sum of the amounts of some deals in a currency, and that of their weighted amounts."""

    amount: Money
    weighted: Money


class Column(NamedTuple):
    """A stage, its deals in order, the number of all, and their sums by currency."""

    stage: Stage
    deals: tuple[BoardDeal, ...] = ()
    size: int = 0
    totals: tuple[Total, ...] = ()


class Closed(NamedTuple):
    """The deals closed in the last days, the latest first, and how many were won and lost."""

    deals: tuple[BoardDeal, ...] = ()
    won: int = 0
    lost: int = 0
    totals: tuple[Total, ...] = ()  # of those that were won


class Board(NamedTuple):
    """The columns of a pipeline; ``owners`` are those who have open deals in it."""

    pipeline: Pipeline
    pipelines: tuple[Pipeline, ...]
    columns: tuple[Column, ...]
    closed: Closed
    owners: tuple[str, ...]
    today: dt.date


class View(NamedTuple):
    """The deals that a board shows: of a pipeline (0 for the first), by a query and an owner."""

    pipeline_id: int = 0
    node: Node = ALL
    owner: str | None = None


# Reading


def read_board(store: Store, view: View) -> Board:
    """Read the board of a pipeline; of the first one if it is unknown. Raises UsageError."""
    pipelines.ensure_default(store)
    known = tuple(pipelines.list_pipelines(store))
    pipeline = next((each for each in known if each.id == view.pipeline_id), known[0])
    everything = stages.list_stages(store, pipeline.id, retired=True)
    opened = [each for each in everything if each.kind == OPEN]
    today = dates.today(store.locale.zone)
    view = view._replace(pipeline_id=pipeline.id)
    queries: list[Query[Any]] = [
        _sums_query(store, view),
        _closed_sums_query(store, view, today),
        _closed_query(store, view, today),
        _owners_query(view),
        *(_column_query(store, view, each) for each in opened),
    ]
    sums, closed_sums, closed, owners, *lists = store.fetch_many(queries)
    columns = [
        Column(stage, deals, *sums.get(stage.id, (0, ())))
        for stage, deals in zip(opened, lists, strict=True)
    ]
    shown = tuple(each for each in columns if each.size or not each.stage.retired)
    return Board(pipeline, known, shown, Closed(closed, *closed_sums), owners, today)


class _Statement:
    """A condition on the deals ``r`` of a view, and its parameters."""

    def __init__(self, store: Store, view: View) -> None:
        self.where, self.params = record_query.condition(store, DEAL, view.node)
        if view.owner is not None:
            mark = self.param(fold(view.owner))
            self.where = f"({self.where}) AND {owner_key('r')} = {mark}"
        self.pipeline = self.param(view.pipeline_id)

    def param(self, value: Any) -> str:
        """Add a parameter and return its mark."""
        name = f"b{len(self.params)}"
        self.params[name] = value
        return f":{name}"


_FIELDS = (
    "r.id, r.title, r.contact_id, c.name AS contact, r.stage_id, r.status, r.amount, r.currency, "
    "r.own_probability, r.close_on, r.entered_on, r.closed_on, r.owner, r.lost_reason"
)


def _column_query(store: Store, view: View, stage: Stage) -> Query[tuple[BoardDeal, ...]]:
    """Build the query for the deals of an open stage, the next close first."""
    wanted = _Statement(store, view)
    rots = rotting_in_stage_sql(store, wanted.param, "r", stage.rotting_days)
    sql = (
        f"SELECT {_FIELDS}, CASE WHEN {rots} THEN 1 ELSE 0 END AS rots, "
        "s.id AS step_id, s.due_on AS step_on, s.text AS step "
        "FROM deal r JOIN contact c ON c.id = r.contact_id "
        "LEFT JOIN reminder s ON s.id = (SELECT n.id FROM reminder n WHERE n.deal_id = r.id "
        "AND n.done_at IS NULL ORDER BY n.due_on, n.id LIMIT 1) "
        f"WHERE r.stage_id = {wanted.param(stage.id)} AND ({wanted.where}) "
        f"ORDER BY r.close_on IS NULL, r.close_on, r.id LIMIT {wanted.param(MOST)}"
    )
    return Query(sql, wanted.params, _read_deals)


def _closed_query(store: Store, view: View, today: dt.date) -> Query[tuple[BoardDeal, ...]]:
    """Build the query for the deals closed in the last days."""
    wanted = _Statement(store, view)
    sql = (
        f"SELECT {_FIELDS}, 0 AS rots, NULL AS step_id, NULL AS step_on, '' AS step "
        "FROM deal r JOIN contact c ON c.id = r.contact_id "
        f"WHERE r.pipeline_id = {wanted.pipeline} AND {_closed_since(wanted, today)} "
        f"AND ({wanted.where}) ORDER BY r.closed_on DESC, r.id DESC LIMIT {wanted.param(MOST)}"
    )
    return Query(sql, wanted.params, _read_deals)


def _closed_since(wanted: _Statement, today: dt.date) -> str:
    since = wanted.param((today - dt.timedelta(days=CLOSED_DAYS)).isoformat())
    return f"r.status <> '{OPEN}' AND r.closed_on >= {since}"


def _read_deals(rows: Sequence[Any]) -> tuple[BoardDeal, ...]:
    return tuple(
        BoardDeal(
            id_, title, contact_id, contact, stage_id, status,
            None if amount is None else Money(amount, currency),
            probability, close_on, entered_on, closed_on, owner, reason, bool(rots), *step,
        )
        for id_, title, contact_id, contact, stage_id, status, amount, currency, probability,
        close_on, entered_on, closed_on, owner, reason, rots, *step in rows
    )  # fmt: skip


_Sums = dict[int, tuple[int, tuple[Total, ...]]]


def _sums_query(store: Store, view: View) -> Query[_Sums]:
    """Build the query for the count and the sums by currency of each open stage."""
    wanted = _Statement(store, view)
    sql = (
        f"SELECT r.stage_id, r.currency, count(*), sum(r.amount), sum({weighted_sql('r')}) "
        f"FROM deal r WHERE r.pipeline_id = {wanted.pipeline} AND r.status = '{OPEN}' "
        f"AND ({wanted.where}) GROUP BY r.stage_id, r.currency ORDER BY r.stage_id, r.currency"
    )
    return Query(sql, wanted.params, _read_sums)


def _read_sums(rows: Sequence[Any]) -> _Sums:
    found: _Sums = {}
    for stage_id, currency, count, amount, weighted in rows:
        before, totals = found.get(stage_id, (0, ()))
        found[stage_id] = before + count, (*totals, *_total(currency, amount, weighted))
    return found


def _total(currency: str, amount: Any, weighted: Any) -> Iterable[Total]:
    """Return a sum, if any of its deals has an amount; PostgreSQL gives it as a decimal."""
    if amount is not None:
        yield Total(Money(int(amount), currency), Money(int(weighted), currency))


def _closed_sums_query(
    store: Store, view: View, today: dt.date
) -> Query[tuple[int, int, tuple[Total, ...]]]:
    """Build the query for the numbers of deals won and lost lately, and the sums of those won."""
    wanted = _Statement(store, view)
    sql = (
        "SELECT r.status, r.currency, count(*), sum(r.amount) FROM deal r "
        f"WHERE r.pipeline_id = {wanted.pipeline} AND {_closed_since(wanted, today)} "
        f"AND ({wanted.where}) GROUP BY r.status, r.currency ORDER BY r.status, r.currency"
    )
    return Query(sql, wanted.params, _read_closed_sums)


def _read_closed_sums(rows: Sequence[Any]) -> tuple[int, int, tuple[Total, ...]]:
    won, lost = (
        sum(count for status, _, count, _ in rows if status == each) for each in (WON, LOST)
    )
    totals = [
        total
        for status, currency, _, amount in rows
        if status == WON
        for total in _total(currency, amount, amount)
    ]
    return won, lost, tuple(totals)


def _owners_query(view: View) -> Query[tuple[str, ...]]:
    return Query(
        f"SELECT DISTINCT owner FROM deal WHERE pipeline_id = :id AND status = '{OPEN}' "
        "ORDER BY owner",
        {"id": view.pipeline_id},
        lambda rows: tuple({fold(row[0]): row[0] for row in rows}.values()),
    )


# The board after a move, before it is read again


def move_on_board(board: Board, deal: BoardDeal, stage: Stage) -> Board:
    """Return a board on which an open deal is in another open stage."""
    moved = deal._replace(stage_id=stage.id, entered_on=board.today.isoformat(), is_rotting=False)
    columns = tuple(_with_move(each, deal, moved) for each in board.columns)
    return board._replace(columns=columns)


def _with_move(column: Column, before: BoardDeal, after: BoardDeal) -> Column:
    if column.stage.id == before.stage_id:
        left = tuple(each for each in column.deals if each.id != before.id)
        return _with_sums(column, left, before, -1)
    if column.stage.id == after.stage_id:
        at = bisect_left(column.deals, after.place, key=lambda each: each.place)
        return _with_sums(column, (*column.deals[:at], after, *column.deals[at:]), after, 1)
    return column


def _with_sums(column: Column, deals: tuple[BoardDeal, ...], deal: BoardDeal, sign: int) -> Column:
    size = column.size + sign
    if deal.amount is None:
        return column._replace(deals=deals, size=size)
    currency = deal.amount.currency
    chance = column.stage.probability if deal.probability is None else deal.probability
    sums = {each.amount.currency: each for each in column.totals}
    nothing = Money(0, currency)
    before = sums.get(currency, Total(nothing, nothing))
    sums[currency] = Total(
        Money(before.amount.minor + sign * deal.amount.minor, currency),
        Money(before.weighted.minor + sign * weigh(deal.amount.minor, chance), currency),
    )
    left = {each.amount.currency for each in deals if each.amount is not None}
    is_complete = len(deals) == size
    totals = tuple(sums[name] for name in sorted(sums) if name in left or not is_complete)
    return Column(column.stage, deals, size, totals)


def add_up(columns: Iterable[Column]) -> tuple[int, tuple[Total, ...]]:
    """Return the count and the sums by currency of several columns."""
    count, sums = 0, dict[str, tuple[int, int]]()
    for column in columns:
        count += column.size
        for amount, weighted in column.totals:
            before = sums.get(amount.currency, (0, 0))
            sums[amount.currency] = before[0] + amount.minor, before[1] + weighted.minor
    totals = (
        Total(Money(sums[name][0], name), Money(sums[name][1], name)) for name in sorted(sums)
    )
    return count, tuple(totals)


def next_stage(board: Board, stage_id: int, step: int) -> Stage | None:
    """Return the open stage before (-1) or after (1) one; None at the end of the pipeline."""
    known = [each.stage for each in board.columns]
    place = next((at for at, each in enumerate(known) if each.id == stage_id), -1) + step
    return known[place] if 0 <= place < len(known) else None
