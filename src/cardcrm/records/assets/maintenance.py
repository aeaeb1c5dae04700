"""Enter what happens to assets: readings, services and retirement; each is one journal step."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.dates import DayTime
from cardcrm.errors import ConflictError, UsageError
from cardcrm.money import format_quantity
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interactions import Details
from cardcrm.records.assets.asset_rules import (
    Asset,
    add_entry,
    close_reminder,
    get,
    list_readings,
    plan_service,
)
from cardcrm.records.assets.entry_kinds import READING, SERVICE
from cardcrm.records.assets.service_dates import Reading
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction


class Entered(NamedTuple):
    """An asset after an entry, and the interaction that was logged, if any."""

    asset: Asset
    interaction_id: int | None = None


@retry_transaction
def add_reading(store: Store, asset_id: int, reading: int, when: DayTime | None = None) -> Entered:
    """Enter a reading of the counter, in thousandths, of today or an earlier day.

    Raises UsageError for one that does not grow, and ConflictError for a retired asset.
    """
    with store.transaction():
        asset = get_in_use(store, asset_id)
        day = _find_day(store, when)
        _write_reading(store, asset, reading, day)
        plan_service(store, asset_id)
        return Entered(get(store, asset_id))


def _write_reading(store: Store, asset: Asset, reading: int, day: str, kind: str = READING) -> None:
    """Add a reading to the history; the newest one is the reading of the asset."""
    known = list_readings(store, asset.id)
    _check_growth(asset, known, reading, day)
    add_entry(store, asset.id, kind, day, reading=reading)
    if not known or day >= known[-1].on.isoformat():
        store.update("asset", asset.id, reading=reading)


def _check_growth(asset: Asset, known: Sequence[Reading], reading: int, day: str) -> None:
    """Raise UsageError for a reading that is below an earlier one, or above a later one."""
    earlier = [each for each in known if each.on.isoformat() <= day]
    later = [each for each in known if each.on.isoformat() > day]
    wrong = earlier[-1] if earlier and reading < earlier[-1].value else None
    wrong = later[0] if wrong is None and later and reading > later[0].value else wrong
    if wrong is None:
        return
    order = "below" if wrong in earlier else "above"
    of = f"that of {wrong.on.isoformat()}, {format_quantity(wrong.value)}"
    number = format_quantity(reading)
    raise UsageError(
        f"the reading {number} is {order} {of}",
        f"If the counter was replaced: cardcrm asset edit {asset.id} --reading {number}",
    )


@retry_transaction
def enter_service(
    store: Store, asset_id: int, text: str, details: Details, reading: int | None = None
) -> Entered:
    """Enter a service: it is logged with the customer, and the next one is planned from its day.

    The open reminder of the asset is done. Raises UsageError for a day in the future, and
    ConflictError for a retired asset.
    """
    with store.transaction():
        asset = get_in_use(store, asset_id)
        name = f"service of {asset.name}"
        logged = _log(store, asset, f"{name}: {text}" if text else name, details)
        _write_service(store, asset, logged["on_date"], reading, logged["id"])
        close_reminder(store, asset, logged["at"] or dates.current_instant())
        plan_service(store, asset_id)
        return Entered(get(store, asset_id), logged["id"])


def _log(store: Store, asset: Asset, text: str, details: Details) -> dict[str, Any]:
    """Log an interaction with the customer of an asset, and return its columns with its id."""
    values = interactions.prepare(store, text, details)
    logged = store.insert("interaction", **values, created_at=dates.current_instant())
    store.insert("participant", interaction_id=logged, contact_id=asset.contact_id)
    return {**values, "id": logged}


def _write_service(
    store: Store, asset: Asset, day: str, reading: int | None, interaction_id: int | None = None
) -> None:
    """Add a service to the history; the newest one is the last service of the asset."""
    if reading is not None:
        known = list_readings(store, asset.id)
        _check_growth(asset, known, reading, day)
        if not known or day >= known[-1].on.isoformat():
            store.update("asset", asset.id, reading=reading)
    add_entry(store, asset.id, SERVICE, day, reading=reading, interaction_id=interaction_id)
    if asset.serviced_on is None or day >= asset.serviced_on:
        base = asset.reading if reading is None else reading
        store.update("asset", asset.id, serviced_on=day, base_reading=base)


def enter_done_service(store: Store, asset_id: int, at: str) -> int | None:
    """Enter the service of a reminder that was done, inside a transaction.

    Return the id of the reminder of the next service, if there is one.
    """
    asset = get(store, asset_id)
    day = dates.from_instant(at, store.locale.zone).date().isoformat()
    _write_service(store, asset, day, None)
    plan_service(store, asset_id)
    return get(store, asset_id).reminder_id


@retry_transaction
def retire(store: Store, asset_id: int, when: DayTime | None = None, reason: str = "") -> Entered:
    """Take an asset out of use: it needs no service any more, and the reason is logged.

    Raises UsageError for a day in the future, and ConflictError for a retired asset.
    """
    with store.transaction():
        asset = get_in_use(store, asset_id)
        day = _find_day(store, when)
        if asset.since_on and day < asset.since_on:
            raise UsageError(
                f"asset {asset_id} was put in place on {asset.since_on}", "Give a later day."
            )
        text = f"retired {asset.name}: {reason}"
        logged = _log(store, asset, text, Details(when=when))["id"] if reason else None
        store.update("asset", asset_id, retired_on=day)
        plan_service(store, asset_id)
        return Entered(get(store, asset_id), logged)


def get_in_use(store: Store, asset_id: int) -> Asset:
    """Return an asset that is in use. Raises ConflictError for a retired one."""
    asset = get(store, asset_id)
    if asset.retired_on:
        raise ConflictError(
            f"asset {asset_id} has been retired since {asset.retired_on}",
            f'To use it again: cardcrm asset edit {asset_id} --retired ""',
        )
    return asset


def _find_day(store: Store, when: DayTime | None) -> str:
    """Return the ISO day of an entry, today by default. Raises UsageError for a future one."""
    today = dates.today(store.locale.zone)
    day = when.day if when is not None else today
    if day > today:
        raise UsageError(f"{day.isoformat()} is in the future", "Enter it once it has happened.")
    return day.isoformat()
