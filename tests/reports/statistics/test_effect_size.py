"""Effect sizes against published values, and against plain loops over pairs."""

import math
from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardcrm.reports.statistics.effect_size import compare_numbers, compare_shares
from cardcrm.reports.statistics.intervals import Z_95, newcombe_interval, wilson_interval
from cardcrm.reports.statistics.p_values import adjust_p_values

# Table I of Benjamini and Hochberg (1995), sorted by size.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
    0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_newcombe_gives_the_published_interval():
    effect = compare_shares(56, 70, 48, 80)
    found = [round(each, 4) for each in (effect.size, *effect.interval)]
    assert found == [0.2, 0.0524, 0.3339]


@pytest.mark.parametrize(
    ("shares", "published"),
    [  # Newcombe (1998), table II, method 10
        ((9, 10, 3, 10), (0.1705, 0.8090)), ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)), ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)), ((10, 10, 0, 20), (0.6791, 1.0)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)  # fmt: skip
def test_newcombe_gives_published_intervals_of_small_groups(shares, published):
    assert tuple(round(each, 4) for each in newcombe_interval(*shares)) == published


def test_one_of_one_is_not_certain():
    low, high = wilson_interval(1, 1)
    assert (round(low, 4), high) == (0.2065, 1.0)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_benjamini_and_hochberg_reject_the_four_of_their_example():
    assert [adjusted <= 0.05 for adjusted in adjust_p_values(PUBLISHED)] == [True] * 4 + [
        False
    ] * 11
    reverse = adjust_p_values(PUBLISHED[::-1])[::-1]
    assert reverse == adjust_p_values(PUBLISHED)


@given(p_values=st.lists(st.floats(0, 1), max_size=12), level=st.floats(0.001, 0.999))
def test_adjusted_p_values_reject_as_the_step_up_procedure_does(p_values, level):
    order = sorted(p_values)
    passed = [p for at, p in enumerate(order, 1) if p * len(order) / at <= level]
    limit = max(passed, default=-1.0)
    found = [adjusted <= level for adjusted in adjust_p_values(p_values)]
    assert found == [p <= limit for p in p_values]


def test_small_counts_take_the_exact_test():
    # The lady tasting tea: 3 of 4 right, p = 34/70.
    assert math.isclose(compare_shares(3, 4, 1, 4).p_value, 34 / 70)


NUMBERS = st.lists(st.integers(0, 9), min_size=2, max_size=15)


@given(own=NUMBERS, other=NUMBERS)
def test_cliffs_delta_and_its_variance_agree_with_all_pairs(own, other):
    found = compare_numbers(Counter(own), Counter(other))
    signs = {
        (a, b): (x > y) - (x < y) for (a, x), (b, y) in product(enumerate(own), enumerate(other))
    }
    n, m = len(own), len(other)
    delta = sum(signs.values()) / (n * m)
    assert math.isclose(found.size, delta, abs_tol=1e-12)
    rows = [sum(signs[a, b] for b in range(m)) / m for a in range(n)]
    columns = [sum(signs[a, b] for a in range(n)) / n for b in range(m)]
    variance = (
        m * m * sum((each - delta) ** 2 for each in rows)
        + n * n * sum((each - delta) ** 2 for each in columns)
        - sum((each - delta) ** 2 for each in signs.values())
    ) / (n * m * (n - 1) * (m - 1))
    squared = Z_95**2 * max(variance, (1 - delta * delta) / (n * m - 1))
    low, high = found.interval
    if abs(delta) < 1:
        half = math.sqrt(squared) * math.sqrt((1 - delta**2) ** 2 + squared)
        scale = 1 - delta**2 + squared
        assert math.isclose(low, max(-1, (delta - delta**3 - half) / scale), abs_tol=1e-9)
        assert math.isclose(high, min(1, (delta - delta**3 + half) / scale), abs_tol=1e-9)
    assert -1 <= low <= delta <= high <= 1
    mirrored = compare_numbers(Counter(other), Counter(own))
    assert math.isclose(mirrored.size, -delta, abs_tol=1e-12)
    assert math.isclose(mirrored.p_value, found.p_value, abs_tol=1e-12)


def test_the_rank_sum_test_agrees_with_its_formula():
    # 1, 2, 3 against 4, 5, 6, 7: U = 0, mean 6, variance 3 * 4 * 8 / 12.
    found = compare_numbers(Counter([1, 2, 3]), Counter([4, 5, 6, 7]))
    assert math.isclose(found.p_value, math.erfc(5.5 / math.sqrt(8) / math.sqrt(2)))
    assert compare_numbers(Counter([1, 1]), Counter([1, 1, 1])).p_value == 1
