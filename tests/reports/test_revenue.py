"""Compare revenue by month, standings and quiet customers with plain Python."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import sales
from cardcrm.reports import revenue
from cardcrm.reports.retention.at_risk import report_risks
from cardcrm.reports.rfm import grid
from cardcrm.reports.scope import Scope
from cardcrm.reports.value import customer_ranking
from cardcrm.reports.value.slipping import list_slipping
from cardcrm.store import Locale, Store

TODAY = dt.date(2026, 11, 21)


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def sell(store: Store, who: str, minor: int, day: dt.date) -> int:
    found = store.value("SELECT id FROM contact WHERE name = :name", name=who)
    card = found or contacts.add(store, ContactDraft(name=who)).id
    sales.sell(store, card, Money(minor, "EUR"), when=DayTime(day))
    return card


def test_months_without_sales_are_listed_and_refunds_subtract(store):
    jane = sell(store, "Jane", 1000, dt.date(2026, 9, 30))
    sell(store, "Jane", 500, dt.date(2026, 11, 1))
    sell(store, "Bob", -200, dt.date(2026, 11, 2))
    sell(store, "Bob", 9999, dt.date(2025, 11, 30))  # a year and more ago
    months = revenue.revenue_by_month(store, "EUR", TODAY, months=12)
    assert (len(months), months[0].first, months[-1].first) == (
        12, dt.date(2025, 12, 1), dt.date(2026, 11, 1),
    )  # fmt: skip
    assert [month.revenue.minor for month in months[-3:]] == [1000, 0, 300]
    own = revenue.revenue_by_month(store, "EUR", TODAY, months=2, contact_id=jane)
    assert [month.revenue.minor for month in own] == [0, 500]


SALES = st.lists(
    st.tuples(st.integers(0, 11), st.integers(1, 5000), st.integers(0, 900)),
    min_size=5,
    max_size=40,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales=SALES)
def test_sql_scores_customers_as_python_does(store, sales):
    with store.transaction("test"):
        for row in store.rows("SELECT id FROM contact"):
            contacts.remove(store, [row["id"]])
        for who, minor, days in sales:
            sell(store, f"Customer {who}", minor, TODAY - dt.timedelta(days=days))
    report = customer_ranking.build_report(store, "EUR", TODAY, limit=None)
    assert report is not None
    if report.scale is None:
        return
    counted: dict[tuple[int, int, int], int] = {}
    for worth in report.rows:
        assert worth.scores is not None
        strength = (worth.scores.frequency + worth.scores.monetary + 1) // 2
        cell = (worth.scores.recency, worth.scores.frequency, strength)
        counted[cell] = counted.get(cell, 0) + 1
    cells = grid.count_groups(store, "EUR", report.scale)
    assert {
        (cell.recency, cell.frequency, cell.strength): cell.customers for cell in cells
    } == counted
    assert sum(cell.revenue.minor for cell in cells) == report.totals.revenue.minor
    slipping = list_slipping(store, "EUR", TODAY, report, limit=100)
    risks = report_risks(store, Scope("EUR", TODAY))
    assert [each.contact_id for each in slipping] == [each.contact_id for each in risks]
    worth_of = {each.contact_id: each.revenue for each in report.rows}
    assert all(each.revenue == worth_of[each.contact_id] for each in slipping)
