"""Effects of prices: the interval against published figures and simulations, and its spans."""

import datetime as dt
import math
import random

import pytest

from cardcrm.reports.product_sales.price_changes import PriceDay, find_price_changes
from cardcrm.reports.product_sales.price_effect import analyze_price, analyze_promotion
from cardcrm.reports.scope import Scope
from cardcrm.reports.statistics.rate_ratio import Span, compare_rates, explain_missing
from tests.support.sold_lines import TODAY, Line, Sold, fill


def counts(days):
    """Return a span of days on which single units were sold."""
    return Span(days, int(sum(days)), sum(days))


def test_the_interval_is_the_published_one():
    # Rothman and Greenland, Modern Epidemiology: 41 cases in 28,010 years, 15 in 19,017.
    before = counts([1.0] * 15 + [0.0] * (19_017 - 15))
    after = counts([1.0] * 41 + [0.0] * (28_010 - 41))
    found = compare_rates(before, after)
    assert [round(each, 2) for each in found] == [1.86, 1.03, 3.35, 1.0]


def draw_poisson(source, mean):
    limit, count, product = math.exp(-mean), 0, source.random()
    while product > limit:
        count += 1
        product *= source.random()
    return count


def draw_day(source, mean, spread):
    """Return a count of a day whose own mean varies with the gamma distribution."""
    own = source.gammavariate(1 / spread, mean * spread) if spread else mean
    return float(draw_poisson(source, own))


@pytest.mark.parametrize("spread", [0, 0.8], ids=["Poisson", "negative binomial"])
def test_the_interval_has_the_true_ratio_in_95_of_100_simulations(spread):
    source = random.Random(7)
    hits = 0
    for _ in range(300):
        before = counts([draw_day(source, 2.0, spread) for _ in range(56)])
        after = counts([draw_day(source, 1.4, spread) for _ in range(28)])
        found = compare_rates(before, after)
        hits += found.low <= 0.7 <= found.high
    assert 270 <= hits <= 297


def test_the_interval_does_not_depend_on_the_unit_of_quantities():
    days = [0.5, 1.5, 2.0, 0.0, 1.0, 1.0, 2.5]
    one = Span(days, 9, 14.0)
    other = Span([2 * each for each in days], 9, 56.0)
    large = [each._replace(days=[1000 * day for day in each.days], squares=each.squares * 10**6)
             for each in (one, other)]  # fmt: skip
    small = compare_rates(one, other)
    assert compare_rates(*large)[:3] == pytest.approx(small[:3])


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ([1.0] * 6, [1.0] * 7, "only 6 days before; at least 7 are needed"),
        ([1.0] * 7, [1.0] * 4 + [0.0] * 3, "only 4 lines sold after; at least 5 are needed"),
        ([0.0] * 9, [1.0] * 9, "only 0 lines sold before; at least 5 are needed"),
    ],
)
def test_too_little_data_gives_a_reason_and_no_interval(before, after, reason):
    spans = counts(before), counts(after)
    assert explain_missing(*spans) == reason
    assert compare_rates(*spans) is None


def days_at(*prices):
    """Return a day with sales for each price; several prices of a day have one line each."""
    found = []
    for number, at in enumerate(prices):
        for price in at if isinstance(at, tuple) else (at,):
            day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
            found.append(PriceDay(day, price, 1, 1000, 1.0, price, price))
    return found


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ((), []),
        ((5, 5, 5), []),
        ((5, 5, 6, 6, 6), [(3, 5, 6)]),
        ((5, 5, 5, 6), [(4, 5, 6)]),
        ((5, 5, 9, 5, 5), []),
        ((5, 5, 9, 6, 6, 6), [(4, 5, 6)]),
        ((5, 6), []),
        ((5, 5, 6, 6, 4, 4), [(3, 5, 6), (5, 6, 4)]),
        ((5, 5, (5, 6), (6, 5), 6), [(3, 5, 6)]),
    ],
)
def test_price_changes_are_found(prices, expected):
    found = find_price_changes(days_at(*prices), "EUR")
    assert [(each.on.day, each.before.parts, each.after.parts) for each in found] == expected


def sell_daily(first, last, price, every=1, product=1, quantity=1000):
    """Return a sale on every n-th day from ``first`` to ``last`` days ago."""
    return [
        Sold(1, days, (Line(product, quantity, price=price),))
        for days in range(first, last - 1, -every)
    ]


def test_a_price_rise_is_found_in_the_lines(store):
    old, new = 20_000_000, 25_000_000
    sold = [*sell_daily(100, 30, old), *sell_daily(29, 0, new, every=2)]
    others = [*sell_daily(100, 0, 10_000_000, product=2)]
    fill(store, [*sold, *others])
    found = analyze_price(store, Scope("EUR", TODAY), 1, "Product 1")
    assert (found.on, found.is_found, found.reason) == (TODAY - dt.timedelta(days=29), True, "")
    effect = found.effect
    assert (effect.before.days, effect.after.days) == (56, 28)
    assert (effect.before.units_a_day, effect.after.units_a_day) == (1.0, 0.5)
    assert effect.units.ratio == 0.5
    assert effect.units.low < 0.5 < effect.units.high < 1
    assert effect.revenue_change == 0.5 * 2500 / 2000 - 1
    assert effect.others == 0
    assert [(each.before.parts, each.after.parts) for each in found.changes] == [(old, new)]


def test_a_span_ends_at_the_change_next_to_it(store):
    sold = [
        *sell_daily(100, 61, 20_000_000), *sell_daily(60, 41, 25_000_000),
        *sell_daily(40, 0, 30_000_000),
    ]  # fmt: skip
    fill(store, sold)
    day = TODAY - dt.timedelta(days=60)
    effect = analyze_price(store, Scope("EUR", TODAY), 1, "Product 1", day).effect
    assert (effect.before.days, effect.after.days) == (35, 14)
    assert effect.after.first == day


def test_a_promotion_is_compared_with_whole_weeks_before(store):
    sold = [*sell_daily(60, 21, 20_000_000, every=2)]
    cheap = [Sold(2, days, (Line(1, 2000, price=20_000_000, discount=25_000),))
             for days in range(20, 10, -1)]  # fmt: skip
    fill(store, [*sold, *cheap, *sell_daily(10, 0, 20_000_000)])
    first, last = (TODAY - dt.timedelta(days=days) for days in (20, 11))
    effect = analyze_promotion(store, Scope("EUR", TODAY), 1, "Product 1", first, last).effect
    assert (effect.before.days, effect.after.days) == (35, 10)
    assert effect.before.last == first - dt.timedelta(days=1)
    assert (effect.after.units, effect.after.revenue.minor) == (20_000, 10 * 3000)
    assert effect.after.discount_share == 0.25
    assert effect.units.ratio == pytest.approx(2 / effect.before.units_a_day)


def test_a_promotion_is_not_compared_with_days_before_the_launch(store):
    others = [Sold(2, days, (Line(2, 1000, price=10_000_000),)) for days in range(100, 0, -1)]
    fill(store, [*others, *sell_daily(16, 0, 20_000_000)])
    first, last = (TODAY - dt.timedelta(days=days) for days in (9, 3))
    effect = analyze_promotion(store, Scope("EUR", TODAY), 1, "Product 1", first, last).effect
    assert (effect.before.days, effect.after.days) == (7, 7)
    assert effect.units.ratio == pytest.approx(1)


@pytest.mark.parametrize(
    ("sold", "reason"),
    [
        ([], "no sales of it in EUR"),
        ([Sold(1, 5, (Line(1),)), Sold(2, 5, (Line(1),))], "all of its sales are on 2026-11-16"),
        ([Sold(1, 5, (Line(1),)), Sold(1, 9, (Line(1),))], "its price has not changed"),
        ([Sold(1, 5, (Line(1),), refund=True)], "no sales of it in EUR"),
        ([Sold(1, -5, (Line(1),))], "no sales of it in EUR"),
    ],
)
def test_what_is_missing_is_said(store, sold, reason):
    fill(store, sold)
    found = analyze_price(store, Scope("EUR", TODAY), 1, "Product 1")
    assert found.reason.startswith(reason)
    assert found.effect is None


def test_months_have_the_mix_of_prices_and_products(store):
    fill(
        store,
        [
            Sold(1, 5, (Line(1, 2000, price=20_000_000, discount=10_000), Line(2))),
            Sold(1, 90, (Line(1, price=15_000_000),)),
        ],
    )
    months = analyze_price(store, Scope("EUR", TODAY), 1, "Product 1").months
    assert [(each.name, each.figures.units, each.share) for each in months] == [
        ("2026-08", 1000, 1.0), ("2026-09", 0, None), ("2026-10", 0, None),
        ("2026-11", 2000, 3600 / 4600),
    ]  # fmt: skip
    last = months[-1].figures
    assert (last.paid.parts, last.listed.parts) == (18_000_000, 20_000_000)
    assert last.discount_share == pytest.approx(0.1)
