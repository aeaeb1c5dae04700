"""The forecast of deals: sums against plain loops, the band against exact distributions."""

import datetime as dt
import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cardcrm.reports.pipeline import deal_forecast, simulation
from cardcrm.reports.pipeline.deal_forecast import forecast_deals
from cardcrm.reports.pipeline.deal_scope import DealScope
from cardcrm.reports.pipeline.simulation import Chance, Rest, draw_sums, find_band
from cardcrm.store import Locale
from tests.support.deals import TestDeal, replace_deals

TODAY = dt.date(2026, 11, 21)
SCOPE = DealScope(TODAY, "EUR")
STAGES = {"Qualification": 10_000, "Demo": 25_000, "Negotiation": 70_000, "Ready to close": 90_000}
OPENED = dt.date(2026, 1, 1)


def open_deal(stage, amount, currency, probability, close, owner="ann"):
    return TestDeal(((stage, OPENED),), amount, currency, probability, close, owner)


DEALS = st.lists(
    st.builds(
        open_deal,
        st.sampled_from([*STAGES, "Won", "Lost"]),
        st.none() | st.integers(0, 10**13),
        st.sampled_from(["EUR", "USD"]),
        st.none() | st.integers(0, 100_000),
        st.none() | st.dates(dt.date(2026, 9, 1), dt.date(2027, 2, 28)),
        st.sampled_from(["ann", "bob", ""]),
    ),
    max_size=12,
)


@pytest.fixture
def locale():
    return Locale("DE", "EUR")


def sum_slowly(deals, *, by_owner):
    """Return the figures by month, currency and owner, one deal at a time."""
    found = {}
    for each in deals:
        if each.status != "open":
            continue
        month = each.close.isoformat()[:7] if each.close else None
        currency = "EUR" if each.amount is None else each.currency
        key = (month, currency, each.owner if by_owner else "")
        chance = STAGES[each.stage] if each.probability is None else each.probability
        sums = found.setdefault(key, [0, 0, 0, 0, 0])
        sums[0] += 1
        if each.amount is None:
            sums[1] += 1
            continue
        sums[2] += (2 * each.amount * chance + 100_000) // 200_000
        sums[3] += each.amount if chance >= 90_000 else 0
        sums[4] += each.amount
    return found


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deals=DEALS, by_owner=st.booleans())
def test_sums_agree_with_a_plain_loop(store, deals, by_owner):
    replace_deals(store, deals)
    found = forecast_deals(store, SCOPE, by_owner=by_owner)
    assert {
        (each.month, each.currency, each.owner): [
            each.deals, each.without_amount, each.weighted, each.commit, each.best_case,
        ]
        for each in found
    } == sum_slowly(deals, by_owner=by_owner)  # fmt: skip
    for each in found:
        assert 0 <= each.low <= each.high <= each.best_case
        assert each.commit <= each.best_case
        assert each.has_passed == (each.month is not None and each.month < "2026-11")
    months = [each.month or "~" for each in found]
    assert months == sorted(months)


@pytest.mark.parametrize(
    ("percent", "weighted", "low", "high"),
    [(50, 50_000, 0, 100_000), (100, 100_000, 100_000, 100_000), (0, 0, 0, 0)],
)
def test_a_deal_counts_by_its_probability(store, percent, weighted, low, high):
    close = dt.date(2026, 12, 15)
    replace_deals(store, [open_deal("Demo", 100_000, "EUR", percent * 1000, close)])
    (found,) = forecast_deals(store, SCOPE)
    assert (found.weighted, found.low, found.high) == (weighted, low, high)
    assert (found.month, found.deals, found.best_case) == ("2026-12", 1, 100_000)


def test_the_filters_choose_deals(store):
    close = dt.date(2026, 12, 15)
    replace_deals(
        store,
        [
            open_deal("Demo", 100, "EUR", None, close, "ann"),
            open_deal("Demo", 200, "USD", None, close, "bob"),
        ],
    )
    for scope in (
        DealScope(TODAY, "EUR", owners=("bob", "eve")),
        DealScope(TODAY, "EUR", currency="USD"),
    ):
        assert [each.best_case for each in forecast_deals(store, scope)] == [200]
    assert forecast_deals(store, DealScope(TODAY, "EUR", pipeline_id=999)) == []


def find_quantiles(chances):
    """Return the sums of all outcomes with their probabilities, exactly."""
    found = {0: 1.0}
    for amount, probability in chances:
        share = probability / 100_000
        after = {}
        for total, weight in found.items():
            after[total] = after.get(total, 0) + weight * (1 - share)
            after[total + amount] = after.get(total + amount, 0) + weight * share
        found = after
    return found


CHANCES = [
    Chance(3, 20_000),
    Chance(5, 55_000),
    Chance(11, 99_000),
    Chance(2, 1),
    Chance(7, 33_333),
]


@pytest.mark.no_database
def test_draws_have_the_exact_distribution():
    exact = find_quantiles(CHANCES)
    sums = draw_sums(CHANCES, "seed")
    assert len(sums) == 10_000
    assert sums == sorted(sums)
    for total, weight in exact.items():
        share = sums.count(total) / len(sums)
        assert abs(share - weight) <= 4 * (weight * (1 - weight) / len(sums)) ** 0.5 + 1e-9
    assert draw_sums(CHANCES, "seed") == sums != draw_sums(CHANCES, "other")


@pytest.mark.no_database
def test_deals_are_won_independently():
    amounts = [2**at for at in range(6)]
    sums = draw_sums([Chance(each, 50_000) for each in amounts], "pairs")
    for one, other in itertools.combinations(amounts, 2):
        both = sum(total & one != 0 and total & other != 0 for total in sums)
        assert 2_250 < both < 2_750


@pytest.mark.no_database
def test_no_deals_sum_to_nothing():
    assert set(draw_sums([], "none")) == {0}
    assert set(draw_sums([Chance(0, 50_000), Chance(5, 0)], "none")) == {0}


@pytest.mark.no_database
def test_a_band_leaves_as_much_outside_on_each_side():
    assert find_band(list(range(10_000)), 90) == (500, 9_499)
    assert find_band(list(range(10_000)), 99) == (50, 9_949)


def test_many_deals_are_drawn_as_a_sum_beyond_the_largest(store, monkeypatch):
    source = random.Random(5)
    close = dt.date(2026, 12, 15)
    deals = [
        open_deal("Demo", source.randrange(1, 10_000), "EUR", source.randrange(100_001), close)
        for _ in range(300)
    ]
    replace_deals(store, deals)
    (every,) = forecast_deals(store, SCOPE)
    monkeypatch.setattr(deal_forecast, "MAX_DRAWN", 40)
    (found,) = forecast_deals(store, SCOPE)
    assert (found.weighted, found.best_case) == (every.weighted, every.best_case)
    width = every.high - every.low
    assert abs(found.low - every.low) < width / 20
    assert abs(found.high - every.high) < width / 20


@pytest.mark.no_database
def test_the_rest_shifts_and_widens_the_sums():
    assert find_band(draw_sums([], "x", Rest(50.4)), 90) == (50, 50)
    low, high = find_band(draw_sums([], "x", Rest(1_000_000, 10_000**2)), 90)
    assert low == pytest.approx(1_000_000 - 16_449, rel=0.002)
    assert high == pytest.approx(1_000_000 + 16_449, rel=0.002)
    assert simulation.DRAWS == 10_000
