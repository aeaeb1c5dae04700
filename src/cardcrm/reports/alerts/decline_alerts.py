"""Find customers and products whose revenue or margin falls."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from cardcrm.records.sales.margin import build_unknown
from cardcrm.reports.alerts.decline import (
    MAX_P_VALUE,
    MIN_TESTED,
    Decline,
    Spans,
    Sums,
    choose_spans,
    compute_p_value,
    find_fall,
    find_margin_drop,
)
from cardcrm.reports.alerts.new_alert import NewAlert
from cardcrm.reports.product_sales.line_sql import COST, ORDERED
from cardcrm.reports.statistics.p_values import adjust_p_values
from cardcrm.store import Store
from cardcrm.store.engine import Row

_IN_SPANS = (
    "s.currency = :currency AND (s.on_date >= :first AND s.on_date <= :last "
    "OR s.on_date >= :first_before AND s.on_date <= :last_before)"
)
_SPAN = "CASE WHEN s.on_date >= :first THEN 1 ELSE 0 END AS span"
_BY_CONTACT = (
    f"SELECT s.contact_id AS id, {_SPAN}, "
    "count(DISTINCT CASE WHEN s.amount > 0 THEN s.on_date END) AS orders, "
    "sum(s.amount) AS revenue, "
    "count(DISTINCT CASE WHEN s.amount > 0 AND s.cost IS NOT NULL THEN s.on_date END) AS known_n, "
    f"sum(s.amount) - sum({build_unknown('s.amount', 's.cost')}) AS known, "
    f"coalesce(sum(s.cost), 0) AS cost FROM sale s WHERE {_IN_SPANS} GROUP BY 1, 2 ORDER BY 1, 2"
)
_BY_PRODUCT = (
    f"SELECT l.product_id AS id, {_SPAN}, "
    f"sum(CASE WHEN {ORDERED} THEN 1 ELSE 0 END) AS orders, "
    "sum(l.amount) AS revenue, "
    f"sum(CASE WHEN {ORDERED} AND l.cost IS NOT NULL THEN 1 ELSE 0 END) AS known_n, "
    f"sum(l.amount) - sum({build_unknown('l.amount', 'l.cost')}) AS known, "
    f"coalesce(sum({COST}), 0) AS cost FROM sale s JOIN sale_line l ON l.sale_id = s.id "
    f"WHERE {_IN_SPANS} GROUP BY 1, 2 ORDER BY 1, 2"
)


def find_declines(store: Store, currency: str, today: dt.date) -> Iterator[NewAlert]:
    """Yield the falls that are large and no chance, of customers and of products on sale."""
    first = store.value(
        "SELECT min(on_date) FROM sale WHERE currency = :currency", currency=currency
    )
    spans = choose_spans(dt.date.fromisoformat(first), today) if first else None
    if spans is None:
        return
    contacts = _stream_sums(store, _BY_CONTACT, currency, spans)
    for id_, kind, each, confidence in _compare(contacts, spans, "day with orders"):
        yield NewAlert(kind, id_, None, each.amount, confidence, each.reason)
    on_sale = {row[0] for row in store.rows("SELECT id FROM product WHERE retired = 0")}
    products = _stream_sums(store, _BY_PRODUCT, currency, spans)
    for id_, kind, each, confidence in _compare(products, spans, "order"):
        if id_ in on_sale:
            yield NewAlert(kind, None, id_, each.amount, confidence, each.reason)


def _stream_sums(
    store: Store, sql: str, currency: str, spans: Spans
) -> Iterator[tuple[int, Sums, Sums]]:
    """Yield the sums of each contact or product in the later and in the earlier span."""
    days = dict(zip(spans._fields, (day.isoformat() for day in spans), strict=True))
    rows = store.stream(sql, {"currency": currency, **days})
    for id_, group in groupby(rows, key=lambda row: row["id"]):
        sums = {row["span"]: _to_sums(row) for row in group}
        yield id_, sums.get(1, Sums()), sums.get(0, Sums())


def _to_sums(row: Row) -> Sums:
    names = ("orders", "revenue", "known_n", "known", "cost")
    return Sums(*(int(row[name]) for name in names))


def _compare(
    found: Iterable[tuple[int, Sums, Sums]], spans: Spans, noun: str
) -> Iterator[tuple[int, str, Decline, float | None]]:
    """Yield the lower margins, then the falls whose adjusted p-value is low enough."""
    p_values: list[float] = []
    falls: list[tuple[int, int, Decline]] = []
    for id_, now, before in found:
        if drop := find_margin_drop(now, before, spans):
            yield id_, "margin", drop, None
        if now.orders + before.orders < MIN_TESTED:
            continue
        if fall := find_fall(now, before, spans, noun):
            falls.append((id_, len(p_values), fall))
        p_values.append(compute_p_value(now.orders, before.orders))
    adjusted = adjust_p_values(p_values)
    for id_, at, fall in falls:
        if adjusted[at] <= MAX_P_VALUE:
            yield id_, "falling", fall, 1 - adjusted[at]
