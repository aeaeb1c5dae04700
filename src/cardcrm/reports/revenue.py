"""Revenue by calendar month, of all customers or of one; refunds lower the month they fall in."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.store import Query, Store
from cardcrm.store.engine import Row


class Month(NamedTuple):
    """The revenue of a calendar month, which its first day names."""

    first: dt.date
    revenue: Money


def by_month(
    store: Store, currency: str, today: dt.date, *, months: int = 12, contact_id: int | None = None
) -> tuple[Month, ...]:
    """The revenue of so many months, the last being that of ``today``; months without sales too."""
    return store.fetch(month_query(currency, today, months=months, contact_id=contact_id))


def month_query(
    currency: str, today: dt.date, *, months: int, contact_id: int | None = None
) -> Query[tuple[Month, ...]]:
    """Build the query of `by_month`."""
    days = _months(today, months)
    # Of all sales most are meant: reading through them is quicker than by an index of days, from
    # which the function keeps a planner.
    whose = "contact_id = :contact AND on_date" if contact_id else "coalesce(on_date, '')"
    params = {"currency": currency, "first": days[0].isoformat(), "contact": contact_id}

    def parse(rows: Iterable[Row]) -> tuple[Month, ...]:
        sums = {row["month"]: int(row["amount"]) for row in rows}
        return tuple(Month(day, Money(sums.get(f"{day:%Y-%m}", 0), currency)) for day in days)

    return Query(
        "SELECT substr(on_date, 1, 7) AS month, sum(amount) AS amount FROM sale "
        f"WHERE currency = :currency AND {whose} >= :first GROUP BY 1",
        params,
        parse,
    )


def _months(today: dt.date, count: int) -> list[dt.date]:
    """The first days of the months up to this one, rising."""
    number = today.year * 12 + today.month - 1
    wanted = range(number - count + 1, number + 1)
    return [dt.date(each // 12, each % 12 + 1, 1) for each in wanted]
