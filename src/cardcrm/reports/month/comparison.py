"""Compare a month with the month and the year before it."""

import datetime as dt
from dataclasses import dataclass

from cardcrm.dates.date_parts import add_months
from cardcrm.dates.periods import find_end
from cardcrm.money import Money
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row

Days = tuple[dt.date, dt.date]  # the first and the last one


@dataclass(frozen=True)
class SpanFigures:
    """The sales of some days: revenue less refunds, orders above 0, and who ordered."""

    first: dt.date
    last: dt.date
    revenue: Money
    orders: int
    customers: int


@dataclass(frozen=True)
class Comparison:
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


def compare_month(store: Store, currency: str, month: Days, today: dt.date) -> Comparison:
    """Return the figures of a month and of those it is compared with."""
    first, last = month
    is_complete = last < today
    shown = (first, last if is_complete else min(last, today))
    spans = (shown, *(_shift(shown, -back, is_complete=is_complete) for back in (1, 12)))
    now, month_before, year_before = store.fetch_many([_query(currency, each) for each in spans])
    return Comparison(now, month_before, year_before, is_complete)


def _shift(days: Days, months: int, *, is_complete: bool) -> Days:
    """Return the same days of another month, or all days of it for a complete month."""
    first = add_months(days[0], months)
    whole = (first, find_end("month", first))
    return whole if is_complete else (first, min(add_months(days[1], months), whole[1]))


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
