"""Compare sales of a product before and after a price change, or during a promotion and before.

Both spans are whole weeks, so that each weekday has the same weight, and days without sales count.
Sales that change together with a price do not prove a cause, so the change of all other products in
the same spans is shown beside it.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from cardcrm.dates.periods import find_end, list_starts
from cardcrm.reports.product_sales.line_sql import end_today
from cardcrm.reports.product_sales.price_changes import PriceDay, find_price_changes
from cardcrm.reports.product_sales.price_days import (
    compare_others,
    count_units,
    read_days,
    read_monthly_revenue,
    select_days,
    sum_days,
)
from cardcrm.reports.product_sales.price_report import Effect, Month, PriceReport
from cardcrm.reports.product_sales.price_spans import (
    MAX_WEEKS,
    Spans,
    explain_none,
    find_spans,
    find_weeks_before,
)
from cardcrm.reports.scope import Scope
from cardcrm.reports.statistics.rate_ratio import compare_rates, explain_missing
from cardcrm.store import Store


def analyze_price(
    store: Store, scope: Scope, product_id: int, product: str, on: dt.date | None = None
) -> PriceReport:
    """Return the sales of a product before and after its latest price change, or a stated day.

    A span of the effect ends at another change of the price, at the first sale, and today.
    """
    scope = end_today(store, scope)
    days = read_days(store, scope, product_id)
    changes = find_price_changes(days, scope.currency)
    day = on or (changes[-1].on if changes else None)
    reason = explain_none(days, scope, day)
    effect = None
    if day is not None and not reason:
        spans = find_spans(days, scope, [each.on for each in changes], day)
        if spans is None:
            reason = f"no days to compare before {day}; it was first sold on {days[0].on}"
        else:
            effect = _compare(store, scope, product_id, days, spans)
    return PriceReport(
        product_id,
        product,
        scope.currency,
        day,
        on is None and day is not None,
        effect,
        reason,
        tuple(changes),
        _list_months(store, scope, days),
    )


def analyze_promotion(
    store: Store,
    scope: Scope,
    product_id: int,
    product: str,
    first: dt.date,
    last: dt.date,
    weeks: int = MAX_WEEKS,
) -> PriceReport:
    """Return the sales of a product from ``first`` to ``last`` against the weeks before."""
    scope = end_today(store, scope)
    last = min(last, scope.today)
    days = read_days(store, scope, product_id)
    reason = explain_none(days, scope, first)
    effect = None
    if not reason:
        spans = find_weeks_before(days[0].on, first, last, weeks)
        if spans is None:
            reason = f"no sales a week before {first} to compare with"
        else:
            effect = _compare(store, scope, product_id, days, spans)
    return PriceReport(
        product_id,
        product,
        scope.currency,
        first,
        is_found=False,
        effect=effect,
        reason=reason,
        changes=tuple(find_price_changes(days, scope.currency)),
        months=_list_months(store, scope, days),
        title="promotion",
    )


def _compare(
    store: Store, scope: Scope, product_id: int, days: Sequence[PriceDay], spans: Spans
) -> Effect:
    before, after = (sum_days(select_days(days, *span), span, scope.currency) for span in spans)
    counted = [count_units(select_days(days, *span), *span) for span in spans]
    a_day = [each.revenue.minor / each.days for each in (before, after)]
    return Effect(
        before,
        after,
        compare_rates(*counted),
        explain_missing(*counted),
        a_day[1] / a_day[0] - 1 if a_day[0] > 0 else None,
        compare_others(store, scope, product_id, spans),
    )


def _list_months(store: Store, scope: Scope, days: Sequence[PriceDay]) -> tuple[Month, ...]:
    """Return the months from the first to the last sale of a product, with its part of revenue."""
    if not days:
        return ()
    totals = read_monthly_revenue(store, scope)
    found = {key: list(rows) for key, rows in groupby(days, key=lambda each: f"{each.on:%Y-%m}")}
    months = []
    for first in list_starts("month", days[0].on, days[-1].on):
        name = f"{first:%Y-%m}"
        figures = sum_days(found.get(name, ()), (first, find_end("month", first)), scope.currency)
        total = totals.get(name, 0)
        months.append(Month(name, figures, figures.revenue.minor / total if total > 0 else None))
    return tuple(months)
