"""Spans of the calendar, such as 12 months, and the intervals of service that are made of them."""

import datetime as dt
import re
from typing import Final, NamedTuple

from cardcrm.dates.date_parts import COUNT, UNIT, add_duration, days_in_month, parse_count
from cardcrm.errors import UsageError
from cardcrm.text import normalize_line, pluralize, quote

_HINT: Final = "Try 12m, 2 years, 90d, yearly or quarterly."
_INTERVAL_HINT: Final = "Try 12m, 2 years, 500h, or both: '12m or 500h'."
_WORDS: Final = {
    "d": "day",
    "w": "week",
    "f": "fortnight",
    "m": "month",
    "q": "quarter",
    "y": "year",
}
_MAX_AMOUNTS: Final = {"d": 3660, "w": 520, "f": 260, "m": 120, "q": 40, "y": 10}  # ten years
_NAMED: Final = {
    "daily": "1d", "weekly": "1w", "monthly": "1m", "quarterly": "3m", "half-yearly": "6m",
    "yearly": "1y", "annually": "1y",
}  # fmt: skip
_MAX_UNITS: Final = 10**12  # thousandths


class Span(NamedTuple):
    """A number of days, weeks, months or years, by the first letter of the unit."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return pluralize(self.amount, _WORDS[self.unit])

    def add_to(self, day: dt.date, times: int = 1) -> dt.date:
        """Return the day some spans later, or at the end of the calendar its last day."""
        try:
            return add_duration(day, self.amount * times, self.unit)
        except (ValueError, OverflowError):
            return dt.date.max if times > 0 else dt.date.min


class Interval(NamedTuple):
    """The distance of services: a span, a number of units of a counter, or the earlier of both.

    The units are in thousandths, 0 without a counter.
    """

    span: Span | None = None
    units: int = 0
    counter: str = ""

    def __str__(self) -> str:
        from cardcrm.money import format_quantity

        parts = [str(self.span)] if self.span else []
        parts += [f"{format_quantity(self.units)} {self.counter}"] if self.units else []
        return " or ".join(parts)


def parse_span(text: str) -> Span:
    """Return the span that a text means: 12m, 2 years, quarterly. Raises UsageError."""
    span = _find_span(text)
    if span is None:
        raise UsageError(f"invalid span of time {quote(text)}", _HINT)
    return span


def _find_span(text: str) -> Span | None:
    words = normalize_line(text).lower().removeprefix("every ")
    found = re.fullmatch(rf"{COUNT} ?{UNIT}", _NAMED.get(words, words))
    if found is None:
        return None
    amount, unit = parse_count(found[1]), found[2][0]
    return Span(amount, unit) if 1 <= amount <= _MAX_AMOUNTS[unit] else None


def parse_interval(text: str) -> Interval:
    """Return the interval that a text means: 12m, 500h, or “12m or 500h”. Raises UsageError."""
    interval = Interval()
    for part in re.split(r"\s+or\s+|\s*/\s*|(?<=[^\W\d])\s*,\s*", normalize_line(text)):
        span = _find_span(part)
        if span is not None and interval.span is None:
            interval = interval._replace(span=span)
        elif span is None and not interval.units:
            units, counter = _parse_units(part, text)
            interval = interval._replace(units=units, counter=counter)
        else:
            raise UsageError(f"invalid interval {quote(text)}", _INTERVAL_HINT)
    return interval


def _parse_units(part: str, whole: str) -> tuple[int, str]:
    from cardcrm.money import parse_reading

    found = re.fullmatch(r"([0-9][0-9., ]*?) ?([^\W\d_]{1,20})", part)
    if found is None or re.fullmatch(UNIT, found[2].lower()):
        raise UsageError(f"invalid interval {quote(whole)}", _INTERVAL_HINT)
    units = parse_reading(found[1])
    if not 0 < units <= _MAX_UNITS:
        raise UsageError(f"invalid interval {quote(whole)}", _INTERVAL_HINT)
    return units, found[2]


def move_by_terms(day: dt.date, span: Span, terms: int) -> dt.date:
    """Return a day some spans later; the last day of a month stays one if months are added."""
    moved = span.add_to(day, terms)
    is_last = day.day == days_in_month(day.year, day.month)
    if is_last and span.unit in "mqy":
        return moved.replace(day=days_in_month(moved.year, moved.month))
    return moved
