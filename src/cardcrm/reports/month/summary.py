"""Gather the figures of a month: the comparison, the insights, and the things to do."""

import datetime as dt
from dataclasses import dataclass

from cardcrm.dates.date_parts import MONTHS, add_months
from cardcrm.dates.periods import find_end, find_start
from cardcrm.reports.insights.cohort_map import build_cohort_insight
from cardcrm.reports.insights.customer_lists import (
    build_best_customer_insight,
    build_new_customer_insight,
    build_risk_insight,
)
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.insights.product_lists import build_pair_insight, build_product_insight
from cardcrm.reports.insights.sales_by_month import build_forecast_insight, build_revenue_insight
from cardcrm.reports.month.comparison import MonthComparison, compare_month
from cardcrm.reports.month.to_dos import ToDo, list_to_dos
from cardcrm.store import Store

# The insights in the order of the page.
_INSIGHTS = (
    build_revenue_insight,
    build_best_customer_insight,
    build_risk_insight,
    build_new_customer_insight,
    build_cohort_insight,
    build_product_insight,
    build_pair_insight,
    build_forecast_insight,
)


@dataclass(frozen=True)
class MonthSummary:
    """A month in one currency: figures, insights by their key, and things to do."""

    view: View
    comparison: MonthComparison
    insights: dict[str, Insight]
    to_dos: list[ToDo]


def choose_month(store: Store, currency: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the days of the last month that is over; of the current one for a new shop.

    A new shop has its first sale in the current month.
    """
    current = find_start("month", today)
    first_sale = store.value(
        "SELECT min(on_date) FROM sale WHERE currency = :currency", currency=currency
    )
    is_new = first_sale is not None and current.isoformat() <= first_sale <= today.isoformat()
    first = current if is_new else add_months(current, -1)
    return first, find_end("month", first)


def summarize_month(
    store: Store, currency: str, month: tuple[dt.date, dt.date], today: dt.date
) -> MonthSummary:
    """Return the summary of a month, by its first and last day."""
    comparison = compare_month(store, currency, month, today)
    first = month[0]
    name = f"{MONTHS[first.month - 1].capitalize()} {first.year}"
    view = View(currency, today, first, comparison.now.last, name)
    insights = {each.key: each for each in (build(store, view) for build in _INSIGHTS)}
    return MonthSummary(view, comparison, insights, list_to_dos(store, view, insights))
