"""Routes of few stops are those of brute force; longer ones visit each stop once and improve."""

import random
from functools import cache
from itertools import pairwise, permutations

import pytest

from cardcrm.geodesy import Position, measure_distance
from cardcrm.reports.places.route import EXACT_STOPS, order_stops, plan_route


def scatter(count, seed):
    chance = random.Random(seed)
    return [Position(chance.uniform(50, 58), chance.uniform(-5, 2)) for _ in range(count)]


distance = cache(measure_distance)


def length(points):
    return sum(distance(one, other) for one, other in pairwise(points))


def shortest(start, stops, end):
    last = [end] if end else []
    return min(length([start, *order, *last]) for order in permutations(stops))


@pytest.mark.parametrize("has_end", [False, True])
@pytest.mark.parametrize("count", range(1, 9))
def test_few_stops_have_the_shortest_order(count, has_end):
    for seed in range(3):
        start, *stops = scatter(count + 1, seed)
        end = Position(55.0, -1.0) if has_end else None
        legs = plan_route(start, stops, end)
        assert legs[-1].total == pytest.approx(shortest(start, stops, end))


def test_nine_stops_have_the_shortest_order():
    start, *stops = scatter(EXACT_STOPS + 1, 5)
    assert plan_route(start, stops)[-1].total == pytest.approx(shortest(start, stops, None))


@pytest.mark.parametrize("has_end", [False, True])
@pytest.mark.parametrize("count", [10, 25, 60])
def test_many_stops_are_visited_once_and_no_reversal_shortens_the_way(count, has_end):
    start, *stops = scatter(count + 1, count)
    end = start if has_end else None
    legs = plan_route(start, stops, end)
    order = [leg.stop for leg in legs if leg.stop is not None]
    assert sorted(order) == list(range(count))
    way = [start, *(stops[each] for each in order), *([end] if end else [])]
    assert [leg.km for leg in legs] == pytest.approx([length(each) for each in pairwise(way)])
    assert legs[-1].total == pytest.approx(length(way))
    for first in range(1, len(way) - has_end):
        for last in range(first + 1, len(way) - has_end):
            other = [*way[:first], *way[first : last + 1][::-1], *way[last + 1 :]]
            assert length(other) >= legs[-1].total - 1e-6


def test_a_way_without_stops_is_the_way_to_the_end():
    start, end = scatter(2, 1)
    assert plan_route(start, []) == []
    (leg,) = plan_route(start, [], end)
    assert (leg.stop, leg.km) == (None, measure_distance(start, end))


def test_stops_at_one_place_cost_nothing():
    here = Position(53.8, -1.55)
    assert plan_route(here, [here] * 12)[-1].total == 0
    assert order_stops([[0.0]], has_end=False) == []
