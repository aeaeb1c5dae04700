"""The insight of revenue by month: two years, the year before, and the months to come."""

from cardcrm.chart import Band, LineChart, Series, Value
from cardcrm.dates.date_parts import add_months
from cardcrm.money import count_decimals
from cardcrm.reports.forecast.forecast import Forecast, build_forecast
from cardcrm.reports.insights.insight import Insight, View, in_units
from cardcrm.reports.revenue import MonthRevenue, revenue_by_month
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store

SHOWN_MONTHS = 24
_MONTHS_AHEAD = 12


def build_revenue_insight(store: Store, view: View) -> Insight:
    """Return the revenue of 24 months up to the end of the view, each beside its year before."""
    months = revenue_by_month(store, view.currency, view.last, months=SHOWN_MONTHS + 12)
    if not any(each.revenue.minor for each in months):
        reason = f"No sales in the three years up to {view.last}."
        return Insight("revenue_by_month", "Revenue by month", reason=reason)
    shown, before = months[12:], months[:SHOWN_MONTHS]
    series = [Series("revenue", tuple(in_units(each.revenue) for each in shown))]
    if any(each.revenue.minor for each in before):
        series.append(Series("a year earlier", tuple(in_units(each.revenue) for each in before)))
    labels = tuple(f"{each.first:%Y-%m}" for each in shown)
    chart = LineChart("Revenue", labels, tuple(series), None, view.currency)
    return Insight("revenue_by_month", "Revenue by month", (chart,), _list_months(shown, before))


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
    note = (
        f"Expected in the next {_MONTHS_AHEAD} months: "
        f"{sum(each.value for each in found.months) / _unit(view):,.0f} {view.currency}."
    )
    if found.band_reason:
        note = f"{note} {_as_sentence(found.band_reason)}"
    chart = _build_ahead(found, view)
    return Insight("forecast", "Revenue to come", (chart,), _list_ahead(found, view), note)


def _unit(view: View) -> int:
    return int(10 ** count_decimals(view.currency))


def _build_ahead(found: Forecast, view: View) -> LineChart:
    past = found.past[-SHOWN_MONTHS:]
    gap: tuple[Value, ...] = (None,) * (len(past) - 1)
    unit = _unit(view)
    last = past[-1][1] / unit
    ahead = tuple(each.value / unit for each in found.months)
    low = tuple(None if each.low is None else each.low / unit for each in found.months)
    high = tuple(None if each.high is None else each.high / unit for each in found.months)
    has_band = any(each is not None for each in low)
    band = Band(f"{float(found.confidence):.0%} band", (*gap, last, *low), (*gap, last, *high))
    labels = (*(month for month, _ in past), *(each.month for each in found.months))
    series = (
        Series("so far", (*(value / unit for _, value in past), *(None,) * len(ahead))),
        Series("forecast", (*gap, last, *ahead)),
    )
    return LineChart("Revenue", labels, series, band if has_band else None, view.currency)


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


def _in_units(value: float | None, view: View) -> float | None:
    """Return an amount in major units, rounded to minor ones."""
    return None if value is None else round(value) / _unit(view)


def _as_sentence(reason: str) -> str:
    """Return a reason as a sentence with a capital and a full stop."""
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}." if reason else ""


def first_month(view: View, months: int) -> str:
    """Return the first day of the last ``months`` months up to the end of the view."""
    return add_months(view.last.replace(day=1), 1 - months).isoformat()
