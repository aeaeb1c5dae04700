"""Prepare the data of charts for drawing: times apart from names, and long series shortened."""

import itertools
import re
from collections.abc import Sequence

from cardcrm.chart import Value
from cardcrm.render.charts.axis import clean

_PERIOD = re.compile(r"\d{4}(-(\d\d(-\d\d)?|Q\d|W\d\d))?")


def is_time(labels: Sequence[str]) -> bool:
    """Return whether labels are at least three periods of the calendar, such as 2026-03."""
    return len(labels) > 2 and all(_PERIOD.fullmatch(label) for label in labels)


def shown_part(labels: Sequence[str], most: int) -> slice:
    """Return the rows to draw if there are too many: the latest periods, or the first names."""
    return slice(max(len(labels) - most, 0), None) if is_time(labels) else slice(0, most)


def shorten_series(values: Sequence[Value], room: int) -> list[Value]:
    """Return at most ``room`` values: the means of neighbors, without those that are missing."""
    if len(values) <= room:
        return [clean(value) for value in values]
    return [_mean(values[start:end]) for start, end in spans(len(values), room)]


def shorten_labels(labels: Sequence[str], room: int) -> list[str]:
    """Return the labels of shortened series: each the first of its neighbors."""
    if len(labels) <= room:
        return list(labels)
    return [labels[start] for start, _ in spans(len(labels), room)]


def spans(count: int, parts: int) -> list[tuple[int, int]]:
    """Return the first and the end of ``parts`` parts of nearly equal length."""
    ends = [count * part // parts for part in range(parts + 1)]
    return list(itertools.pairwise(ends))


def _mean(values: Sequence[Value]) -> Value:
    known = [value for value in map(clean, values) if value is not None]
    return sum(value / len(known) for value in known) if known else None


def shade_of(value: float, largest: float, shades: int) -> int:
    """Return the shade of a value, from 0 at 0 to ``shades`` - 1 at the largest."""
    share = min(max(value / largest, 0), 1) if largest > 0 else 0
    return round(share * (shades - 1))
