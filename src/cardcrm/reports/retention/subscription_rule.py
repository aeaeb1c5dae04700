"""Tell subscriptions from other purchases.

A subscription is what the user names: a product, a category, or all purchases of some contacts.
Otherwise a product counts as a subscription if its customers buy it at regular intervals: of the
intervals between two days on which a customer bought it, at least 80% are as long as the period, to
within 5 days (a month), 10 (a quarter) or 20 (a year), and they are at least 10 intervals of 5
customers. The rule looks at all customers of a product together, so that those who left after the
first payment count as well. Sales without a product are judged as if they had one.

Days are counted with months of 30 days, as bonds are, so that a payment on the first of each month
is always one month after the other, and SQL can compute the intervals.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.reports.scope import Scope, sale_condition
from cardcrm.store import Store
from cardcrm.store.store import placeholders
from cardcrm.text import find_similar, fold, quote

MIN_SHARE: Final = 0.8
MIN_INTERVALS: Final = 10
MIN_CUSTOMERS: Final = 5  # who bought it twice; one with a standing order makes no subscription
TOLERANCE: Final = {"month": 5, "quarter": 10, "year": 20}  # days
_LENGTHS: Final = {"month": 30, "quarter": 90, "year": 360}


class Offer(NamedTuple):
    """The subscribed products, with or without the sales that name no product."""

    product_ids: Sequence[int]
    includes_unnamed: bool = False

    def condition(self, sale: str = "s") -> tuple[str, dict[str, Any]]:
        """Return the SQL condition on a table of sales by its alias, and its parameters."""
        params = {f"product{at}": each for at, each in enumerate(self.product_ids)}
        marks = ", ".join(f":{name}" for name in params)
        conditions = []
        if params:
            lines = f"SELECT l.sale_id FROM sale_line l WHERE l.product_id IN ({marks})"
            conditions.append(f"{sale}.id IN ({lines})")
        if self.includes_unnamed:
            line = f"SELECT 1 FROM sale_line l WHERE l.sale_id = {sale}.id"
            conditions.append(f"NOT EXISTS ({line})")
        return f"({' OR '.join(conditions) or '1 = 0'})", params


def name_offer(store: Store, offer: Offer) -> str:
    """Return the names of what is subscribed to."""
    marks, params = placeholders(offer.product_ids, "i")
    sql = f"SELECT name FROM product WHERE id IN ({marks or 'NULL'}) ORDER BY id"
    names = [row[0] for row in store.rows(sql, **params)]
    return ", ".join([*names, *["sales without a product"] * offer.includes_unnamed])


class Regularity(NamedTuple):
    """The intervals between purchases of a product, and those that are as long as the period.

    ``customers`` bought it on two days or more.
    """

    product_id: int | None
    customers: int
    intervals: int
    regular: int

    @property
    def is_subscription(self) -> bool:
        """True if nearly all intervals are as long as the period."""
        is_enough = self.intervals >= MIN_INTERVALS and self.customers >= MIN_CUSTOMERS
        return is_enough and self.regular >= MIN_SHARE * self.intervals


def find_category(store: Store, name: str) -> Offer:
    """Return the products of a category. Raises UsageError for an unknown one."""
    key = fold(name)
    found = store.rows("SELECT id, category FROM product WHERE category <> '' ORDER BY id")
    ids = [row[0] for row in found if fold(row[1]) == key]
    if not ids:
        known = sorted({row[1] for row in found})
        near = [each for each in known if key in fold(each)] or find_similar(name, known)
        names = ", ".join(near or known) or "none yet; cardcrm product edit NAME --category NAME"
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Categories: {names}."
        raise UsageError(f"unknown category {quote(name)}", hint)
    return Offer(ids)


def find_offer(store: Store, scope: Scope, by: str) -> Offer | None:
    """Return the products that are bought like a subscription; None if there are none."""
    regular = measure_regularity(store, scope, by)
    found = [each.product_id for each in regular if each.is_subscription]
    return Offer([each for each in found if each is not None], None in found) if found else None


def measure_regularity(store: Store, scope: Scope, by: str) -> list[Regularity]:
    """Return the regularity of each product with two purchases by one customer."""
    condition, params = sale_condition(store, scope)
    length, tolerance = _LENGTHS[by], TOLERANCE[by]
    # The purchases of a day are one, so an interval is at least a day.
    rows = store.rows(
        "SELECT product_id, count(DISTINCT contact_id), count(gap), "
        "sum(CASE WHEN gap >= :shortest AND gap <= :longest THEN 1 ELSE 0 END) FROM "
        "(SELECT product_id, contact_id, day - lag(day) OVER (PARTITION BY contact_id, product_id "
        "ORDER BY day) AS gap FROM "
        f"(SELECT DISTINCT s.contact_id, l.product_id, {_count_days_sql('s.on_date')} AS day "
        "FROM sale s LEFT JOIN sale_line l ON l.sale_id = s.id "
        f"WHERE {condition} AND s.amount > 0 AND s.on_date <= :today) AS p) AS g "
        "WHERE gap IS NOT NULL GROUP BY product_id ORDER BY product_id",
        **params,
        shortest=length - tolerance,
        longest=length + tolerance,
        today=scope.today.isoformat(),
    )
    return [Regularity(row[0], *map(int, tuple(row)[1:])) for row in rows]


def _count_days_sql(column: str) -> str:
    """Return SQL for the days since the year 0, with months of 30 days."""
    year, month, day = (
        f"CAST(substr({column}, {start}, {length}) AS INTEGER)"
        for start, length in ((1, 4), (6, 2), (9, 2))
    )
    return f"({year} * 360 + {month} * 30 + {day})"
