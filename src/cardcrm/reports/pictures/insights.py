"""The eight pictures that an owner looks at most, over the last twelve months."""

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from cardcrm.dates.date_parts import add_months
from cardcrm.reports.pictures.cohort_map import draw_cohorts
from cardcrm.reports.pictures.contact_times import draw_best_time
from cardcrm.reports.pictures.customer_lists import draw_at_risk
from cardcrm.reports.pictures.picture import Picture, View
from cardcrm.reports.pictures.product_lists import draw_pairs, draw_products
from cardcrm.reports.pictures.sales_by_month import draw_forecast
from cardcrm.reports.pictures.standings import draw_equity, draw_grid
from cardcrm.store import Store


class Insight(NamedTuple):
    """A picture that can be drawn, by its key and its title."""

    key: str
    title: str
    draw: Callable[[Store, View], Picture]


INSIGHTS = (
    Insight("forecast", "Revenue to come", draw_forecast),
    Insight("customers_at_risk", "Customers slipping away", draw_at_risk),
    Insight("best_products", "What sold in the last 12 months", draw_products),
    Insight("product_pairs", "What sells together", draw_pairs),
    Insight("cohorts", "Who comes back after the first purchase", draw_cohorts),
    Insight("best_time", "Best time to call", draw_best_time),
    Insight("grid", "Recency and frequency", draw_grid),
    Insight("equity", "Customer equity by standing", draw_equity),
)


def view_year(currency: str, today: dt.date) -> View:
    """Return the view of the twelve months up to today."""
    first = add_months(today, -12) + dt.timedelta(days=1)
    return View(currency, today, first, today, "the last 12 months")
