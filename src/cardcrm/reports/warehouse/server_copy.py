"""`warehouse copy`: the tables of a warehouse on a server, with facts partitioned by month."""

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cardcrm.errors import UsageError
from cardcrm.reports.warehouse import manifest, warehouse_folder
from cardcrm.reports.warehouse.manifest import Manifest
from cardcrm.reports.warehouse.tables.all_tables import all_tables
from cardcrm.reports.warehouse.workbench import Workbench, list_files, quote_text
from cardcrm.store import missing_driver

if TYPE_CHECKING:
    from cardcrm.store.postgresql.partitioned_tables import Part, ServerTable

Advance = Callable[[int, int], None]  # the files that are done, and all of them

_SCHEMA: Final = re.compile(r"[a-z_][a-z0-9_]{0,50}")
_RESERVED: Final = ("public", "information_schema")


def copy_to_server(
    where: Path,
    location: str,
    schema: str,
    wait: float,
    advance: Advance = lambda _done, _all: None,
) -> dict[str, int]:
    """Copy a warehouse into a schema of a server, in place of an older copy; return the rows.

    Raises UsageError for a name that is not one of a schema, ConflictError for a schema with other
    tables, and CardcrmError.
    """
    try:
        from cardcrm.store.postgresql.partitioned_tables import replace_tables
    except ImportError as error:
        raise missing_driver() from error
    _check_schema(schema)
    folder = warehouse_folder.check_name(where)
    stored = manifest.read(folder)
    warehouse_folder.check_files(folder, stored.paths())
    with tempfile.TemporaryDirectory(prefix="cardcrm-") as space:
        bench = Workbench(Path(space) / "spill")
        parts = _Parts(folder, stored, bench, Path(space) / "part.csv", advance)
        try:
            return replace_tables(location, schema, _server_tables(), parts.convert, wait)
        finally:
            bench.close()


def _check_schema(schema: str) -> None:
    """Raise UsageError unless a name can be that of a schema of a warehouse."""
    if not _SCHEMA.fullmatch(schema) or schema in _RESERVED or schema.startswith("pg_"):
        raise UsageError(
            f"“{schema}” cannot be the schema of a warehouse",
            "Use small letters, digits and _, such as warehouse.",
        )


def _server_tables() -> "list[ServerTable]":
    from cardcrm.store.postgresql.partitioned_tables import ServerTable

    return [
        ServerTable(
            each.name,
            [(column.name, column.type) for column in each.columns],
            each.day,
            each.keys,
        )
        for each in all_tables()
    ]


class _Parts:
    """The files of a warehouse as CSV, one at a time in the same temporary file."""

    def __init__(
        self, folder: Path, stored: Manifest, bench: Workbench, path: Path, advance: Advance
    ) -> None:
        self.folder, self.stored, self.bench, self.path = folder, stored, bench, path
        self.advance, self.done = advance, 0

    def convert(self, table: str) -> "Iterator[Part]":
        """Yield the parts of a table."""
        for month, each in self.stored.files.get(table, {}).items():
            rows = list_files([self.folder / each.path])
            target = quote_text(self.path)
            self.bench.run(f"COPY (FROM {rows}) TO {target} (FORMAT csv, HEADER false)")
            yield month, self.path
            self.done += 1
            self.advance(self.done, len(self.stored.paths()))
