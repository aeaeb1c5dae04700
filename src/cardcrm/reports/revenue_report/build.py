"""Build the report of revenue by a grouping: the rows, their total, and the days compared."""

from itertools import dropwhile
from typing import NamedTuple

from cardcrm.reports.revenue_report.by_group import sum_groups
from cardcrm.reports.revenue_report.by_period import sum_periods, sum_weekdays
from cardcrm.reports.revenue_report.comparison import (
    PREVIOUS,
    Comparison,
    choose_days,
    compare_days,
)
from cardcrm.reports.revenue_report.grouping import PERIOD, Grouping
from cardcrm.reports.revenue_report.report import (
    Group,
    GroupSums,
    RevenueReport,
    build_row,
    build_rows,
)
from cardcrm.reports.scope import Scope, contact_condition
from cardcrm.store import Store

DEFAULT_PERIODS = 12


class RevenueRequest(NamedTuple):
    """The report that is asked for: of the last ``periods``, unless the scope has days.

    For other groupings they are months. None stands for 12 of them, without empty ones before the
    first sale. ``way`` is what the time is compared with. At most ``limit`` groups are listed.
    """

    grouping: Grouping
    periods: int | None = None
    way: str = PREVIOUS
    limit: int | None = None


def build_report(store: Store, scope: Scope, request: RevenueRequest) -> RevenueReport | None:
    """Return the report on revenue in the currency of a scope; None for days to come."""
    grouping = request.grouping
    unit = grouping.name if grouping.kind == PERIOD else "month"
    span = choose_days(scope, unit, request.periods or DEFAULT_PERIODS)
    if span is None:
        return None
    whole = compare_days(span, request.way)
    first_sale = find_first_sale(store, scope)
    found = _sum(store, scope, request, whole)
    if grouping.kind == PERIOD and request.periods is None:
        found = _skip_empty(found, first_sale)
    is_overlapping = grouping.kind == "segment" or bool(grouping.field and grouping.field.join)
    return RevenueReport(
        build_rows(found.groups, found.total, scope.currency, whole, first_sale),
        build_row(Group("total", found.total), found.total, scope.currency, whole, first_sale),
        whole,
        found.number,
        is_overlapping,
        first_sale,
        found.invalid,
    )


def _sum(store: Store, scope: Scope, request: RevenueRequest, whole: Comparison) -> GroupSums:
    grouping = request.grouping
    if grouping.kind == PERIOD:
        return sum_periods(store, scope, grouping.name, whole, request.way)
    if grouping.kind == "weekday":
        return sum_weekdays(store, scope, whole)
    return sum_groups(store, scope, grouping, whole, request.limit)


def _skip_empty(found: GroupSums, first_sale: str) -> GroupSums:
    """Return the periods without the empty ones that end before the first sale."""
    groups = dropwhile(lambda each: _is_early(each, first_sale), found.groups)
    return found._replace(groups=(shown := tuple(groups)), number=len(shown))


def _is_early(group: Group, first_sale: str) -> bool:
    """Return whether a period is empty and ends before the first sale, or there is none."""
    assert group.comparison is not None
    is_before = not first_sale or group.comparison.now.last.isoformat() < first_sale
    return is_before and group.figures.is_empty


def find_first_sale(store: Store, scope: Scope) -> str:
    """Return the first day with an order of the contacts of a scope, or "" without any."""
    condition, params = "", {"currency": scope.currency}
    if scope.where is not None:
        found, more = contact_condition(store, scope.where, "v.contact_id")
        condition, params = f" AND {found}", params | more
    sql = f"SELECT min(v.first_on) FROM contact_value v WHERE v.currency = :currency{condition}"
    return store.value(sql, **params) or ""
