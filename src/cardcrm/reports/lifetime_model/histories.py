"""Read what the models need of each customer: repeat purchases, their last day, and the amounts.

A purchase is a day with a sale other than a refund. A sale of 0 counts here, as it does in the data
of the literature, because the customer came. The first purchase stays out of the amounts. Refunds
after the first day lower them. Sales after the last day that is asked for are ignored.
"""

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Row

DAYS_PER_WEEK = 7

# The sums of all sales above 0 are stored; only the amounts after the first day are read from the
# sales.
_SPENT = (
    "(SELECT sum(s.amount) FROM sale s WHERE s.contact_id = x.contact_id "
    "AND s.currency = :currency AND s.on_date > x.first_on{until})"
)
_UP_TO_NOW = (
    "SELECT x.contact_id, x.days, x.first_on, x.last_on, "
    f"CASE WHEN x.days > 1 THEN {_SPENT.format(until='')} END AS spent FROM contact_value x "
    "WHERE x.currency = :currency AND x.own = 1 AND x.orders > 0{more} ORDER BY x.contact_id"
)
_FREE = "SELECT 1 FROM sale WHERE currency = :currency AND amount = 0 LIMIT 1"
_BOUGHT = "CASE WHEN x.amount >= 0 THEN x.on_date END"
_UP_TO_A_DAY = (
    "SELECT x.contact_id, x.days, x.first_on, x.last_on, "
    f"CASE WHEN x.days > 1 THEN {_SPENT.format(until=' AND s.on_date <= :until')} END AS spent "
    f"FROM (SELECT x.contact_id, count(DISTINCT {_BOUGHT}) AS days, min({_BOUGHT}) AS first_on, "
    f"max({_BOUGHT}) AS last_on FROM sale x WHERE x.currency = :currency "
    "AND x.on_date <= :until{more} GROUP BY x.contact_id) x WHERE x.days > 0 ORDER BY x.contact_id"
)


class Histories(NamedTuple):
    """The purchases of customers up to a day, as columns of the same length.

    ``recency`` and ``age`` are in days. ``spent`` is in minor units, on the days after the first;
    it is 0 without repeat purchases.
    """

    ids: "array[int]"
    repeats: "array[int]"
    recency: "array[int]"
    age: "array[int]"
    spent: "array[int]"

    @property
    def customers(self) -> int:
        """The number of customers."""
        return len(self.ids)


class PurchasePatterns(NamedTuple):
    """Equal histories, each once with the number of its customers; times are in weeks."""

    repeats: "array[int]"
    recency: "array[float]"
    age: "array[float]"
    customers: "array[int]"


class SpendPatterns(NamedTuple):
    """Equal totals of repeat purchases, in major units, with the number of their customers."""

    repeats: "array[int]"
    totals: "array[float]"
    customers: "array[int]"


def load_histories(
    store: Store,
    currency: str,
    until: dt.date,
    *,
    condition: str = "",
    params: dict[str, Any] | None = None,
) -> Histories:
    """Return the histories of all customers in a currency, or of those of an SQL condition.

    The condition is about ``x.contact_id``. Customers are in the order of their ids.
    """
    latest = store.value("SELECT max(on_date) FROM sale")
    given = {"currency": currency, **(params or {})}
    if (latest or "") <= until.isoformat() and not store.value(_FREE, currency=currency):
        sql = _UP_TO_NOW
    else:
        sql, given["until"] = _UP_TO_A_DAY, until.isoformat()
    more = f" AND {condition}" if condition else ""
    return _build(store.stream_tuples(sql.format(more=more), given), until)


def load_some_histories(
    store: Store, currency: str, until: dt.date, contact_ids: Iterable[int]
) -> Histories:
    """Return the histories of some contacts, without those that have not bought."""
    columns = Histories(*(array("q") for _ in Histories._fields))
    for marks, params in chunks(set(contact_ids)):
        condition = f"x.contact_id IN ({marks})"
        found = load_histories(store, currency, until, condition=condition, params=params)
        for column, more in zip(columns, found, strict=True):
            column.extend(more)
    return columns


def _build(rows: Iterable[Row], until: dt.date) -> Histories:
    columns = Histories(*(array("q") for _ in Histories._fields))
    ids, repeats, recency, age, spent = columns
    numbers: dict[str, int] = {}
    end = until.toordinal()
    for contact_id, days, first_on, last_on, amount in rows:
        first, last = numbers.get(first_on), numbers.get(last_on)
        if first is None:
            first = numbers[first_on] = dt.date.fromisoformat(first_on).toordinal()
        if last is None:
            last = numbers[last_on] = dt.date.fromisoformat(last_on).toordinal()
        ids.append(contact_id)
        repeats.append(days - 1)
        recency.append(last - first)
        age.append(end - first)
        spent.append(int(amount) if days > 1 else 0)
    return columns


def group_purchases(histories: Histories) -> PurchasePatterns:
    """Return the different histories with the numbers of their customers."""
    counts = Counter(zip(histories.repeats, histories.recency, histories.age, strict=True))
    return build_patterns(
        [
            (repeats, recency / DAYS_PER_WEEK, age / DAYS_PER_WEEK, customers)
            for (repeats, recency, age), customers in counts.items()
        ]
    )


def build_patterns(rows: Sequence[tuple[int, float, float, int]]) -> PurchasePatterns:
    """Return patterns from rows of repeats, recency, age and customers."""
    return PurchasePatterns(
        array("q", [row[0] for row in rows]),
        array("d", [row[1] for row in rows]),
        array("d", [row[2] for row in rows]),
        array("q", [row[3] for row in rows]),
    )


def group_spend(histories: Histories, decimals: int) -> SpendPatterns:
    """Return the different totals of the customers with repeat purchases and a total above 0."""
    pairs = zip(histories.repeats, histories.spent, strict=True)
    counts = Counter(pair for pair in pairs if pair[0] > 0 and pair[1] > 0)
    unit = 10**decimals
    return build_spend([(repeats, spent / unit, n) for (repeats, spent), n in counts.items()])


def build_spend(rows: Sequence[tuple[int, float, int]]) -> SpendPatterns:
    """Return patterns from rows of repeats, total and customers."""
    return SpendPatterns(
        array("q", [row[0] for row in rows]),
        array("d", [row[1] for row in rows]),
        array("q", [row[2] for row in rows]),
    )
