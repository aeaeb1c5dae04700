"""Sum revenue by calendar month; a refund lowers the month of its date."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from cardcrm.dates.periods import list_last_starts
from cardcrm.money import Money
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row


class MonthRevenue(NamedTuple):
    """The revenue of the calendar month that begins on ``first``."""

    first: dt.date
    revenue: Money


def revenue_by_month(
    store: Store, currency: str, today: dt.date, *, months: int = 12, contact_id: int | None = None
) -> tuple[MonthRevenue, ...]:
    """Return the revenue of the last ``months`` months, up to the month of ``today``."""
    return store.fetch(month_query(currency, today, months=months, contact_id=contact_id))


def month_query(
    currency: str, today: dt.date, *, months: int, contact_id: int | None = None
) -> Query[tuple[MonthRevenue, ...]]:
    """Build the query for `revenue_by_month`."""
    days = list_last_starts("month", today, months)
    # Most sales of all customers fall into the period: a scan is quicker than the index on days,
    # and coalesce() keeps the planner from that index.
    condition = "contact_id = :contact AND on_date" if contact_id else "coalesce(on_date, '')"
    params = {
        "currency": currency,
        "first": days[0].isoformat(),
        "last": today.isoformat(),
        "contact": contact_id,
    }

    def parse(rows: Iterable[Row]) -> tuple[MonthRevenue, ...]:
        sums = {row["month"]: int(row["amount"]) for row in rows}
        return tuple(
            MonthRevenue(day, Money(sums.get(f"{day:%Y-%m}", 0), currency)) for day in days
        )

    return Query(
        "SELECT substr(on_date, 1, 7) AS month, sum(amount) AS amount FROM sale "
        f"WHERE currency = :currency AND {condition} BETWEEN :first AND :last GROUP BY 1",
        params,
        parse,
    )
