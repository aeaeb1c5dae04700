"""Read the days on which each customer bought."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from cardcrm.dates.day_numbers import DayNumbers
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store


class Buyer(NamedTuple):
    """The purchases of a customer: the numbers of their days in rising order, and the orders."""

    contact_id: int
    days: Sequence[int]
    orders: int


def read_buyers(store: Store, scope: Scope, *, least: int = 1) -> Iterator[Buyer]:
    """Yield the purchases of each customer up to today, in all currencies unless one is named.

    ``least`` leaves out customers with fewer orders.
    """
    until = min(scope.until or scope.today, scope.today)
    condition, params = sale_condition(store, replace(scope, until=until))
    rows = store.stream(
        f"SELECT s.contact_id, {store.engine.concat_function}(s.on_date, ' '), count(*) "
        f"FROM sale s WHERE {condition} AND s.amount > 0 GROUP BY s.contact_id "
        "HAVING count(*) >= :least",
        {**params, "least": least},
    )
    numbers = DayNumbers()
    for contact_id, days, orders in rows:
        if orders == 1:
            yield Buyer(contact_id, (numbers[days],), 1)
        else:
            yield Buyer(contact_id, sorted({numbers[day] for day in days.split()}), orders)
