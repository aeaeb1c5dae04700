"""Compare the figures of a month, and the insights of customers, with plain loops."""

import datetime as dt
from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import sales
from cardcrm.reports.insights.customer_lists import (
    build_best_customer_insight,
    build_new_customer_insight,
)
from cardcrm.reports.insights.insight import View
from cardcrm.reports.insights.insight_list import INSIGHTS, view_year
from cardcrm.reports.month.comparison import change_of, compare_month
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 21)
OCTOBER = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))
NOVEMBER = (dt.date(2026, 11, 1), dt.date(2026, 11, 30))


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def fill(store, rows):
    """Replace all contacts and sales: rows of customer, minor units, days ago, currency."""
    with store.transaction("test"):
        for row in store.rows("SELECT id FROM contact"):
            contacts.remove(store, [row["id"]])
        ids = {}
        for who, minor, days, currency in rows:
            if who not in ids:
                ids[who] = contacts.add(store, ContactDraft(name=f"Customer {who}")).id
            when = DayTime(TODAY - dt.timedelta(days=days))
            sales.sell(store, ids[who], Money(minor, currency), when=when)
    return ids


SALES = st.lists(
    st.tuples(
        st.integers(0, 6),
        st.integers(-3000, 5000).filter(bool),
        st.integers(0, 430),
        st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
    ),
    max_size=40,
)
MONTHS = st.sampled_from([OCTOBER, NOVEMBER, (dt.date(2026, 2, 1), dt.date(2026, 2, 28))])
ONCE = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])


def pick(rows, first, last):
    """Return the rows in EUR from one day to another."""
    return [
        (who, minor)
        for who, minor, days, currency in rows
        if currency == "EUR" and first <= TODAY - dt.timedelta(days=days) <= last
    ]


@ONCE
@given(rows=SALES, month=MONTHS)
def test_figures_of_a_month_are_those_of_a_plain_loop(store, rows, month):
    fill(store, rows)
    found = compare_month(store, "EUR", month, TODAY)
    for each in (found.now, found.month_before, found.year_before):
        inside = pick(rows, each.first, each.last)
        assert each.revenue == Money(sum(minor for _, minor in inside), "EUR")
        assert each.orders == sum(minor > 0 for _, minor in inside)
        assert each.customers == len({who for who, minor in inside if minor > 0})


@ONCE
@given(rows=SALES)
def test_best_customers_are_those_of_a_plain_loop(store, rows):
    ids = fill(store, rows)
    view = View("EUR", TODAY, *OCTOBER, "October 2026")
    totals: dict[int, int] = defaultdict(int)
    for who, minor in pick(rows, *OCTOBER):
        totals[ids[who]] += minor
    ranked = sorted(
        ((-minor, id_) for id_, minor in totals.items() if minor > 0),
    )
    found = build_best_customer_insight(store, view)
    assert [(row["revenue"].minor, row["id"]) for row in found.rows] == [
        (-minor, id_) for minor, id_ in ranked
    ]
    assert list(found.contacts) == [id_ for _, id_ in ranked]
    assert bool(found.reason) == (not ranked)


@ONCE
@given(rows=SALES)
def test_new_customers_are_those_of_a_plain_loop(store, rows):
    ids = fill(store, rows)
    first: dict[int, dt.date] = {}
    for who, minor, days, currency in rows:
        if currency == "EUR" and minor > 0:
            day = TODAY - dt.timedelta(days=days)
            first[ids[who]] = min(day, first.get(ids[who], day))
    new = {id_ for id_, day in first.items() if OCTOBER[0] <= day <= OCTOBER[1]}
    found = build_new_customer_insight(store, View("EUR", TODAY, *OCTOBER, "October 2026"))
    assert set(found.contacts) == new
    if found.charts:
        assert found.charts[0].labels[-1] == "2026-10"
        assert found.charts[0].values[-1] == len(new)


def test_days_that_are_compared(store):
    fill(store, [(1, 100, 0, "EUR")])
    complete = compare_month(store, "EUR", OCTOBER, TODAY)
    assert (complete.month_before.first, complete.month_before.last) == (
        dt.date(2026, 9, 1),
        dt.date(2026, 9, 30),
    )
    begun = compare_month(store, "EUR", NOVEMBER, TODAY)
    assert (begun.now.last, begun.month_before.last) == (TODAY, dt.date(2026, 10, 21))
    assert begun.year_before.last == dt.date(2025, 11, 21)
    leap = compare_month(
        store, "EUR", (dt.date(2028, 2, 1), dt.date(2028, 2, 29)), dt.date(2028, 2, 29)
    )
    assert leap.year_before.last == dt.date(2027, 2, 28)
    last_day = compare_month(store, "EUR", OCTOBER, dt.date(2026, 10, 31))
    assert last_day.month_before.last == dt.date(2026, 9, 30)


@pytest.mark.parametrize(
    ("now", "before", "change"), [(150, 100, 0.5), (0, 100, -1), (100, 0, None), (100, -5, None)]
)
def test_change_needs_an_amount_above_zero_to_compare_with(now, before, change):
    assert change_of(Money(now, "EUR"), Money(before, "EUR")) == change


@pytest.mark.parametrize("source", INSIGHTS, ids=lambda each: each.key)
@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(1, 100, 3, "EUR")],
        [(1, -100, 3, "EUR")],
        [(who, -5, 3, "EUR") for who in range(8)],
        [(who, 100, 3, "EUR") for who in range(8)],
        [(1, 10**15, days, "EUR") for days in (0, 300, 400)],
        [(1, 100, -30, "EUR")],
    ],
    ids=["none", "one", "refund", "refunds", "one day", "huge", "future"],
)
def test_an_insight_has_a_chart_or_says_what_is_missing(store, source, rows, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-31T10:00")  # a sale of a later day can be recorded
    fill(store, rows)
    insight = source.build(store, view_year("EUR", TODAY))
    assert insight.key == source.key
    assert bool(insight.charts) != bool(insight.reason)
    assert insight.reason.endswith((".", ""))
    assert len(insight.contacts) in (0, len(insight.rows))
