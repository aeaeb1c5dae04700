"""Compute when the next service of an asset is due, by the calendar and by its counter.

By the calendar it is due a span after the last service, or, without one, on the first day on or
after that of the record that lies whole spans after the installation. By the counter it is due when
the reading at the last service has grown by the interval. That day is estimated by the mean growth
a day from the first to the last reading. The earlier of both days counts.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from cardcrm.records.assets.spans import Interval, Span

_MAX_DAYS_AHEAD: Final = 3660  # days ahead that an estimate may lie


class Reading(NamedTuple):
    """The reading of a counter on a day, in thousandths."""

    on: dt.date
    value: int


class ServiceFacts(NamedTuple):
    """The facts by which a service is due.

    ``since`` is the day of the installation, and ``known_on`` that of the record. ``base`` is the
    counter at the last service. The ``readings`` are in the order of time.
    """

    known_on: dt.date
    since: dt.date | None = None
    serviced: dt.date | None = None
    base: int = 0
    readings: Sequence[Reading] = ()


def find_due(interval: Interval, facts: ServiceFacts) -> dt.date | None:
    """Return the day on which the next service is due; None if the counter cannot tell yet."""
    found = [
        _find_by_calendar(interval.span, facts) if interval.span else None,
        _find_by_counter(facts.base + interval.units, facts.readings) if interval.units else None,
    ]
    return min((each for each in found if each is not None), default=None)


def _find_by_calendar(span: Span, facts: ServiceFacts) -> dt.date:
    if facts.serviced is not None:
        return span.add_to(facts.serviced)
    start = facts.since or facts.known_on
    times = 1
    while (day := span.add_to(start, times)) < facts.known_on:
        times += 1
    return day


def _find_by_counter(target: int, readings: Sequence[Reading]) -> dt.date | None:
    """Return the day on which the counter reaches a target, as the readings suggest."""
    readings = _since_last_reset(readings)
    if not readings:
        return None
    first, last = readings[0], readings[-1]
    if last.value >= target:
        return next(each.on for each in readings if each.value >= target)
    days, growth = (last.on - first.on).days, last.value - first.value
    if days <= 0 or growth <= 0:
        return None
    ahead = -(-(target - last.value) * days // growth)
    return last.on + dt.timedelta(days=ahead) if ahead <= _MAX_DAYS_AHEAD else None


def _since_last_reset(readings: Sequence[Reading]) -> Sequence[Reading]:
    """Return the readings since a counter was replaced, which begins at a lower value."""
    for at in range(len(readings) - 1, 0, -1):
        if readings[at].value < readings[at - 1].value:
            return readings[at:]
    return readings
