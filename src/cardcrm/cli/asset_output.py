"""Assets in results: as a card with their history, cases and contracts."""

import datetime as dt
from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.cli.record_output import show_record
from cardcrm.money import format_quantity
from cardcrm.records import records
from cardcrm.records.assets.asset_rules import get
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.reports.service.asset_history import (
    AssetCase,
    AssetContract,
    AssetEntry,
    read_cases,
    read_contracts,
    read_history,
)
from cardcrm.sheet import Card, Line, Section

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.store import Store


def show_asset(session: "Session", asset_id: int) -> Card:
    """Return an asset with its history, its cases and its contracts."""
    store = session.store()
    card = show_record(store, records.get(store, ASSET, asset_id))
    unit = get(store, asset_id).unit
    today = dates.today(store.locale.zone)
    history = read_history(store, asset_id)
    cases, contracts = read_cases(store, asset_id), read_contracts(store, asset_id)
    sections = (
        Section("History", tuple(_entry_line(each, unit, today) for each in history)),
        Section("Cases", tuple(map(_case_line, cases))),
        Section("Contracts", tuple(_contract_line(each, today) for each in contracts)),
    )
    data = {
        **card.data,
        "service_history": [_entry_data(each) for each in history],
        "asset_cases": [each._asdict() for each in cases],
        "asset_contracts": [each._asdict() for each in contracts],
    }
    return card._replace(sections=tuple(each for each in sections if each.lines), data=data)


def _entry_data(entry: AssetEntry) -> dict[str, object]:
    reading = None if entry.reading is None else entry.reading / 1000
    return {**entry._asdict(), "reading": reading, "text": entry.text or None}


def _entry_line(entry: AssetEntry, unit: str, today: dt.date) -> Line:
    day = dates.format_day(dt.date.fromisoformat(entry.on), today)
    number = "" if entry.reading is None else f"{format_quantity(entry.reading)} {unit}".rstrip()
    text = " ".join(entry.text.split()) or entry.kind
    notes = [number, entry.author, f"#{entry.interaction_id}" if entry.interaction_id else ""]
    return Line("", day, text, "", " · ".join(filter(None, notes)))


def _case_line(case: AssetCase) -> Line:
    return Line("", f"case {case.id}", " ".join(case.text.split()), "", case.status)


def _contract_line(contract: AssetContract, today: dt.date) -> Line:
    end = contract.ends_on and dates.format_day(dt.date.fromisoformat(contract.ends_on), today)
    note = f"{contract.status}, until {end}" if end else contract.status
    return Line("", f"contract {contract.id}", contract.text, "", note)


def describe_next(store: "Store", asset_id: int) -> tuple[str, ...]:
    """Return when the next service of an asset is due, or what is missing to tell."""
    asset = get(store, asset_id)
    if not asset.service_every or asset.retired_on:
        return ()
    if asset.due_on is None:
        return (f"to plan its next service, enter a reading: cardcrm asset reading {asset.id} N",)
    today = dates.today(store.locale.zone)
    day = dt.date.fromisoformat(asset.due_on)
    when = dates.format_day(day, today) if day >= today else dates.format_delay(day, today)
    return (f"next service {when}, reminder {asset.reminder_id}",)
