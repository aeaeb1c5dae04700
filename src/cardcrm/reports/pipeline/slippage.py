"""Count how often the expected close of deals was moved, and how far, from the journal.

A move is a change from one day to another; to set a first day, to clear it, and what was undone is
none. It counts on the day on which it was made, for the group of the deal as it is now.
"""

import datetime as dt
from bisect import bisect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cardcrm import dates
from cardcrm.choices import parse_choice
from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.dates.periods import list_periods
from cardcrm.reports.pipeline.deal_groups import GROUPS, OTHER_NAMES
from cardcrm.reports.pipeline.deal_scope import DealScope, deal_condition
from cardcrm.reports.statistics.quantiles import find_counted_median
from cardcrm.store import Store

SLIPPAGE_GROUPS = ("all", "month", "owner", "source", "pipeline")
_MONTH = "month"


def parse_slippage_group(word: str) -> str:
    """Return the group of deals that a word names. Raises UsageError."""
    names = {name: group for name, group in OTHER_NAMES.items() if group in SLIPPAGE_GROUPS}
    return parse_choice(word, SLIPPAGE_GROUPS, "group", names)


@dataclass
class Slippage:
    """The moves of a group, and the number of deals that have or had an expected close.

    ``shifts`` counts the moves by their days, ``moved`` has the ids of the deals.
    """

    group: str
    deals: int = 0
    moved: set[int] = field(default_factory=set)
    shifts: Counter[int] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """The share of the deals that were moved at least once."""
        return len(self.moved) / self.deals if self.deals else 0.0

    @property
    def moves(self) -> int:
        """The number of moves."""
        return self.shifts.total()

    @property
    def later(self) -> int:
        """The number of moves to a later day."""
        return sum(count for days, count in self.shifts.items() if days > 0)

    @property
    def median_days(self) -> float | None:
        """The median of the days by which the close was moved; more is later."""
        return find_counted_median(self.shifts) if self.shifts else None


def read_slippage(store: Store, scope: DealScope, group: str) -> list[Slippage]:
    """Return the moves in the days of a scope by group; the scope has both days.

    The deals are the open ones, and those closed in these days; of a month, those that were open
    in it. A deal that another user adds between the two queries is in neither.
    """
    with store.engine.snapshot():
        return _read_slippage(store, scope, group)


def _read_slippage(store: Store, scope: DealScope, group: str) -> list[Slippage]:
    counts = _count_by_month(store, scope) if group == _MONTH else _count(store, scope, group)
    if not any(counts.values()):
        return []
    found = {name: Slippage(name, deals) for name, deals in sorted(counts.items())}
    for name, deal_id, days in _read_moves(store, scope, group):
        found[name].shifts[days] += 1
        found[name].moved.add(deal_id)
    return list(found.values())


def _condition(store: Store, scope: DealScope) -> tuple[str, dict[str, Any]]:
    """Return the SQL condition on deals that are open or were closed in the days of a scope."""
    condition, params = deal_condition(store, scope)
    days = {"first": str(scope.since), "last": str(scope.until)}
    is_wanted = "(d.status = 'open' OR d.closed_on BETWEEN :first AND :last)"
    return f"{condition} AND d.close_on IS NOT NULL AND {is_wanted}", params | days


def _count(store: Store, scope: DealScope, group: str) -> dict[str, int]:
    """Return the number of deals by group."""
    condition, params = _condition(store, scope)
    sql = f"SELECT {GROUPS[group]}, count(*) FROM deal d WHERE {condition} GROUP BY 1"
    return {name: int(deals) for name, deals in store.rows(sql, **params)}


def _count_by_month(store: Store, scope: DealScope) -> dict[str, int]:
    """Return the number of deals that were open in each month.

    These are the ones opened by its end, without those closed before it.
    """
    assert scope.since is not None
    assert scope.until is not None
    condition, params = _condition(store, scope)
    flows = f"SELECT substr(d.{{}}, 1, 7), {{}}, count(*) FROM deal d WHERE {condition}"
    sql = (
        f"{flows.format('opened_on', 1)} GROUP BY 1 UNION ALL "
        f"{flows.format('closed_on', -1)} AND d.status <> 'open' GROUP BY 1"
    )
    rows = [tuple(row) for row in store.rows(sql, **params)]
    return {
        name: sum(
            sign * deals
            for month, sign, deals in rows
            if month < name or (month == name and sign > 0)
        )
        for name, _, _ in list_periods(_MONTH, scope.since, scope.until)
    }


def _read_moves(store: Store, scope: DealScope, group: str) -> Iterator[tuple[str, int, int]]:
    """Yield the group, deal and days of each move that was made in the scope and was not undone.

    By month, a move counts only if the deal was open in that month, as the number of deals does.
    """
    assert scope.since is not None
    assert scope.until is not None
    condition, params = _condition(store, scope)
    old, new = (store.engine.json_value.format(f"c.{each}", "close_on") for each in ("old", "new"))
    name = "s.at" if group == _MONTH else GROUPS[group]
    sql = (
        f"SELECT {name}, c.row_id, {old}, {new}, substr(d.opened_on, 1, 7), "
        "CASE WHEN d.status = 'open' THEN '9999' ELSE substr(d.closed_on, 1, 7) END "
        "FROM change c JOIN step s ON s.id = c.step_id JOIN deal d ON d.id = c.row_id "
        "WHERE c.tbl = 'deal' AND c.op = 'update' AND c.new LIKE '%\"close_on\"%' "
        f"AND s.kind = 'do' AND s.undone = 0 AND s.at >= :start AND s.at < :end AND {condition}"
    )
    zone = store.locale.zone
    months = [*list_periods(_MONTH, scope.since, scope.until)]
    starts = [dates.to_instant(each.first, dt.time(), zone) for each in months]
    params["start"] = dates.to_instant(scope.since, dt.time(), zone)
    params["end"] = dates.to_instant(scope.until + dt.timedelta(days=1), dt.time(), zone)
    numbers = DayNumbers()
    for key, deal_id, before, after, opened, closed in store.stream_tuples(sql, params):
        if not (before and after and before != after):
            continue
        month = months[max(0, bisect(starts, key) - 1)].name if group == _MONTH else ""
        if not month or opened <= month <= closed:
            yield month or key, deal_id, numbers[after] - numbers[before]
