"""Dismiss alerts: hide what a user has dealt with until a day."""

import datetime as dt
from collections.abc import Sequence

from cardcrm.errors import NotFoundError
from cardcrm.reports.alerts.alert_queries import Alert, alert_query
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

DAYS = 90  # for which a dismissed alert is hidden unless a day is given
_ANY_AGE = 100_000  # days


@retry_transaction
def dismiss(store: Store, ids: Sequence[int], today: dt.date, until: dt.date) -> list[Alert]:
    """Hide alerts up to a day, also if a refresh finds them again. Raises NotFoundError."""
    with store.transaction():
        found = [_get(store, each, today) for each in ids]
        for each in found:
            store.insert(
                "dismissal",
                kind=each.kind,
                contact_id=each.contact_id,
                product_id=each.product_id,
                until_on=until.isoformat(),
            )
    return found


def _get(store: Store, alert_id: int, today: dt.date) -> Alert:
    query = alert_query(today, _ANY_AGE, 1, "a.id = :alert_id", (("alert_id", alert_id),))
    found = store.fetch(query)
    if not found:
        raise NotFoundError(f"unknown alert A{alert_id}", "To see the alerts: cardcrm alert list")
    return found[0]
