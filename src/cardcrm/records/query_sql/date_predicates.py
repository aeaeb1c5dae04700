"""Conditions on days: when somebody was last spoken with, is due, has a birthday."""

import datetime as dt
import re
from itertools import chain
from typing import Any

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.query import Term
from cardcrm.records.query_sql.predicates import (
    Compiler,
    Filter,
    exists,
    is_any,
    is_none,
    lowered,
    same,
)

_SPAN = re.compile(r"\d+\s*[dwmy]")
_MONTH_DAY = re.compile(r"\d{2}-\d{2}")
_PART_OF_DATE = re.compile(r"\d{4}(-\d{2})?")
_BACKWARDS = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", ":": "="}


def bounds(f: Filter, term: Term, *, past: bool) -> tuple[str, dt.date, dt.date]:
    """How a day compares: the operator, and the first and last day of what was named."""
    zone = f.store.locale.zone
    now = dates.now(zone)
    value = term.value.strip().lower()
    if _SPAN.fullmatch(value):
        span = dt.timedelta(days=dates.parse_span(value))
        try:
            day = now.date() - span if past else now.date() + span
        except OverflowError:
            raise UsageError(f"“{term.value}” is too long a time") from None
        return (_BACKWARDS[term.op] if past else same(term)), day, day
    if _PART_OF_DATE.fullmatch(value):
        return same(term), *_whole(value)
    day = dates.parse_when(value, now, past=past).day
    return same(term), day, day


def _whole(value: str) -> tuple[dt.date, dt.date]:
    """First and last day of a year or month such as 2026 or 2026-06."""
    year, _, month = value.partition("-")
    try:
        first = dt.date(int(year), int(month or 1), 1)
        last = dt.date(int(year), int(month or 12), 28) + dt.timedelta(days=4)
    except (ValueError, OverflowError):
        raise UsageError(f"“{value}” is no month or year") from None
    return first, last - dt.timedelta(days=last.day)


def by_days(f: Filter, column: str, bounds: tuple[str, Any, Any]) -> str:
    """SQL: a column of days against what was named."""
    op, first, last = bounds
    if op == "=":
        return f"{column} BETWEEN {f.param(str(first))} AND {f.param(str(last))}"
    return f"{column} {op} {f.param(str(last if op in ('>', '<=') else first))}"


def last(f: Filter, term: Term) -> str:
    """The day of the last interaction."""
    if is_none(term) or is_any(term):
        return f"c.last_on IS {'' if is_none(term) else 'NOT '}NULL"
    return by_days(f, "c.last_on", bounds(f, term, past=True))


def instant(column: str) -> Compiler:
    """A column of instants, compared with local days."""

    def compiled(f: Filter, term: Term) -> str:
        op, first, last = bounds(f, term, past=True)
        zone = f.store.locale.zone
        start = dates.to_instant(first, dt.time(), zone)
        end = dates.to_instant(last, dt.time(23, 59, 59), zone)
        return by_days(f, f"c.{column}", (op, start, end))

    return compiled


def due(f: Filter, term: Term) -> str:
    """Open reminders by their due day."""
    open_ = "x.done_at IS NULL"
    if is_none(term):
        return "NOT " + exists("reminder", open_)
    if is_any(term):
        return exists("reminder", open_)
    compared = by_days(f, "x.due_on", bounds(f, term, past=False))
    return f.has("reminder", f"{open_} AND {compared}")


def promise(f: Filter, term: Term) -> str:
    """Words of open promises."""
    promised = "x.done_at IS NULL AND x.promise = 1"
    if is_none(term):
        return "NOT " + exists("reminder", promised)
    if is_any(term):
        return exists("reminder", promised)
    return f.has("reminder", f"{promised} AND {lowered(f, 'x.text', term)}")


def birthday(f: Filter, term: Term) -> str:
    """Birthdays by month, day, or the days to come."""
    if is_none(term) or is_any(term):
        held = exists("yearly_day", "x.label = 'birthday'")
        return f"NOT {held}" if is_none(term) else held
    marks = ", ".join(f.param(day) for day in _month_days(f, term))
    return f.has("yearly_day", f"x.label = 'birthday' AND x.month_day IN ({marks})")


def _month_days(f: Filter, term: Term) -> list[str]:
    """The MM-DD that a birthday term means: a month, a day, or the days to come (``<7d``)."""
    today = dates.today(f.store.locale.zone)
    value = term.value.strip().lower()
    if term.op in ("<", "<=") and _SPAN.fullmatch(value):
        length = min(dates.parse_span(value), 366)
        days = (today + dt.timedelta(days=number) for number in range(length + 1))
        return list(dict.fromkeys(chain.from_iterable(map(dates.kept_days, days))))
    if term.op not in (":", "="):
        raise UsageError(
            f"birthday{term.op}{term.value} cannot be compared",
            "Write birthday<14d for the days to come, or birthday:may for a month.",
        )
    months = {dt.date(2000, number, 1).strftime("%B").lower(): number for number in range(1, 13)}
    month = next((n for name, n in months.items() if len(value) >= 3 and name.startswith(value)), 0)
    if month:
        return [f"{month:02}-{day:02}" for day in range(1, 32)]
    if _MONTH_DAY.fullmatch(value):
        value = f"--{value}"
    return [dates.parse_yearly(value, today)[-5:]]
