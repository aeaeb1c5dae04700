"""Sum revenue, cost and margin by the groups of `report revenue`.

Revenue = cost + margin + revenue of unknown cost: where a cost is missing, that revenue is named
and has no part in the margin, see `records.sales.margin`. The cost of a line is unit cost ×
quantity, rounded once. Products are summed over lines, everything else over sales.
"""

import datetime as dt
from typing import NamedTuple

from cardcrm.dates.date_parts import WEEKDAYS
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.query_sql.compiled_segments import InvalidSegment, compile_segments
from cardcrm.reports.product_sales.line_sql import end_today
from cardcrm.reports.product_sales.margin_groups import (
    Group,
    add_figures,
    read_customers,
    read_groups,
    read_segments,
    read_total,
)
from cardcrm.reports.revenue_report.grouping import NAMES, PERIOD, Grouping, parse_grouping
from cardcrm.reports.scope import Scope
from cardcrm.store import Store

GROUPINGS = tuple(name for name in NAMES if name != "currency")
_OF_LINES = ("product", "category")


class GroupMargin(NamedTuple):
    """The figures of one group; ``rate`` is margin / revenue of known cost, None at or below 0.

    ``cost`` and ``margin`` are None where no cost is known. ``id`` is the number of a product or
    customer, None for other groups. ``unknown`` is the revenue of ``unknown_count`` sales, or lines
    of sales, whose cost is missing.
    """

    id: int | None
    name: str
    revenue: Money
    cost: Money | None
    margin: Money | None
    rate: float | None
    unknown: Money
    unknown_count: int


class Margins(NamedTuple):
    """The groups, the highest margin first or the latest period last, their number, and the total.

    ``is_overlapping`` groups, such as segments, may share customers. ``invalid`` segments are left
    out.
    """

    rows: tuple[GroupMargin, ...]
    groups: int
    total: GroupMargin | None
    is_overlapping: bool
    invalid: tuple[InvalidSegment, ...] = ()


def parse_margin_grouping(store: Store, word: str, today: dt.date) -> Grouping:
    """Return the grouping that a word names. Raises UsageError."""
    grouping = parse_grouping(store, word, today)
    if grouping.kind == "currency":
        raise UsageError("margins are of one currency", "Name it: --currency EUR")
    return grouping


def is_by_time(grouping: Grouping) -> bool:
    """Return whether the groups follow each other in time."""
    return grouping.kind in (PERIOD, "weekday")


def sum_margins(
    store: Store, scope: Scope, grouping: Grouping, limit: int | None = None
) -> Margins:
    """Return revenue, cost and margin of each group, at most ``limit``: the best or the latest."""
    scope = end_today(store, scope)
    invalid: tuple[InvalidSegment, ...] = ()
    if grouping.kind == "customer":
        shown, count, total = read_customers(store, scope, limit)
    else:
        if grouping.kind == "segment":
            valid, invalid = compile_segments(store)
            groups = list(read_segments(store, scope, valid))
        else:
            groups = read_groups(store, scope, grouping)
        groups = _rank([each for each in groups if each.figures.number], grouping)
        # The costs of lines may be known where those of sales are not.
        total = (
            add_figures(each.figures for each in groups)
            if grouping.kind in _OF_LINES
            else read_total(store, scope)
        )
        count, shown = len(groups), _limit(groups, grouping, limit)
    return Margins(
        tuple(_build(scope, each) for each in shown),
        count,
        _build(scope, Group(None, "total", total)) if total.number else None,
        is_overlapping=grouping.kind == "segment" or bool(grouping.field and grouping.field.join),
        invalid=invalid,
    )


def _rank(groups: list[Group], grouping: Grouping) -> list[Group]:
    """Return groups by margin, or in the order of time."""
    if grouping.kind == "weekday":
        return sorted(groups, key=lambda each: WEEKDAYS.index(each.name))
    if grouping.kind == PERIOD:
        return sorted(groups, key=lambda each: each.name)
    return sorted(
        groups,
        key=lambda each: (-each.figures.margin, -each.figures.revenue, each.name, each.id or 0),
    )


def _limit(groups: list[Group], grouping: Grouping, limit: int | None) -> list[Group]:
    if limit is None:
        return groups
    return groups[-limit:] if is_by_time(grouping) else groups[:limit]


def _build(scope: Scope, group: Group) -> GroupMargin:
    sums, code = group.figures, scope.currency
    known = sums.revenue - sums.unknown
    return GroupMargin(
        group.id,
        group.name,
        Money(sums.revenue, code),
        Money(sums.cost, code) if sums.is_known else None,
        Money(sums.margin, code) if sums.is_known else None,
        sums.margin / known if known > 0 else None,
        Money(sums.unknown, code),
        sums.unknown_count,
    )
