"""Sum sales by periods of the calendar, in each currency; a refund lowers its own period.

Sums of different currencies are never added. A sale of zero counts as a sale.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.reports.scope import contact_condition
from cardcrm.store import Store
from cardcrm.text import find_similar

if TYPE_CHECKING:
    from cardcrm.query import Node

PERIODS = ("day", "week", "month", "quarter", "year")
_MAX_PERIODS = 4000


class Period(NamedTuple):
    """A period of the calendar, by its first day and the first day after it."""

    name: str
    first: dt.date
    end: dt.date


class PeriodRevenue(NamedTuple):
    """The sales of one period in one currency.

    ``margin`` is the revenue minus the cost of the sales whose cost is known, and None without any.
    """

    period: Period
    revenue: Money
    sales: int
    refunds: Money
    margin: Money | None


class Span(NamedTuple):
    """The sales to sum: of the last ``periods`` up to a day, and perhaps of some contacts only.

    The sales of an organization among them are those of its people as well, as in its value.
    """

    by: str
    periods: int
    today: dt.date
    where: "Node | None" = None


def parse_period(word: str) -> str:
    """Return a kind of period as typed: month, months, monthly. Raises UsageError."""
    name = word.strip().lower()
    for period in PERIODS:
        if name in (period, f"{period}s", f"{period}ly", {"day": "daily"}.get(period)):
            return period
    like = find_similar(name, PERIODS, limit=1)
    start = f"Did you mean {like[0]}? " if like else ""
    if name.rstrip("s") in ("customer", "contact", "client", "who", "name"):
        start = "For revenue by customer: cardcrm value. "
    raise UsageError(f"unknown period “{word}”", f"{start}Use {', '.join(PERIODS)}.")


def sum_revenue(store: Store, span: Span, currency: str = "") -> list[PeriodRevenue]:
    """Return the revenue of each period and currency, the oldest first.

    Each currency that has sales in the span has a row for every period. Raises UsageError.
    """
    periods = list(list_periods(span.by, span.periods, span.today))
    sums: dict[tuple[str, str], list[int | None]] = {}
    for day, code, *figures in _daily_sums(store, span, periods, currency):
        name = _name(span.by, dt.date.fromisoformat(day))
        known = sums.setdefault((name, code), [0, 0, 0, None])
        sums[name, code] = [_add(*pair) for pair in zip(known, figures, strict=True)]
    codes = sorted({code for _, code in sums})
    return [_row(each, code, sums.get((each.name, code))) for code in codes for each in periods]


def _add(known: int | None, more: Any) -> int | None:
    return known if more is None else (known or 0) + int(more)


def _row(period: Period, code: str, figures: Sequence[int | None] | None) -> PeriodRevenue:
    revenue, sales, refunds, margin = figures or (0, 0, 0, None)
    return PeriodRevenue(
        period,
        Money(revenue or 0, code),
        sales or 0,
        Money(refunds or 0, code),
        None if margin is None else Money(margin, code),
    )


def _daily_sums(
    store: Store, span: Span, periods: Sequence[Period], currency: str
) -> Iterator[tuple[Any, ...]]:
    conditions = ["s.on_date >= :first", "s.on_date < :end"]
    params: dict[str, Any] = {"first": periods[0].first.isoformat(), "end": _end_of(periods)}
    if currency:
        conditions.append("s.currency = :code")
        params["code"] = currency
    if span.where is not None:
        condition, more = contact_condition(store, span.where, "s.contact_id")
        conditions.append(condition)
        params |= more
    sql = (
        "SELECT s.on_date, s.currency, sum(s.amount), count(*), "
        "sum(CASE WHEN s.amount < 0 THEN s.amount ELSE 0 END), sum(s.amount - s.cost) "
        f"FROM sale s WHERE {' AND '.join(conditions)} GROUP BY s.on_date, s.currency"
    )
    for row in store.rows(sql, **params):
        yield tuple(row)


def _end_of(periods: Sequence[Period]) -> str:
    return periods[-1].end.isoformat()


def list_periods(by: str, count: int, today: dt.date) -> Iterator[Period]:
    """Yield the last ``count`` periods up to the one of ``today``. Raises UsageError."""
    if not 1 <= count <= _MAX_PERIODS:
        raise UsageError(f"the number of periods must be between 1 and {_MAX_PERIODS:,}")
    first = _first_day(by, today)
    starts = [first]
    for _ in range(count - 1):
        if starts[-1].year <= 1:
            break
        starts.append(_first_day(by, starts[-1] - dt.timedelta(days=1)))
    ends = [_first_day(by, first + dt.timedelta(days=_LONGEST[by])), *starts]
    for start, end in reversed(list(zip(starts, ends, strict=False))):
        yield Period(_name(by, start), start, end)


# Days that lead from the first day of a period into the next one.
_LONGEST = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


def _first_day(by: str, day: dt.date) -> dt.date:
    if by == "week":
        return day - dt.timedelta(days=day.weekday())
    if by == "day":
        return day
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[by]
    return dt.date(day.year, month, 1)


def _name(by: str, day: dt.date) -> str:
    """Return a period as ISO 8601 writes it; a quarter is ``2026-Q4``."""
    if by == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    if by == "quarter":
        return f"{day.year:04}-Q{(day.month + 2) // 3}"
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[by]]
