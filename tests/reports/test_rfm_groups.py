"""The grid of recency and frequency: every customer stands in one square, and is found there."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.dates import When
from cardcrm.money import Money
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.sales import sales
from cardcrm.reports import rfm, rfm_groups, value
from cardcrm.store import Locale

TODAY = dt.date(2026, 11, 21)
ALL = [(recency, frequency) for recency in range(1, 6) for frequency in range(1, 6)]


@pytest.fixture
def locale():
    return Locale("GB", "EUR")


def fill(store, people):
    """Each with (days since the last sale, orders, amount of each in cents)."""
    with store.transaction():
        for number, (days, orders, amount) in enumerate(people):
            card = contacts.add(store, ContactDraft(f"Customer {number}")).id
            for _ in range(orders):
                when = When(TODAY - dt.timedelta(days=days))
                sales.sell(store, card, Money(amount, "EUR"), when=when)


def read(store):
    report = value.report(store, "EUR", TODAY, limit=None)
    return report, rfm_groups.groups(store, "EUR", report.scale)


PEOPLE = [(days, 1 + days % 7, 100 + 37 * days) for days in range(0, 120, 3)]


@pytest.mark.parametrize(
    "people",
    [PEOPLE, [(5, 1, 100)] * 8, [(days, 1, 100) for days in range(30)],
     [(5, 1 + n // 9, 100) for n in range(20)]],
    ids=["many", "all the same", "all bought once", "few bought twice"],
)  # fmt: skip
def test_every_customer_stands_in_the_square_of_their_scores_and_is_listed_there(store, people):
    fill(store, people)
    report, found = read(store)
    squares = rfm_groups.squares(found)
    assert sum(square.customers for square in squares.values()) == len(people)
    assert sum(square.revenue.minor for square in squares.values()) == report.totals.revenue.minor
    for place in ALL:
        inside = [
            each for each in report.rows
            if (each.scores.recency, each.scores.frequency) == place
        ]  # fmt: skip
        for expected in (0, len(inside), len(people)):
            listed = rfm_groups.customers(store, TODAY, report, *place, expected=expected)
            assert [each.contact_id for each in listed] == [each.contact_id for each in inside]
        if not inside:
            assert place not in squares
            continue
        assert squares[place].customers == len(inside)
        assert squares[place].revenue.minor == sum(each.revenue.minor for each in inside)
        told = dict(squares[place].segments)
        assert told == {name: [e.scores.segment for e in inside].count(name) for name in told}


def test_segments_are_told_with_their_numbers_the_largest_first(store):
    fill(store, PEOPLE)
    report, found = read(store)
    told = rfm_groups.segments(found)
    names = [each.scores.segment for each in report.rows]
    assert {name: count for name, count, _ in told} == {n: names.count(n) for n in set(names)}
    assert [count for _, count, _ in told] == sorted((c for _, c, _ in told), reverse=True)


def test_only_so_many_are_listed_the_best_first(store):
    fill(store, [(5, 1, amount) for amount in (300, 100, 200, 500, 400, 50)])
    report, _ = read(store)
    listed = rfm_groups.customers(store, TODAY, report, 3, 3, limit=3)
    assert [(each.rank, each.revenue.minor) for each in listed] == [(1, 500), (2, 400), (3, 300)]


def test_too_few_customers_make_no_squares(store):
    fill(store, [(5, 1, 100)] * 2)
    report = value.report(store, "EUR", TODAY)
    assert report.scale is None
    assert rfm_groups.customers(store, TODAY, report, 3, 3) == ()


numbers = st.lists(st.integers(0, 9), min_size=5, max_size=30)


@given(numbers)
def test_the_span_of_a_score_holds_just_the_values_of_that_score(values):
    ordered = sorted(values)
    cuts = tuple(ordered[place] for place in rfm.ranks(len(ordered)))
    scale = rfm.Quintiles(cuts, ordered[0] == ordered[-1])
    for each in values:
        held = [score for score in range(1, 6) if _holds(scale.span(score), each)]
        assert held == [scale.score(each)]


def _holds(span, value):
    if span is None:
        return False
    above, most = span
    return (above is None or value > above) and (most is None or value <= most)
