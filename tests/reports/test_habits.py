"""One rule on who is due, late and likely lost."""

import pytest

from cardcrm.reports.habits import find_habit, measure_regularity


@pytest.mark.parametrize("days", [[], [5], [5, 5, 5], [5, 9], [9, 5, 9]])
def test_fewer_than_three_purchases_make_no_habit(days):
    assert find_habit(days, 500) is None


def test_purchases_of_one_day_are_one_in_any_order():
    habit = find_habit([17, 0, 7, 7], 20)
    assert habit is not None
    assert (habit.purchases, habit.usual_days, habit.silent_days) == (3, 8.5, 3)
    assert habit.expected_days == 9


def test_regular_are_intervals_within_half_of_the_usual_one():
    assert measure_regularity([0, 10, 15, 30, 40, 56], 10.0) == 0.8  # 10, 5, 15, 10, 16
    assert measure_regularity([0, 7, 17], 8.5) == 1.0


@pytest.mark.parametrize(
    ("silent", "is_due", "is_late", "is_likely_lost"),
    [
        (9, False, False, False),
        (10, True, False, False),
        (12, True, False, False),
        (13, True, True, False),
        (20, True, True, False),
        (21, True, True, True),
    ],
)
def test_a_customer_is_due_then_late_then_likely_lost(silent, is_due, is_late, is_likely_lost):
    habit = find_habit([0, 10, 20], 20 + silent)
    assert habit is not None
    assert (habit.is_due, habit.is_late, habit.is_likely_lost) == (is_due, is_late, is_likely_lost)
