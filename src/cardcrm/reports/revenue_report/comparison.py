"""The days that a report is about, and the days before that it compares them with.

Whole months are compared with as many months before them, other spans with as many days. Of a time
that is unfinished, only the same number of days is compared. The year to date, and months that make
whole years, are compared with the same days of the year before.
"""

import datetime as dt
from typing import NamedTuple

from cardcrm.choices import parse_choice
from cardcrm.dates.date_parts import add_months
from cardcrm.dates.periods import Period, add_years, find_end, find_start, number_period
from cardcrm.reports.scope import Scope

PREVIOUS, YEAR = "previous", "year"
_ONE = dt.timedelta(days=1)
_WEEKS_A_YEAR = 52


class Days(NamedTuple):
    """The days from the first to the last, both included."""

    first: dt.date
    last: dt.date

    @property
    def length(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class Span(NamedTuple):
    """Days up to today, and the last one to come; ``is_open`` if no last day was stated."""

    now: Days
    end: dt.date
    is_open: bool = False


class Comparison(NamedTuple):
    """Days, and those before that they are compared with; None where the calendar ends.

    ``is_over`` is false for a time that will go on.
    """

    now: Days
    before: Days | None
    is_over: bool


_OTHER_WAYS = {
    **dict.fromkeys(("before", "last", "prior", "period"), PREVIOUS),
    **dict.fromkeys(("years", "yoy", "last year", "year before"), YEAR),
}


def parse_way(word: str) -> str:
    """Return the way to compare as typed: previous or year. Raises UsageError."""
    return parse_choice(word, (PREVIOUS, YEAR), "comparison", _OTHER_WAYS)


def choose_days(scope: Scope, unit: str, count: int) -> Span | None:
    """Return the days that a report is about up to today, and the last day of them to come.

    Without a first day they are the last ``count`` units of the calendar, and without a last day
    they go on to the end of the current unit or month. Returns None for days that are all to come.
    """
    last = min(scope.until or scope.today, scope.today)
    first = scope.since or _step_back(unit, find_start(unit, last), count - 1)
    if first > last:
        return None
    if scope.until is not None:
        return Span(Days(first, last), scope.until)
    return Span(Days(first, last), _find_end_of_span(first, last, unit), is_open=True)


def _find_end_of_span(first: dt.date, last: dt.date, unit: str) -> dt.date:
    """Return the end of the current unit or month, for a span that starts with one.

    It is the same on each day of a month: the month does not become a whole one on its last day.
    """
    if unit != "day" and first == find_start(unit, first):
        return find_end(unit, last)
    return find_end("month", last) if first.day == 1 else last


def _step_back(unit: str, first: dt.date, count: int) -> dt.date:
    for _ in range(count):
        if first.year <= 1:
            break
        first = find_start(unit, first - _ONE)
    return first


def compare_days(span: Span, way: str = PREVIOUS) -> Comparison:
    """Return days with those before them."""
    try:
        before = find_year_before(span.now) if way == YEAR else _find_days_before(span)
    except (OverflowError, ValueError):
        before = None
    return Comparison(span.now, before, span.now.last >= span.end)


def _find_days_before(span: Span) -> Days:
    now, end = span.now, span.end
    if now.first.day != 1 or end != find_end("month", end):
        first = now.first - ((end - now.first) + _ONE)
        return Days(first, _shift_last(first, span))
    months = number_period("month", end) - number_period("month", now.first) + 1
    is_year_to_date = span.is_open and now.first.month == 1 and now.first.year == end.year
    if is_year_to_date or months % 12 == 0:
        return find_year_before(now, max(1, months // 12))
    first = add_months(now.first, -months)
    return Days(first, _shift_last(first, span))


def _shift_last(first: dt.date, span: Span) -> dt.date:
    """Return the last of as many days from another first one on as are over, or of all of them."""
    last = span.now.first - _ONE
    return min(last, first + (span.now.last - span.now.first)) if span.now.last < span.end else last


def find_year_before(now: Days, years: int = 1) -> Days:
    """Return the same days of a year before; the end of a month is one in that year as well.

    The end of February 2025 leads to 29 February 2024, unless that is one of the days themselves.
    """
    first, last = (add_years(each, -years) for each in now)
    if (now.last + _ONE).day == 1:
        last = min(find_end("month", last), max(last, now.first - _ONE))
    return Days(first, last)


def compare_period(period: Period, now: Days, unit: str, way: str = PREVIOUS) -> Comparison:
    """Return the days of a period that a report is about, and those of an earlier period.

    They are as far from its beginning as the days of this period from theirs. ``now`` is cut off
    where the period is not over, or where the report begins or ends.
    """
    end = period.end - _ONE
    try:
        first = _find_earlier(period, unit, way)
        last = period.first - _ONE if way == PREVIOUS else find_end(unit, first)
        skipped, passed = now.first - period.first, now.last - period.first
        before = Days(first + skipped, min(last, first + passed) if now.last < end else last)
    except (OverflowError, ValueError):
        return Comparison(now, None, now.last >= end)
    return Comparison(now, before if before.first <= before.last else None, now.last >= end)


def _find_earlier(period: Period, unit: str, way: str) -> dt.date:
    """Return the first day of the period to compare with."""
    if way == PREVIOUS:
        return find_start(unit, period.first - _ONE)
    if unit == "week":
        return period.first - dt.timedelta(weeks=_WEEKS_A_YEAR)
    return add_years(period.first, -1)
