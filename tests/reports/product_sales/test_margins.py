"""Margins, against plain loops over the same sales."""

import datetime as dt
from collections import defaultdict

import pytest
from hypothesis import given, settings

from cardcrm.dates.periods import name_period
from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.reports.product_sales.margins import parse_margin_grouping, sum_margins
from cardcrm.reports.revenue_report.report import NO_PRODUCT
from cardcrm.reports.scope import Scope
from tests.support.sold_lines import SALES, TODAY, Line, Sold, fill


def quarter(each):
    return f"{each.day.year}-Q{(each.day.month + 2) // 3}"


OF_SALES = {
    "customer": lambda each: f"Customer {each.who}",
    "month": lambda each: f"{each.day:%Y-%m}",
    "quarter": quarter,
    "year": lambda each: f"{each.day:%Y}",
    "owner": lambda each: "ann" if each.who == 1 else "(no owner)",
    "week": lambda each: name_period("week", each.day),
    "weekday": lambda each: f"{each.day:%A}",
}


def sums_by(store, by, scope=None, limit=None):
    grouping = parse_margin_grouping(store, by, TODAY)
    return sum_margins(store, scope or Scope("EUR", TODAY), grouping, limit)


def add(sums, key, amount, cost):
    """Add an amount: revenue, cost, revenue of unknown cost, and the number of those."""
    is_unknown = cost is None and amount >= 0
    more = (amount, cost or 0, amount if is_unknown else 0, int(is_unknown and amount > 0))
    sums[key] = tuple(map(sum, zip(sums[key], more, strict=True)))


def sum_plainly(sold, by):
    """Return the sums of each group by a plain loop."""
    sums = defaultdict(lambda: (0, 0, 0, 0))
    for each in sold:
        if each.days < 0 or each.currency != "EUR":
            continue
        if by in OF_SALES:
            add(sums, OF_SALES[by](each), each.amount, each.cost)
        elif not each.lines:
            add(sums, NO_PRODUCT, each.amount, each.cost)
        for line in each.lines if by == "product" else ():
            spent = None if line.spent is None else each.sign * line.spent
            add(sums, f"Product {line.product}", each.sign * line.amount, spent)
    return dict(sums)


def figures(row):
    cost = row.cost.minor if row.cost else 0
    return row.revenue.minor, cost, row.unknown.minor, row.unknown_count


@settings(max_examples=25)
@given(sold=SALES)
@pytest.mark.parametrize("by", ["product", *OF_SALES])
def test_margins_are_those_of_plain_loops(temporary_store, by, sold):
    with temporary_store() as store:
        fill(store, sold)
        if sold:
            with store.transaction():
                store.update("contact", 1, owner="ann")
        found = sums_by(store, by)
    expected = sum_plainly(sold, by)
    assert {row.name: figures(row) for row in found.rows} == expected
    for row in found.rows:
        known = row.revenue.minor - row.unknown.minor
        if row.margin is None:
            assert (row.cost, known) == (None, 0)
            continue
        assert row.margin.minor == row.revenue.minor - row.unknown.minor - row.cost.minor
        assert row.rate == (row.margin.minor / known if known > 0 else None)
    if found.total is None:
        assert expected == {}
    else:
        assert figures(found.total) == tuple(map(sum, zip(*expected.values(), strict=True)))


@pytest.fixture
def filled(store):
    fill(
        store,
        [
            Sold(1, 5, (Line(1, price=20_000_000, cost=5_000_000), Line(2, cost=9_000_000))),
            Sold(2, 40, (Line(1, 2000, price=20_000_000, cost=5_000_000, discount=10_000),)),
            Sold(2, 70, (Line(3),)),
            Sold(3, 80, bare=700, bare_cost=300),
            Sold(1, 1, (Line(1, price=20_000_000, cost=5_000_000),), refund=True),
            Sold(3, 2, bare=450, refund=True),
        ],
    )
    return store


def test_the_highest_margin_comes_first_and_the_total_is_of_all(filled):
    found = sums_by(filled, "product", limit=2)
    rows = [(row.name, row.revenue.minor, row.cost.minor, row.margin.minor) for row in found.rows]
    assert rows == [("Product 1", 3600, 1000, 2600), ("Product 2", 1000, 900, 100)]
    assert found.groups == 4
    assert figures(found.total) == (3600 + 1000 + 1000 + 250, 1000 + 900 + 300, 1000, 1)


def test_the_latest_periods_are_shown_the_oldest_first(filled):
    found = sums_by(filled, "month", limit=2)
    assert [row.name for row in found.rows] == ["2026-10", "2026-11"]
    assert found.groups == 3


def test_without_a_known_cost_there_is_no_margin(store):
    fill(store, [Sold(1, 5, bare=900), Sold(2, 5, bare=500, bare_cost=0)])
    found = sums_by(store, "customer")
    margins = {row.name: row.margin and row.margin.minor for row in found.rows}
    assert margins == {"Customer 1": None, "Customer 2": 500}
    assert found.total.margin.minor == 500


def test_a_span_limits_the_sales(filled):
    scope = Scope("EUR", TODAY, dt.date(2026, 11, 1), dt.date(2026, 11, 30))
    found = sums_by(filled, "customer", scope)
    assert [(row.name, row.revenue.minor) for row in found.rows] == [
        ("Customer 1", 1000), ("Customer 3", -450),
    ]  # fmt: skip
    assert found.rows[1].rate is None


def test_segments_may_overlap_and_follow_a_query(filled):
    with filled.transaction():
        filled.insert("segment", name="first", query="id:1 or id:2")
        filled.insert("segment", name="second", query="id:2 or id:3")
        filled.insert("segment", name="none", query="id:99")
    found = sums_by(filled, "segment")
    assert {row.name: row.revenue.minor for row in found.rows} == {
        "first": 3000 + 3600 + 1000 - 2000, "second": 3600 + 1000 + 250,
    }  # fmt: skip
    assert found.is_overlapping
    assert figures(found.total) == figures(sums_by(filled, "customer").total)
    scope = Scope("EUR", TODAY, where=Term("id", "=", "3"))
    assert [row.name for row in sums_by(filled, "segment", scope).rows] == ["second"]


def test_sales_to_customers_in_no_segment_have_a_row(filled):
    with filled.transaction():
        filled.insert("segment", name="first", query="id:1")
        filled.insert("segment", name="broken", query="color:red")
    found = sums_by(filled, "segment")
    assert {row.name: row.revenue.minor for row in found.rows} == {
        "first": 1000, "(no segment)": 3600 + 1000 + 250,
    }  # fmt: skip
    assert [each.name for each in found.invalid] == ["broken"]


def test_spellings_of_a_city_are_one_group_and_people_have_that_of_their_organization(store):
    fill(store, [Sold(who, 5, bare=100 * who, bare_cost=10) for who in (1, 2, 3, 4)])
    with store.transaction():
        firm = contacts.add(store, ContactDraft("Firm", kind="org")).id
        for who, city in ((1, "Zürich"), (2, "zurich"), (firm, "Bern")):
            store.insert("address", contact_id=who, city=city)
        store.update("contact", 3, org_id=firm)
    found = sums_by(store, "town")
    assert [(row.name, row.revenue.minor) for row in found.rows] == [
        ("(no city)", 400), ("Bern", 300), ("Zürich", 300),
    ]  # fmt: skip


def test_a_group_may_be_written_in_other_ways(store):
    words = ("Products", "monthly", "owner", "clients")
    assert [parse_margin_grouping(store, word, TODAY).name for word in words] == [
        "product", "month", "owner", "customer",
    ]  # fmt: skip
    with pytest.raises(UsageError, match="unknown group “custmer”") as refused:
        parse_margin_grouping(store, "custmer", TODAY)
    assert refused.value.hint.startswith("Did you mean customer?")
    with pytest.raises(UsageError, match="margins are of one currency"):
        parse_margin_grouping(store, "currency", TODAY)
