"""Keep the table of alerts: refresh it from the sales, and tell when it is stale.

A refresh keeps the number and the day of an alert that is still true, so that it can be named and
grows old. Alerts are computed, so the journal does not record a refresh.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import StorageError
from cardcrm.reports.alerts.alert_scan import scan_sales
from cardcrm.reports.alerts.new_alert import NewAlert
from cardcrm.reports.scope import list_currencies
from cardcrm.store import Store, settings
from cardcrm.store.engine import transaction

_REFRESHED = "alerts_refreshed"  # the setting with the day of the last refresh
_STALE_DAYS = 7
_QUICK_LINES = 50_000  # lines of sales that are looked through in less than a second

_Key = tuple[str, int | None, int | None, str]


class Refreshed(NamedTuple):
    """The numbers of alerts after a refresh, of new ones, and of those that are gone."""

    alerts: int
    added: int
    removed: int


class _Stored(NamedTuple):
    id: int
    raised_on: str


def refresh_alerts(store: Store, today: dt.date, days: int) -> Refreshed:
    """Compute all alerts again; those raised more than ``days`` days ago are no longer shown."""
    found = {
        (each.kind, each.contact_id, each.product_id, currency): each
        for currency in list_currencies(store)
        for each in scan_sales(store, currency, today)
    }
    last_sale = store.value("SELECT max(id) FROM sale") or 0
    with transaction(store.engine):
        known = _read_known(store)
        gone = [known[key].id for key in known if key not in found]
        store.engine.execute_many("DELETE FROM alert WHERE id = :id", [{"id": id_} for id_ in gone])
        rows = list(_build_rows(found, known, today, days, last_sale))
        store.engine.execute_many(_UPDATE, [row for row in rows if row["id"] is not None])
        new = [{k: v for k, v in row.items() if k != "id"} for row in rows if row["id"] is None]
        store.engine.execute_many(_INSERT, new)
        settings.replace(store, {_REFRESHED: today.isoformat()})
    return Refreshed(len(rows), len(new), len(gone))


_COLUMNS = (
    "kind", "contact_id", "product_id", "currency", "amount", "confidence", "reason", "place",
    "raised_on", "last_sale",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO alert ({', '.join(_COLUMNS)}) "
    f"VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
)
_UPDATE = f"UPDATE alert SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} WHERE id = :id"


def _read_known(store: Store) -> dict[_Key, _Stored]:
    rows = store.rows(
        "SELECT id, kind, contact_id, product_id, currency, raised_on FROM alert ORDER BY id"
    )
    return {(row[1], row[2], row[3], row[4]): _Stored(row[0], row[5]) for row in rows}


def _build_rows(
    found: dict[_Key, NewAlert],
    known: dict[_Key, _Stored],
    today: dt.date,
    days: int,
    last_sale: int,
) -> Iterator[dict[str, Any]]:
    """Yield the columns of each alert; its place is its rank among those shown of its kind."""
    oldest = (today - dt.timedelta(days=days)).isoformat()
    places: dict[tuple[str, str], int] = {}
    for key, each in found.items():
        stored = known.get(key)
        raised = stored.raised_on if stored else today.isoformat()
        place = None
        if raised >= oldest:
            place = places[each.kind, key[3]] = places.get((each.kind, key[3]), 0) + 1
        yield {
            "id": stored.id if stored else None,
            **dict(zip(_COLUMNS, _cells(each, key[3], place, raised, last_sale), strict=True)),
        }


def _cells(
    each: NewAlert, currency: str, place: int | None, raised: str, last_sale: int
) -> Iterable[Any]:
    target = (each.kind, each.contact_id, each.product_id, currency)
    return (*target, each.amount, each.confidence, each.reason, place, raised, last_sale)


def read_refresh_day(store: Store) -> dt.date | None:
    """Return the day of the last refresh; None before the first."""
    text = store.value("SELECT value FROM setting WHERE name = :name", name=_REFRESHED)
    return dates.read_day(text)


def is_stale(store: Store, today: dt.date) -> bool:
    """Return whether the last refresh was more than a week ago.

    A copy of a database has the day of the refresh but no alerts, so an empty table counts as
    fresh on that day only.
    """
    last = read_refresh_day(store)
    if last is None or abs((today - last).days) > _STALE_DAYS:
        return True
    return last != today and not store.rows("SELECT 1 FROM alert LIMIT 1")


def refresh_if_stale(store: Store, today: dt.date, days: int) -> bool:
    """Refresh stale alerts where that is quick; return whether they are up to date then.

    On a replica, or in a file without permission to write, they stay as they are.
    """
    if not is_stale(store, today):
        return True
    if (store.value("SELECT max(id) FROM sale_line") or 0) > _QUICK_LINES:
        return False
    try:
        refresh_alerts(store, today, days)
    except StorageError:
        return False
    return True
