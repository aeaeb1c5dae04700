"""Build the charts that a command, the page of a month and the screen of insights share."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.chart import Band, BarChart, HeatMap, LineChart, Series, Value
from cardcrm.dates.date_parts import WEEKDAYS
from cardcrm.money import Money, to_units

if TYPE_CHECKING:
    from cardcrm.reports.behavior.answer_rates import AnswerReport
    from cardcrm.reports.forecast.forecast import Forecast
    from cardcrm.reports.pipeline.performance import Performance
    from cardcrm.reports.product_sales.baskets import Pair
    from cardcrm.reports.product_sales.product_figures import ProductFigures
    from cardcrm.reports.retention.at_risk import Risk
    from cardcrm.reports.retention.cohorts import Age, Cohort

MAX_BARS = 10
_FIGURES = {
    "revenue": "Revenue by month",
    "orders": "Orders by month",
    "new": "New customers by month",
    "lost": "Lost customers by month",
}


def build_money_bars(
    title: str, rows: Sequence[tuple[str, Money]], currency: str, most: int = MAX_BARS
) -> BarChart:
    """Return a bar for each of the first amounts, by their names."""
    shown = rows[:most]
    names, amounts = tuple(name for name, _ in shown), tuple(to_units(each) for _, each in shown)
    return BarChart(title, names, amounts, currency)


def build_risk_chart(risks: "Sequence[Risk]", currency: str) -> BarChart:
    """Return the value at risk of the customers with the highest one."""
    rows = [(each.name, each.value_at_risk) for each in risks]
    return build_money_bars("Value at risk within a year", rows, currency)


def build_product_chart(products: "Sequence[ProductFigures]", currency: str) -> BarChart:
    """Return the revenue of the products that sell best, whatever their order."""
    rows = [(each.name, each.revenue) for each in products]
    rows.sort(key=lambda row: -row[1].minor)
    return build_money_bars("Revenue by product", rows, currency)


def build_pair_chart(pairs: "Sequence[Pair]", over: str = "baskets") -> BarChart:
    """Return the number of baskets, sales or customers with both products of a pair."""
    shown = pairs[:MAX_BARS]
    names = tuple(f"{each.product} + {each.other}" for each in shown)
    return BarChart("Bought together", names, tuple(float(each.together) for each in shown), over)


def build_cohort_map(
    cohorts: "Sequence[Cohort]", period: str, measure: str = "share", most: int | None = None
) -> HeatMap:
    """Return a triangle: a row for each cohort, a column for each of the first ``most`` ages."""
    ages = max(len(each.ages) for each in cohorts)
    width = min(ages, most or ages)
    cells = tuple(
        tuple(_read_age(age, measure) for age in each.ages[:width])
        + (None,) * (width - len(each.ages))
        for each in cohorts
    )
    currency = cohorts[0].ages[0].revenue.currency
    title, unit = {
        "share": ("Share who buy", "%"),
        "customers": ("Customers who buy", "customers"),
    }.get(measure, ("Revenue", currency))
    names = tuple(each.period for each in cohorts)
    columns = tuple(map(str, range(width)))
    return HeatMap(f"{title}, {period}s after the first purchase", names, columns, cells, unit)


def _read_age(age: "Age", measure: str) -> float:
    if measure == "share":
        return age.share
    return float(age.customers) if measure == "customers" else to_units(age.revenue)


def build_answer_map(found: "AnswerReport") -> HeatMap | None:
    """Return the expected answer rates by weekday and hour; None if there are too few attempts."""
    hours = [hour for hour in range(24) if any(row[hour] is not None for row in found.grid)]
    if not hours:
        return None
    names = tuple(f"{hour:02}" for hour in hours)
    cells = tuple(tuple(row[hour] for hour in hours) for row in found.grid)
    title = f"Expected share of {found.channel}s that are answered"
    return HeatMap(title, tuple(day[:3] for day in WEEKDAYS), names, cells, "%")


def build_forecast_chart(found: "Forecast", currency: str, months: int) -> LineChart:
    """Return the last ``months`` of the past and the months to come, which begin at the last one.

    The figures of revenue are minor units.
    """
    figure = found.series.figure
    unit = to_units(Money(1, currency)) if figure == "revenue" else 1.0
    past = [(month, value * unit) for month, value in found.past[-months:]]
    gap: tuple[Value, ...] = (None,) * (len(past) - 1)
    last = past[-1][1]

    def extend(values: Sequence[Value]) -> tuple[Value, ...]:
        return (*gap, last, *(None if each is None else each * unit for each in values))

    low, high = ([each.low for each in found.months], [each.high for each in found.months])
    band = Band(f"{float(found.confidence):.0%} band", extend(low), extend(high))
    return LineChart(
        _FIGURES[figure],
        (*(month for month, _ in past), *(each.month for each in found.months)),
        (
            Series("so far", (*(value for _, value in past), *(None,) * len(found.months))),
            Series("forecast", extend([each.value for each in found.months])),
        ),
        band if any(each is not None for each in low) else None,
        currency if figure == "revenue" else "",
    )


def build_performance_charts(found: "Sequence[Performance]") -> list[BarChart]:
    """Return for each currency two bars for each user and month: what was won, and the target."""
    charts = []
    shown = [each for each in found if each.won_amount or each.target]
    for currency in dict.fromkeys(each.currency for each in shown):
        rows = []
        for each in shown:
            if each.currency == currency:
                name = f"{each.user or '(none)'} {each.month}"
                rows.append((f"{name} won", Money(each.won_amount, currency)))
                if each.target is not None:
                    rows.append((f"{name} target", Money(each.target, currency)))
        charts.append(build_money_bars("Won against target", rows, currency, 2 * MAX_BARS))
    return charts
