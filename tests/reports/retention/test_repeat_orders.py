"""Repeat purchases and expected orders, held against plain Python over all sales."""

import datetime as dt
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import sales
from cardcrm.reports.retention.buyers import Buyer
from cardcrm.reports.retention.next_orders import find_next_order, list_next_orders
from cardcrm.reports.retention.repeat_figures import count_repeats, report_repeats
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale, Store

TODAY = dt.date(2026, 11, 21)
EVERYTHING = Scope("", TODAY)


@pytest.fixture
def locale() -> Locale:
    return Locale("GB", "GBP")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")


def buy(store: Store, name: str, *backs: int, minor: int = 1000, code: str = "GBP") -> int:
    """Add a contact who bought on days before today."""
    who = store.value("SELECT id FROM contact WHERE name = :name", name=name)
    who = who or contacts.add(store, ContactDraft(name)).id
    for back in backs:
        when = DayTime(TODAY - dt.timedelta(days=back))
        sales.sell(store, who, Money(minor, code), when=when)
    return who


def test_orders_of_one_day_are_one_purchase_and_refunds_are_none(store):
    buy(store, "Once", 10, 10)
    buy(store, "Twice", 30, 12)
    buy(store, "Often", 40, 30, 20, 10)
    buy(store, "Often", 5, minor=-500)
    buy(store, "Sample", 5, minor=0)
    buy(store, "Often", 1, code="EUR")
    found = report_repeats(store, EVERYTHING)
    assert found[:4] == (3, 2, 9, 8)  # customers, repeat customers, orders, purchases
    assert found.repeat_rate == pytest.approx(2 / 3)
    assert found.median_days == 10.0  # of 18, 10, 10, 10, 9
    pounds = report_repeats(store, Scope("GBP", TODAY))
    assert (pounds.orders, pounds.median_days) == (8, 10.0)
    this_month = report_repeats(store, Scope("", TODAY, since=TODAY - dt.timedelta(days=12)))
    assert this_month[:2] == (3, 1)


def test_an_order_is_expected_after_the_usual_days(store):
    buy(store, "Twice", 30, 10)
    late = buy(store, "Late", 70, 50, 34)  # gaps of 20 and 16 days
    due = buy(store, "Due", 25, 16, 9)  # gaps of 9 and 7 days
    coming = buy(store, "Coming", 20, 13, 6)
    lost = buy(store, "Lost", 200, 193, 186)
    gone = buy(store, "Gone", 30, 20, 10)
    store.engine.execute("UPDATE contact SET status = 'closed' WHERE id = :id", {"id": gone})
    found, count = list_next_orders(store, EVERYTHING)
    assert count == 4
    assert [(each.contact_id, each.state, each.days_late) for each in found] == [
        (late, "late", 16), (due, "due", 1), (coming, "coming", 0), (lost, "long overdue", 179),
    ]  # fmt: skip
    assert found[0].expected_on == TODAY - dt.timedelta(days=16)
    assert (found[0].usual_days, found[0].purchases, found[0].name) == (18.0, 3, "Late")
    late_ones, _ = list_next_orders(store, EVERYTHING, 1, only_late=True)
    assert [each.contact_id for each in late_ones] == [late]
    assert find_next_order(store, late, "Late", TODAY) == found[0]
    assert find_next_order(store, coming, "Coming", dt.date(2026, 11, 1)) is None


def test_without_sales_there_are_no_rates(store):
    found = report_repeats(store, EVERYTHING)
    assert (found.customers, found.repeat_rate, found.orders_per_customer) == (0, None, None)
    assert found.median_days is None
    assert list_next_orders(store, EVERYTHING) == ([], 0)


@pytest.mark.no_database
@given(st.lists(st.sets(st.integers(0, 400), min_size=1, max_size=12), max_size=12))
def test_median_is_that_of_all_gaps(purchases):
    buyers = [Buyer(at, sorted(days), len(days)) for at, days in enumerate(purchases)]
    gaps = [later - day for each in buyers for day, later in pairwise(each.days)]
    found = count_repeats(buyers)
    assert found.median_days == (median(gaps) if gaps else None)
    assert found.repeat_customers == sum(len(days) > 1 for days in purchases)
