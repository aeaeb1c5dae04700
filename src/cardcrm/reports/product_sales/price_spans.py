"""Choose the days before and after a price change that are compared: whole weeks on both sides."""

import datetime as dt
from collections.abc import Sequence

from cardcrm.reports.product_sales.price_changes import PriceDay
from cardcrm.reports.scope import Scope

MAX_WEEKS = 8
_WEEK = 7
_DAY = dt.timedelta(days=1)

Span = tuple[dt.date, dt.date]  # the first and the last day
Spans = tuple[Span, Span]  # before and after


def explain_none(days: Sequence[PriceDay], scope: Scope, day: dt.date | None) -> str:
    """Return why nothing can be compared, or an empty text."""
    if not days:
        return f"no sales of it in {scope.currency}"
    if day is not None and day > scope.today:
        return f"{day} is in the future"
    if days[0].on == days[-1].on:
        return f"all of its sales are on {days[0].on}; several weeks are needed"
    if day is None:
        return "its price has not changed; to compare another day: --on DATE"
    return ""


def find_weeks_before(launched: dt.date, first: dt.date, last: dt.date, weeks: int) -> Spans | None:
    """Return the whole weeks before a promotion since the first sale of it, and its days."""
    start = max(first - dt.timedelta(weeks=weeks), launched)
    whole = (first - start).days // _WEEK * _WEEK
    if whole <= 0:
        return None
    return (first - dt.timedelta(days=whole), first - _DAY), (first, last)


def find_spans(
    days: Sequence[PriceDay], scope: Scope, changes: Sequence[dt.date], day: dt.date
) -> Spans | None:
    """Return the whole weeks before and from a day on, up to the changes next to it."""
    earliest = max([days[0].on, *(each for each in changes if each < day)])
    latest = min([scope.until or scope.today, *(each - _DAY for each in changes if each > day)])
    before = _whole_weeks((day - earliest).days)
    after = _whole_weeks((latest - day).days + 1)
    if before <= 0 or after <= 0:
        return None
    return (
        (day - dt.timedelta(days=before), day - _DAY),
        (day, day + dt.timedelta(days=after - 1)),
    )


def _whole_weeks(days: int) -> int:
    """Return the days of at most `MAX_WEEKS` whole weeks; less than a week as it is."""
    return days if days < _WEEK else min(days // _WEEK, MAX_WEEKS) * _WEEK
