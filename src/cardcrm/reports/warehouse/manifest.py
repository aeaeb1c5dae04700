"""The manifest of a warehouse: which files hold which table, and where the journal stood.

Files are never changed. An export writes new ones beside those of the export before, then puts its
manifest in the place of the old one, and only then removes what no manifest names.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from cardcrm.errors import CardcrmError, NotFoundError, StorageError
from cardcrm.reports.warehouse.journal_position import Position

NAME: Final = "manifest.json"
FORMAT: Final = 1
PART: Final = ".part"
_TABLE: Final = re.compile(r"(?:bridge|dim|fact)_[a-z][a-z0-9_]{0,60}")
_FILE: Final = re.compile(
    rf"({_TABLE.pattern})/(?:month=([0-9]{{4}}-[0-9]{{2}})/)?part-([0-9]{{6}})\.parquet"
)


class Stored(NamedTuple):
    """One file of a table: its path below the folder, and its rows."""

    path: str
    rows: int


Files = Mapping[str, Mapping[str, Stored]]  # by table and month, "" for a dimension


class Manifest(NamedTuple):
    """The state of a warehouse after an export. ``layout`` changes with the columns of the star."""

    number: int
    layout: str
    database: str
    day: str
    at: str
    position: Position
    files: Files

    def paths(self) -> set[str]:
        """Return the paths of all files."""
        return {each.path for table in self.files.values() for each in table.values()}


def file_name(table: str, month: str, number: int) -> str:
    """Return the path of a new file below the folder."""
    partition = f"month={month}/" if month else ""
    return f"{table}/{partition}part-{number:06}.parquet"


def is_own_name(path: str) -> bool:
    """Return whether a path below the folder is that of a file of a warehouse, or of its part."""
    return _FILE.fullmatch(path.removesuffix(PART)) is not None


def find(folder: Path) -> Manifest | None:
    """Return the manifest of a folder, or None. Raises StorageError for a damaged one."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _damaged(folder, str(error)) from error
    try:
        return _parse(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _damaged(folder, str(error)) from error


def read(folder: Path) -> Manifest:
    """Return the manifest of a folder. Raises NotFoundError where there is no warehouse."""
    found = find(folder)
    if found is None:
        raise NotFoundError(
            f"no warehouse in {folder}", f"Write one: cardcrm export --star {folder}"
        )
    return found


def _parse(data: Any) -> Manifest:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']}")
    files = {
        table: {
            month: Stored(str(each["file"]), int(each["rows"])) for month, each in found.items()
        }
        for table, found in data["tables"].items()
    }
    for table, found in files.items():
        for month, each in found.items():
            # A changed manifest must not name files outside the folder.
            match = _FILE.fullmatch(each.path)
            if match is None or (match[1], match[2] or "") != (table, month):
                raise ValueError(f"unexpected file {each.path}")
    journal = data["journal"]
    position = Position(int(journal["change"]), str(journal["at"]), int(journal["forgotten"]))
    return Manifest(
        int(data["number"]),
        str(data["layout"]),
        str(data["database"]),
        str(data["day"]),
        str(data["written_at"]),
        position,
        files,
    )


def _damaged(folder: Path, reason: str) -> StorageError:
    return StorageError(
        f"the manifest of the warehouse in {folder} is damaged: {reason}",
        "Remove the folder and export again.",
    )


def write(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the old one, in one step. Raises CardcrmError."""
    data = {
        "format": FORMAT,
        "number": manifest.number,
        "layout": manifest.layout,
        "database": manifest.database,
        "day": manifest.day,
        "written_at": manifest.at,
        "journal": manifest.position._asdict(),
        "tables": {
            table: {month: {"file": each.path, "rows": each.rows} for month, each in found.items()}
            for table, found in manifest.files.items()
        },
    }
    part = folder / f"{NAME}{PART}"
    try:
        with open(part, "w", encoding="utf-8") as stream:
            json.dump(data, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(folder / NAME)
    except OSError as error:
        raise CardcrmError(f"cannot write {part}: {error.strerror}", "Check the folder.") from error
