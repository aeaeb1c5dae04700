"""Compare sales of a product before and after a price change, or during a promotion and before.

Both spans are whole weeks, so that each weekday has the same weight, and days without sales count.
A change of price and a change of sales at one time do not prove that one caused the other: so
the change of all other products in the same spans is shown beside it.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from cardcrm.dates.periods import find_end, list_starts
from cardcrm.money import UNIT_SCALE, Money, UnitPrice, divide_half_up
from cardcrm.reports.product_sales.line_sql import LIST_AMOUNT, ORDERED, end_today
from cardcrm.reports.product_sales.price_changes import (
    PriceChange,
    PriceDay,
    find_price_changes,
)
from cardcrm.reports.product_sales.product_figures import compute_unit_price
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.reports.statistics.rate_ratio import (
    RateRatio,
    Span,
    compare_rates,
    explain_missing,
)
from cardcrm.store import Store

MAX_WEEKS = 8
_WEEK = 7
_DAY = dt.timedelta(days=1)


class SpanFigures(NamedTuple):
    """Sales of a product from ``first`` to ``last``; ``units`` are in thousandths."""

    first: dt.date
    last: dt.date
    units: int
    revenue: Money
    lines: int
    paid: UnitPrice | None
    listed: UnitPrice | None

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def units_a_day(self) -> float:
        """Units sold a day."""
        return self.units / 1000 / self.days

    @property
    def revenue_a_day(self) -> Money:
        """Revenue a day, rounded."""
        return Money(divide_half_up(self.revenue.minor, self.days), self.revenue.currency)

    @property
    def discount_share(self) -> float | None:
        """The part of the list price that discounts took."""
        if self.paid is None or self.listed is None or not self.listed.parts:
            return None
        return 1 - self.paid.parts / self.listed.parts


class Month(NamedTuple):
    """A month of a product; ``share`` is its part of the revenue of all products."""

    name: str
    figures: SpanFigures
    share: float | None


class Effect(NamedTuple):
    """Two spans compared; ``units`` is None if there is too little data, for a ``reason``.

    ``others`` is the relative change of the revenue a day of all other products.
    """

    before: SpanFigures
    after: SpanFigures
    units: RateRatio | None
    reason: str
    revenue_change: float | None
    others: float | None


class PriceReport(NamedTuple):
    """A product's prices: the changes found, the day looked at, its effect, and the months.

    ``on`` is None, and so is the effect, where no change was found; ``reason`` says what is
    missing. ``title`` names the second span: after, or promotion.
    """

    product_id: int
    product: str
    currency: str
    on: dt.date | None
    is_found: bool
    effect: Effect | None
    reason: str
    changes: tuple[PriceChange, ...]
    months: tuple[Month, ...]
    title: str = "after"


def analyze_price(
    store: Store, scope: Scope, product_id: int, product: str, on: dt.date | None = None
) -> PriceReport:
    """Return the sales of a product before and after its latest price change, or a stated day.

    A span of the effect ends at another change of the price, at the first sale, and today.
    """
    scope = end_today(store, scope)
    days = _read_days(store, scope, product_id)
    changes = find_price_changes(days, scope.currency)
    day = on or (changes[-1].on if changes else None)
    reason = _explain_none(days, scope, day)
    effect = None
    if day is not None and not reason:
        spans = _find_spans(days, scope, [each.on for each in changes], day)
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
    days = _read_days(store, scope, product_id)
    reason = _explain_none(days, scope, first)
    effect = None
    if not reason:
        spans = _find_weeks_before(days[0].on, first, last, weeks)
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


def _find_weeks_before(
    launched: dt.date, first: dt.date, last: dt.date, weeks: int
) -> "_Spans | None":
    """Return the whole weeks before a promotion since the first sale of it, and its days."""
    start = max(first - dt.timedelta(weeks=weeks), launched)
    whole = (first - start).days // _WEEK * _WEEK
    if whole <= 0:
        return None
    return (first - dt.timedelta(days=whole), first - _DAY), (first, last)


def _explain_none(days: Sequence[PriceDay], scope: Scope, day: dt.date | None) -> str:
    """Return why nothing can be compared, or an empty text."""
    if not days:
        return f"no sales of it in {scope.currency}"
    if day is not None and day > scope.today:
        return f"{day} is in the future"
    if days[0].on == days[-1].on:
        return f"all of its sales are on {days[0].on}; several weeks are needed"
    if day is None:
        return "its price has not changed; to compare another day: --on DATE"
    return ""


_Spans = tuple[tuple[dt.date, dt.date], tuple[dt.date, dt.date]]


def _find_spans(
    days: Sequence[PriceDay], scope: Scope, changes: Sequence[dt.date], day: dt.date
) -> _Spans | None:
    """Return the whole weeks before and from a day on, up to the changes next to it."""
    earliest = max([days[0].on, *(each for each in changes if each < day)])
    latest = min([scope.until or scope.today, *(each - _DAY for each in changes if each > day)])
    before = _whole_weeks((day - earliest).days)
    after = _whole_weeks((latest - day).days + 1)
    if before <= 0 or after <= 0:
        return None
    return (
        (day - dt.timedelta(days=before), day - _DAY),
        (day, day + dt.timedelta(days=after - 1)),
    )


def _whole_weeks(days: int) -> int:
    """Return the days of at most `MAX_WEEKS` whole weeks; less than a week as it is."""
    return days if days < _WEEK else min(days // _WEEK, MAX_WEEKS) * _WEEK


def _read_days(store: Store, scope: Scope, product_id: int) -> list[PriceDay]:
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


def _compare(
    store: Store, scope: Scope, product_id: int, days: Sequence[PriceDay], spans: _Spans
) -> Effect:
    before, after = (_sum(_within(days, *span), span, scope.currency) for span in spans)
    counted = [_spread_units(_within(days, *span), *span) for span in spans]
    a_day = [each.revenue.minor / each.days for each in (before, after)]
    return Effect(
        before,
        after,
        compare_rates(*counted),
        explain_missing(*counted),
        a_day[1] / a_day[0] - 1 if a_day[0] > 0 else None,
        _compare_others(store, scope, product_id, spans),
    )


def _within(days: Sequence[PriceDay], first: dt.date, last: dt.date) -> list[PriceDay]:
    return [each for each in days if first <= each.on <= last]


def _sum(found: Iterable[PriceDay], span: tuple[dt.date, dt.date], currency: str) -> SpanFigures:
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


def _spread_units(found: Sequence[PriceDay], first: dt.date, last: dt.date) -> Span:
    """Return the units of each day of a span, those without sales included."""
    units = [0.0] * ((last - first).days + 1)
    for each in found:
        units[(each.on - first).days] += each.quantity / 1000
    squares = math.fsum(each.squares for each in found) / 1000**2
    return Span(units, sum(each.lines for each in found), squares)


def _compare_others(store: Store, scope: Scope, product_id: int, spans: _Spans) -> float | None:
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


def _list_months(store: Store, scope: Scope, days: Sequence[PriceDay]) -> tuple[Month, ...]:
    """Return the months from the first to the last sale of a product, with its part of revenue."""
    if not days:
        return ()
    totals = _read_monthly_revenue(store, scope)
    found = {key: list(rows) for key, rows in groupby(days, key=lambda each: f"{each.on:%Y-%m}")}
    months = []
    for first in list_starts("month", days[0].on, days[-1].on):
        name = f"{first:%Y-%m}"
        figures = _sum(found.get(name, ()), (first, find_end("month", first)), scope.currency)
        total = totals.get(name, 0)
        months.append(Month(name, figures, figures.revenue.minor / total if total > 0 else None))
    return tuple(months)


def _read_monthly_revenue(store: Store, scope: Scope) -> dict[str, int]:
    """Return the revenue of the orders of all products in each month."""
    condition, params = sale_condition(store, scope)
    rows = store.rows(
        "SELECT substr(s.on_date, 1, 7), sum(l.amount) FROM sale s JOIN sale_line l "
        f"ON l.sale_id = s.id WHERE {condition} AND {ORDERED} GROUP BY 1",
        **params,
    )
    return {row[0]: int(row[1]) for row in rows}
