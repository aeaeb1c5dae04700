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
from cardcrm.reports.pipeline.simulation import (
    Chance,
    Rest,
    draw_planes,
    find_band,
    find_ranked,
)
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
    found = forecast_deals(store, SCOPE, group="owner" if by_owner else "all")
    assert {
        (each.month, each.currency, each.group): [
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


def draw_sums(chances, seed, rest=simulation.NO_REST):
    """Return the sums of all draws in rising order, read bit by bit."""
    planes = draw_planes(chances, seed, rest)
    sums = [
        sum((plane >> draw & 1) << at for at, plane in enumerate(planes)) for draw in range(10_000)
    ]
    return sorted(sums)


@pytest.mark.no_database
def test_draws_have_the_exact_distribution():
    exact = find_quantiles(CHANCES)
    sums = draw_sums(CHANCES, "seed")
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
def test_a_rank_finds_the_draw_of_the_sorted_sums():
    for rest in (simulation.NO_REST, Rest(10.0, 49.0)):
        sums = draw_sums(CHANCES, "seed", rest)
        planes = draw_planes(CHANCES, "seed", rest)
        for rank in (0, 1, 500, 4_999, 9_499, 9_999):
            assert find_ranked(planes, rank) == sums[rank]


@pytest.mark.no_database
def test_a_band_leaves_as_much_outside_on_each_side():
    sums = draw_sums(CHANCES, "seed")
    assert find_band(CHANCES, "seed", 90) == (sums[500], sums[9_499])
    assert find_band(CHANCES, "seed", 99) == (sums[50], sums[9_949])


@pytest.mark.no_database
def test_no_deals_sum_to_nothing():
    assert find_band([], "none", 90) == (0, 0)
    assert find_band([Chance(0, 50_000), Chance(5, 0)], "none", 90) == (0, 0)


@pytest.mark.no_database
@pytest.mark.parametrize("chances", [[], [Chance(1, 50_000)]])
def test_a_rest_is_normal(chances):
    """Draw the rest beside a deal; alone it is exact."""
    low, high = find_band(chances, "x", 90, Rest(1_000_000, 10_000**2))
    assert low == pytest.approx(1_000_000 - 16_449, abs=400 if chances else 1)
    assert high == pytest.approx(1_000_000 + 16_449, abs=400 if chances else 1)
    assert find_band(chances, "x", 90, Rest(1_000_000)) in {
        (1_000_000, 1_000_000),
        (1_000_000, 1_000_001),
    }


CLOSES = [dt.date(2026, 12, 15), dt.date(2027, 1, 15), None]


def draw_deals(source, count):
    """Return deals of unlike sizes in several months and currencies."""
    return [
        open_deal(
            "Demo",
            source.choice([1, 1_000, 10**6, 10**9]) * source.randrange(1, 100),
            source.choice(["EUR", "USD"]),
            source.choice([None, 0, 1, 50_000, 99_999, 100_000]),
            source.choice(CLOSES),
            source.choice(["ann", "bob"]),
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("drawn", [0, 3, 40])
@pytest.mark.parametrize("group", ["all", "owner"])
def test_no_band_exceeds_the_best_case(store, monkeypatch, drawn, group):
    """Draw a few of many deals, among them a few large ones in months of their own."""
    monkeypatch.setattr(deal_forecast, "MAX_DRAWN", drawn)
    for seed in range(6):
        replace_deals(store, draw_deals(random.Random(seed), 60))
        for percent in (50, 99):
            found = forecast_deals(store, SCOPE, percent=percent, group=group)
            assert all(0 <= each.low <= each.high <= each.best_case for each in found)
            assert found == forecast_deals(store, SCOPE, percent=percent, group=group)


def test_a_large_deal_is_drawn_in_each_month_though_others_are_larger(store, monkeypatch):
    """Draw what matters for each month, and not the largest amounts of all months."""
    monkeypatch.setattr(deal_forecast, "MAX_DRAWN", 20)
    december, january = CLOSES[:2]
    many = [open_deal("Demo", 10**9 + at, "EUR", 50_000, december) for at in range(100)]
    few = [open_deal("Demo", 10**6, "EUR", 50_000, january)]
    replace_deals(store, [*many, *few])
    later = forecast_deals(store, SCOPE)[1]
    assert (later.low, later.high) == (0, 10**6)


def test_many_deals_are_drawn_as_a_sum_beyond_those_that_matter(store, monkeypatch):
    source = random.Random(5)
    deals = [
        open_deal("Demo", source.randrange(1, 10_000), "EUR", source.randrange(100_001), CLOSES[0])
        for _ in range(300)
    ]
    replace_deals(store, deals)
    (every,) = forecast_deals(store, SCOPE)
    for drawn in (0, 40):
        monkeypatch.setattr(deal_forecast, "MAX_DRAWN", drawn)
        (found,) = forecast_deals(store, SCOPE)
        assert (found.weighted, found.best_case) == (every.weighted, every.best_case)
        width = every.high - every.low
        assert abs(found.low - every.low) < width / 20
        assert abs(found.high - every.high) < width / 20
