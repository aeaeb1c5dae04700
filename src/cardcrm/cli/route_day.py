"""The times of a round of visits: when it reaches each stop, and whether that is open then."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.cli.arguments import parse_when
from cardcrm.errors import UsageError
from cardcrm.sheet import Cell, Column
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.reports.places.route import Leg
    from cardcrm.reports.places.visit_times import Timetable, Visit

_MORNING = dt.time(8)
_STAY = "30m"
_SPEED = 50.0
_MIN_SPEED, _MAX_SPEED = 1, 300


class RouteDay(NamedTuple):
    """The moment of leaving, the hours of the stops, and contacts with unreadable hours."""

    leaves: dt.datetime
    timetable: "Timetable"
    unreadable: Sequence[int]

    def describe(self, legs: "Sequence[Leg]") -> Iterator[str]:
        """Yield how long a route takes, and how many visits are outside the opening hours."""
        visits = self._time_visits(legs)
        if visits:
            stay = 0 if legs[-1].stop is None else self.timetable.stay
            last = self._find_moment(visits[-1].begin + stay)
            yield f"{self.leaves:%a %Y-%m-%d %H:%M} to {last:%a %H:%M}"
        closed = sum(each.is_open is False for each in visits)
        if closed:
            yield f"{pluralize(closed, 'visit')} outside the opening hours"
        if self.unreadable:
            names = ", ".join(map(str, self.unreadable[:5]))
            more = ", …" if len(self.unreadable) > 5 else ""
            yield f"ignored unreadable opening hours: contact {names}{more}"

    def list_times(self, legs: "Sequence[Leg]", *, is_for_people: bool) -> list[tuple[Cell, ...]]:
        """Return the cells of each stop of a route, in the order of `TIMES`."""
        tell = self._describe_visit if is_for_people else self._list_visit
        return [tell(each) for each in self._time_visits(legs)]

    def _time_visits(self, legs: "Sequence[Leg]") -> "list[Visit]":
        from cardcrm.reports.places.visit_times import time_visits

        return time_visits([leg.stop for leg in legs], [leg.km for leg in legs], self.timetable)

    def _list_visit(self, visit: "Visit") -> tuple[Cell, ...]:
        wait = math.ceil(visit.begin - visit.arrival)
        return self._find_moment(visit.arrival), wait, visit.is_open

    def _describe_visit(self, visit: "Visit") -> tuple[Cell, ...]:
        arrival, wait, is_open = self._list_visit(visit)
        state = "" if is_open is None else "yes" if is_open else "closed"
        return f"{arrival:%H:%M}", f"{wait} min" if wait else "", state

    def _find_moment(self, minutes: float) -> dt.datetime:
        moment = self.leaves.astimezone(dt.UTC) + dt.timedelta(minutes=math.floor(minutes))
        return moment.astimezone(self.leaves.tzinfo)


TIMES = (
    Column("arrival", "arrive", "right"),
    Column("wait_minutes", "wait", "right"),
    Column("is_open", "open"),
)


def read_day(
    session: "Session", ids: Sequence[int], leave: str, stay: str, speed: float | None
) -> RouteDay | None:
    """Return the day of a round that leaves at some time, None without one. Raises UsageError."""
    if not leave.strip():
        if stay or speed is not None:
            raise UsageError("times need the start of the round", "Add it: --leave 8:30")
        return None
    from cardcrm import dates
    from cardcrm.records.service.sla_type import parse_minutes
    from cardcrm.reports.places.visit_times import Timetable
    from cardcrm.reports.places.visiting_hours import read_visiting_hours

    speed = _SPEED if speed is None else speed
    if not _MIN_SPEED <= speed <= _MAX_SPEED:
        raise UsageError(f"speed must be between {_MIN_SPEED} and {_MAX_SPEED} km/h")
    minutes = parse_minutes(stay or _STAY, what="length of a visit")
    when, zone = parse_when(session, leave), session.store().locale.zone
    instant = dates.to_instant(when.day, when.time or _MORNING, zone)
    leaves = dates.from_instant(instant, zone)
    hours = read_visiting_hours(session.store(), ids, leaves)
    return RouteDay(leaves, Timetable(hours.spans, minutes, speed), hours.unreadable)
