"""Parse phrases for a day and a time: ``monday morning``, ``a week from friday``, ``half past 3``.

`date_parser` tries plain words first and loads this module for the rest.
"""

import datetime as dt
import re
from collections.abc import Callable

from cardcrm.dates.date_parts import (
    COUNT,
    UNIT,
    add_duration,
    add_months,
    days_in_month,
    parse_count,
    parse_month,
    parse_weekday,
)
from cardcrm.dates.date_words import simplify_words
from cardcrm.dates.day_words import find_nearest_day, find_period_start, parse_day
from cardcrm.dates.time_phrases import split_times

_SPAN = rf"{COUNT} ?{UNIT}"
_END_OF_DAY = ("eod", "eob", "cob", "end of day", "end of the day", "end of business",
               "close of business")  # fmt: skip


class _Context:
    """The moment at which a phrase is read, and its direction."""

    def __init__(self, now: dt.datetime, *, past: bool) -> None:
        self.now, self.past = now, past
        self.today = now.date()
        self.nearest = self.today

    def day(self, words: str) -> dt.date | None:
        """Return the day of plain words or of a phrase."""
        words = re.sub(r"^(?:on |by )?(?:the )?", "", words)
        plain = parse_day(words, self.today, self.nearest, past=self.past)
        return plain or _parse_day_phrase(words, self)

    def is_on_side(self, day: dt.date) -> bool:
        """Return whether a day is in the direction."""
        return day <= self.nearest if self.past else day >= self.nearest


def parse_phrase(
    text: str, now: dt.datetime, *, past: bool
) -> tuple[dt.date, dt.time | None] | None:
    """Return the day and time of a phrase; None for other words. Raises ValueError."""
    words = simplify_words(text)
    context = _Context(now, past=past)
    if words != text and (found := _parse_span_of_hours(words, now)):
        return found
    day = _try_day(words, context)
    if day is not None:
        return day, None
    for rest, time in split_times(words):
        context.nearest = find_nearest_day(now, time, past=past)
        day = _try_day(rest, context) if rest else context.nearest
        if day is not None:
            return day, time
    return None


def _try_day(words: str, context: _Context) -> dt.date | None:
    """Return the day of a phrase; None if a number in it is none, as it may be a time."""
    try:
        return context.day(words)
    except ValueError:
        if not re.search(r"[0-9]\.[0-9]", words):
            raise
        return None


def _parse_span_of_hours(words: str, now: dt.datetime) -> tuple[dt.date, dt.time] | None:
    match = re.fullmatch(rf"in {COUNT} (hours?|minutes?)|{COUNT} (hours?|minutes?) ago", words)
    if not match:
        return None
    count, unit = parse_count(match[1] or match[3]), match[2] or match[4]
    away = dt.timedelta(minutes=count * (60 if unit[0] == "h" else 1))
    moment = (now.astimezone(dt.UTC) + (away if match[1] else -away)).astimezone(now.tzinfo)
    return moment.date(), moment.time().replace(microsecond=0, fold=0)


# Days


def _parse_day_phrase(words: str, context: _Context) -> dt.date | None:
    for parse in (
        _parse_end_of_day,
        _parse_weeks_later,
        _parse_span_from,
        _parse_weekday_and_number,
        _parse_number_in_month,
        _parse_weekday_in_month,
        _parse_edge,
        _parse_month_alone,
        _parse_weekend,
        _parse_workdays,
        _parse_iso_week,
    ):
        day = parse(words, context)
        if day is not None:
            return day
    return None


def _parse_end_of_day(words: str, context: _Context) -> dt.date | None:
    for phrase in _END_OF_DAY:
        if words == phrase:
            return context.today
        if words.startswith(f"{phrase} "):
            rest = words.removeprefix(f"{phrase} ").removeprefix("on ")
            return None if rest.startswith("of ") else context.day(rest)
    return None


def _parse_weeks_later(words: str, context: _Context) -> dt.date | None:
    """Return the day for ``monday week``, ``a week today`` and ``2 weeks on friday``."""
    if match := re.fullmatch(r"(today|tomorrow|[a-z]{3,9}) week", words):
        count, named = 1, match[1]
    elif match := re.fullmatch(
        rf"(?:{COUNT} )?weeks? (?:on )?(today|tomorrow|[a-z]{{3,9}})", words
    ):
        count, named = parse_count(match[1] or "a"), match[2]
    else:
        return None
    if named not in ("today", "tomorrow") and parse_weekday(named) is None:
        return None
    day = context.day(named)
    return None if day is None else day + dt.timedelta(weeks=count)


def _parse_span_from(words: str, context: _Context) -> dt.date | None:
    """Return the day for ``3 days from now``, ``a week from friday`` and ``2 days before eom``."""
    if re.fullmatch(r"(?:in )?fortnight", words):
        return context.day("2 weeks" if words == "fortnight" else "in 2 weeks")
    match = re.fullmatch(
        rf"(?:in )?(?:{_SPAN}|(week|fortnight|month)) (hence|later|from|after|before)(?: (.+))?",
        words,
    )
    if not match:
        return None
    count, unit = (1, match[3]) if match[3] else (parse_count(match[1]), match[2])
    if match[4] in ("hence", "later"):
        return add_duration(context.today, count, unit) if not match[5] else None
    if not match[5]:
        return None
    start = context.today if match[5] == "now" else context.day(match[5])
    if start is None:
        return None
    return add_duration(start, -count if match[4] == "before" else count, unit)


def _parse_weekday_and_number(words: str, context: _Context) -> dt.date | None:
    """Return the nearest day for ``fri 24th``, a 24th that is a Friday."""
    match = re.fullmatch(r"([a-z]{3,9})(?: the)? ([0-9]{1,2})(?:st|nd|rd|th)", words)
    weekday = parse_weekday(match[1]) if match else None
    if match is None or weekday is None:
        return None
    number = int(match[2])
    for away in range(29 * 12):  # every weekday falls on every day of a month within 28 years
        first = find_period_start("month", context.nearest, -away if context.past else away)
        if 1 <= number <= days_in_month(first.year, first.month):
            day = first.replace(day=number)
            if day.weekday() == weekday and context.is_on_side(day):
                return day
    raise ValueError(f"day {number} does not exist")


def _parse_month(words: str, context: _Context) -> dt.date | None:
    """Return the first day of a month: ``january``, ``jan 2027``, ``next month``, ``2027-02``.

    A month without a year is this month or a later one in plans, this or an earlier one in history.
    """
    words = words.removeprefix("the ")
    if match := re.fullmatch(r"(?:(next|last|this) )?month", words):
        away = {"next": 1, "last": -1}.get(match[1] or "", 0)
        return find_period_start("month", context.today, away)
    if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})", words):
        return dt.date(int(match[1]), int(match[2]), 1)
    match = re.fullmatch(
        r"(?:(next|last|this) )?([a-z]{3,9})(?: ([0-9]{4})| (next|this|last) year)?", words
    )
    month = parse_month(match[2]) if match else None
    if match is None or month is None:
        return None
    if match[3] or match[4]:
        away = {"next": 1, "last": -1}.get(match[4] or "", 0)
        return dt.date(int(match[3] or context.today.year + away), month, 1)
    return _find_month(month, match[1] or "", context)


def _find_month(month: int, word: str, context: _Context) -> dt.date:
    """Return the month of this year, or else that of the next or the last year."""
    this = context.today.replace(month=month, day=1)
    now = context.today.replace(day=1)
    if (word == "last" or (context.past and word != "next")) and (
        this > now or (word and this == now)
    ):
        return this.replace(year=this.year - 1)
    if (word == "next" or (not context.past and word != "last")) and (
        this < now or (word == "next" and this == now)
    ):
        return this.replace(year=this.year + 1)
    return this


def _parse_number_in_month(words: str, context: _Context) -> dt.date | None:
    """Return the day for ``10th of next month`` and ``last day of february``."""
    match = re.fullmatch(r"(?:([0-9]{1,2})(?:st|nd|rd|th)|(last))(?: day)?(?: of| in)? (.+)", words)
    if not match or (match[2] and " day " not in words):
        return None
    return _find_in_month(match[3], context, lambda first: _pick_day(first, match[1]))


def _pick_day(first: dt.date, figures: str | None) -> dt.date:
    length = days_in_month(first.year, first.month)
    number = int(figures) if figures else length
    if not 1 <= number <= length:
        raise ValueError(f"{first:%B} has no day {number}")
    return first.replace(day=number)


def _parse_weekday_in_month(words: str, context: _Context) -> dt.date | None:
    """Return the day for ``1st monday of december`` and ``last friday of the month``."""
    match = re.fullmatch(r"(?:([1-5])(?:st|nd|rd|th)|last) ([a-z]{3,9}) (?:of|in) (.+)", words)
    weekday = parse_weekday(match[2]) if match else None
    if match is None or weekday is None:
        return None
    place = int(match[1]) if match[1] else 0
    return _find_in_month(match[3], context, lambda first: _pick_weekday(first, place, weekday))


def _pick_weekday(first: dt.date, place: int, weekday: int) -> dt.date:
    length = days_in_month(first.year, first.month)
    days = [
        day for day in (first.replace(day=n + 1) for n in range(length)) if day.weekday() == weekday
    ]
    if place > len(days):
        raise ValueError(f"{first:%B %Y} has no {place}th {days[0]:%A}")
    return days[place - 1]


def _find_in_month(
    words: str, context: _Context, pick: Callable[[dt.date], dt.date]
) -> dt.date | None:
    """Return a day in a month; without a year or word for it, the nearest in the direction."""
    first = _parse_month(words, context)
    if first is None:
        return None
    day, named = pick(first), words.removeprefix("the ")
    if not re.fullmatch(r"[a-z]{3,9}", named) or context.is_on_side(day):
        return day
    months = (1 if named == "month" else 12) * (-1 if context.past else 1)
    return pick(add_months(first, months))


def _parse_edge(words: str, context: _Context) -> dt.date | None:
    """Return the day for ``end of january``, ``start of next week`` and ``mid march``."""
    match = re.fullmatch(r"(end|eo|start|beginning|middle|mid)(?: of| in)? (.+)", words)
    if not match:
        return None
    edge, named = match[1][:2], match[2].removeprefix("the ")
    if period := re.fullmatch(r"(?:(next|last|this) )?(week|month|quarter|year)", named):
        away = {"next": 1, "last": -1}.get(period[1] or "", 0)
        day = _pick_edge(edge, find_period_start(period[2], context.today, away), period[2])
        if period[1] or context.is_on_side(day):
            return day
        away = -1 if context.past else 1
        return _pick_edge(edge, find_period_start(period[2], context.today, away), period[2])
    if re.fullmatch(r"[0-9]{4}", named):
        return _pick_edge(edge, dt.date(int(named), 1, 1), "year")
    return _find_in_month(named, context, lambda first: _pick_edge(edge, first, "month"))


def _pick_edge(edge: str, first: dt.date, unit: str) -> dt.date:
    """Return the first, the middle or the last day of a period."""
    following = find_period_start(unit, first, 1)
    if edge == "mi":
        half = {"week": 2, "month": 14}.get(unit, (following - first).days // 2)
        return first + dt.timedelta(days=half)
    return following - dt.timedelta(days=1) if edge in ("en", "eo") else first


def _parse_month_alone(words: str, context: _Context) -> dt.date | None:
    """Return the first day of a month that is named alone."""
    if re.fullmatch(r"(?:(?:this|next|last) )?month", words):
        return None
    return _find_in_month(words, context, lambda first: first)


def _parse_weekend(words: str, context: _Context) -> dt.date | None:
    """Return the Saturday of a weekend."""
    match = re.fullmatch(r"(?:(next|last|this) )?weekend", words)
    if not match:
        return None
    saturday = find_period_start("week", context.today, 0) + dt.timedelta(days=5)
    away = {"next": 1, "last": -1}.get(match[1] or "", 0)
    if context.past and not match[1] and saturday > context.today:
        away = -1
    return saturday + dt.timedelta(weeks=away)


def _parse_workdays(words: str, context: _Context) -> dt.date | None:
    """Return the day for ``in 3 working days`` and ``next business day``."""
    kind = r"(?:business |working |work |week ?)days?"
    match = re.fullmatch(rf"(in )?(?:{COUNT} |(next|last) ){kind}( ago)?", words)
    if not match:
        return None
    count = parse_count(match[2] or "a")
    back = bool(match[4]) or match[3] == "last" or (context.past and not (match[1] or match[3]))
    day, step = context.today, dt.timedelta(days=-1 if back else 1)
    for _ in range(min(count, 10_000)):
        day += step
        while day.weekday() > 4:
            day += step
    return day


def _parse_iso_week(words: str, context: _Context) -> dt.date | None:
    """Return the Monday of ``2027-w05``."""
    match = re.fullmatch(r"([0-9]{4})-?w([0-9]{2})(?:-([1-7]))?", words)
    del context
    return (
        dt.date.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1)) if match else None
    )
