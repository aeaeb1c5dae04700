"""Order visits so that the way is short: exactly for few stops, else by improving a first guess.

Up to nine stops are ordered by dynamic programming (Held and Karp, 1962). More of them start with
the nearest neighbor, and parts of the way are reversed as long as that shortens it (2-opt).
Distances are straight lines.
"""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.geodesy import Position, measure_distance
from cardcrm.reports.places.visit_times import Matrix, Timetable, fit_hours

EXACT_STOPS = 9
_LEAST_GAIN = 1e-9  # km; rounding must not go round in circles


class Leg(NamedTuple):
    """The index of a stop on a route, the way to it, and the way so far; None is the end."""

    stop: int | None
    km: float
    total: float


def plan_route(
    start: Position,
    stops: Sequence[Position],
    end: Position | None = None,
    timetable: Timetable | None = None,
) -> list[Leg]:
    """Return the legs of a short way from the start through all stops, and to the end if any.

    With a timetable as many visits as possible begin within the opening hours.
    """
    points = [start, *stops, *([end] if end is not None else [])]
    distances = [[measure_distance(one, other) for other in points] for one in points]
    has_end = end is not None
    order = order_stops(distances, has_end=has_end)
    if timetable is not None:
        exact = len(stops) <= EXACT_STOPS
        order = fit_hours(distances, order, timetable, has_end=has_end, exact=exact)
    legs, total, at = [], 0.0, 0
    for each in order:
        total += distances[at][each]
        is_end = has_end and each == len(points) - 1
        legs.append(Leg(None if is_end else each - 1, distances[at][each], total))
        at = each
    return legs


def order_stops(distances: Matrix, *, has_end: bool) -> list[int]:
    """Return the points after the first one in the order of a short way.

    With ``has_end`` the last point stays last.
    """
    count = len(distances) - 1 - has_end
    last = [len(distances) - 1] if has_end else []
    if count <= EXACT_STOPS:
        return [*_order_exactly(distances, count, has_end=has_end), *last]
    order = [0, *_order_nearest(distances, count), *last]
    return _reverse_parts(distances, order, has_end=has_end)[1:]


def _order_exactly(distances: Matrix, count: int, *, has_end: bool) -> list[int]:
    """Return the best order of some stops, from those of all smaller sets of them."""
    best: dict[tuple[int, int], tuple[float, int]] = {
        (1 << stop - 1, stop): (distances[0][stop], 0) for stop in range(1, count + 1)
    }
    for visited in range(1, 1 << count):
        inside = [stop for stop in range(1, count + 1) if visited >> stop - 1 & 1]
        if len(inside) > 1:
            for stop in inside:
                before = visited & ~(1 << stop - 1)
                best[visited, stop] = min(
                    (best[before, other][0] + distances[other][stop], other)
                    for other in inside
                    if other != stop
                )
    visited, order = (1 << count) - 1, []
    stop = min(
        range(1, count + 1),
        key=lambda each: best[visited, each][0] + (distances[each][-1] if has_end else 0),
        default=0,
    )
    while stop:
        order.append(stop)
        visited, stop = visited & ~(1 << stop - 1), best[visited, stop][1]
    return order[::-1]


def _order_nearest(distances: Matrix, count: int) -> list[int]:
    """Return the stops so that each is the nearest to the one before."""
    rest, order, at = set(range(1, count + 1)), [], 0
    while rest:
        at = min(rest, key=lambda stop: (distances[at][stop], stop))
        rest.remove(at)
        order.append(at)
    return order


def _reverse_parts(distances: Matrix, order: list[int], *, has_end: bool) -> list[int]:
    """Reverse parts of a way as long as that shortens it; its first point stays.

    The last point may move unless it is the end, since the way need not return.
    """
    size, is_shorter = len(order), True
    while is_shorter:
        is_shorter = False
        for first in range(1, size - 1):
            before = order[first - 1]
            for last in range(first + 1, size - has_end):
                one, other = order[first], order[last]
                gain = distances[before][one] - distances[before][other]
                if last + 1 < size:
                    after = order[last + 1]
                    gain += distances[other][after] - distances[one][after]
                if gain > _LEAST_GAIN:
                    order[first : last + 1] = order[first : last + 1][::-1]
                    is_shorter = True
    return order
