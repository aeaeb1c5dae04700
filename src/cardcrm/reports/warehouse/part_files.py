"""The new files of an export: parts without names until all of them are complete."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cardcrm.reports.warehouse import manifest, warehouse_folder
from cardcrm.reports.warehouse.manifest import Stored
from cardcrm.reports.warehouse.workbench import Workbench, list_files


class PartFiles:
    """The new files of an export into a folder. ``number`` is that of the export."""

    def __init__(self, folder: Path, number: int, bench: Workbench) -> None:
        self.folder, self.number, self.bench = folder, number, bench
        self._names: list[str] = []

    def write(self, table: str, month: str, select: str) -> Stored:
        """Write the rows of a query as a table or a month of it.

        A month without rows has no file.
        """
        name = manifest.file_name(table, month, self.number)
        part = self._part(name)
        warehouse_folder.create_parent(part)
        self._names.append(name)
        stored = Stored(name, self.bench.write(select, part))
        if not stored.rows and month:
            part.unlink()
            self._names.remove(name)
        return stored

    def read(self, files: Iterable[Stored]) -> str:
        """Return SQL that reads files as one table, parts included."""
        return list_files(self._locate(each.path) for each in files)

    def is_new(self, stored: Stored) -> bool:
        """Return whether this export has written a file."""
        return stored.path.endswith(f"part-{self.number:06}.parquet")

    def publish(self) -> None:
        """Give all parts their names, on the disk when this returns."""
        for name in self._names:
            part = self._part(name)
            _sync(part)
            part.replace(self.folder / name)
        for parent in {parent for name in self._names for parent in Path(name).parents}:
            _sync(self.folder / parent)

    def keep(self) -> None:
        """Let the files stay: a manifest names them."""
        self._names = []

    def remove(self) -> None:
        """Remove the files of an export that has failed."""
        for path in self._paths():
            path.unlink(missing_ok=True)

    def _paths(self) -> Iterator[Path]:
        for name in self._names:
            yield self.folder / name
            yield self._part(name)

    def _part(self, name: str) -> Path:
        return self.folder / f"{name}{manifest.PART}"

    def _locate(self, name: str) -> Path:
        path = self.folder / name
        return path if path.exists() else self._part(name)


def _sync(path: Path) -> None:
    """Write a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
