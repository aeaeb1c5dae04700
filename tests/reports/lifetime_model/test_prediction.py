"""Predictions of both models, against published figures, numeric integrals and simulation."""

import datetime as dt
import math
import random
from array import array

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cardcrm.errors import UsageError
from cardcrm.reports.lifetime_model.discounting import discount_purchases, weekly_rate
from cardcrm.reports.lifetime_model.fitting import LifetimeModel
from cardcrm.reports.lifetime_model.forecast_arrays import forecast_arrays
from cardcrm.reports.lifetime_model.forecasts import Horizon, forecast_lists
from cardcrm.reports.lifetime_model.histories import Histories
from cardcrm.reports.lifetime_model.purchase_model import PurchaseModel, is_uniform
from cardcrm.reports.lifetime_model.special_functions import digamma, trigamma
from cardcrm.reports.lifetime_model.spend_model import SpendModel
from tests.support.simulated_customers import simulate

CDNOW = PurchaseModel(0.2425929, 4.4135315, 0.7928862, 2.4257534)
SPEND = SpendModel(6.25, 3.74, 15.44)

PARAMETER = st.floats(0.05, 10)
MODELS = st.builds(PurchaseModel, PARAMETER, PARAMETER, PARAMETER, PARAMETER)
AGES = st.floats(0, 300)
# A fit finds a very large a and b where all customers leave with the same probability.
EQUAL_LEAVING = st.builds(
    PurchaseModel, PARAMETER, PARAMETER, st.floats(40, 1e6), st.floats(1, 1e6)
)
# It finds a very large r and α where all customers buy at the same rate.
EQUAL_RATES = st.integers(10, 1000).flatmap(
    lambda r: st.builds(
        PurchaseModel, st.just(float(r)), st.floats(r / 5, r * 20), PARAMETER, PARAMETER
    )
)


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [(0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437), (78, 1.8576)],
)
def test_new_customers_buy_as_published(weeks, expected):
    """Fader and Hardie, “Implementing the BG/NBD Model … in Excel” (2005).

    The published figure for 78 weeks, 1.8576, ends the series after 50 terms; the sum is 1.8580.
    """
    assert CDNOW.expected_of_new(weeks) == pytest.approx(expected, abs=0.0005)


@pytest.mark.parametrize(
    ("repeats", "recency", "age", "weeks", "expected"),
    [
        (2, 30.43, 38.86, 39, 1.226),  # the same note
        (18, 35.14, 35.86, 1, 0.424877),  # the quickstart of lifetimes
        (19, 34.0, 34.14, 1, 0.474738),
    ],
)
def test_customers_buy_as_published(repeats, recency, age, weeks, expected):
    found = CDNOW.expected_purchases(repeats, recency, age, weeks)
    assert found == pytest.approx(expected, rel=5e-4)


def test_probability_is_as_published():
    assert CDNOW.probability_active(2, 30.43, 38.86) == pytest.approx(0.7266, abs=5e-4)


def test_amounts_are_as_published():
    """Fader and Hardie (2013): 35.17 for all, and the weighted mean of a customer."""
    model = SpendModel(6.25, 3.74, 15.44)
    assert model.expected_spend(0, 0.0) == pytest.approx(35.2, abs=0.1)
    mean, weight = 35.2189, 3.74 - 1
    expected = (weight * mean + 6.25 * 2 * 22.35) / (6.25 * 2 + weight)
    assert model.expected_spend(2, 44.7) == pytest.approx(expected, rel=1e-4)


def integrate(function, steps=4000):
    """Return the integral from 0 to 1 by the midpoint rule; most points are near 0 and 1."""
    total = 0.0
    for number in range(steps):
        u = (number + 0.5) / steps
        point = u**4 * (35 - 84 * u + 70 * u**2 - 20 * u**3)
        total += function(point) * 140 * u**3 * (1 - u) ** 3 / steps
    return total


@settings(max_examples=40)
@given(
    r=PARAMETER,
    alpha=PARAMETER,
    a=st.floats(0.5, 5),
    b=st.floats(0.5, 5),
    repeats=st.integers(0, 20),
    age=AGES,
    weeks=st.floats(0.1, 300),
)
def test_expected_purchases_are_the_integral_over_all_customers(
    r, alpha, a, b, repeats, age, weeks
):
    """Integrate 1/p - e^(-λpt)/p over p by beta(a, b + x), and over λ by gamma(r + x, α + T)."""
    model = PurchaseModel(r, alpha, a, b)
    norm = math.gamma(a) * math.gamma(b + repeats) / math.gamma(a + b + repeats)

    def purchases(p):
        stay = ((alpha + age) / (alpha + age + p * weeks)) ** (r + repeats)
        return p ** (a - 2) * (1 - p) ** (b + repeats - 1) * (1 - stay) / norm

    found = model.purchases_if_active(repeats, age, weeks)
    assert found == pytest.approx(integrate(purchases), rel=2e-3)


@given(
    model=st.one_of(MODELS, EQUAL_LEAVING, EQUAL_RATES),
    repeats=st.integers(0, 60),
    age=AGES,
    weeks=st.floats(0.1, 500),
)
def test_expected_purchases_rise_with_the_horizon(model, repeats, age, weeks):
    before = model.purchases_if_active(repeats, age, weeks)
    after = model.purchases_if_active(repeats, age, weeks * 1.5)
    assert 0 < before <= after * (1 + 1e-9)  # equal where everyone has left


@given(repeats=st.integers(0, 60), age=AGES, weeks=st.floats(0.1, 500))
def test_every_further_week_brings_purchases(repeats, age, weeks):
    before, after = (CDNOW.purchases_if_active(repeats, age, each) for each in (weeks, weeks + 1))
    assert before < after


@given(model=MODELS, repeats=st.integers(0, 60), age=AGES, share=st.floats(0, 1))
def test_the_probability_of_being_active_is_above_0_and_at_most_1(model, repeats, age, share):
    assert 0 < model.probability_active(repeats, age * share if repeats else 0, age) <= 1


@given(b=PARAMETER, repeats=st.integers(0, 5), age=AGES, weeks=st.floats(0.1, 500))
def test_the_formula_has_no_gap_at_a_of_1(b, repeats, age, weeks):
    at, beside = (
        PurchaseModel(0.5, 5.0, a, b).purchases_if_active(repeats, age, weeks)
        for a in (1.0, 1.0001)
    )
    assert at == pytest.approx(beside, rel=1e-3)


@given(a=st.floats(0.1, 0.9), age=AGES, weeks=st.floats(0.1, 500))
def test_the_formula_has_no_gap_where_a_and_b_are_1_together(a, age, weeks):
    at, beside = (
        PurchaseModel(0.5, 5.0, a, b).purchases_if_active(0, age, weeks)
        for b in (1 - a, 1 - a + 1e-4)
    )
    assert at == pytest.approx(beside, rel=1e-2)


@given(
    rate=st.floats(0.05, 5),
    repeats=st.integers(0, 500),
    age=AGES,
    weeks=st.floats(0.1, 200),
)
def test_customers_who_buy_at_one_rate_and_stay(rate, repeats, age, weeks):
    """Expect the rate times the weeks, where hardly any customer ever leaves."""
    model = PurchaseModel(rate * 1e6, 1e6, 1e-6, 1e4)
    found = model.purchases_if_active(repeats, age, weeks)
    assert found == pytest.approx(rate * weeks, rel=0.01)


@given(
    leaving=st.floats(0.01, 0.99), repeats=st.integers(0, 2000), age=AGES, weeks=st.floats(0.1, 500)
)
def test_customers_who_leave_with_one_probability(leaving, repeats, age, weeks):
    """Sum (1 - p)^n times the chance of more than n purchases over n, by the closed form."""
    model = PurchaseModel(0.7, 8.5, leaving * 1e10, (1 - leaving) * 1e10)
    before, after = 8.5 + age, 8.5 + age + leaving * weeks
    expected = -math.expm1((0.7 + repeats) * math.log(before / after)) / leaving
    assert model.purchases_if_active(repeats, age, weeks) == pytest.approx(expected, rel=1e-4)


@given(b=st.floats(0.1, 1000), repeats=st.integers(0, 60), age=AGES, weeks=st.floats(0.1, 500))
def test_the_two_series_meet(b, repeats, age, weeks):
    for by in ({"a": 50.0}, {"r": 10.0}):
        at = PurchaseModel(0.5, 5.0, 0.8, b)._replace(**by)
        beyond = at._replace(**{name: value * 1.00001 for name, value in by.items()})
        assert not is_uniform(at)
        assert is_uniform(beyond)
        expected = beyond.purchases_if_active(repeats, age, weeks)
        assert at.purchases_if_active(repeats, age, weeks) == pytest.approx(expected, rel=1e-3)


def test_simulated_customers_are_active_as_often_as_predicted():
    source = random.Random(7)
    sample = [simulate(source, CDNOW, SPEND, 40.0) for _ in range(20_000)]
    known = [each for each in sample if each.weeks]
    predicted = sum(CDNOW.probability_active(*each.pattern(40.0)) for each in known)
    assert predicted == pytest.approx(sum(each.is_active for each in known), rel=0.02)


def test_simulated_customers_buy_as_much_as_predicted():
    source = random.Random(8)
    sample = [simulate(source, CDNOW, SPEND, 80.0) for _ in range(20_000)]
    predicted = sum(CDNOW.expected_purchases(*each.pattern(40.0), 40.0) for each in sample)
    actual = sum(1 for each in sample for week in each.weeks if week > 40.0)
    assert predicted == pytest.approx(actual, rel=0.03)


@settings(max_examples=20)
@given(
    model=st.builds(PurchaseModel, PARAMETER, st.floats(1, 20), PARAMETER, PARAMETER),
    repeats=st.integers(0, 20),
    age=st.floats(0, 100),
    days=st.integers(7, 700),
    discount=st.floats(0, 0.5),
)
def test_discounted_purchases_are_a_sum_over_days(model, repeats, age, days, discount):
    rate = weekly_rate(discount)
    found, discounted = discount_purchases(
        lambda week: model.purchases_if_active(repeats, age, week),
        model.alpha + age,
        days / 7,
        rate,
    )
    total, before = 0.0, 0.0
    for day in range(1, days + 1):
        after = model.purchases_if_active(repeats, age, day / 7)
        total += (after - before) * math.exp(-rate * (day - 0.5) / 7)
        before = after
    assert found == pytest.approx(before)
    assert discounted == pytest.approx(total, rel=1e-4)
    assert discounted <= found


def test_a_year_is_discounted_by_the_discount():
    rate = weekly_rate(0.1)
    assert math.exp(-rate * 365.25 / 7) == pytest.approx(1 / 1.1)


@pytest.mark.parametrize("discount", [-0.01, 11.0])
def test_an_impossible_discount_is_refused(discount):
    with pytest.raises(UsageError, match="between 0% and 1000%"):
        weekly_rate(discount)


@pytest.mark.parametrize("days", [0, -1, 40_000])
def test_an_impossible_horizon_is_refused(days):
    with pytest.raises(UsageError, match="between 1 day and 100 years"):
        Horizon.build(days)


@st.composite
def histories(draw):
    rows = []
    for number in range(draw(st.integers(1, 20))):
        repeats, age = draw(st.integers(0, 30)), draw(st.integers(0, 2000))
        repeats = min(repeats, age)
        recency = draw(st.integers(repeats, age)) if repeats else 0
        spent = draw(st.integers(-10_000, 10**7)) if repeats else 0
        rows.append((number, repeats, recency, age, spent))
    return Histories(*(array("q", column) for column in zip(*rows, strict=True)))


@settings(max_examples=30)
@given(
    purchase=st.one_of(MODELS, EQUAL_LEAVING, EQUAL_RATES),
    spend=st.one_of(st.none(), st.builds(SpendModel, PARAMETER, st.floats(1.1, 9), PARAMETER)),
    histories=histories(),
    days=st.integers(1, 3000),
    discount=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_both_ways_of_predicting_agree(purchase, spend, histories, days, discount):
    model = LifetimeModel(
        "EUR", dt.date(2026, 1, 1), 9, 9, 9, purchase, None, 0.0, spend, None, None, 9, 35.0, None
    )
    horizon = Horizon.build(days, discount)
    one, other = (
        forecast_lists(model, histories, horizon),
        forecast_arrays(model, histories, horizon),
    )
    assert one.active == pytest.approx(other.active, rel=1e-8)
    assert one.purchases == pytest.approx(other.purchases, rel=1e-7)
    for amounts, same in ((one.value, other.value), (one.future_value, other.future_value)):
        assert amounts == pytest.approx(same, rel=1e-7, abs=1)


@given(x=st.floats(0.01, 1000))
def test_digamma_and_trigamma_are_derivatives_of_log_gamma(x):
    step = 1e-4 * max(x, 1e-2)
    assume(x > 2 * step)
    slope = (math.lgamma(x + step) - math.lgamma(x - step)) / (2 * step)
    assert digamma(x) == pytest.approx(slope, rel=1e-5, abs=1e-5)
    assert trigamma(x) == pytest.approx(
        (digamma(x + step) - digamma(x - step)) / (2 * step), rel=1e-5
    )


def test_digamma_has_its_known_values():
    euler = 0.5772156649015329
    assert digamma(1) == pytest.approx(-euler, abs=1e-13)
    assert digamma(0.5) == pytest.approx(-euler - 2 * math.log(2), abs=1e-13)
    assert trigamma(1) == pytest.approx(math.pi**2 / 6, abs=1e-13)
