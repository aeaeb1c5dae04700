"""Build the report of revenue by a grouping: the rows, their total, and the days compared."""

from typing import NamedTuple

from cardcrm.reports.revenue_report.by_group import sum_groups
from cardcrm.reports.revenue_report.by_period import sum_periods, sum_weekdays
from cardcrm.reports.revenue_report.comparison import (
    PREVIOUS,
    choose_days,
    compare_days,
)
from cardcrm.reports.revenue_report.grouping import PERIOD, Grouping
from cardcrm.reports.revenue_report.report import (
    Group,
    RevenueReport,
    build_row,
    build_rows,
)
from cardcrm.reports.scope import Scope
from cardcrm.store import Store

DEFAULT_PERIODS = 12


class Wanted(NamedTuple):
    """The report that is asked for: of the last ``periods``, unless the scope has days.

    For other groupings they are months. None stands for 12 of them, without those that
    precede the first sale. ``way`` is what the time is compared with.
    At most ``limit`` groups are listed.
    """

    grouping: Grouping
    periods: int | None = None
    way: str = PREVIOUS
    limit: int | None = None


def build_report(store: Store, scope: Scope, wanted: Wanted) -> RevenueReport | None:
    """Return the report on revenue in the currency of a scope; None for days to come."""
    grouping = wanted.grouping
    unit = grouping.name if grouping.kind == PERIOD else "month"
    days = choose_days(scope, unit, wanted.periods or DEFAULT_PERIODS)
    if days is None:
        return None
    whole = compare_days(*days, wanted.way)
    first_sale = find_first_sale(store, scope.currency)
    number = None
    if grouping.kind == PERIOD:
        groups, total = sum_periods(store, scope, unit, whole, wanted.way)
    elif grouping.kind == "weekday":
        groups, total = sum_weekdays(store, scope, whole)
    else:
        groups, total, number = sum_groups(store, scope, grouping, whole, wanted.limit)
    if grouping.kind == PERIOD and wanted.periods is None and scope.since is None:
        groups = _skip_first(groups, first_sale)
    is_overlapping = grouping.kind == "segment" or bool(grouping.field and grouping.field.join)
    return RevenueReport(
        build_rows(groups, total, scope.currency, whole, first_sale),
        build_row(Group("total", total), total, scope.currency, whole, first_sale),
        whole,
        len(groups) if number is None else number,
        is_overlapping,
        first_sale,
    )


def _skip_first(groups: list[Group], first_sale: str) -> list[Group]:
    """Return the periods that end after the first sale."""
    return [
        each for each in groups if each.comparison and str(each.comparison.now.last) >= first_sale
    ]


def find_first_sale(store: Store, currency: str) -> str:
    """Return the first day with a sale in a currency, or "" without any."""
    sql = "SELECT min(first_on) FROM contact_value WHERE currency = :currency"
    return store.value(sql, currency=currency) or ""
