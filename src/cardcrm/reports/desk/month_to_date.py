"""Sum the revenue of this month and that of the month before up to the same day, by currency."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.dates.date_parts import add_months
from cardcrm.money import Money
from cardcrm.store import Query
from cardcrm.store.engine import Row


class MonthToDate(NamedTuple):
    """The revenue of this month, and that of the month ``before`` up to the same day."""

    revenue: Money
    before: Money

    @property
    def change(self) -> float | None:
        """The growth as a share of the month before; None if that brought nothing."""
        if self.before.minor <= 0:
            return None
        return self.revenue.minor / self.before.minor - 1


def same_day_before(today: dt.date) -> dt.date:
    """Return the same day of the month before, or its last day if it is shorter."""
    return add_months(today, -1)


def revenue_query(today: dt.date, default: str) -> Query[tuple[MonthToDate, ...]]:
    """Build the query for the revenue in each currency, the ``default`` one first."""
    before = same_day_before(today)
    params = {
        "month": today.replace(day=1).isoformat(),
        "today": today.isoformat(),
        "first": before.replace(day=1).isoformat(),
        "same": before.isoformat(),
        "default": default,
    }
    sql = (
        "SELECT s.currency, sum(CASE WHEN s.on_date >= :month THEN s.amount ELSE 0 END), "
        "sum(CASE WHEN s.on_date < :month THEN s.amount ELSE 0 END) FROM sale s "
        "WHERE s.on_date BETWEEN :first AND :today "
        "AND (s.on_date <= :same OR s.on_date >= :month) "
        "GROUP BY s.currency ORDER BY s.currency <> :default, s.currency"
    )
    return Query(sql, params, _read)


def _read(rows: Sequence[Row]) -> tuple[MonthToDate, ...]:
    return tuple(
        MonthToDate(Money(int(now), currency), Money(int(before), currency))
        for currency, now, before in rows
    )
