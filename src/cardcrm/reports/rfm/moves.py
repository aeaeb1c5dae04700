"""Count customers by RFM standing today and on an earlier day, and the moves between standings.

The scores of the earlier day are computed as `rfm` says, from the sales up to the end of that day
alone, with boundaries of their own. So a customer can move without a sale, because others bought.
"""

import datetime as dt
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from cardcrm.dates.periods import find_start
from cardcrm.money import Money
from cardcrm.records.sales import rfm
from cardcrm.records.sales.rfm_scale import count_customers, load_scale, score_sql
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.reports.statistics.quantiles import find_ranks
from cardcrm.store import Store

# One customer: recency, frequency, strength and revenue of today, 1 if it is counted, and the last
# day, the days with an order and the revenue of the earlier day, None without a sale until then.
# Only customers that are counted are reported; the others take part in the boundaries. A plain
# tuple takes a third of the time of a named one, and a million of them are compared.
CustomerRow = tuple[int, int, int, int, int, str | None, int | None, int | None]

# The names of the cells of `_score_then`.
_NAMES = ("", *(rfm.name_standing(*scores) for scores in product(range(1, 6), repeat=2)))


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


def compare_standings(rows: Sequence[CustomerRow], currency: str) -> StandingReport:
    """Return the standings of customers and their moves since the earlier day."""
    then = _score_then(rows)
    found: Counter[tuple[str, str]] = Counter()
    counted = [
        (row[0] * 6 + row[2]) * 26 + cell for row, cell in zip(rows, then, strict=True) if row[4]
    ]
    for code, count in Counter(counted).items():
        now, before = divmod(code, 26)
        found[_NAMES[before], rfm.name_standing(*divmod(now, 6))] += count
    revenue = _sum_revenue(rows)
    is_known = any(then)
    total = sum(revenue.values())
    names = {name for pair in found for name in pair if name}
    return StandingReport(
        tuple(
            _count(name, found, Money(revenue[name], currency), total, is_known=is_known)
            for name in rfm.STANDINGS
            if name in names
        ),
        _list_moves(found) if is_known else (),
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


def _sum_revenue(rows: Sequence[CustomerRow]) -> Counter[str]:
    """Return the revenue of the customers that are counted by their standing today."""
    sums: defaultdict[tuple[int, int], int] = defaultdict(int)
    for recency, _, strength, revenue, is_counted, _, _, _ in rows:
        if is_counted:
            sums[recency, strength] += revenue
    found: Counter[str] = Counter()
    for (recency, strength), each in sums.items():
        found[rfm.name_standing(recency, strength)] += each
    return found


def _score_then(rows: Sequence[CustomerRow]) -> list[int]:
    """Return the cells of the grid of the earlier day, 0 for a customer without a sale until then.

    All are 0 without enough customers. A cell is 5 × (recency - 1) + strength: numbers are quicker
    to count than scores.
    """
    figures = [row[5:] for row in rows]
    present = [each for each in figures if each[2] is not None]
    if len(present) < rfm.MIN_CUSTOMERS:
        return [0] * len(rows)
    lasts, days, revenues = zip(*present, strict=True)
    recency, frequency = _score_values(Counter(lasts), is_day=True), _score_values(Counter(days))
    rows_of = {last_on: 5 * (score - 1) for last_on, score in recency.items()}
    ordered = sorted(revenues)
    cuts = [ordered[position] for position in rfm.boundary_ranks(len(ordered))]
    if ordered[0] == ordered[-1]:  # the middle score, whatever the revenue
        cuts = [ordered[0] - 1] * 2 + [ordered[0]] * 2
    return [
        0
        if revenue is None
        else rows_of[last_on] + (frequency[count] + bisect_left(cuts, revenue) + 2) // 2
        for last_on, count, revenue in figures
    ]


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
    rows = store.stream_tuples(
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
    return compare_standings(list(rows), scope.currency)


def end_of_last_quarter(today: dt.date) -> dt.date:
    """Return the last day of the quarter before the one of a day."""
    first = find_start("quarter", today)
    return first - dt.timedelta(days=1) if first > dt.date.min else first
