"""Compare the report of standings, and the filter, with plain loops over the sales."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.sales import rfm
from cardcrm.reports.rfm.moves import end_of_last_quarter, report_standings
from cardcrm.reports.scope import Scope
from cardcrm.store import Locale
from tests.records.query_sql.oracle.standings import GRID, score_figures, standing_of
from tests.support.sales import replace_sales

TODAY = dt.date(2024, 11, 21)
DAYS = st.dates(dt.date(2023, 1, 1), TODAY) | st.sampled_from(
    [dt.date(2024, 2, 29), dt.date(2024, 9, 30), dt.date(2024, 10, 1)]
)
SALES = st.lists(
    st.tuples(
        st.integers(0, 11), DAYS, st.integers(-300, 900), st.sampled_from(["EUR", "EUR", "USD"])
    ),
    min_size=5,
    max_size=40,
)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def standings(rows, day):
    """Return the standing of each customer by the sales up to a day."""
    figures = {}
    for who in {who for who, *_ in rows}:
        sold = [
            (on, minor) for each, on, minor, currency in rows
            if each == who and currency == "EUR" and on <= day
        ]  # fmt: skip
        if sold:
            ordered = {on for on, minor in sold if minor > 0}
            last = max(ordered or {on for on, _ in sold})
            figures[who] = ((day - last).days, len(ordered), sum(minor for _, minor in sold))
    return {who: standing_of(scores) for who, scores in score_figures(figures).items()}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=SALES, then=DAYS)
def test_standings_and_moves_are_those_of_a_plain_loop(store, rows, then):
    ids = replace_sales(store, rows)
    now, before = standings(rows, TODAY), standings(rows, then)
    report = report_standings(store, Scope("EUR", TODAY), then)
    found = {each.standing: each for each in report.standings}
    assert {name: each.customers for name, each in found.items() if each.customers} == Counter(
        now.values()
    )
    for name, each in found.items():
        mine = {who for who, standing in now.items() if standing == name}
        then_mine = {who for who, standing in before.items() if standing == name}
        assert each.revenue.minor == sum(
            minor for who, _, minor, currency in rows if who in mine and currency == "EUR"
        )
        query = contact_query.parse(store, f'rfm:"{name}"')
        assert set(columns.find_ids(store, query)) == {ids[who] for who in mine}
        if before:
            assert each.before == len(then_mine)
            assert each.joined == len(mine - then_mine)
            assert each.left == len(then_mine - mine)
        else:
            assert each.before is each.joined is each.left is None
    moves = Counter((before.get(who, ""), standing) for who, standing in now.items())
    expected = {pair: count for pair, count in moves.items() if pair[0] != pair[1]}
    assert {(each.before, each.now): each.customers for each in report.moves} == (
        expected if before else {}
    )
    counts = [each.customers for each in report.moves]
    assert counts == sorted(counts, reverse=True)
    if sum(each.revenue.minor for each in report.standings) > 0:
        assert sum(each.share for each in report.standings) == pytest.approx(1)


def test_the_boundaries_are_of_all_customers_also_with_a_query(store):
    rows = [(who, TODAY - dt.timedelta(days=who), 100 * who, "EUR") for who in range(1, 11)]
    replace_sales(store, rows)
    node = contact_query.parse(store, 'name:"Customer 10"')
    report = report_standings(store, Scope("EUR", TODAY, where=node), dt.date(2024, 11, 1))
    (only,) = report.standings
    assert (only.standing, only.customers, only.share) == (standings(rows, TODAY)[10], 1, 1.0)


@pytest.mark.parametrize(
    ("day", "end"),
    [("2024-11-21", "2024-09-30"), ("2024-10-01", "2024-09-30"), ("2024-03-31", "2023-12-31")],
)
def test_moves_are_since_the_end_of_the_last_quarter(day, end):
    assert end_of_last_quarter(dt.date.fromisoformat(day)).isoformat() == end


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("champions", rfm.CHAMPIONS), ("AT RISK", rfm.AT_RISK), ("at-risk", rfm.AT_RISK),
        ("can't lose them", rfm.CANNOT_LOSE), ("cantlosethem", rfm.CANNOT_LOSE),
        ("new", rfm.NEW), ("lo", None), ("los", rfm.LOST), ("x", None), ("", None),
    ],
)  # fmt: skip
def test_a_standing_is_known_in_any_writing(text, name):
    assert rfm.find_standing(text) == name


def test_every_cell_of_the_grid_is_a_cell_of_its_standing():
    for row, names in enumerate(GRID):
        for strength, name in enumerate(names, 1):
            assert (5 - row, strength) in rfm.cells_of(name)
            assert rfm.find_standing(rfm.slug(name)) == name
    assert sum(len(rfm.cells_of(name)) for name in rfm.STANDINGS) == 25
