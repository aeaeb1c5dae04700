"""Medians and ranks against sorted lists."""

from collections import Counter
from statistics import median

from hypothesis import given
from hypothesis import strategies as st

from cardcrm.reports.statistics.quantiles import find_counted_median, find_median, find_ranks

NUMBERS = st.lists(st.integers(0, 5), min_size=1, max_size=20)


@given(numbers=NUMBERS)
def test_medians_are_those_of_the_standard_library(numbers):
    assert find_median(numbers) == find_counted_median(Counter(numbers)) == median(numbers)


@given(numbers=NUMBERS, data=st.data())
def test_ranks_are_places_in_the_sorted_list(numbers, data):
    ranks = sorted(data.draw(st.sets(st.integers(0, len(numbers) - 1))))
    for is_falling in (False, True):
        ordered = sorted(numbers, reverse=is_falling)
        counts = Counter(numbers)
        values = sorted(counts, reverse=is_falling)
        assert find_ranks(values, counts, ranks) == [ordered[rank] for rank in ranks]
