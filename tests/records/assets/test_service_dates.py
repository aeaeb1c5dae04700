"""The day of the next service, against a plain walk over the calendar."""

import datetime as dt
import random
from fractions import Fraction

import pytest

from cardcrm.records.assets.service_dates import Reading, ServiceFacts, find_due
from cardcrm.records.assets.spans import Interval, parse_interval

pytestmark = pytest.mark.no_database

DAY = dt.timedelta(days=1)


def day(text):
    return dt.date.fromisoformat(text)


def due(interval, known_on="2026-11-21", **facts):
    found = find_due(parse_interval(interval), ServiceFacts(day(known_on), **facts))
    return found and found.isoformat()


def test_a_service_is_due_a_span_after_the_last_one():
    assert due("12m", serviced=day("2026-03-01")) == "2027-03-01"
    assert due("12m", serviced=day("2024-02-29")) == "2025-02-28"
    assert due("12m", since=day("2020-01-01"), serviced=day("2026-03-01")) == "2027-03-01"


def test_without_a_service_the_first_turn_after_the_record_counts():
    assert due("12m", since=day("2024-03-01")) == "2027-03-01"
    assert due("12m", since=day("2025-11-21")) == "2026-11-21"
    assert due("1m", since=day("2026-08-31")) == "2026-11-30"
    assert due("12m") == "2027-11-21"


def test_a_counter_tells_nothing_with_less_than_two_readings_on_different_days():
    assert due("500h") is None
    assert due("500h", readings=[Reading(day("2026-11-01"), 100_000)]) is None
    same = [Reading(day("2026-11-01"), 100_000), Reading(day("2026-11-01"), 120_000)]
    assert due("500h", readings=same) is None


def test_a_counter_that_is_beyond_the_interval_is_due_since_then():
    readings = [Reading(day("2026-10-01"), 100_000), Reading(day("2026-11-01"), 500_000)]
    assert due("500h", readings=readings) == "2026-11-01"
    assert due("500h", base=100_000, readings=readings) == "2026-11-09"  # 12.9 hours a day


def test_the_readings_before_a_new_counter_do_not_count():
    readings = [
        Reading(day("2026-09-01"), 9_000_000), Reading(day("2026-11-01"), 0),
        Reading(day("2026-11-11"), 100_000),
    ]  # fmt: skip
    assert due("500h", readings=readings) == "2026-12-21"


def test_the_earlier_of_both_days_counts():
    readings = [Reading(day("2026-11-01"), 0), Reading(day("2026-11-11"), 100_000)]
    assert due("12m or 500h", serviced=day("2026-01-01"), readings=readings) == "2026-12-21"
    assert due("12m or 500h", serviced=day("2025-11-30"), readings=readings) == "2026-11-30"
    assert due("12m or 500h", serviced=day("2025-11-30")) == "2026-11-30"


def test_an_estimate_beyond_ten_years_is_none():
    readings = [Reading(day("2026-01-01"), 0), Reading(day("2026-11-11"), 1)]
    assert due("500h", readings=readings) is None


def walk(target, readings):
    """Return the day on which a counter that grows evenly reaches a target, day by day."""
    last = readings[-1]
    if last.value >= target:
        return next(each.on for each in readings if each.value >= target)
    days = (last.on - readings[0].on).days
    if not days or last.value == readings[0].value:
        return None
    rate = Fraction(last.value - readings[0].value, days)
    at, value = last.on, Fraction(last.value)
    while value < target:
        at, value = at + DAY, value + rate
        if (at - last.on).days > 3660:
            return None
    return at


def test_the_counter_agrees_with_a_walk_day_by_day():
    chance = random.Random(5)
    for _ in range(300):
        readings, at, value = [], day("2025-01-01"), chance.randrange(2000)
        for _ in range(chance.randint(1, 5)):
            readings.append(Reading(at, value))
            at += DAY * chance.randrange(90)
            value += chance.randrange(3000)
        base, units = chance.randrange(2000), chance.randint(1, 9000)
        facts = ServiceFacts(day("2025-01-01"), base=base, readings=readings)
        found = find_due(Interval(None, units, "h"), facts)
        assert found == walk(base + units, readings), (base, units, readings)
