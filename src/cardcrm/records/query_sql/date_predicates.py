"""Predicates on days: columns of dates and instants, and anniversaries that return every year.

A span such as ``90d`` looks back on a field about the past (``last>90d`` is longer ago than 90
days) and ahead on a field about the future (``due<7d`` is before the day that is 7 days away). The
day at the distance itself is found by ``<=``, ``>=`` and ``=``.
"""

import datetime as dt
import re
from itertools import chain
from typing import NamedTuple

from cardcrm import dates
from cardcrm.dates.anniversaries import find_month_day, month_days, parse_anniversary
from cardcrm.dates.date_parts import COUNT, UNIT
from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.query_sql.date_periods import parse_period
from cardcrm.records.query_sql.predicates import (
    Predicate,
    QueryContext,
    allow_null,
    equality,
    is_any,
    is_none,
)

# Patterns stay strings, so that re compiles them only for a filter by a date.
_SPAN = rf"{COUNT} ?{UNIT}"
_NO_DAYS = rf"0+ ?{UNIT}"
_NEAR = frozenset({"today", "tomorrow", "yesterday"})
_MONTH_DAY = r"\d{2}-\d{2}"
_REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", ":": "="}


class DayRange(NamedTuple):
    """An operator, and the first and last day that a term names."""

    op: str
    first: dt.date
    last: dt.date


# Local days of one moment differ by at most two, from UTC-12 to UTC+14.
_MAX_APART = dt.timedelta(days=2)


def day(column: str, *, past: bool, instant: str = "") -> Predicate:
    """Filter by a column of ISO dates; ``past`` tells which way spans and weekdays look.

    Where the column ``instant`` has a moment, its day in the zone of the reader counts, not that of
    the writer in ``column``.
    """
    return allow_null(
        column,
        lambda ctx, term: _compare_days(ctx, column, instant, read_days(ctx, term, past=past)),
    )


def _compare_days(ctx: QueryContext, column: str, instant: str, days: DayRange) -> str:
    op, first, last = days
    condition = _compared(ctx, column, op, str(first), str(last))
    if not instant:
        return condition
    near = _compared(ctx, column, op, *_widen(op, first, last))
    moment = _compared(ctx, instant, op, *dates.day_bounds(first, last, ctx.store.locale.zone))
    return (
        f"{near} AND (({instant} IS NULL AND {condition}) OR ({instant} IS NOT NULL AND {moment}))"
    )


def _widen(op: str, first: dt.date, last: dt.date) -> tuple[str, str]:
    """Return days that include all whose moment may be within others; they let an index help."""
    lower = first - _MAX_APART if first - dt.date.min > _MAX_APART else dt.date.min
    upper = last + _MAX_APART if dt.date.max - last > _MAX_APART else dt.date.max
    if op == "=":
        return str(lower), str(upper)
    bound = upper if op in ("<", "<=") else lower
    return str(bound), str(bound)


def instant(column: str, *, past: bool = True) -> Predicate:
    """Filter by a column of UTC instants, compared with local days."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        op, first, last = read_days(ctx, term, past=past)
        bounds = dates.day_bounds(first, last, ctx.store.locale.zone)
        return _compared(ctx, column, op, *bounds)

    return allow_null(column, compiled)


def earliest_day(table: str, where: str, column: str, instant: str) -> Predicate:
    """Filter by the first of the days in the rows ``x`` of a child table that meet a condition."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        if is_none(term) or is_any(term):
            found = ctx.exists(table, where)
            return f"NOT {found}" if is_none(term) else found
        op, first, last = read_days(ctx, term, past=False)

        def has(op: str) -> str:
            compared = _compare_days(ctx, column, instant, DayRange(op, first, last))
            return ctx.has(table, f"{where} AND ({compared})")

        if op in ("<", "<="):  # the first day is early if any day is
            return has(op)
        return f"{has(op)} AND NOT {has('<=' if op == '>' else '<')}"

    return compiled


def anniversary(day_column: str, month_day_column: str) -> Predicate:
    """Filter by a yearly day: by its date where a year is named, else by month and day."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        dated = _first_dates(ctx, term)
        if dated is None:
            names = ", ".join(ctx.param(each) for each in _month_days(ctx, term))
            return f"{month_day_column} IN ({names or 'NULL'})"
        compared = _compared(ctx, day_column, equality(term), *dated)
        return f"{day_column} NOT LIKE '--%' AND {compared}"

    return compiled


def _first_dates(ctx: QueryContext, term: Term) -> tuple[str, str] | None:
    """Return the first and last date that a value with a year names; None for another value.

    The first is as short as the value, so that it is also found where no more is known.
    """
    value = term.value.strip().lower()
    if not re.search(r"\d{4}", value) or re.fullmatch(_SPAN, value):
        return None
    known = parse_anniversary(value, dates.today(ctx.store.locale.zone))
    if known.startswith("-"):
        return None
    last = (
        known
        if len(known) == 10
        else str(parse_period(known, dates.now(ctx.store.locale.zone), past=True)[1])
    )
    return known, last


def _compared(ctx: QueryContext, column: str, op: str, first: str, last: str) -> str:
    if op == "=":
        return f"{column} BETWEEN {ctx.param(first)} AND {ctx.param(last)}"
    return f"{column} {op} {ctx.param(last if op in ('>', '<=') else first)}"


def read_days(ctx: QueryContext, term: Term, *, past: bool) -> DayRange:
    """Return the days that a term names; ``past`` tells which way spans look."""
    now = dates.now(ctx.store.locale.zone)
    value = term.value.strip().lower()
    if re.fullmatch(_SPAN, value):
        day = _day_at_distance(term, now.date(), _days_of(value), past=past)
        return DayRange(_REVERSED[term.op] if past else equality(term), day, day)
    return DayRange(equality(term), *parse_period(value, now, past=past))


def _days_of(span: str) -> int:
    return 0 if re.fullmatch(_NO_DAYS, span) else dates.parse_duration(span)


def _day_at_distance(term: Term, today: dt.date, days: int, *, past: bool) -> dt.date:
    try:
        return today + dt.timedelta(days=-days if past else days)
    except OverflowError:
        raise UsageError(
            f"“{term.value}” goes beyond the calendar", "Years run from 1 to 9999."
        ) from None


def _month_days(ctx: QueryContext, term: Term) -> list[str]:
    today = dates.today(ctx.store.locale.zone)
    value = term.value.strip().lower()
    if term.op in ("<", "<=") and re.fullmatch(_SPAN, value):
        length = min(_days_of(value), 366) + (term.op == "<=")
        days = (today + dt.timedelta(days=number) for number in range(length))
        return list(dict.fromkeys(chain.from_iterable(map(month_days, days))))
    if term.op not in (":", "="):
        raise UsageError(
            f"{term.field}{term.op}{term.value} compares days without a year",
            f"Write {term.field}<14d for the days to come, or {term.field}:may for a month.",
        )
    if value in _NEAR:
        return month_days(dates.parse_date(value, dates.now(ctx.store.locale.zone)).day)
    if month := _month_number(value):
        return [f"--{month:02}", *(f"{month:02}-{day:02}" for day in range(1, 32))]
    if re.fullmatch(_MONTH_DAY, value):
        value = f"--{value}"
    return [find_month_day(parse_anniversary(value, today))]


def _month_number(value: str) -> int:
    """Return the number of the month that begins with at least three letters; else 0."""
    if len(value) < 3:
        return 0
    names = ((n, dt.date(2000, n, 1).strftime("%B").lower()) for n in range(1, 13))
    return next((number for number, name in names if name.startswith(value)), 0)
