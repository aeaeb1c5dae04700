"""Complete assets, keep their history, and plan the reminder of the next service."""

import datetime as dt
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.money import format_quantity
from cardcrm.records.activity import series
from cardcrm.records.assets.entry_kinds import READING, SERVICE, START
from cardcrm.records.assets.service_dates import Reading, ServiceFacts, find_due
from cardcrm.records.assets.spans import Interval, parse_interval
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.references import remove_row
from cardcrm.records.sales import products
from cardcrm.store import Store


class Asset(NamedTuple):
    """A stored asset with the names of its customer and its product; readings in thousandths."""

    id: int
    contact_id: int
    contact: str
    product: str
    serial: str
    unit: str
    service_every: str
    since_on: str | None
    serviced_on: str | None
    due_on: str | None
    reading: int | None
    base_reading: int | None
    retired_on: str | None
    reminder_id: int | None
    added_on: str

    @property
    def name(self) -> str:
        """The product and the serial number."""
        return f"{self.product} {self.serial}".rstrip()

    @property
    def interval(self) -> Interval:
        """The interval of service."""
        return parse_interval(self.service_every) if self.service_every else Interval()


_COLUMNS: Final = ", ".join(f"a.{name}" for name in Asset._fields[4:])
_SELECT: Final = (
    f"SELECT a.id, a.contact_id, c.name, p.name, {_COLUMNS} FROM asset a "
    "JOIN contact c ON c.id = a.contact_id JOIN product p ON p.id = a.product_id WHERE a.id = :id"
)


def get(store: Store, asset_id: int) -> Asset:
    """Return one asset. Raises NotFoundError."""
    row = store.row(_SELECT, id=asset_id)
    if row is None:
        raise NotFoundError(f"unknown asset {asset_id}", "To see them: cardcrm asset list")
    return Asset(*row)


def add_product(store: Store, text: str) -> None:
    """Add a product to the catalog unless a name, an article number or an id names one."""
    name = text.strip()
    if name and not name.removeprefix("#").isdecimal() and products.find(store, name) is None:
        products.add(store, name)


def complete_asset(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited asset with what follows from them.

    The counter at the last service is its reading when a service is entered, or when it begins
    again from a lower one. Raises UsageError for days in the wrong order, and ConflictError for a
    serial number in use.
    """
    before = store.row("SELECT * FROM asset WHERE id = :id", id=row_id) if row_id else None
    whole = {**(dict(before) if before else {}), **columns}
    _check_days(whole)
    _refuse_same_serial(store, whole, row_id)
    interval = parse_interval(whole["service_every"]) if whole.get("service_every") else Interval()
    changes: dict[str, Any] = {}
    if interval.counter and whole.get("unit") != interval.counter:
        changes["unit"] = interval.counter
    if _begins_again(dict(before) if before else {}, columns):
        changes["base_reading"] = whole.get("reading")
    return columns | changes


def _begins_again(before: dict[str, Any], columns: dict[str, Any]) -> bool:
    """Return whether the reading of an edit is the one that the next service is counted from."""
    known, reading = before.get("reading"), columns.get("reading")
    is_new = not before or (reading is not None and known is not None and reading < known)
    serviced = columns.get("serviced_on")
    return is_new or (serviced is not None and serviced != before.get("serviced_on"))


def _check_days(whole: dict[str, Any]) -> None:
    since = whole.get("since_on")
    for key, what in (("serviced_on", "last service"), ("retired_on", "day of retirement")):
        if since and whole.get(key) and whole[key] < since:
            raise UsageError(
                f"the {what} {whole[key]} is before {since}, when the asset was put in place",
                "Give a later day.",
            )


def _refuse_same_serial(store: Store, whole: dict[str, Any], row_id: int) -> None:
    """Raise ConflictError where another asset in use has the product and the serial number."""
    if not whole.get("serial") or whole.get("retired_on"):
        return
    sql = (
        "SELECT a.id, c.name FROM asset a JOIN contact c ON c.id = a.contact_id "
        "WHERE a.product_id = :product AND lower(a.serial) = lower(:serial) "
        "AND a.retired_on IS NULL AND a.id <> :id ORDER BY a.id"
    )
    product, serial = whole["product_id"], whole["serial"]
    other = store.row(sql, product=product, serial=serial, id=row_id)
    if other is not None:
        raise ConflictError(
            f"asset {other[0]} of {other[1]} already has the serial number “{serial}”",
            f"To give it to another contact: cardcrm asset edit {other[0]} --contact WHO",
        )


# The plan


def plan_service(store: Store, asset_id: int) -> None:
    """Note what was entered in the history, and plan the next service with its one reminder."""
    asset = get(store, asset_id)
    _note_values(store, asset)
    due = None if asset.retired_on else _find_due(store, asset)
    reminder_id = _plan_reminder(store, asset, due)
    due_on = due.isoformat() if due else None
    store.update("asset", asset_id, due_on=due_on, reminder_id=reminder_id)


def _find_due(store: Store, asset: Asset) -> dt.date | None:
    facts = ServiceFacts(
        dt.date.fromisoformat(asset.added_on),
        dates.read_day(asset.since_on),
        dates.read_day(asset.serviced_on),
        asset.base_reading or 0,
        list_readings(store, asset.id),
    )
    return find_due(asset.interval, facts)


def list_readings(store: Store, asset_id: int) -> list[Reading]:
    """Return the readings of an asset in the order of time."""
    sql = (
        "SELECT on_date, reading FROM asset_entry WHERE asset_id = :id AND reading IS NOT NULL "
        "ORDER BY on_date, id"
    )
    rows = store.rows(sql, id=asset_id)
    return [Reading(dt.date.fromisoformat(row[0]), row[1]) for row in rows]


def _note_values(store: Store, asset: Asset) -> None:
    """Add the reading and the last service of an asset to its history if they are new there."""
    today = dates.today(store.locale.zone).isoformat()
    known = list_readings(store, asset.id)
    if asset.reading is not None and (not known or known[-1].value != asset.reading):
        add_entry(store, asset.id, READING if known else START, today, reading=asset.reading)
    sql = "SELECT 1 FROM asset_entry WHERE asset_id = :id AND kind = 'service' AND on_date = :day"
    if asset.serviced_on and not store.value(sql, id=asset.id, day=asset.serviced_on):
        add_entry(store, asset.id, SERVICE, asset.serviced_on)


def add_entry(
    store: Store,
    asset_id: int,
    kind: str,
    day: str,
    *,
    reading: int | None = None,
    interaction_id: int | None = None,
) -> None:
    """Add an entry to the history of an asset inside a transaction."""
    store.insert(
        "asset_entry",
        uid=new_uid(),
        asset_id=asset_id,
        kind=kind,
        on_date=day,
        reading=reading,
        interaction_id=interaction_id,
        author=store.author.name,
    )


# The reminder


def _plan_reminder(store: Store, asset: Asset, due: dt.date | None) -> int | None:
    """Add, move or remove the reminder of the next service; return its id.

    A reminder that was snoozed stays where it is as long as the service is due on the same day.
    """
    if due is None:
        remove_reminder(store, asset.id)
        return None
    columns: dict[str, Any] = {"contact_id": asset.contact_id, "text": _describe(asset)}
    open_id = _find_open(store, asset)
    if open_id is None:
        return _add_reminder(store, columns | series.place(store, DayTime(due)))
    if due.isoformat() != asset.due_on:
        columns |= series.place(store, DayTime(due))
    store.update("reminder", open_id, **columns)
    return open_id


def _describe(asset: Asset) -> str:
    """Return the text of the reminder: “service Boiler SN123, at 1500 h”."""
    units = asset.interval.units
    at = f", at {format_quantity((asset.base_reading or 0) + units)} {asset.unit}" if units else ""
    return f"service {asset.name}{at}"


def _find_open(store: Store, asset: Asset) -> int | None:
    sql = "SELECT id FROM reminder WHERE id = :id AND done_at IS NULL"
    found: int | None = store.value(sql, id=asset.reminder_id) if asset.reminder_id else None
    return found


def _add_reminder(store: Store, columns: dict[str, Any]) -> int:
    own = {"uid": new_uid(), "rule": "", "promise": 0, "priority": 0, "owner": ""}
    return store.insert("reminder", **own, **columns, created_at=dates.current_instant())


def remove_reminder(store: Store, asset_id: int) -> None:
    """Remove the open reminder of an asset, if it has one, inside a transaction."""
    asset = get(store, asset_id)
    if (open_id := _find_open(store, asset)) is not None:
        remove_row(store, "reminder", open_id)


def close_reminder(store: Store, asset: Asset, at: str) -> None:
    """Mark the open reminder of an asset as done, inside a transaction."""
    if (open_id := _find_open(store, asset)) is not None:
        store.update("reminder", open_id, done_at=at)
