"""Find loyal customers to ask for a testimonial now, each once.

A customer is loyal with at least 3 orders of its own, in any currency. The time is right from 7 to
60 days after the last order, or up to 60 days after it rated a case with 4 or 5. It is wrong with
an open case, with a refund in the last 90 days, or with a rating of 1 or 2 in the last year. A
customer who was asked before is not asked again. Those who brought others come first, then those
who paid most.
"""

import datetime as dt
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.money import Money
from cardcrm.records.contacts.contact_queries import REFERRED_BY
from cardcrm.store import Store

MIN_ORDERS: Final = 3
_SETTLED, _FRESH, _CALM, _YEAR = 7, 60, 90, 365  # days


class Advocate(NamedTuple):
    """A customer to ask; ``rating`` is the best one of the last weeks, None without one."""

    id: int
    name: str
    orders: int
    last_order: dt.date
    brought: int
    rating: int | None
    revenue: Money


_ASKED = "SELECT 1 FROM testimonial t WHERE t.contact_id = c.id"
_OPEN_CASE = "SELECT 1 FROM service_case k WHERE k.contact_id = c.id AND k.solved_at IS NULL"
_BAD_RATING = (
    "SELECT 1 FROM service_case k WHERE k.contact_id = c.id AND k.rating <= 2 "
    "AND k.rated_at >= :year_ago"
)
_REFUND = (
    "SELECT 1 FROM sale s WHERE s.contact_id = c.id AND s.amount < 0 AND s.on_date >= :calm_since"
)
_RATING = (
    "SELECT max(k.rating) FROM service_case k WHERE k.contact_id = c.id AND k.rating >= 4 "
    "AND k.rated_at >= :rated_since"
)
_SQL: Final = (
    "SELECT * FROM (SELECT c.id, c.name, v.orders, v.last_on, "
    "(SELECT count(*) FROM relation r WHERE r.other_id = c.id AND r.kind = :kind) AS brought, "
    f"({_RATING}) AS rating, coalesce((SELECT m.revenue FROM contact_value m "
    "WHERE m.contact_id = c.id AND m.currency = :currency AND m.own = 1), 0) AS revenue "
    "FROM (SELECT contact_id, CAST(sum(orders) AS BIGINT) AS orders, "
    "max(CASE WHEN orders > 0 THEN last_on END) AS last_on FROM contact_value WHERE own = 1 "
    "GROUP BY contact_id) v JOIN contact c ON c.id = v.contact_id "
    "WHERE v.orders >= :least AND c.status = 'active' "
    f"AND NOT EXISTS ({_ASKED}) AND NOT EXISTS ({_OPEN_CASE}) AND NOT EXISTS ({_BAD_RATING}) "
    f"AND NOT EXISTS ({_REFUND})) a "
    "WHERE (a.last_on BETWEEN :fresh_since AND :settled_until) OR a.rating IS NOT NULL "
    "ORDER BY a.brought DESC, a.revenue DESC, a.id"
)


def find_advocates(store: Store, today: dt.date) -> list[Advocate]:
    """Return the customers to ask for a testimonial today, the best first."""
    currency, zone = store.locale.currency, store.locale.zone

    def back(days: int) -> str:
        return (today - dt.timedelta(days=days)).isoformat()

    def instant(days: int) -> str:
        return dates.to_instant(today - dt.timedelta(days=days), dt.time(), zone)

    rows = store.rows(
        _SQL,
        kind=REFERRED_BY,
        currency=currency,
        least=MIN_ORDERS,
        fresh_since=back(_FRESH),
        settled_until=back(_SETTLED),
        calm_since=back(_CALM),
        rated_since=instant(_FRESH),
        year_ago=instant(_YEAR),
    )
    return [
        Advocate(
            row["id"], row["name"], row["orders"], dt.date.fromisoformat(row["last_on"]),
            row["brought"], row["rating"], Money(row["revenue"], currency),
        )
        for row in rows
    ]  # fmt: skip


def find_planned(store: Store, task: str) -> set[int]:
    """Return the contacts that have an open reminder with a text."""
    sql = (
        "SELECT contact_id FROM reminder WHERE text = :task AND done_at IS NULL "
        "AND contact_id IS NOT NULL"
    )
    return {row[0] for row in store.rows(sql, task=task)}
