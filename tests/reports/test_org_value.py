"""The value of an organization includes the sales of the people and organizations below it."""

import datetime as dt

import pytest

from cardcrm.money import Money
from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.sales import sales
from cardcrm.reports.card import load_card
from cardcrm.reports.revenue_report.build import RevenueRequest, build_report
from cardcrm.reports.revenue_report.grouping import parse_grouping
from cardcrm.reports.scope import Scope
from cardcrm.reports.value import customer_ranking
from cardcrm.store import Locale, integrity, journal

TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-21T20:00")


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def set_org(store, contact_id, name):
    with store.transaction():
        update.set_field(store, contact_id, "org", name)


def report(store, **options):
    found = customer_ranking.build_report(store, "EUR", TODAY, **options)
    assert found is not None
    return found


@pytest.fixture
def firm(store):
    """A holding with a firm, whose two people bought, and a customer of its own."""
    names = ("Holding", "Firm")
    holding, firm = (contacts.add(store, ContactDraft(each, kind="org")).id for each in names)
    set_org(store, firm, "Holding")
    people = [
        contacts.add(store, ContactDraft(each, org="Firm")).id for each in ("Ann Lee", "Bob Roe")
    ]
    other = contacts.add(store, ContactDraft("Zoe Fox")).id
    for who, minor in zip([firm, *people, other], (100, 1000, 2000, 5000), strict=True):
        sales.sell(store, who, Money(minor, "EUR"), cost=Money(minor // 2, "EUR"))
    return {"holding": holding, "firm": firm, "ann": people[0], "bob": people[1], "zoe": other}


def values(store):
    sql = "SELECT contact_id, revenue, orders, days, people FROM contact_value WHERE total = 1"
    return {row[0]: tuple(row)[1:] for row in store.rows(sql)}


def test_an_organization_has_the_sales_of_its_people_and_below(store, firm):
    assert values(store) == {
        firm["holding"]: (3100, 3, 1, 3), firm["firm"]: (3100, 3, 1, 2),
        firm["ann"]: (1000, 1, 1, 0), firm["bob"]: (2000, 1, 1, 0), firm["zoe"]: (5000, 1, 1, 0),
    }  # fmt: skip
    found = report(store)
    assert [(each.title, each.revenue.minor) for each in found.rows] == [
        ("Zoe Fox", 5000), ("Holding + 3 people", 3100), ("Firm + 2 people", 3100),
        ("Bob Roe", 2000), ("Ann Lee", 1000),
    ]  # fmt: skip
    assert (found.totals.revenue.minor, found.totals.customers) == (8100, 4)
    assert load_card(store, firm["firm"]).values[0].revenue.minor == 3100


@pytest.mark.parametrize(
    ("where", "revenue", "customers"),
    [("kind:org", 3100, 1), ("firm", 3100, 1), ("ann", 1000, 1), ("kind:person", 8000, 3),
     ("value>=20", 8100, 2), ("name:firm or name:bob", 3100, 1)],
)  # fmt: skip
def test_totals_of_a_query_count_each_sale_once(store, firm, where, revenue, customers):
    selected = report(store, where=contact_query.parse(store, where)).selected
    assert (selected.revenue.minor, selected.customers) == (revenue, customers)


@pytest.mark.parametrize(
    ("query", "names"),
    [("value>30", "Firm Holding Zoe"), ("value=10", "Ann"), ("orders:3", "Firm Holding"),
     ("margin=15.50", "Firm Holding"), ("bought:today kind:org", "Firm Holding")],
)  # fmt: skip
def test_queries_and_lists_use_the_value_with_people(store, firm, query, names):
    node = contact_query.parse(store, query)
    shown = columns.find_columns(store, ["name", "value", "orders"])
    rows = list(columns.select(store, node, shown))
    assert sorted(row[0].split()[0] for row in rows) == names.split()
    assert all(row[1:] == (Money(3100, "EUR"), 3) for row in rows if row[0] in ("Firm", "Holding"))


@pytest.mark.parametrize("where", ["name:holding", "name:firm", "firm", "ann or bob or name:firm"])
def test_revenue_by_month_agrees_with_the_value(store, firm, where):
    scope = Scope("EUR", TODAY, where=contact_query.parse(store, where))
    found = build_report(store, scope, RevenueRequest(parse_grouping(store, "month", TODAY), 1))
    [month] = found.rows
    assert (month.revenue.minor, month.sales) == (3100, 3)


def test_a_change_of_the_organization_moves_the_sales(store, firm):
    set_org(store, firm["ann"], "Holding")
    assert values(store)[firm["firm"]] == (2100, 2, 1, 1)
    assert values(store)[firm["holding"]] == (3100, 3, 1, 3)
    set_org(store, firm["firm"], "")
    assert values(store)[firm["holding"]] == (1000, 1, 1, 1)
    journal.undo(store)
    journal.undo(store)
    assert values(store)[firm["firm"]] == (3100, 3, 1, 2)
    contacts.remove(store, [firm["bob"]])
    assert values(store)[firm["holding"]] == (1100, 2, 1, 2)
    set_org(store, firm["holding"], "Firm")
    set_org(store, firm["firm"], "Holding")  # a circle
    assert values(store)[firm["holding"]] == (1100, 2, 1, 2)
    assert integrity.check_database(store, lambda _step: None) == []


@pytest.mark.parametrize(
    ("where", "revenue", "counted", "others"),
    [
        ("name:firm", 3100, 0, 3000),  # its two people do not match
        ("name:firm or name:ann", 3100, 1, 2000),
        ("name:firm or name:ann or name:bob", 3100, 2, 0),
        ("name:holding", 3100, 0, 3100),
        ("name:zoe", 5000, 0, 0),
    ],
)
def test_totals_say_which_people_they_include(store, firm, where, revenue, counted, others):
    found = report(store, where=contact_query.parse(store, where))
    assert found.selected.revenue == Money(revenue, "EUR")
    assert found.people == (counted, Money(others, "EUR"))
    assert report(store).people is None
