"""Look through all sales of a currency for what should be done about customers and products."""

import datetime as dt
import heapq
from collections.abc import Iterable
from itertools import chain

from cardcrm.reports.alerts.decline_alerts import find_declines
from cardcrm.reports.alerts.new_alert import NewAlert
from cardcrm.reports.alerts.offer_alerts import find_offers
from cardcrm.store import Store

MAX_ALERTS = 1000  # of a kind; those of the highest value are kept


def scan_sales(store: Store, currency: str, today: dt.date) -> list[NewAlert]:
    """Return the alerts of each kind, those of the highest value first."""
    inactive = {row[0] for row in store.rows("SELECT id FROM contact WHERE status <> 'active'")}
    found = chain(find_offers(store, currency, today), find_declines(store, currency, today))
    kinds: dict[str, list[NewAlert]] = {}
    for each in found:
        if each.amount > 0 and each.contact_id not in inactive:
            kinds.setdefault(each.kind, []).append(each)
            if len(kinds[each.kind]) >= 4 * MAX_ALERTS:
                kinds[each.kind] = _best(kinds[each.kind])
    return [each for kind in sorted(kinds) for each in _best(kinds[kind])]


def _best(found: Iterable[NewAlert]) -> list[NewAlert]:
    return heapq.nsmallest(
        MAX_ALERTS, found, key=lambda e: (-e.amount, e.contact_id or 0, e.product_id or 0)
    )
