"""Fit both models, against published figures, a second likelihood, and simulated customers."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardcrm.reports.lifetime_model import fitting, likelihood, likelihood_arrays
from cardcrm.reports.lifetime_model.histories import build_patterns, build_spend
from cardcrm.reports.lifetime_model.newton import maximize, standard_errors
from cardcrm.reports.lifetime_model.purchase_model import PurchaseModel
from cardcrm.reports.lifetime_model.spend_model import SpendModel
from tests.support import cdnow
from tests.support.simulated_customers import simulate

TRUE_PURCHASE = PurchaseModel(0.243, 4.414, 0.793, 2.426)
TRUE_SPEND = SpendModel(6.25, 3.74, 15.44)

POSITIVE = st.floats(0.05, 30)
WEEKS = st.floats(0, 200)


@st.composite
def patterns(draw):
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        repeats = draw(st.one_of(st.just(0), st.integers(1, 40)))
        age = draw(WEEKS)
        recency = draw(st.floats(0, age)) if repeats else 0.0
        rows.append((repeats, recency, age, draw(st.integers(1, 5))))
    return build_patterns(rows)


TOTALS = st.lists(
    st.tuples(st.integers(1, 30), st.floats(0.01, 1e5), st.integers(1, 4)), min_size=1, max_size=12
).map(build_spend)


def test_purchases_of_cdnow_give_the_published_parameters():
    """Fader, Hardie and Lee (2005), table 2; the errors are those of lifetimes 0.11.3."""
    found = fitting.fit_purchases(cdnow.purchases())
    assert [round(each, 3) for each in found.point] == [0.243, 4.414, 0.793, 2.426]
    assert found.value == pytest.approx(-9582.4, abs=0.05)
    assert standard_errors(found.hessian) == pytest.approx(
        (0.012557, 0.378221, 0.185719, 0.705346), rel=1e-3
    )
    assert found.is_inside


def test_amounts_of_cdnow_give_the_published_parameters():
    """Fader and Hardie (2013): p = 6.25, q = 3.74, v = 15.44 for 946 customers."""
    amounts = cdnow.spend()
    found = fitting.fit_spend(amounts)
    assert sum(amounts.customers) == 946
    assert [round(each, 2) for each in found.point] == [6.25, 3.74, 15.45]
    assert found.value == pytest.approx(-4055.92, abs=0.01)


@pytest.mark.parametrize("factor", [1 / 7, 1.0, 1000.0])
def test_a_unit_of_time_changes_alpha_alone(factor):
    weeks = cdnow.purchases()
    scaled = build_patterns(
        [(x, recency * factor, age * factor, n) for x, recency, age, n in zip(*weeks, strict=True)]
    )
    found = fitting.fit_purchases(scaled)
    assert found.point == pytest.approx((0.24259, 4.41353 * factor, 0.79289, 2.42575), rel=1e-4)


@pytest.mark.parametrize("start", [(0.01, 0.1, 0.01, 0.01), (9, 99, 9, 9), (1, 1, 1, 50)])
def test_the_start_does_not_change_the_optimum(start):
    found = maximize(likelihood.purchase_likelihood(cdnow.purchases()), start)
    assert found.point == pytest.approx((0.24259, 4.41353, 0.79289, 2.42575), rel=1e-4)


@given(patterns=patterns(), point=st.tuples(POSITIVE, POSITIVE, POSITIVE, POSITIVE))
def test_both_likelihoods_of_purchases_agree(patterns, point):
    one = likelihood.purchase_likelihood(patterns)(point)
    other = likelihood_arrays.purchase_likelihood(patterns)(point)
    assert_equal_derivatives(one, other)


@given(amounts=TOTALS, point=st.tuples(POSITIVE, POSITIVE, POSITIVE))
def test_both_likelihoods_of_amounts_agree(amounts, point):
    one = likelihood.spend_likelihood(amounts)(point)
    other = likelihood_arrays.spend_likelihood(amounts)(point)
    assert_equal_derivatives(one, other)


def assert_equal_derivatives(one, other):
    assert one.value == pytest.approx(other.value, rel=1e-9, abs=1e-9)
    size = 1 + max(abs(each) for each in one.gradient)
    assert one.gradient == pytest.approx(other.gradient, abs=1e-9 * size)
    for row, same in zip(one.hessian, other.hessian, strict=True):
        assert row == pytest.approx(same, rel=1e-7, abs=1e-9 * size)


def plain_log_likelihood(rows, point):
    """Return equation 6 of the paper unchanged, customer by customer."""
    r, alpha, a, b = point
    total = 0.0
    for x, recency, age, customers in rows:
        first = math.lgamma(r + x) - math.lgamma(r) + r * math.log(alpha)
        second = math.lgamma(a + b) + math.lgamma(b + x) - math.lgamma(b) - math.lgamma(a + b + x)
        third = (alpha + age) ** -(r + x)
        fourth = a / (b + x - 1) * (alpha + recency) ** -(r + x) if x else 0.0
        total += customers * (first + second + math.log(third + fourth))
    return total


SMALL = st.floats(0.2, 5)


@given(patterns=patterns(), point=st.tuples(SMALL, SMALL, SMALL, SMALL))
def test_the_likelihood_is_that_of_the_paper(patterns, point):
    rows = list(zip(*patterns, strict=True))
    found = likelihood.purchase_likelihood(patterns)(point)
    assert found.value == pytest.approx(plain_log_likelihood(rows, point), rel=1e-9, abs=1e-7)


@settings(max_examples=40)
@given(patterns=patterns(), point=st.tuples(SMALL, SMALL, SMALL, SMALL))
def test_derivatives_are_those_of_small_differences(patterns, point):
    assert_derivatives(likelihood.purchase_likelihood(patterns), point)


@settings(max_examples=40)
@given(amounts=TOTALS, point=st.tuples(SMALL, SMALL, SMALL))
def test_derivatives_of_amounts_are_those_of_small_differences(amounts, point):
    assert_derivatives(likelihood.spend_likelihood(amounts), point)


def assert_derivatives(function, point):
    here = function(point)
    for number, value in enumerate(point):
        step = 1e-5 * value
        above, below = (
            function((*point[:number], value + by, *point[number + 1 :])) for by in (step, -step)
        )
        slope = (above.value - below.value) / (2 * step)
        size = 1e-4 * (1 + abs(here.value) + max(map(abs, here.gradient)))
        assert here.gradient[number] == pytest.approx(slope, rel=1e-4, abs=size)
        curve = [
            (up - down) / (2 * step)
            for up, down in zip(above.gradient, below.gradient, strict=True)
        ]
        assert here.hessian[number] == pytest.approx(curve, rel=1e-3, abs=size)


def test_intervals_of_simulated_customers_cover_the_true_parameters():
    """Fit 200 samples of 1,000 customers; of each parameter, 90 to 99% of the intervals cover it.

    The intervals are symmetric in the logarithm, as `value model` shows them.
    """
    truth = (*TRUE_PURCHASE, *TRUE_SPEND)
    covered = [0] * len(truth)
    for seed in range(200):
        source = random.Random(seed)
        sample = [
            simulate(source, TRUE_PURCHASE, TRUE_SPEND, source.uniform(27, 38.86))
            for _ in range(1000)
        ]
        rows = [(*each.pattern(each.age), 1) for each in sample]
        purchase = fitting.fit_purchases(build_patterns(rows))
        totals = [(len(each.weeks), sum(each.amounts), 1) for each in sample if each.weeks]
        spend = fitting.fit_spend(build_spend(totals))
        errors = (*standard_errors(purchase.hessian), *standard_errors(spend.hessian))
        values = (*purchase.point, *spend.point)
        for number, (value, error) in enumerate(zip(values, errors, strict=True)):
            covered[number] += abs(math.log(value / truth[number])) <= 1.96 * error / value
    assert all(180 <= each <= 198 for each in covered), covered


def test_customers_that_never_leave_have_a_model():
    rows = [(x, 50.0, 52.0, 10) for x in range(5, 25)]
    found = fitting.fit_purchases(build_patterns(rows))
    model = PurchaseModel(*found.point)
    assert model.probability_active(10, 50.0, 52.0) > 0.99
    assert 10 < model.expected_purchases(10, 50.0, 52.0, 52.0) < 14.5  # the mean of all


def test_equal_amounts_of_each_customer_have_a_model():
    found = fitting.fit_spend(
        build_spend([(x, x * mean, 1) for x in (1, 5) for mean in range(10, 40)])
    )
    model = SpendModel(*found.point)
    assert model.expected_spend(5, 5 * 35.0) == pytest.approx(35.0, rel=0.03)
    assert model.expected_spend(0, 0.0) == pytest.approx(24.5, rel=0.15)
