"""Gather the figures of a month: the comparison, the pictures, and the things to do."""

import datetime as dt
from dataclasses import dataclass

from cardcrm.dates.date_parts import MONTHS
from cardcrm.reports.month.comparison import Comparison, compare_month
from cardcrm.reports.month.to_dos import ToDo, list_to_dos
from cardcrm.reports.pictures.cohort_map import draw_cohorts
from cardcrm.reports.pictures.customer_lists import (
    draw_at_risk,
    draw_best_customers,
    draw_new_customers,
)
from cardcrm.reports.pictures.picture import Picture, View
from cardcrm.reports.pictures.product_lists import draw_pairs, draw_products
from cardcrm.reports.pictures.sales_by_month import draw_forecast, draw_revenue
from cardcrm.store import Store

# The pictures in the order of the page.
_PICTURES = (
    draw_revenue,
    draw_best_customers,
    draw_at_risk,
    draw_new_customers,
    draw_cohorts,
    draw_products,
    draw_pairs,
    draw_forecast,
)


@dataclass(frozen=True)
class MonthSummary:
    """A month in one currency: figures, pictures by their key, and things to do."""

    view: View
    comparison: Comparison
    pictures: dict[str, Picture]
    to_dos: list[ToDo]


def summarize_month(
    store: Store, currency: str, month: tuple[dt.date, dt.date], today: dt.date
) -> MonthSummary:
    """Return the summary of a month, by its first and last day."""
    comparison = compare_month(store, currency, month, today)
    first = month[0]
    name = f"{MONTHS[first.month - 1].capitalize()} {first.year}"
    view = View(currency, today, first, comparison.now.last, name)
    pictures = {each.key: each for each in (draw(store, view) for draw in _PICTURES)}
    return MonthSummary(view, comparison, pictures, list_to_dos(store, pictures, today.isoformat()))
