"""Write reminders and anniversaries as one calendar."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from cardcrm.formats.atomic_write import write_atomically
from cardcrm.formats.ical.components import EVENT, Builder
from cardcrm.query import Node
from cardcrm.reports.calendar_entries import list_anniversaries, list_reminders
from cardcrm.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = (EVENT, "todo")
PRODUCT = "-//cardcrm//cardcrm//EN"
_FIRST_ZONE_YEAR = 2020  # rules of time zones that were in force earlier are left out


def format_calendar(components: "Iterable[object]", zone_from: int = _FIRST_ZONE_YEAR) -> str:
    """Return the text of a calendar with some components and the time zones that they name."""
    from icalendar import Calendar, Component

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for each in components:
        assert isinstance(each, Component)
        calendar.add_component(each)
    calendar.add_missing_timezones(first_date=dt.date(zone_from, 1, 1))
    text: str = calendar.to_ical().decode()
    return text


def build_calendar(store: Store, node: Node | None, kind: str = EVENT) -> tuple[str, int]:
    """Return a calendar and the number of its entries.

    It has the open reminders and the anniversaries of the contacts that a query finds, or of all.
    Reminders without a contact are in the calendar of all.
    """
    builder = Builder(store.locale.zone)
    entries = [builder.build_reminder(each, kind) for each in list_reminders(store, node)]
    days = map(builder.build_anniversary, list_anniversaries(store, node))
    entries += [[each] for each in days if each is not None]
    return format_calendar(each for entry in entries for each in entry), len(entries)


def write_calendar(store: Store, node: Node | None, stream: TextIO, kind: str = EVENT) -> int:
    """Write a calendar, and return the number of its entries."""
    text, count = build_calendar(store, node, kind)
    stream.write(text)
    return count


def update_calendar_file(path: Path, text: str) -> bool:
    """Write a calendar unless the file has it already; return whether it was written.

    A new file can be read by its owner alone; one that exists keeps its permissions.
    """
    try:
        if path.read_bytes() == text.encode():
            return False
    except FileNotFoundError:
        pass
    with write_atomically(path, replace=True) as stream:
        keep_mode(path, stream)
        stream.write(text)
    return True


def is_own_calendar(path: Path) -> bool:
    """Return whether a file is a calendar of ours, or empty."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    return not head or PRODUCT.encode() in head


def keep_mode(path: Path, stream: TextIO) -> None:
    """Give an open file the permissions of the file that it replaces."""
    import os
    import stat

    if path.exists():
        os.fchmod(stream.fileno(), stat.S_IMODE(path.stat().st_mode))
