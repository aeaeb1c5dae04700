"""The figures of products, against plain loops over the same lines."""

import datetime as dt
from collections import defaultdict

import pytest
from hypothesis import given, settings

from cardcrm.errors import UsageError
from cardcrm.money import divide_half_up
from cardcrm.reports.product_sales.product_figures import TrendSpan, build_product_report
from cardcrm.reports.scope import Scope
from tests.support.sold_lines import SALES, TODAY, Line, Sold, fill

QUARTER = TODAY - dt.timedelta(days=89)


def lines_of(sold):
    """Yield the sale and the line of each product that counts."""
    for each in sold:
        if each.days >= 0 and each.currency == "EUR":
            for line in each.lines:
                yield each, line


def price_of(amount, units):
    return divide_half_up(amount * 10**7, units) if units > 0 else None


def sum_plainly(sold):
    """Return units, revenue, buyers, repeaters, days, paid and listed price of each product."""
    found = {}
    for number in {line.product for _, line in lines_of(sold)}:
        own = [(each, line) for each, line in lines_of(sold) if line.product == number]
        days = defaultdict(set)
        for each, _ in own:
            if each.amount > 0:
                days[each.who].add(each.day)
        all_days = {day for group in days.values() for day in group}
        units = sum(each.sign * line.quantity for each, line in own)
        paid, listed = (
            sum(each.sign * getattr(line, name) for each, line in own)
            for name in ("amount", "list_amount")
        )
        found[number] = (
            units, paid, len(days), sum(len(group) > 1 for group in days.values()),
            min(all_days, default=None), max(all_days, default=None),
            price_of(paid, units), price_of(listed, units),
            1 - paid / listed if listed > 0 else None,
        )  # fmt: skip
    return found


def parts(price):
    return price and price.parts


@settings(max_examples=30)
@given(sold=SALES)
def test_figures_are_those_of_plain_loops(temporary_store, sold):
    with temporary_store() as store:
        fill(store, sold)
        found = build_product_report(store, Scope("EUR", TODAY))
    expected = sum_plainly(sold)
    assert {
        each.id: (
            each.units, each.revenue.minor, each.customers, each.repeaters, each.first_on,
            each.last_on, parts(each.paid), parts(each.listed), each.discount_share,
        )
        for each in found.rows
    } == expected  # fmt: skip
    total = sum(each.amount for each in sold if each.days >= 0 and each.currency == "EUR")
    assert found.total.minor == total
    assert found.rest.minor == total - sum(each[1] for each in expected.values())
    assert [each.share for each in found.rows] == [
        each.revenue.minor / total if total > 0 else None for each in found.rows
    ]
    revenue = [each.revenue.minor for each in found.rows]
    assert revenue == sorted(revenue, reverse=True)
    assert found.unsold == 6 - len({line.product for each in sold for line in each.lines})


@settings(max_examples=20)
@given(sold=SALES)
def test_trends_compare_a_span_with_the_one_before(temporary_store, sold):
    first = min((each.day for each in sold if each.currency == "EUR"), default=TODAY)
    with temporary_store() as store:
        fill(store, sold)
        found = build_product_report(store, Scope("EUR", TODAY, since=QUARTER))
    before = QUARTER - dt.timedelta(days=90)
    if first > before:
        assert {each.trend for each in found.rows} <= {None}
        return
    assert found.trend == TrendSpan(QUARTER, TODAY)
    for row in found.rows:
        now, then = (
            sum(
                each.sign * line.amount
                for each, line in lines_of(sold)
                if line.product == row.id and start <= each.day <= end
            )
            for start, end in ((QUARTER, TODAY), (before, QUARTER - dt.timedelta(days=1)))
        )
        assert row.trend == (now / then - 1 if then > 0 else None)


@pytest.mark.parametrize(
    ("oldest", "days"), [(729, 365), (728, 90), (179, 90), (178, None)], ids=str
)
def test_the_trend_is_of_a_year_or_a_quarter(store, oldest, days):
    fill(store, [Sold(1, oldest, (Line(1),)), Sold(1, 1, (Line(1),))])
    trend = build_product_report(store, Scope("EUR", TODAY)).trend
    assert (trend and trend.days) == days


def test_products_that_are_seldom_bought_again_come_first(store):
    again = [Sold(1, days, (Line(1),)) for days in (3, 30, 60)]
    fill(store, [*again, Sold(1, 3, (Line(2),)), Sold(2, 3, (Line(2),)), Sold(2, 9, (Line(2),))])
    rows = build_product_report(store, Scope("EUR", TODAY), "repeat").rows
    assert [(row.name, row.repeat_rate) for row in rows] == [("Product 2", 0.5), ("Product 1", 1)]


def test_an_unknown_order_is_refused(store):
    with pytest.raises(UsageError, match="unknown order “price”"):
        build_product_report(store, Scope("EUR", TODAY), "price")
