"""Order visits so that as many as possible begin within opening hours, and tell their times.

Fewer visits outside the hours come first, then an early end and a short way: a minute on the road
counts as much as two of waiting. A visit that comes before an opening waits for it.

Up to some number of stops the best order is found by dynamic programming over the sets of visited
stops: a partial way stays as long as no other one through the same stops to the same last one is as
good in everything. More stops start with the best of several orders, of which parts are reversed
and single stops moved as long as that helps (2-opt and Or-opt).
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Self

Matrix = Sequence[Sequence[float]]  # km from each point to each
Spans = tuple[tuple[float, float], ...]  # minutes after leaving: opens, closes

ROAD_FACTOR: Final = 4 / 3  # of roads to straight lines
_ALWAYS: Final[Spans] = ((0.0, math.inf),)
_A_DAY: Final = 24 * 60.0
_LEAST: Final = 1e-6  # minutes
_MAX_LEGS: Final = 300_000  # that the improvement looks at; as many take 0.2 s
_WEIGHTS: Final = (0.0, 0.25, 0.5, 1.0, 2.0)  # of the closing time beside that of the visit


class Visit(NamedTuple):
    """The arrival at a stop and the beginning of the visit, in minutes after leaving.

    ``is_open`` is None where no hours are known.
    """

    arrival: float
    begin: float
    is_open: bool | None


class Timetable(NamedTuple):
    """The hours of each stop, None where unknown; the minutes of a visit; the speed in km/h."""

    hours: Sequence[Spans | None]
    stay: float
    speed: float

    def visit(self, stop: int, arrival: float) -> Visit:
        """Return the visit to a stop by its index, with the wait for an opening."""
        spans = self.hours[stop]
        if spans is None:
            return Visit(arrival, arrival, None)
        for opens, closes in spans:
            if arrival < closes:
                return Visit(arrival, max(arrival, opens), is_open=True)
        return Visit(arrival, arrival, is_open=False)

    def travel(self, km: float) -> float:
        """Return the minutes of a way."""
        return km * ROAD_FACTOR / self.speed * 60


class _Way(NamedTuple):
    """A way so far: visits outside the hours, minutes, those on the road, and the points."""

    missed: int
    minutes: float
    driven: float
    order: tuple[int, ...]

    @property
    def cost(self) -> tuple[int, float]:
        """The visits outside the hours, and the minutes, of which those on the road count twice."""
        return self.missed, self.minutes + self.driven

    def is_better(self, other: Self) -> bool:
        """Return whether it costs less; rounding must not go round in circles."""
        (missed, minutes), (other_missed, other_minutes) = self.cost, other.cost
        return missed < other_missed or (
            missed == other_missed and minutes < other_minutes - _LEAST
        )

    def is_dominated(self, others: Iterable[Self]) -> bool:
        """Return whether an earlier one in the order of ways is as good in everything."""
        return any(each.minutes <= self.minutes and each.driven <= self.driven for each in others)


_START: Final = _Way(0, 0.0, 0.0, (0,))


def fit_hours(
    distances: Matrix, shortest: Sequence[int], timetable: Timetable, *, has_end: bool, exact: bool
) -> list[int]:
    """Return the points after the first one so that most visits are within the opening hours.

    The shortest order stays if each of its visits is, without a wait.
    """
    planner = _Planner(distances, timetable, has_end=has_end)
    way = planner.follow(_START, shortest)
    if way.missed or not math.isclose(way.minutes, way.driven + planner.stay):
        way = planner.find_best() if exact else planner.improve(way)
    return list(way.order[1:])


def time_visits(
    stops: Sequence[int | None], km: Sequence[float], timetable: Timetable
) -> list[Visit]:
    """Return the visits of a route from the stops and the way to each; None is its end."""
    visits, leaves = [], 0.0
    for stop, way in zip(stops, km, strict=True):
        arrival = leaves + timetable.travel(way)
        visit = Visit(arrival, arrival, None) if stop is None else timetable.visit(stop, arrival)
        visits.append(visit)
        leaves = visit.begin + timetable.stay
    return visits


class _Planner:
    """The ways through all points, of which the first is the start and the last perhaps the end."""

    def __init__(self, distances: Matrix, timetable: Timetable, *, has_end: bool) -> None:
        count = len(distances) - 1 - has_end
        ends = [len(distances) - 1] if has_end else []
        self._stops, self._ends = range(1, count + 1), ends
        self._drives = [[timetable.travel(km) for km in row] for row in distances]
        known = [_ALWAYS if each is None else each for each in timetable.hours]
        self._spans = [_ALWAYS, *known, *(_ALWAYS for _ in ends)]
        self._stays = [0.0, *(timetable.stay for _ in self._stops), *(0.0 for _ in ends)]
        self.stay = sum(self._stays)
        self._legs = 0  # looked at so far

    def follow(self, way: _Way, points: Sequence[int], most_missed: float = math.inf) -> _Way:
        """Return a way with more points, up to one at which too many visits are missed."""
        missed, minutes, driven, order = way
        at = order[-1]
        for point in points:
            drive = self._drives[at][point]
            minutes += drive
            driven += drive
            for opens, closes in self._spans[point]:
                if minutes < closes:
                    minutes = max(minutes, opens)
                    break
            else:
                missed += 1
                if missed > most_missed:
                    break
            minutes += self._stays[point]
            at = point
        return _Way(missed, minutes, driven, (*order, *points))

    def find_best(self) -> _Way:
        """Return the best of all ways."""
        ways: dict[tuple[int, int], list[_Way]] = {(0, 0): [_START]}
        for _ in self._stops:
            following: defaultdict[tuple[int, int], list[_Way]] = defaultdict(list)
            for (visited, _), found in ways.items():
                for stop in self._stops:
                    if not visited >> stop & 1:
                        key = visited | 1 << stop, stop
                        following[key] += [self.follow(each, (stop,)) for each in found]
            ways = {key: _drop_worse(found) for key, found in following.items()}
        ends = [self.follow(each, self._ends) for found in ways.values() for each in found]
        return min(ends, key=lambda each: each.cost)

    def improve(self, shortest: _Way) -> _Way:
        """Return a good way: the best of the first guesses, changed as long as that helps."""
        guesses = [shortest, *map(self._choose_next, _WEIGHTS)]
        best = min(guesses, key=lambda each: each.cost)
        while (better := self._change(best)) is not best:
            best = better
        return best

    def _choose_next(self, weight: float) -> _Way:
        """Return the way on which each visit is the one that begins, and closes, soonest."""
        rest, way = set(self._stops), _START
        while rest:
            stop = min(rest, key=lambda each: self._rate(way, each, weight))
            rest.remove(stop)
            way = self.follow(way, (stop,))
        return self.follow(way, self._ends)

    def _rate(self, way: _Way, stop: int, weight: float) -> tuple[int, float, int]:
        """Return whether a next visit is outside the hours, and how late it begins and closes."""
        following = self.follow(way, (stop,))
        closes = max((last for _, last in self._spans[stop]), default=0)
        late = min(closes, _A_DAY)
        return following.missed, following.minutes + weight * late, stop

    def _change(self, best: _Way) -> _Way:
        """Return a way after each change that made it better, in one pass over all changes."""
        for first in self._stops:
            before = self.follow(_START, best.order[1:first])
            for last in range(first + 1, len(self._stops) + 1):
                for points in _list_changes(best.order, first, last):
                    self._legs += len(points)
                    if self._legs > _MAX_LEGS:
                        return best
                    found = self.follow(before, points, best.missed)
                    if found.is_better(best):
                        best = found
        return best


def _list_changes(order: tuple[int, ...], first: int, last: int) -> Iterator[tuple[int, ...]]:
    """Yield all points from one place on, with a part reversed or one end of it moved."""
    part, rest = order[first : last + 1], order[last + 1 :]
    yield part[::-1] + rest
    if last > first + 1:
        yield (*part[1:], part[0], *rest)
        yield (part[-1], *part[:-1], *rest)


def _drop_worse(ways: list[_Way]) -> list[_Way]:
    """Return the ways to one stop through one set that are not worse than another one."""
    kept: list[_Way] = []
    for each in sorted(ways):
        if not each.is_dominated(kept):
            kept.append(each)
    return kept
