"""Look through all sales of a currency for what should be done about customers and products.

The kinds of alerts are missed reorders, up-sells, cross-sells, falling revenue and a lower margin.
Lines are read in the order of customers, so memory does not grow with the sales.
"""

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import Any, NamedTuple

from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.money import Money, format_money
from cardcrm.records.sales.margin import build_unknown
from cardcrm.reports.alerts.decline import (
    Decline,
    Spans,
    Sums,
    choose_spans,
    find_fall,
    find_margin_drop,
)
from cardcrm.reports.habits import MIN_PURCHASES, find_habit
from cardcrm.reports.offers.affinities import Affinities, Rule, choose_rule
from cardcrm.reports.offers.purchases import (
    PURCHASES,
    Basket,
    CatalogProduct,
    read_catalog,
    to_purchase,
)
from cardcrm.reports.offers.suggestions import (
    describe_cross_sell,
    describe_reorder,
    describe_up_sell,
)
from cardcrm.reports.product_sales.line_sql import COST, ORDERED
from cardcrm.store import Store
from cardcrm.store.engine import Row

MAX_ALERTS = 1000  # of a kind; those of the highest value are kept
_MIN_REGULARITY = 0.5
_ACTIVE_DAYS = 365  # customers who bought within them get offers


class Found(NamedTuple):
    """An alert about a contact, a product or both; ``amount`` is its value in minor units."""

    kind: str
    contact_id: int | None
    product_id: int | None
    amount: int
    confidence: float | None
    reason: str


def scan_sales(store: Store, currency: str, today: dt.date) -> list[Found]:
    """Return the alerts of each kind, those of the highest value first."""
    catalog = read_catalog(store, currency)
    inactive = {row[0] for row in store.rows("SELECT id FROM contact WHERE status <> 'active'")}
    found = chain(
        _find_reorders(store, currency, today, catalog),
        _find_offers(store, currency, today, catalog),
        _find_declines(store, currency, today, catalog),
    )
    kinds: dict[str, list[Found]] = {}
    for each in found:
        if each.amount > 0 and each.contact_id not in inactive:
            kinds.setdefault(each.kind, []).append(each)
            if len(kinds[each.kind]) >= 4 * MAX_ALERTS:
                kinds[each.kind] = _best(kinds[each.kind])
    return [each for kind in sorted(kinds) for each in _best(kinds[kind])]


def _best(found: Iterable[Found]) -> list[Found]:
    return heapq.nsmallest(
        MAX_ALERTS, found, key=lambda e: (-e.amount, e.contact_id or 0, e.product_id or 0)
    )


def _params(currency: str, today: dt.date) -> dict[str, Any]:
    return {"currency": currency, "today": today.isoformat()}


# Reorders

_ORDER_DAYS = (
    "SELECT s.contact_id, l.product_id, s.on_date, sum(l.amount) AS amount "
    "FROM sale s JOIN sale_line l ON l.sale_id = s.id "
    f"WHERE s.currency = :currency AND s.on_date <= :today AND {ORDERED} "
    "GROUP BY s.contact_id, l.product_id, s.on_date ORDER BY 1, 2, 3"
)


def _find_reorders(
    store: Store, currency: str, today: dt.date, catalog: dict[int, CatalogProduct]
) -> Iterator[Found]:
    rows = store.stream(_ORDER_DAYS, _params(currency, today))
    numbers = DayNumbers()
    for (contact_id, product_id), group in groupby(rows, key=lambda row: (row[0], row[1])):
        days = [(row[2], row[3]) for row in group]
        if len(days) < MIN_PURCHASES or catalog[product_id].retired:
            continue
        habit = find_habit((numbers[day] for day, _ in days), today.toordinal())
        if habit is None or habit.regularity < _MIN_REGULARITY:
            continue
        if habit.is_late and not habit.is_likely_lost:
            average = sum(int(amount) for _, amount in days) / len(days)
            reason = describe_reorder(habit.usual_days, habit.silent_days)
            amount = round(average * habit.regularity)
            yield Found("reorder", contact_id, product_id, amount, habit.regularity, reason)


# Offers


def _stream_baskets(store: Store, currency: str, today: dt.date) -> Iterator[tuple[int, Basket]]:
    """Yield each customer with what it ordered."""
    rows = store.stream(f"{PURCHASES} GROUP BY 1, 2 ORDER BY 1, 2", _params(currency, today))
    for contact_id, group in groupby(rows, key=lambda row: row[0]):
        yield contact_id, {row[1]: to_purchase(row) for row in group}


def _find_offers(
    store: Store, currency: str, today: dt.date, catalog: dict[int, CatalogProduct]
) -> Iterator[Found]:
    affinities = Affinities(catalog)
    for _, basket in _stream_baskets(store, currency, today):
        affinities.add(basket)
    cross, up = affinities.build_cross_rules(), affinities.build_up_rules()
    if not cross and not up:
        return
    since = (today - dt.timedelta(days=_ACTIVE_DAYS)).isoformat()
    for contact_id, basket in _stream_baskets(store, currency, today):
        if max(each.last_on for each in basket.values()) < since:
            continue
        if rule := choose_rule(basket, cross):
            base = catalog[rule.base_id].name
            reason = describe_cross_sell(base, rule.both, rule.others)
            yield _offer("cross-sell", contact_id, rule, reason)
        if rule := choose_rule(basket, up):
            yield _offer("up-sell", contact_id, rule, _describe_up(rule, catalog, currency))


def _offer(kind: str, contact_id: int, rule: Rule, reason: str) -> Found:
    return Found(kind, contact_id, rule.product_id, round(rule.value), rule.confidence, reason)


def _describe_up(rule: Rule, catalog: dict[int, CatalogProduct], currency: str) -> str:
    base = catalog[rule.base_id]
    extra = round(((catalog[rule.product_id].price or 0) - (base.price or 0)) / 10_000)
    return describe_up_sell(base, format_money(Money(extra, currency)), rule.both, rule.others)


# Falling revenue and lower margins

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


def _find_declines(
    store: Store, currency: str, today: dt.date, catalog: dict[int, CatalogProduct]
) -> Iterator[Found]:
    first = store.value(
        "SELECT min(on_date) FROM sale WHERE currency = :currency", currency=currency
    )
    spans = choose_spans(dt.date.fromisoformat(first), today) if first else None
    if spans is None:
        return
    for contact_id, now, before in _stream_sums(store, _BY_CONTACT, currency, spans):
        for kind, each in _compare(now, before, spans, "days with orders"):
            yield Found(kind, contact_id, None, each.amount, each.confidence, each.reason)
    for product_id, now, before in _stream_sums(store, _BY_PRODUCT, currency, spans):
        for kind, each in _compare(now, before, spans, "orders"):
            if not catalog[product_id].retired:
                yield Found(kind, None, product_id, each.amount, each.confidence, each.reason)


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


def _compare(now: Sums, before: Sums, spans: Spans, what: str) -> Iterator[tuple[str, Decline]]:
    found = (
        ("falling", find_fall(now, before, spans, what)),
        ("margin", find_margin_drop(now, before, spans)),
    )
    yield from ((kind, each) for kind, each in found if each is not None)
