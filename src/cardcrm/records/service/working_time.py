"""Compute in working time: when a duration ends, and how much of it two moments enclose.

Moments are seconds since 1970 in UTC, so a clock change makes the working day shorter or longer by
itself. The working intervals are laid out in a row as they are needed, with the working seconds
before each; every question is then a search in that row.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final, NamedTuple

MINUTES_A_DAY: Final = 24 * 60
_DAY: Final = dt.timedelta(days=1)
_STEP: Final = dt.timedelta(days=50)  # that are laid out at once

Interval = tuple[int, int]  # minutes after midnight; the end may be 24:00
Week = tuple[tuple[Interval, ...], ...]  # the intervals of each day, Monday first


def never(_day: dt.date) -> bool:
    """Return False, as there are no holidays."""
    return False


class WorkingHours(NamedTuple):
    """The intervals of a week in a zone, and a function that tells the holidays."""

    week: Week
    zone: dt.tzinfo
    is_holiday: Callable[[dt.date], bool] = never


class WorkingTime:
    """The working time by some hours, which may be asked about any moments."""

    def __init__(self, hours: WorkingHours) -> None:
        self._hours = hours
        self._first = self._next = dt.date.max  # the days that are laid out, without the last
        self._start = self._end = float("inf")  # the moments at which these begin
        self._starts: list[float] = []
        self._ends: list[float] = []
        self._worked: list[float] = [0]  # seconds before each interval, and after the last

    def elapsed(self, start: float, end: float) -> float:
        """Return the working seconds from one moment to a later one, and 0 to an earlier one."""
        if end <= start:
            return 0
        before = self._count(start)
        return self._count(end) - before

    def add(self, start: float, seconds: float) -> float:
        """Return the first moment at which some working seconds have passed since another."""
        wanted = self._count(start) + seconds
        while self._worked[-1] < wanted:
            self._lay_out(self._next + _STEP)
        at = bisect_left(self._worked, wanted) - 1
        return max(start, self._starts[at] + wanted - self._worked[at]) if at >= 0 else start

    def _count(self, moment: float) -> float:
        """Return the working seconds from the first day that is laid out to a moment."""
        if not self._start <= moment < self._end:
            self._reach(dt.datetime.fromtimestamp(moment, self._hours.zone).date())
        at = bisect_right(self._starts, moment) - 1
        if at < 0:
            return 0
        return self._worked[at] + min(moment, self._ends[at]) - self._starts[at]

    def _reach(self, day: dt.date) -> None:
        """Lay out a day and some after it; before the first day, all begins again."""
        end = day + _STEP if day >= self._next or not self._starts else self._next
        if day < self._first:
            self._first = self._next = day
            self._start = self._moment(day, 0)
            self._starts, self._ends, self._worked = [], [], [0]
        self._lay_out(end)

    def _lay_out(self, end: dt.date) -> None:
        """Append the intervals of all days before another."""
        while self._next < end:
            day, self._next = self._next, self._next + _DAY
            if not self._hours.is_holiday(day):
                for first, last in self._hours.week[day.weekday()]:
                    self._append(self._moment(day, first), self._moment(day, last))
        self._end = self._moment(end, 0)

    def _append(self, start: float, end: float) -> None:
        start = max(start, self._ends[-1]) if self._ends else start
        if start < end:  # a clock change can move an interval into the next
            self._starts.append(start)
            self._ends.append(end)
            self._worked.append(self._worked[-1] + end - start)

    def _moment(self, day: dt.date, minutes: int) -> float:
        """Return a local time as a moment; a skipped one moves on, a repeated one is the first."""
        days, rest = divmod(minutes, MINUTES_A_DAY)
        time = dt.time(rest // 60, rest % 60, tzinfo=self._hours.zone)
        return dt.datetime.combine(day + days * _DAY, time).timestamp()
