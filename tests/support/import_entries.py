"""Select entries of an import."""

from collections.abc import Iterable
from typing import Any

from cardcrm.formats.import_entries import ColumnReport, Entry, FileNote


def without_remarks(entries: Iterable[Entry]) -> list[Any]:
    """Return the entries that are not about the file as a whole."""
    return [each for each in entries if not isinstance(each, ColumnReport | FileNote)]
