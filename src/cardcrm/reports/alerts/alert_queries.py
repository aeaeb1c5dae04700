"""Build the queries for the alerts that are shown, each answered by one index.

An alert is shown for some days after it was raised, until a sale has answered it or a user has
dismissed it. A sale answers an alert about a product if it has that product, and another alert
about its contact in any case. This module is a part of `due`, so it imports nothing further.
"""

import datetime as dt
from typing import Any, NamedTuple

from cardcrm.store import Query
from cardcrm.store.engine import Row
from cardcrm.store.fetch import count_of


class Alert(NamedTuple):
    """A hint to do something about a contact, a product or both.

    ``amount`` is its value in minor units of the ``currency``, and ``confidence`` a share from 0 to
    1 if there is one. ``contact`` and ``product`` are empty if it has none.
    """

    id: int
    kind: str
    contact_id: int | None
    contact: str
    product_id: int | None
    product: str
    reason: str
    amount: int
    currency: str
    confidence: float | None
    raised_on: dt.date

    @property
    def what(self) -> str:
        """The product and the reason."""
        return f"{self.product}: {self.reason}" if self.product else self.reason


_FROM = (
    "FROM alert a LEFT JOIN contact c ON c.id = a.contact_id "
    "LEFT JOIN product p ON p.id = a.product_id"
)
_SELECT = (
    "SELECT a.id, a.kind, a.contact_id, coalesce(c.name, ''), a.product_id, coalesce(p.name, ''), "
    f"a.reason, a.amount, a.currency, a.confidence, a.raised_on {_FROM}"
)
_SHOWN = (
    "a.place IS NOT NULL AND a.raised_on >= :raised_since AND NOT EXISTS (SELECT 1 FROM sale s "
    "WHERE s.contact_id = a.contact_id AND s.id > a.last_sale AND s.amount > 0 "
    "AND (a.product_id IS NULL OR EXISTS (SELECT 1 FROM sale_line l WHERE l.sale_id = s.id "
    "AND l.product_id = a.product_id))) AND NOT EXISTS (SELECT 1 FROM dismissal d "
    "WHERE d.kind = a.kind AND d.until_on >= :alert_today "
    "AND (d.contact_id = a.contact_id OR d.contact_id IS NULL AND a.contact_id IS NULL) "
    "AND (d.product_id = a.product_id OR d.product_id IS NULL AND a.product_id IS NULL))"
)


def alert_query(
    today: dt.date,
    days: int,
    limit: int,
    condition: str = "",
    params: tuple[tuple[str, Any], ...] = (),
) -> Query[list[Alert]]:
    """Build the query for the first alerts, at most ``days`` old.

    ``condition`` is on the alert ``a``, its contact ``c`` and its product ``p``.
    """
    also = f" AND ({condition})" if condition else ""
    return Query(
        f"{_SELECT} WHERE {_SHOWN}{also} ORDER BY a.place, a.amount DESC, a.id LIMIT :alert_limit",
        {**dict(params), **_days(today, days), "alert_limit": limit},
        _parse,
    )


def alert_count_query(
    today: dt.date, days: int, condition: str, params: tuple[tuple[str, Any], ...] = ()
) -> Query[int]:
    """Build the query for the number of all alerts that `alert_query` finds."""
    return Query(
        f"SELECT count(*) {_FROM} WHERE {_SHOWN} AND ({condition})",
        {**dict(params), **_days(today, days)},
        count_of,
    )


def contact_alert_query(
    contact_id: int, today: dt.date, days: int, limit: int
) -> Query[list[Alert]]:
    """Build the query for the first alerts about one contact."""
    return alert_query(
        today, days, limit, "a.contact_id = :alert_contact", (("alert_contact", contact_id),)
    )


def _days(today: dt.date, days: int) -> dict[str, str]:
    try:
        since = today - dt.timedelta(days=days)
    except OverflowError:
        since = dt.date.min
    return {"alert_today": today.isoformat(), "raised_since": since.isoformat()}


def _parse(rows: list[Row]) -> list[Alert]:
    return [Alert._make((*tuple(row)[:-1], dt.date.fromisoformat(row[-1]))) for row in rows]
