"""The file formats in which contacts are exported.

A format adds one line here: its name, the endings of its files, and the function that writes them.
"""

import importlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Protocol

from cardcrm.store import Store


class ExportOptions(NamedTuple):
    """Options of an export that only some formats have."""

    vcard_version: str = "3.0"
    reminders_as: str = "event"


class Writer(Protocol):
    """A function that writes contacts in the order of their ids, and returns their number."""

    def __call__(
        self, store: Store, ids: Iterable[int], stream: IO[Any], options: ExportOptions, /
    ) -> int:
        """Write the contacts."""


class FolderWriter(Protocol):
    """A function that writes a file for each contact into a folder, and returns their number."""

    def __call__(
        self,
        store: Store,
        ids: Sequence[int],
        folder: Path,
        options: ExportOptions,
        track: Callable[[Sequence[int]], Iterable[int]],
        /,
        *,
        replace: bool,
    ) -> int:
        """Write the contacts, and let ``track`` count them.

        Raises ConflictError if files exist and ``replace`` is false.
        """


class ExportFormat(NamedTuple):
    """A file format: its name, the endings of its files, and the place of its writer.

    ``writer`` is ``module:function`` below `cardcrm.formats`, imported when it is needed;
    ``folder_writer``, of a format with a file for each contact, writes these into a folder.
    ``rows`` names what the writer counts.
    """

    name: str
    endings: tuple[str, ...]
    writer: str
    folder_writer: str = ""
    is_binary: bool = False
    rows: str = "contact"

    def load_writer(self) -> Writer:
        """Return the function that writes a file."""
        writer: Writer = _load(self.writer)
        return writer

    def load_folder_writer(self) -> FolderWriter:
        """Return the function that writes a folder."""
        writer: FolderWriter = _load(self.folder_writer)
        return writer


def _load(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(importlib.import_module(f"cardcrm.formats.{module}"), function)


LOCATED: Final = "located contact"

EXPORT_FORMATS: Final = {
    each.name: each
    for each in (
        ExportFormat("csv", (".csv",), "csv.writer:write_contacts"),
        ExportFormat("xlsx", (".xlsx",), "xlsx.writer:write_contacts", is_binary=True),
        ExportFormat(
            "vcard",
            (".vcf", ".vcard"),
            "vcard.writer:write_contacts",
            "vcard.folder:write_folder",
        ),
        ExportFormat("ics", (".ics",), "ical.calendar_writer:write_contacts", rows="calendar item"),
        ExportFormat("geojson", (".geojson",), "geo.geojson:write_contacts", rows=LOCATED),
        ExportFormat("kml", (".kml",), "geo.kml:write_contacts", rows=LOCATED),
    )
}


def find_by_ending(path: Path) -> ExportFormat | None:
    """Return the format of files with the ending of a path, or None."""
    ending = path.suffix.lower()
    return next((each for each in EXPORT_FORMATS.values() if ending in each.endings), None)
