"""Count how often the expected close of deals was moved, and how far, from the journal.

A move is a change from one day to another; to set a first day, to clear it, and what was undone is
none. It counts on the day on which it was made, for the group of the deal as it is now.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.choices import parse_choice
from cardcrm.reports.pipeline.deal_groups import GROUPS
from cardcrm.reports.pipeline.deal_scope import DealScope, deal_condition
from cardcrm.reports.statistics.quantiles import find_median
from cardcrm.store import Store

SLIPPAGE_GROUPS = ("all", "owner", "source", "pipeline")


def parse_slippage_group(word: str) -> str:
    """Return the group of deals that a word names. Raises UsageError."""
    return parse_choice(word, SLIPPAGE_GROUPS, "group")


class Move(NamedTuple):
    """A change of the expected close of a deal, by a number of days; more is later."""

    deal_id: int
    days: int


@dataclass
class Slippage:
    """The moves of a group, and the number of deals that have or had an expected close."""

    group: str
    deals: int = 0
    moved: int = 0
    shifts: list[int] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of the deals that were moved at least once."""
        return self.moved / self.deals if self.deals else 0.0

    @property
    def later(self) -> int:
        """The number of moves to a later day."""
        return sum(each > 0 for each in self.shifts)

    @property
    def median_days(self) -> float | None:
        """The median of the days by which the close was moved; more is later."""
        return find_median(self.shifts) if self.shifts else None


def read_slippage(store: Store, scope: DealScope, group: str) -> list[Slippage]:
    """Return the moves in the days of a scope by group.

    The deals are the open ones, and those closed in these days.
    """
    groups = _read_groups(store, scope, group)
    found: dict[str, Slippage] = {}
    for name in sorted(groups.values()):
        found.setdefault(name, Slippage(name)).deals += 1
    moved: set[int] = set()
    for move in read_moves(store, scope):
        if move.deal_id in groups:
            each = found[groups[move.deal_id]]
            each.shifts.append(move.days)
            each.moved += move.deal_id not in moved
            moved.add(move.deal_id)
    return list(found.values())


def _read_groups(store: Store, scope: DealScope, group: str) -> dict[int, str]:
    """Return the group of each deal that is open or was closed in the days of a scope."""
    condition, params = deal_condition(store, scope)
    sql = (
        f"SELECT d.id, {GROUPS[group]} FROM deal d WHERE {condition} AND d.close_on IS NOT NULL "
        "AND (d.status = 'open' OR d.closed_on BETWEEN :first AND :last)"
    )
    rows = store.rows(sql, **params, first=str(scope.since), last=str(scope.until))
    return {row[0]: row[1] for row in rows}


def read_moves(store: Store, scope: DealScope) -> Iterator[Move]:
    """Yield the moves of all deals that were made in the days of a scope and were not undone."""
    assert scope.since is not None
    assert scope.until is not None
    zone = store.locale.zone
    sql = (
        "SELECT c.row_id, c.old, c.new FROM change c JOIN step s ON s.id = c.step_id "
        "WHERE c.tbl = 'deal' AND c.op = 'update' AND c.new LIKE '%\"close_on\"%' "
        "AND s.kind = 'do' AND s.undone = 0 AND s.at >= :first AND s.at < :end ORDER BY c.id"
    )
    first = dates.to_instant(scope.since, dt.time(), zone)
    end = dates.to_instant(scope.until + dt.timedelta(days=1), dt.time(), zone)
    for deal_id, old, new in store.rows(sql, first=first, end=end):
        before, after = _day_of(old), _day_of(new)
        if before and after and before != after:
            yield Move(deal_id, (after - before).days)


def _day_of(columns: Any) -> dt.date | None:
    day = json.loads(columns)["close_on"]
    return dt.date.fromisoformat(day) if day else None
