"""One rule for margins: every report gives that of a plain loop over the same sales."""

import datetime as dt
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.reports.product_sales.margins import sum_margins
from cardcrm.reports.revenue_report.build import RevenueRequest, build_report
from cardcrm.reports.revenue_report.grouping import parse_grouping
from cardcrm.reports.scope import Scope
from cardcrm.reports.warehouse.star_export import export_star
from cardcrm.reports.warehouse.warehouse_query import run_query
from tests.support.sold_lines import LINES, TODAY, Line, Sold, fill

FIRST = TODAY - dt.timedelta(days=400)
SCOPE = Scope("EUR", TODAY, FIRST)


def all_or_none(lines: tuple[Line, ...], is_known: bool) -> tuple[Line, ...]:
    """Return lines whose costs are all known, or all unknown."""
    return tuple(each._replace(cost=(each.cost or 0) if is_known else None) for each in lines)


SALES = st.lists(
    st.builds(
        Sold,
        who=st.integers(1, 4),
        days=st.integers(0, 400),
        lines=st.builds(all_or_none, st.lists(LINES, max_size=3).map(tuple), st.booleans()),
        refund=st.booleans(),
        currency=st.sampled_from(["EUR", "EUR", "USD"]),
        bare=st.integers(0, 9000),
        bare_cost=st.none() | st.integers(0, 5000),
    ),
    max_size=20,
)


def margin_of(each: Sold) -> int | None:
    """Return the margin of a sale; None where it is unknown."""
    if each.cost is None and each.amount >= 0:
        return None
    return each.amount - (each.cost or 0)


def sum_plainly(sold: list[Sold], key) -> dict:
    """Return the sums of the known margins of groups of sales."""
    sums: dict = defaultdict(int)
    for each in sold:
        if each.currency == "EUR" and margin_of(each) is not None:
            sums[key(each)] += margin_of(each)
    return {name: margin for name, margin in sums.items() if margin}


def revenue_rows(store, by: str):
    found = build_report(store, SCOPE, RevenueRequest(parse_grouping(store, by, TODAY)))
    assert found is not None
    total = found.total.margin.minor if found.total.margin else 0
    return {row.name: row.margin.minor for row in found.rows if row.margin}, total


def margin_rows(store, by: str):
    found = sum_margins(store, SCOPE, parse_grouping(store, by, TODAY))
    total = found.total.margin.minor if found.total and found.total.margin else 0
    return {row.name: row.margin.minor for row in found.rows if row.margin}, total


KEYS = {
    "customer": lambda each: f"Customer {each.who}",
    "month": lambda each: f"{each.day:%Y-%m}",
    "year": lambda each: f"{each.day:%Y}",
    "product": None,
}


@settings(max_examples=25)
@given(sold=SALES)
def test_all_reports_give_the_margin_of_a_plain_loop(temporary_store, sold):
    with temporary_store() as store:
        fill(store, sold)
        found = {by: (revenue_rows(store, by), margin_rows(store, by)) for by in KEYS}
        weekdays = revenue_rows(store, "weekday")
        stored = store.rows(
            "SELECT contact_id, margin FROM contact_value WHERE own = 1 AND currency = 'EUR'"
        )
    total = sum(sum_plainly(sold, KEYS["year"]).values())
    assert sum(weekdays[0].values()) == weekdays[1] == total
    for by, key in KEYS.items():
        for rows, whole in found[by]:
            assert whole == total
            assert sum(rows.values()) == total
            if key is not None:
                shown = {name: margin for name, margin in rows.items() if margin}
                assert shown == sum_plainly(sold, key)
    of_customers = defaultdict(list)
    for each in sold:
        if each.currency == "EUR":
            of_customers[each.who].append(margin_of(each))
    assert {row[0]: row[1] for row in stored} == {
        who: None if None in margins else sum(margins) for who, margins in of_customers.items()
    }


def test_the_segments_of_the_warehouse_have_the_sales_of_the_reports(store, tmp_path):
    fill(store, [Sold(who, 5, bare=100 * who, bare_cost=10) for who in (1, 2, 3)])
    with store.transaction():
        firm = contacts.add(store, ContactDraft("Firm", kind="org")).id
        store.update("contact", 2, org_id=firm)
        store.insert("segment", name="firms", query="kind:org or id:1")
    export_star(store, tmp_path / "star")
    found = run_query(
        tmp_path / "star",
        "SELECT segment, sum(amount) * 100, sum(margin) * 100 FROM fact_sale_line "
        "JOIN bridge_customer_segment USING (customer_id) GROUP BY segment",
    )
    grouping = parse_grouping(store, "segment", TODAY)
    rows = {row.name: row for row in sum_margins(store, SCOPE, grouping).rows}
    firms = rows["firms"]
    assert found.rows == [("firms", firms.revenue.minor, firms.margin.minor)]
    assert found.rows == [("firms", 300, 280)]
    assert rows["(no segment)"].revenue.minor == 300


KNOWN, UNKNOWN = Line(1, cost=4_000_000), Line(2)
EXAMPLES = [
    Sold(1, 90, (KNOWN,)),
    Sold(1, 80, (UNKNOWN,)),
    Sold(2, 70, (KNOWN,), refund=True),
    Sold(2, 60, (UNKNOWN,), refund=True),
    Sold(3, 50, bare=700, bare_cost=300),
    Sold(3, 40, bare=450, refund=True),
    Sold(3, 30, bare=450, bare_cost=200, refund=True),
]


@pytest.mark.parametrize("count", [0, 4, len(EXAMPLES)])
def test_the_warehouse_has_the_margin_of_the_reports(store, tmp_path, count):
    sold = EXAMPLES[:count]
    fill(store, sold)
    export_star(store, tmp_path / "star")
    found = run_query(
        tmp_path / "star",
        "SELECT coalesce(sum(margin), 0), coalesce(sum(amount), 0), coalesce(sum(cost), 0), "
        "coalesce(sum(CASE WHEN cost IS NULL THEN amount END), 0) FROM fact_sale_line",
    )
    margin, amount, cost, unknown = (round(each * 100) for each in found.rows[0])
    assert margin == sum(sum_plainly(sold, KEYS["year"]).values())
    assert margin == margin_rows(store, "customer")[1]
    assert amount == margin + cost + unknown
