"""Read what a product sold at each unit price on each day, and sum up spans of days."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence

from cardcrm.money import UNIT_SCALE, Money
from cardcrm.reports.product_sales.line_sql import LIST_AMOUNT, ORDERED
from cardcrm.reports.product_sales.price_changes import PriceDay
from cardcrm.reports.product_sales.price_report import SpanFigures
from cardcrm.reports.product_sales.price_spans import Span, Spans
from cardcrm.reports.product_sales.product_figures import compute_unit_price
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.reports.statistics import rate_ratio
from cardcrm.store import Store


def read_days(store: Store, scope: Scope, product_id: int) -> list[PriceDay]:
    """Return what a product sold at each price on each day, in rising order."""
    condition, params = sale_condition(store, scope)
    rows = store.rows(
        "SELECT s.on_date, l.price, l.price_rest, count(*), sum(l.quantity), "
        f"sum(1.0 * l.quantity * l.quantity), sum(l.amount), sum({LIST_AMOUNT}) "
        "FROM sale_line l JOIN sale s ON s.id = l.sale_id WHERE l.product_id = :product "
        f"AND {ORDERED} AND {condition} GROUP BY s.on_date, l.price, l.price_rest ORDER BY 1, 2, 3",
        **params,
        product=product_id,
    )
    return [
        PriceDay(
            dt.date.fromisoformat(on),
            price * UNIT_SCALE + rest,
            lines,
            int(quantity),
            float(squares),
            int(amount),
            int(listed),
        )
        for on, price, rest, lines, quantity, squares, amount, listed in rows
    ]


def select_days(days: Sequence[PriceDay], first: dt.date, last: dt.date) -> list[PriceDay]:
    """Return the days from the first to the last."""
    return [each for each in days if first <= each.on <= last]


def sum_days(found: Iterable[PriceDay], span: Span, currency: str) -> SpanFigures:
    """Return the figures of the days with sales in a span."""
    days = list(found)
    units = sum(each.quantity for each in days)
    amount = sum(each.amount for each in days)
    listed = sum(each.listed for each in days)
    return SpanFigures(
        *span,
        units,
        Money(amount, currency),
        sum(each.lines for each in days),
        compute_unit_price(amount, units, currency),
        compute_unit_price(listed, units, currency),
    )


def count_units(found: Sequence[PriceDay], first: dt.date, last: dt.date) -> rate_ratio.Span:
    """Return the units of each day of a span, those without sales included."""
    units = [0.0] * ((last - first).days + 1)
    for each in found:
        units[(each.on - first).days] += each.quantity / 1000
    squares = math.fsum(each.squares for each in found) / 1000**2
    return rate_ratio.Span(units, sum(each.lines for each in found), squares)


def compare_others(store: Store, scope: Scope, product_id: int, spans: Spans) -> float | None:
    """Return the relative change of the revenue a day of all other products."""
    rates = []
    for first, last in spans:
        condition, params = sale_condition(store, scope)
        amount = store.value(
            "SELECT sum(l.amount) FROM sale s JOIN sale_line l ON l.sale_id = s.id "
            f"WHERE {condition} AND {ORDERED} AND l.product_id <> :product "
            "AND s.on_date >= :first AND s.on_date <= :last",
            **params,
            product=product_id,
            first=first.isoformat(),
            last=last.isoformat(),
        )
        rates.append(int(amount or 0) / ((last - first).days + 1))
    return rates[1] / rates[0] - 1 if rates[0] > 0 else None


def read_monthly_revenue(store: Store, scope: Scope) -> dict[str, int]:
    """Return the revenue of the orders of all products in each month."""
    condition, params = sale_condition(store, scope)
    rows = store.rows(
        "SELECT substr(s.on_date, 1, 7), sum(l.amount) FROM sale s JOIN sale_line l "
        f"ON l.sale_id = s.id WHERE {condition} AND {ORDERED} GROUP BY 1",
        **params,
    )
    return {row[0]: int(row[1]) for row in rows}
