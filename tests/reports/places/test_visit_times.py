"""Routes by opening hours: few stops are those of brute force, more get no worse by a change."""

import datetime as dt
import random
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from cardcrm.geodesy import Position, measure_distance
from cardcrm.reports.calls.opening_hours import parse_hours
from cardcrm.reports.places.route import plan_route
from cardcrm.reports.places.visit_times import ROAD_FACTOR, Timetable, time_visits
from cardcrm.reports.places.visiting_hours import list_spans

STAY, SPEED = 20, 50


def scatter(count, chance):
    return [Position(chance.uniform(53.5, 54), chance.uniform(-2, -1)) for _ in range(count)]


def choose_hours(chance):
    """Return unknown hours, a morning and an afternoon, one short span, or a closed day."""
    opens = chance.uniform(0, 200)
    return chance.choice([None, ((0, 60), (150, 300)), ((opens, opens + 60),), ()])


def walk(start, stops, end, hours, order):
    """Return the visits outside the hours, and the minutes, those on the road twice."""
    missed, clock, road, at = 0, 0.0, 0.0, start
    for each in order:
        drive = measure_distance(at, stops[each]) * ROAD_FACTOR / SPEED * 60
        clock, road, at = clock + drive, road + drive, stops[each]
        if hours[each] is not None:
            later = [span for span in hours[each] if clock < span[1]]
            missed += not later
            clock = max(clock, later[0][0]) if later else clock
        clock += STAY
    if end:
        drive = measure_distance(at, end) * ROAD_FACTOR / SPEED * 60
        clock, road = clock + drive, road + drive
    return missed, pytest.approx(clock + road)


def plan(start, stops, end, hours):
    legs = plan_route(start, stops, end, Timetable(hours, STAY, SPEED))
    return [leg.stop for leg in legs if leg.stop is not None]


@pytest.mark.parametrize("has_end", [False, True])
@pytest.mark.parametrize("count", range(1, 8))
def test_few_stops_have_the_order_of_brute_force(count, has_end):
    for seed in range(4 if count < 7 else 1):
        chance = random.Random(seed)
        start, *stops = scatter(count + 1, chance)
        hours = [choose_hours(chance) for _ in stops]
        end = start if has_end else None
        costs = [walk(start, stops, end, hours, each) for each in permutations(range(count))]
        best = min(costs, key=lambda cost: (cost[0], cost[1].expected))
        assert walk(start, stops, end, hours, plan(start, stops, end, hours)) == best


@pytest.mark.parametrize("has_end", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_many_stops_are_visited_once_and_fewer_are_missed(seed, has_end):
    chance = random.Random(seed)
    start, *stops = scatter(15, chance)
    hours = [choose_hours(chance) for _ in stops]
    end = start if has_end else None
    order = plan(start, stops, end, hours)
    assert sorted(order) == list(range(len(stops)))
    shortest = [leg.stop for leg in plan_route(start, stops, end) if leg.stop is not None]
    missed, cost = walk(start, stops, end, hours, order)
    assert missed < walk(start, stops, end, hours, shortest)[0]
    for first in range(len(order)):
        for last in range(first + 1, len(order)):
            other = [*order[:first], *order[first : last + 1][::-1], *order[last + 1 :]]
            found = walk(start, stops, end, hours, other)
            assert (found[0], found[1].expected + 1e-5) > (missed, cost.expected)


@pytest.mark.parametrize("count", [5, 30])
def test_hours_that_hinder_nothing_leave_the_shortest_order(count):
    start, *stops = scatter(count + 1, random.Random(count))
    timetable = Timetable([None, ((-60, 10_000),)] * count, STAY, SPEED)
    assert plan_route(start, stops, None, timetable) == plan_route(start, stops)


def test_a_visit_waits_for_the_opening_and_is_late_after_the_last_one():
    timetable = Timetable([((60, 90), (200, 240)), ((0, 300),), ()], 30, 80)
    visits = time_visits([0, 1, 2, None], [10, 100, 0, 50], timetable)
    assert [tuple(each) for each in visits] == [
        (10, 60, True),
        (190, 190, True),
        (220, 220, False),
        (300, 300, None),
    ]
    late = time_visits([0, 0], [95, 150], timetable)
    assert [(each.begin, each.is_open) for each in late] == [(200, True), (380, False)]


def test_the_spans_are_those_of_the_day_in_the_zone_of_the_contact():
    leaves = dt.datetime(2026, 11, 30, 8, 30, tzinfo=ZoneInfo("Europe/London"))  # a Monday
    hours = parse_hours("Mon 9-12, 13-17; Tue 8-20")
    assert list_spans(hours, "", leaves) == ((30, 210), (270, 510))
    assert list_spans(hours, "Europe/Berlin", leaves) == ((-30, 150), (210, 450))
    assert list_spans(hours, "Pacific/Auckland", leaves) == ()
    assert list_spans(hours, "", leaves + dt.timedelta(hours=4)) == ((30, 270),)
