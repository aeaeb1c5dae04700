"""Test that every customer is in exactly one cell of the grid, and listed there."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.dates import DayTime
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import rfm, sales
from cardcrm.reports.rfm import grid
from cardcrm.reports.value import customer_ranking
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 21)
ALL = [(recency, frequency) for recency in range(1, 6) for frequency in range(1, 6)]


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def fill(store, people):
    """Add customers with (days since the last sale, orders, amount of each in cents)."""
    with store.transaction():
        for number, (days, orders, amount) in enumerate(people):
            card = contacts.add(store, ContactDraft(f"Customer {number}")).id
            for _ in range(orders):
                when = DayTime(TODAY - dt.timedelta(days=days))
                sales.sell(store, card, Money(amount, "EUR"), when=when)


def read(store):
    report = customer_ranking.build_report(store, "EUR", TODAY, limit=None)
    return report, grid.count_groups(store, "EUR", report.scale)


PEOPLE = [(days, 1 + days % 7, 100 + 37 * days) for days in range(0, 120, 3)]


@pytest.mark.parametrize(
    "people",
    [PEOPLE, [(5, 1, 100)] * 8, [(days, 1, 100) for days in range(30)],
     [(5, 1 + n // 9, 100) for n in range(20)]],
    ids=["many", "all equal", "all bought once", "few bought twice"],
)  # fmt: skip
def test_every_customer_is_in_the_cell_of_their_scores(store, people):
    fill(store, people)
    report, found = read(store)
    cells = grid.build_grid(found)
    assert sum(cell.customers for cell in cells.values()) == len(people)
    assert sum(cell.revenue.minor for cell in cells.values()) == report.totals.revenue.minor
    for place in ALL:
        inside = [
            each for each in report.rows
            if (each.scores.recency, each.scores.frequency) == place
        ]  # fmt: skip
        for expected in (0, len(inside), len(people)):
            listed = grid.list_customers(store, TODAY, report, *place, expected=expected)
            assert [each.contact_id for each in listed] == [each.contact_id for each in inside]
        if not inside:
            assert place not in cells
            continue
        assert cells[place].customers == len(inside)
        assert cells[place].revenue.minor == sum(each.revenue.minor for each in inside)
        counts = dict(cells[place].standings)
        assert counts == {name: [e.scores.standing for e in inside].count(name) for name in counts}


def test_standings_are_sorted_by_size(store):
    fill(store, PEOPLE)
    report, found = read(store)
    counts = grid.count_standings(found)
    names = [each.scores.standing for each in report.rows]
    assert {name: count for name, count, _ in counts} == {n: names.count(n) for n in set(names)}
    assert [count for _, count, _ in counts] == sorted((c for _, c, _ in counts), reverse=True)


def test_listing_of_a_cell_is_limited_and_sorted(store):
    fill(store, [(5, 1, amount) for amount in (300, 100, 200, 500, 400, 50)])
    report, _ = read(store)
    listed = grid.list_customers(store, TODAY, report, 3, 3, limit=3)
    assert [(each.rank, each.revenue.minor) for each in listed] == [(1, 500), (2, 400), (3, 300)]


def test_too_few_customers_make_no_cells(store):
    fill(store, [(5, 1, 100)] * 2)
    report = customer_ranking.build_report(store, "EUR", TODAY)
    assert report.scale is None
    assert grid.list_customers(store, TODAY, report, 3, 3) == ()


numbers = st.lists(st.integers(0, 9), min_size=5, max_size=30)


@given(numbers)
def test_range_of_a_score_has_exactly_its_values(values):
    ordered = sorted(values)
    cuts = tuple(ordered[place] for place in rfm.boundary_ranks(len(ordered)))
    scale = rfm.Quintiles(cuts, ordered[0] == ordered[-1])
    for each in values:
        held = [score for score in range(1, 6) if _holds(scale.range_of(score), each)]
        assert held == [scale.score(each)]


def _holds(span, value):
    if span is None:
        return False
    above, most = span
    return (above is None or value > above) and (most is None or value <= most)
