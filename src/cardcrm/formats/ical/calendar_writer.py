"""Write reminders and anniversaries as one calendar."""

import datetime as dt
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import IO, Any, TextIO

from cardcrm.formats.atomic_write import write_atomically
from cardcrm.formats.export_formats import ExportOptions
from cardcrm.formats.ical.components import Builder
from cardcrm.records.syncing.kinds import EVENT
from cardcrm.reports.calendar_entries import list_anniversaries, list_reminders
from cardcrm.store import Store

PRODUCT = "-//cardcrm//cardcrm//EN"
_FIRST_ZONE_YEAR = 2020  # rules of time zones that were in force earlier are left out


def format_calendar(components: Iterable[object], zone_from: int = _FIRST_ZONE_YEAR) -> str:
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


def build_calendar(
    store: Store, contacts: Collection[int] | None, kind: str = EVENT
) -> tuple[str, int]:
    """Return a calendar and the number of its entries.

    It has the open reminders and the anniversaries of some contacts. None means all of them; then
    reminders without a contact are there as well.
    """
    builder = Builder(store.locale.zone)
    entries = [builder.build_reminder(each, kind) for each in list_reminders(store, contacts)]
    days = map(builder.build_anniversary, list_anniversaries(store, contacts))
    entries += [[each] for each in days if each is not None]
    return format_calendar(each for entry in entries for each in entry), len(entries)


def write_contacts(store: Store, ids: Iterable[int], stream: TextIO, options: ExportOptions) -> int:
    """Write the calendar of some contacts, and return the number of its entries."""
    wanted = set(ids)
    is_all = len(wanted) == store.count_rows("contact")
    text, count = build_calendar(store, None if is_all else wanted, options.reminders_as)
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


def keep_mode(path: Path, stream: IO[Any]) -> None:
    """Give an open file the permissions of the file that it replaces."""
    import os
    import stat

    if path.exists():
        os.fchmod(stream.fileno(), stat.S_IMODE(path.stat().st_mode))
