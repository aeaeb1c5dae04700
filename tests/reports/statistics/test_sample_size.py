"""Sample sizes against those of R's `power.prop.test`, and the inverse."""

import pytest

from cardcrm.reports.statistics.sample_size import count_needed, find_detectable


@pytest.mark.parametrize(
    ("share", "other", "count"), [(0.10, 0.15, 686), (0.02, 0.03, 3826), (0.50, 0.75, 58)]
)
def test_size_is_that_of_r(share, other, count):
    assert count_needed(share, other) == count_needed(other, share) == count


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("count", [40, 500, 20_000])
def test_detectable_share_needs_groups_of_that_size(share, count):
    found = find_detectable(share, count)
    if found is None:
        assert count_needed(share, 1) > count
    else:
        assert share < found <= 1
        assert count_needed(share, found) <= count < count_needed(share, found - 1e-6)


def test_groups_that_are_too_small_show_nothing():
    assert find_detectable(0.5, 3) is None
    assert find_detectable(0.1, 0) is None
    assert find_detectable(1.0, 1000) is None
