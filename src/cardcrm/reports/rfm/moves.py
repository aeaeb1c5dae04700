"""Count customers by RFM standing today and on an earlier day, and the moves between standings.

The scores of the earlier day are computed as `rfm` says, from the sales up to the end of that day
alone, with boundaries of their own. So a customer can move without a sale, because others bought.
"""

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cardcrm.dates.periods import find_start
from cardcrm.money import Money
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import count_customers, load_scale, score_sql
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.statistics.quantiles import find_ranks
from cardcrm.store import Store


class CustomerRow(NamedTuple):
    """One customer: the standing and revenue today, and the figures of the earlier day.

    ``last_on`` and the following figures are None if the customer had no sale then. Only customers
    that are ``counted`` are reported; the others take part in the boundaries.
    """

    recency: int
    strength: int
    revenue: int
    counted: int
    last_on: str | None
    days: int | None
    past_revenue: int | None


@dataclass(frozen=True)
class StandingCount:
    """The customers with a standing today, and how their number has changed.

    ``before`` customers had the standing on the earlier day, of whom ``left`` have another one
    today; ``joined`` had another one then, or no sale yet. The three are None without scores then.
    """

    standing: str
    customers: int
    revenue: Money
    share: float | None
    before: int | None
    joined: int | None
    left: int | None


@dataclass(frozen=True)
class Move:
    """A number of customers who had one standing and have another today; "" for no sale then."""

    before: str
    now: str
    customers: int


@dataclass(frozen=True)
class StandingReport:
    """The standings with customers, the best first, and the moves, the most frequent first."""

    standings: tuple[StandingCount, ...]
    moves: tuple[Move, ...]


ORDER = (
    rfm.CHAMPIONS, rfm.LOYAL, rfm.POTENTIAL_LOYAL, rfm.NEW, rfm.PROMISING, rfm.NEEDS_ATTENTION,
    rfm.ABOUT_TO_SLEEP, rfm.AT_RISK, rfm.CANNOT_LOSE, rfm.HIBERNATING, rfm.LOST,
)  # fmt: skip


def compare_standings(rows: Sequence[CustomerRow], currency: str) -> StandingReport:
    """Return the standings of customers and their moves since the earlier day."""
    standing_then = _score_then(rows)
    found: Counter[tuple[str, str]] = Counter()
    revenue: Counter[str] = Counter()
    for row in rows:
        if row.counted:
            now = rfm.GRID[5 - row.recency][row.strength - 1]
            revenue[now] += row.revenue
            then = "" if standing_then is None else standing_then(row)
            found[then, now] += 1
    total = sum(revenue.values())
    names = {name for pair in found for name in pair if name}
    return StandingReport(
        tuple(
            _count(name, found, Money(revenue[name], currency), total, is_known=bool(standing_then))
            for name in ORDER
            if name in names
        ),
        _list_moves(found) if standing_then else (),
    )


def _count(
    name: str, found: Counter[tuple[str, str]], revenue: Money, total: int, *, is_known: bool
) -> StandingCount:
    here = sum(count for (_, now), count in found.items() if now == name)
    before = sum(count for (then, _), count in found.items() if then == name)
    stayed = found[name, name]
    return StandingCount(
        name,
        here,
        revenue,
        revenue.minor / total if total > 0 else None,
        before if is_known else None,
        here - stayed if is_known else None,
        before - stayed if is_known else None,
    )


def _list_moves(found: Counter[tuple[str, str]]) -> tuple[Move, ...]:
    moves = [Move(*pair, count) for pair, count in found.items() if pair[0] != pair[1]]
    return tuple(sorted(moves, key=lambda each: (-each.customers, each.before, each.now)))


class _Standing:
    """Returns the standing of a customer on the earlier day; a million calls take a second."""

    def __init__(self, rows: Sequence[CustomerRow]) -> None:
        last = Counter(row.last_on for row in rows)
        days = Counter(row.days for row in rows)
        self.recency = _score_values(last, is_day=True)
        self.frequency = _score_values(days)
        revenue = sorted(row.past_revenue for row in rows if row.past_revenue is not None)
        self.cuts = [revenue[position] for position in rfm.boundary_ranks(len(revenue))]
        self.is_flat = revenue[0] == revenue[-1]

    def __call__(self, row: CustomerRow) -> str:
        if row.last_on is None or row.past_revenue is None:
            return ""
        monetary = (
            rfm.MIDDLE_SCORE if self.is_flat else 1 + bisect_left(self.cuts, row.past_revenue)
        )
        strength = (self.frequency[row.days] + monetary + 1) // 2
        return rfm.GRID[5 - self.recency[row.last_on]][strength - 1]


def _score_then(rows: Iterable[CustomerRow]) -> _Standing | None:
    """Return the standings of the earlier day; None if there were too few customers."""
    then = [row for row in rows if row.last_on is not None]
    return _Standing(then) if len(then) >= rfm.MIN_CUSTOMERS else None


def _score_values(counts: Counter[Any], *, is_day: bool = False) -> dict[Any, int]:
    """Return the score of each value that occurs, from the number of its customers."""
    values = sorted(counts, reverse=is_day)
    cuts = find_ranks(values, counts, rfm.boundary_ranks(counts.total()))
    quintiles = rfm.Quintiles(tuple(cuts), len(values) == 1, is_day)
    return {value: quintiles.score(value) for value in values}


def report_standings(store: Store, scope: Scope, then: dt.date) -> StandingReport:
    """Return the standings of today and the moves since the end of a day.

    It is empty if there are too few customers for scores.
    """
    scale = load_scale(store, scope.currency, count_customers(store, scope.currency))
    if scale is None:
        return StandingReport((), ())
    scores, params = score_sql(scale)
    counted, more = "1", dict[str, Any]()
    if scope.where is not None:
        condition, more = contact_condition(store, scope.where, "v.contact_id")
        counted = f"CASE WHEN {condition} THEN 1 ELSE 0 END"
    # The figures of customers without a later sale are those of today; only the others are summed.
    rows = store.stream(
        "WITH later AS (SELECT DISTINCT s.contact_id FROM sale s "
        "WHERE s.currency = :currency AND s.on_date > :day), "
        "past AS (SELECT s.contact_id, sum(s.amount) AS revenue, "
        "count(DISTINCT CASE WHEN s.amount > 0 THEN s.on_date END) AS days, "
        "coalesce(max(CASE WHEN s.amount > 0 THEN s.on_date END), max(s.on_date)) AS last_on "
        "FROM later l JOIN sale s ON s.contact_id = l.contact_id "
        "WHERE s.currency = :currency AND s.on_date <= :day GROUP BY s.contact_id) "
        f"SELECT {scores}, v.revenue, {counted} AS counted, "
        "CASE WHEN l.contact_id IS NULL THEN v.last_on ELSE p.last_on END AS past_last_on, "
        "CASE WHEN l.contact_id IS NULL THEN v.days ELSE p.days END AS past_days, "
        "CASE WHEN l.contact_id IS NULL THEN v.revenue ELSE p.revenue END AS past_revenue "
        "FROM contact_value v LEFT JOIN later l ON l.contact_id = v.contact_id "
        "LEFT JOIN past p ON p.contact_id = v.contact_id "
        "WHERE v.currency = :currency AND v.own = 1",
        {"currency": scope.currency, "day": then.isoformat(), **params, **more},
    )
    found = [
        CustomerRow(r, fm, revenue, is_counted, last, days, None if past is None else int(past))
        for r, _, fm, revenue, is_counted, last, days, past in rows
    ]
    return compare_standings(found, scope.currency)


def end_of_last_quarter(today: dt.date) -> dt.date:
    """Return the last day of the quarter before the one of a day."""
    first = find_start("quarter", today)
    return first - dt.timedelta(days=1) if first > dt.date.min else first
