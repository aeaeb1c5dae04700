"""Compare a month with the month and the year before it."""

import datetime as dt
from dataclasses import dataclass

from cardcrm.dates.periods import list_periods
from cardcrm.money import Money
from cardcrm.reports.revenue_report.comparison import PREVIOUS, YEAR, Days, compare_period
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row

_NO_DAYS = Days(dt.date.max, dt.date.min)  # before the beginning of the calendar


@dataclass(frozen=True)
class SpanFigures:
    """The sales of some days: revenue less refunds, orders above 0, and who ordered."""

    first: dt.date
    last: dt.date
    revenue: Money
    orders: int
    customers: int


@dataclass(frozen=True)
class MonthComparison:
    """A month, the month before and the same month a year before.

    Of a month that is not over, the same days are compared; ``is_complete`` is then false.
    """

    now: SpanFigures
    month_before: SpanFigures
    year_before: SpanFigures
    is_complete: bool


def change_of(now: Money, before: Money) -> float | None:
    """Return the change as a share of the amount before; None if that is not above 0."""
    return (now.minor - before.minor) / before.minor if before.minor > 0 else None


def compare_month(
    store: Store, currency: str, month: tuple[dt.date, dt.date], today: dt.date
) -> MonthComparison:
    """Return the figures of a month, by its first and last day, and of those before."""
    first, last = month
    now = Days(first, min(last, today))
    (period,) = list_periods("month", first, last)
    spans = [compare_period(period, now, "month", way).before for way in (PREVIOUS, YEAR)]
    found = [_query(currency, each or _NO_DAYS) for each in (now, *spans)]
    shown, month_before, year_before = store.fetch_many(found)
    return MonthComparison(shown, month_before, year_before, last < today)


def _query(currency: str, days: Days) -> Query[SpanFigures]:
    def parse(rows: list[Row]) -> SpanFigures:
        revenue, orders, customers = rows[0]
        return SpanFigures(
            *days, Money(int(revenue or 0), currency), int(orders or 0), int(customers)
        )

    return Query(
        "SELECT sum(amount), sum(CASE WHEN amount > 0 THEN 1 ELSE 0 END), "
        "count(DISTINCT CASE WHEN amount > 0 THEN contact_id END) FROM sale "
        "WHERE currency = :currency AND on_date >= :first AND on_date <= :last",
        {"currency": currency, "first": days[0].isoformat(), "last": days[1].isoformat()},
        parse,
    )
