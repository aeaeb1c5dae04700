"""The insight of revenue by month: two years, the year before, and the months to come."""

import datetime as dt
from collections.abc import Sequence

from cardcrm.chart import BarChart, Chart, LineChart, Series
from cardcrm.money import Money, to_units
from cardcrm.reports.charts import build_forecast_chart
from cardcrm.reports.forecast.forecast import Forecast, build_forecast
from cardcrm.reports.forecast.total import describe_total
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.revenue import MonthRevenue, revenue_by_month
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

SHOWN_MONTHS = 24
_MONTHS_AHEAD = 12


def build_revenue_insight(store: Store, view: View) -> Insight:
    """Return the revenue of 24 months up to the end of the view, each beside its year before.

    Months before the first one with revenue are left out.
    """
    title = "Revenue by month"
    months = revenue_by_month(store, view.currency, view.last, months=SHOWN_MONTHS + 12)
    with_sales = [at for at, each in enumerate(months) if each.revenue.minor]
    if not with_sales:
        reason = f"No sales in the three years up to {view.last}."
        return Insight("revenue_by_month", title, reason=reason)
    first = max(with_sales[0], 12)
    shown, before = months[first:], months[first - 12 : SHOWN_MONTHS]
    has_before = any(each.revenue.minor for each in before)
    chart = _build_revenue_chart(shown, before if has_before else (), view.currency)
    sheet = _list_months(shown, before)
    return Insight("revenue_by_month", title, (chart,), sheet, _note_unfinished(view, has_before))


def _note_unfinished(view: View, has_before: bool) -> str:
    """Return a sentence on the comparison of a last month that is not over; otherwise nothing."""
    is_over = (view.last + dt.timedelta(days=1)).day == 1
    if is_over or not has_before:
        return ""
    return f"{view.last:%Y-%m} is not over; the month a year earlier is shown whole."


def _build_revenue_chart(
    shown: Sequence[MonthRevenue], before: Sequence[MonthRevenue], currency: str
) -> Chart:
    """Return lines, or bars of two months or one, which make no line."""
    labels = tuple(f"{each.first:%Y-%m}" for each in shown)
    now, then = (tuple(to_units(each.revenue) for each in months) for months in (shown, before))
    if len(shown) < 3:
        return BarChart("Revenue", labels, now, currency)
    series = (Series("revenue", now), *((Series("a year earlier", then),) if then else ()))
    return LineChart("Revenue", labels, series, unit=currency)


def _list_months(shown: tuple[MonthRevenue, ...], before: tuple[MonthRevenue, ...]) -> Sheet:
    columns = (
        Column("month", "month"),
        Column("revenue", "revenue", "right", currency="currency"),
        Column("revenue_before", "a year earlier", "right", currency="currency"),
    )
    rows = [
        (f"{now.first:%Y-%m}", now.revenue, then.revenue)
        for now, then in zip(reversed(shown), reversed(before), strict=True)
    ]
    return Sheet(columns, rows, "Revenue by month", ids="month")


def build_forecast_insight(store: Store, view: View) -> Insight:
    """Return the complete months of two years, and the forecast of the months to come."""
    found = build_forecast(store, view.history, "revenue", _MONTHS_AHEAD)
    if not found.months:
        return Insight("forecast", "Revenue to come", reason=_as_sentence(found.reason))
    note = _as_sentence(describe_total(found, view.currency))
    if found.band_reason:
        note = f"{note} {_as_sentence(found.band_reason)}"
    chart = build_forecast_chart(found, view.currency, SHOWN_MONTHS)
    return Insight("forecast", "Revenue to come", (chart,), _list_ahead(found, view), note)


def _list_ahead(found: Forecast, view: View) -> Sheet:
    columns = (
        Column("month", "month"),
        Column("expected", "forecast", "right"),
        Column("low", "low", "right"),
        Column("high", "high", "right"),
    )
    rows = [
        (each.month, *(_in_units(value, view) for value in (each.value, each.low, each.high)))
        for each in found.months
    ]
    return Sheet(columns, rows, "Revenue to come", ids="month")


def _in_units(minor: float | None, view: View) -> float | None:
    """Return minor units, rounded, in major ones."""
    return None if minor is None else to_units(Money(round(minor), view.currency))


def _as_sentence(reason: str) -> str:
    """Return a reason as a sentence with a capital and a full stop."""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}." if reason else ""
