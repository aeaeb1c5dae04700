"""The eight insights that an owner looks at most, over the last twelve months."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from cardcrm.dates.date_parts import add_months
from cardcrm.reports.insights.cohort_map import build_cohort_insight
from cardcrm.reports.insights.contact_times import build_best_time_insight
from cardcrm.reports.insights.customer_lists import build_risk_insight
from cardcrm.reports.insights.insight import Insight, View
from cardcrm.reports.insights.product_lists import build_pair_insight, build_product_insight
from cardcrm.reports.insights.sales_by_month import build_forecast_insight
from cardcrm.reports.insights.standings import build_equity_insight, build_grid_insight
from cardcrm.store import Store


class InsightSource(NamedTuple):
    """A function that builds an insight, with the key and the title that it will have."""

    key: str
    title: str
    build: Callable[[Store, View], Insight]


INSIGHTS = (
    InsightSource("forecast", "Revenue to come", build_forecast_insight),
    InsightSource("customers_at_risk", "Customers slipping away", build_risk_insight),
    InsightSource("best_products", "What sold in the last 12 months", build_product_insight),
    InsightSource("product_pairs", "What sells together", build_pair_insight),
    InsightSource("cohorts", "Who comes back after the first purchase", build_cohort_insight),
    InsightSource("best_time", "Best time to call", build_best_time_insight),
    InsightSource("grid", "Recency and frequency", build_grid_insight),
    InsightSource("equity", "Customer equity by standing", build_equity_insight),
)


def view_year(currency: str, today: dt.date) -> View:
    """Return the view of the twelve months up to today."""
    first = add_months(today, -12) + dt.timedelta(days=1)
    return View(currency, today, first, today, "the last 12 months")
