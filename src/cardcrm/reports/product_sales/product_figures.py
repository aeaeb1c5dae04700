"""Compute the figures of each product: units, revenue, customers, trend, prices and repeat rate.

Units and revenue are those of all lines less those of refunds. The price paid is revenue / units,
the list price Σ unit price × quantity / units, and the discount share 1 - revenue / list amount.
The repeat rate is the share of a product's customers who bought it on more than one day.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.money import UNIT_SCALE, Money, UnitPrice, divide_half_up
from cardcrm.reports.product_sales.line_sql import LIST_AMOUNT, ORDERED, end_today
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store

_THOUSAND = 1000
# Days of the two periods that a trend compares, the longest first that the sales reach back for.
_TREND_DAYS = (365, 90)


class TrendSpan(NamedTuple):
    """The days that a trend compares with as many days before them."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> dt.date:
        """The first day of the period before."""
        return self.first - dt.timedelta(days=self.days)


class ProductFigures(NamedTuple):
    """The figures of a product.

    ``units`` are in thousandths. ``share`` is its part of all revenue, and ``trend`` the change of
    its revenue, both None without revenue to compare with. ``customers`` bought it,
    ``repeaters`` of them on more than one day. Days are None for a product that was only returned.
    """

    id: int
    name: str
    category: str
    retired: bool
    units: int
    revenue: Money
    share: float | None
    customers: int
    repeaters: int
    first_on: dt.date | None
    last_on: dt.date | None
    trend: float | None
    paid: UnitPrice | None
    listed: UnitPrice | None
    discount_share: float | None

    @property
    def repeat_rate(self) -> float | None:
        """The share of customers who bought it again; None without a customer."""
        return self.repeaters / self.customers if self.customers else None


class ProductReport(NamedTuple):
    """The products that were sold, the span of the trend, and how many were never sold.

    ``total`` is the revenue of all sales, and ``rest`` the part of it that names no product.
    """

    rows: tuple[ProductFigures, ...]
    trend: TrendSpan | None
    unsold: int
    total: Money
    rest: Money


def _rank_trend(each: ProductFigures) -> float:
    return -1e18 if each.trend is None else each.trend


def _rank_repeat(each: ProductFigures) -> float:
    return -1e18 if each.repeat_rate is None else -each.repeat_rate


# The figure of each order; the highest comes first.
SORT_ORDERS: dict[str, Callable[[ProductFigures], float]] = {
    "revenue": lambda each: each.revenue.minor,
    "units": lambda each: each.units,
    "customers": lambda each: each.customers,
    "trend": _rank_trend,
    "repeat": _rank_repeat,
}


def build_product_report(store: Store, scope: Scope, sort: str = "revenue") -> ProductReport:
    """Return the figures of all products sold in a scope. Raises UsageError for another order."""
    if sort not in SORT_ORDERS:
        raise UsageError(f"unknown order “{sort}”", f"Use {', '.join(SORT_ORDERS)}.")
    scope = end_today(store, scope)
    condition, params = sale_condition(store, scope)
    span = find_trend_span(store, scope)
    trends = _read_trends(store, scope, span) if span else {}
    found = store.rows(_SQL.format(condition=condition), **params)
    total = int(store.value(f"SELECT sum(s.amount) FROM sale s WHERE {condition}", **params) or 0)
    rest = total - sum(int(row["amount"]) for row in found)
    rows = [_build(row, scope.currency, total, trends.get(row["id"])) for row in found]
    rank = SORT_ORDERS[sort]
    rows.sort(key=lambda each: (-rank(each), -each.revenue.minor, each.id))
    code = scope.currency
    return ProductReport(
        tuple(rows), span, _count_unsold(store), Money(total, code), Money(rest, code)
    )


_SQL = (
    "SELECT p.id, p.name, p.category, p.retired, x.* FROM (SELECT product_id, "
    "sum(quantity) AS quantity, sum(amount) AS amount, sum(listed) AS listed, "
    "sum(CASE WHEN days > 0 THEN 1 ELSE 0 END) AS customers, "
    "sum(CASE WHEN days > 1 THEN 1 ELSE 0 END) AS repeaters, "
    "min(first_on) AS first_on, max(last_on) AS last_on FROM ("
    "SELECT l.product_id, s.contact_id, sum(l.quantity) AS quantity, sum(l.amount) AS amount, "
    f"sum({LIST_AMOUNT}) AS listed, "
    f"count(DISTINCT CASE WHEN {ORDERED} THEN s.on_date END) AS days, "
    f"min(CASE WHEN {ORDERED} THEN s.on_date END) AS first_on, "
    f"max(CASE WHEN {ORDERED} THEN s.on_date END) AS last_on "
    "FROM sale s JOIN sale_line l ON l.sale_id = s.id WHERE {condition} "
    "GROUP BY l.product_id, s.contact_id) b GROUP BY product_id) x "
    "JOIN product p ON p.id = x.product_id"
)


def _build(row: Any, code: str, total: int, trend: tuple[int, int] | None) -> ProductFigures:
    amount, listed, units = int(row["amount"]), int(row["listed"]), int(row["quantity"])
    return ProductFigures(
        row["id"],
        row["name"],
        row["category"],
        bool(row["retired"]),
        units,
        Money(amount, code),
        amount / total if total > 0 else None,
        int(row["customers"]),
        int(row["repeaters"]),
        dates.read_day(row["first_on"]),
        dates.read_day(row["last_on"]),
        compute_change(*trend) if trend else None,
        compute_unit_price(amount, units, code),
        compute_unit_price(listed, units, code),
        1 - amount / listed if listed > 0 else None,
    )


def compute_change(now: int, before: int) -> float | None:
    """Return the relative change of a sum, None unless the sum before is above 0."""
    return now / before - 1 if before > 0 else None


def compute_unit_price(amount: int, units: int, currency: str) -> UnitPrice | None:
    """Return an amount divided by thousandths of units, None unless these are above 0."""
    if units <= 0:
        return None
    return UnitPrice(divide_half_up(amount * UNIT_SCALE * _THOUSAND, units), currency)


def find_trend_span(store: Store, scope: Scope) -> TrendSpan | None:
    """Return the span of a scope, or the last year or quarter; None where sales begin too late."""
    last = min(scope.until or scope.today, scope.today)
    first = store.value(
        "SELECT min(on_date) FROM sale WHERE currency = :currency", currency=scope.currency
    )
    if first is None:
        return None
    return next(
        (span for span in _list_spans(scope, last) if span.before.isoformat() >= first), None
    )


def _list_spans(scope: Scope, last: dt.date) -> Iterable[TrendSpan]:
    if scope.since is not None:
        return [TrendSpan(scope.since, last)] if scope.since <= last else []
    return [TrendSpan(last - dt.timedelta(days=days - 1), last) for days in _TREND_DAYS]


def _read_trends(store: Store, scope: Scope, span: TrendSpan) -> dict[int, tuple[int, int]]:
    """Return the revenue of each product in the span and in the period before."""
    condition, params = sale_condition(store, replace(scope, since=span.before, until=span.last))
    return {
        row[0]: (int(row[1]), int(row[2]))
        for row in store.rows(
            "SELECT l.product_id, sum(CASE WHEN s.on_date >= :middle THEN l.amount ELSE 0 END), "
            "sum(CASE WHEN s.on_date < :middle THEN l.amount ELSE 0 END) "
            "FROM sale s JOIN sale_line l ON l.sale_id = s.id "
            f"WHERE {condition} GROUP BY l.product_id",
            **params,
            middle=span.first.isoformat(),
        )
    }


def _count_unsold(store: Store) -> int:
    """Return the number of products still sold that no sale has."""
    return int(
        store.value(
            "SELECT count(*) FROM product p WHERE p.retired = 0 "
            "AND NOT EXISTS (SELECT 1 FROM sale_line l WHERE l.product_id = p.id)"
        )
    )
