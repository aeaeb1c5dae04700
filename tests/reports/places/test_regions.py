"""The figures by place are those of a plain loop over contacts and sales."""

import datetime as dt

import pytest

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.query import ALL
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.query_sql import contact_query
from cardcrm.records.sales import sales
from cardcrm.reports.places.regions import KINDS, build_regions
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 21)
PEOPLE = (
    ("Ann", "", "Leeds", "West Yorkshire", "UK"),
    ("Bob", "", "leeds", "west yorkshire", "United Kingdom"),
    ("Cid", "", "York", "North Yorkshire", "United Kingdom"),
    ("Dee", "", "Köln", "", "Germany"),
    ("Eve", "", "", "", ""),
    ("Acme", "", "York", "North Yorkshire", "GB"),
    ("Fay", "Acme", "", "", ""),
)
SALES = (("Ann", 100, 5), ("Ann", -40, 1), ("Bob", 70, 2), ("Dee", 10, 9), ("Fay", 300, 3),
         ("Eve", 5, 400))  # fmt: skip
CODES = {"UK": "GB", "United Kingdom": "GB", "GB": "GB", "Germany": "DE", "": ""}


@pytest.fixture
def locale():
    return Locale("GB", "GBP")


@pytest.fixture
def shop(empty_store):
    for name, org, *address in PEOPLE:
        kind = "org" if name == "Acme" else "person"
        draft = AddressDraft("", "", address[0], address[1], "", address[2])
        addresses = (draft,) if any(address) else ()
        contacts.add(empty_store, ContactDraft(name, kind, org=org, addresses=addresses))
    for name, amount, days in SALES:
        id_ = empty_store.value("SELECT id FROM contact WHERE name = :name", name=name)
        day = DayTime(TODAY - dt.timedelta(days))
        sales.sell(empty_store, id_, Money(amount * 100, "GBP"), when=day)
    return empty_store


def expected(by, names, since=None):
    """Return contacts, customers and revenue of each place, by a loop."""
    place_of = {}
    for name, org, city, region, country in PEOPLE:
        text = {"city": city, "region": region, "country": CODES[country]}[by]
        place_of[name] = (text or place_of.get(org, "")).casefold()
    found = {}
    for name in names:
        own = [
            amount
            for who, amount, days in SALES
            if who == name and (since is None or TODAY - dt.timedelta(days) >= since)
        ]
        row = found.setdefault(place_of[name], [0, 0, 0])
        row[0] += 1
        row[1] += any(amount > 0 for amount in own)
        row[2] += sum(own)
    return sorted(map(tuple, found.values()), key=lambda row: (-row[2], -row[0]))


def figures(store, by, where=ALL, since=None):
    scope = Scope("GBP", TODAY, since=since, where=where)
    return [
        (each.contacts, each.customers, each.revenue.minor // 100)
        for each in build_regions(store, scope, by)
    ]


@pytest.mark.parametrize("by", KINDS)
@pytest.mark.parametrize("since", [None, dt.date(2026, 11, 17)])
def test_figures_are_those_of_a_loop(shop, by, since):
    names = [each[0] for each in PEOPLE]
    assert sorted(figures(shop, by, since=since)) == sorted(expected(by, names, since))


def test_a_query_narrows_contacts_and_sales(shop):
    where = contact_query.parse(shop, "city:leeds")
    assert figures(shop, "city", where) == expected("city", ["Ann", "Bob"])


def test_a_country_has_the_name_that_most_contacts_have(shop):
    found = build_regions(shop, Scope("GBP", TODAY), "country")
    assert [each.name for each in found] == ["United Kingdom", "Germany", ""]
    assert sum(each.share for each in found) == pytest.approx(1)
