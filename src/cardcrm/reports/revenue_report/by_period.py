"""Sum revenue by days, weeks, months, quarters, years, or by days of the week."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from cardcrm.dates.date_parts import WEEKDAYS
from cardcrm.dates.periods import list_periods
from cardcrm.records.sales.margin import build_margin
from cardcrm.reports.revenue_report.comparison import Comparison, Days, compare_period
from cardcrm.reports.revenue_report.figures import Figures, add_figures, read_figures
from cardcrm.reports.revenue_report.report import Group, GroupSums
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store

_DAILY = (
    "SELECT s.on_date, sum(s.amount) AS revenue, count(*) AS sales, "
    "sum(CASE WHEN s.amount < 0 THEN s.amount ELSE 0 END) AS refunds, "
    f"sum({build_margin('s.amount', 's.cost')}) AS margin, sum(s.tax) AS tax, "
    "sum(CASE WHEN s.tax IS NULL THEN s.amount ELSE 0 END) AS untaxed, 0 AS before_sum "
    "FROM sale s WHERE {} GROUP BY s.on_date ORDER BY s.on_date"
)


class DailySums:
    """The figures of each day with sales, in the order of the days."""

    def __init__(self, days: Sequence[dt.date], figures: Sequence[Figures]) -> None:
        self._days, self._figures = days, figures

    def add(self, span: Days | None) -> Figures:
        """Return the sum of the figures of some days."""
        if span is None:
            return Figures()
        first, last = bisect_left(self._days, span.first), bisect_right(self._days, span.last)
        return add_figures(self._figures[first:last])

    def compare(self, comparison: Comparison) -> Figures:
        """Return the sum of the figures of some days, with the revenue of those before."""
        before = self.add(comparison.before).revenue
        return self.add(comparison.now)._replace(before=before)

    def by_weekday(self, span: Days | None) -> dict[int, Figures]:
        """Return the sums of each day of the week, Monday being 0."""
        found: dict[int, list[Figures]] = {}
        for day, each in zip(self._days, self._figures, strict=True):
            if span is not None and span.first <= day <= span.last:
                found.setdefault(day.weekday(), []).append(each)
        return {weekday: add_figures(each) for weekday, each in found.items()}


def read_days(store: Store, scope: Scope, spans: Iterable[Comparison]) -> DailySums:
    """Return the sums of all days of some comparisons."""
    days = [day for now, before, _ in spans for day in (*now, *(before or ()))]
    condition, params = sale_condition(store, replace(scope, since=min(days), until=max(days)))
    rows = store.rows(_DAILY.format(condition), **params)
    return DailySums(
        [dt.date.fromisoformat(row["on_date"]) for row in rows], [read_figures(row) for row in rows]
    )


def sum_periods(store: Store, scope: Scope, unit: str, whole: Comparison, way: str) -> GroupSums:
    """Return the figures of each period, the first one first, and of all of them together."""
    spans = {}
    for period in list_periods(unit, *whole.now):
        end = period.end - dt.timedelta(days=1)
        now = Days(max(period.first, whole.now.first), min(end, whole.now.last))
        spans[period.name] = compare_period(period, now, unit, way)
    sums = read_days(store, scope, [whole, *spans.values()])
    groups = [Group(name, sums.compare(span), None, span) for name, span in spans.items()]
    return GroupSums(groups, sums.compare(whole), len(groups))


def sum_weekdays(store: Store, scope: Scope, whole: Comparison) -> GroupSums:
    """Return the figures of each day of the week, and of all of them together."""
    sums = read_days(store, scope, [whole])
    now, before = sums.by_weekday(whole.now), sums.by_weekday(whole.before)
    groups = [
        Group(name, now.get(at, Figures())._replace(before=before.get(at, Figures()).revenue))
        for at, name in enumerate(WEEKDAYS)
    ]
    return GroupSums(groups, sums.compare(whole), len(groups))
