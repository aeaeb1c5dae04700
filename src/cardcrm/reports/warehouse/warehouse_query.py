"""`warehouse sql`: a query over the Parquet files of a warehouse, and nothing else.

The tables are views over the files that the manifest lists. Before the query runs, DuckDB is told
to open no other file, no network and no extension, and that this cannot be changed; and only a
statement that reads is run at all.
"""

import re
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.reports.warehouse import manifest, warehouse_folder
from cardcrm.reports.warehouse.manifest import Manifest
from cardcrm.reports.warehouse.star_table import StarTable
from cardcrm.reports.warehouse.tables.all_tables import all_tables
from cardcrm.reports.warehouse.workbench import list_files, load_duckdb, quote_text
from cardcrm.text import find_similar

Advance = Callable[[int], None]  # the percentage that is done

_BATCH: Final = 10_000  # rows
_POLL: Final = 0.1  # seconds between two looks at the progress
_ATTEMPTS: Final = 2  # an export may remove files while they are opened
_LIST: Final = "List the tables and columns: cardcrm warehouse tables"


class Answer(NamedTuple):
    """The names of the columns and the rows of a query."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]


class StoredTable(NamedTuple):
    """A table of the star, and the number of its rows in a warehouse; None without one."""

    table: StarTable
    rows: int | None


def list_tables(folder: Path | None) -> list[StoredTable]:
    """Return the tables of the star, with their rows in the warehouse of a folder."""
    found = manifest.find(warehouse_folder.check_name(folder)) if folder else None
    tables = []
    for table in all_tables():
        files = found.files.get(table.name, {}) if found else {}
        rows = sum(each.rows for each in files.values()) if found else None
        tables.append(StoredTable(table, rows))
    return tables


def run_query(where: Path, sql: str, advance: Advance = lambda _percent: None) -> Answer:
    """Return the result of one query over a warehouse.

    Raises NotFoundError without a warehouse, UsageError for invalid SQL and for SQL that would
    write or read other files, and CardcrmError.
    """
    folder = warehouse_folder.check_name(where)
    for attempt in range(1, _ATTEMPTS + 1):
        stored = manifest.read(folder)
        try:
            return _run(folder, stored, sql, advance)
        except CardcrmError:
            if attempt == _ATTEMPTS or manifest.read(folder).number == stored.number:
                raise
    raise AssertionError


def _run(folder: Path, stored: Manifest, sql: str, advance: Advance) -> Answer:
    warehouse_folder.check_files(folder, stored.paths())
    library = load_duckdb()
    with tempfile.TemporaryDirectory(prefix="cardcrm-") as spill:
        connection = library.connect()
        try:
            _prepare(connection, folder, stored, spill)
            _check_statement(connection, sql)
            return _Query(connection, sql).run(advance)
        except library.Error as error:
            raise _query_error(library, connection, error) from error
        finally:
            connection.close()


def _prepare(connection: Any, folder: Path, stored: Manifest, spill: str) -> None:
    """Make the tables, and then everything else unreachable."""
    for setting in (
        "python_enable_replacements = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        f"temp_directory = {quote_text(spill)}",
        "enable_progress_bar = true",
        "enable_progress_bar_print = false",
    ):
        connection.execute(f"SET {setting}")
    for table in all_tables():
        paths = [folder / each.path for each in stored.files.get(table.name, {}).values()]
        columns = ", ".join(f"CAST(NULL AS {each.type}) AS {each.name}" for each in table.columns)
        rows = f"FROM {list_files(paths)}" if paths else f"SELECT {columns} WHERE false"
        connection.execute(f"CREATE VIEW {table.name} AS {rows}")
    allowed = ", ".join(quote_text(folder / each) for each in sorted(stored.paths()))
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _check_statement(connection: Any, sql: str) -> None:
    """Raise UsageError unless the text is one query."""
    found = connection.extract_statements(sql)
    if not found:
        raise UsageError("the SQL is empty", "Write a query: select … from fact_sale_line")
    if len(found) > 1:
        raise UsageError("the SQL has several statements", "Run one after the other.")
    kind = found[0].type.name
    if kind == "MULTI":
        raise UsageError(
            "the columns of the pivot are unknown",
            "Name their values: pivot … on channel in ('shop', 'phone') using …",
        )
    if kind != "SELECT":
        raise UsageError(
            f"`warehouse sql` is read-only: it runs queries, not {kind}",
            "Write a query: select … from …",
        )


class _Query:
    """One query, run in a thread of its own so that its progress can be shown."""

    def __init__(self, connection: Any, sql: str) -> None:
        self.connection, self.sql = connection, sql
        self.error: BaseException | None = None

    def run(self, advance: Advance) -> Answer:
        """Run the query and return its result; an interruption ends it."""
        thread = threading.Thread(target=self._execute, daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_POLL)
                advance(max(int(self.connection.query_progress()), 0))
        except BaseException:
            self.connection.interrupt()
            thread.join()
            raise
        if self.error is not None:
            raise self.error
        names = _unique_names([column[0] for column in self.connection.description or ()])
        return Answer(names, list(self._fetch()))

    def _execute(self) -> None:
        try:
            self.connection.execute(self.sql)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self.error = error

    def _fetch(self) -> Iterator[tuple[Any, ...]]:
        while rows := self.connection.fetchmany(_BATCH):
            yield from rows


def _unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns, with a number at those that repeat an earlier one."""
    found: dict[str, None] = {}
    for name in names:
        number, unique = 1, name
        while unique in found:
            number += 1
            unique = f"{name}_{number}"
        found[unique] = None
    return tuple(found)


def _query_error(library: Any, connection: Any, error: Exception) -> CardcrmError:
    """Return what is wrong with a query, in one line and with a remedy."""
    reason = str(error).partition("\n")[0].strip()
    if isinstance(error, library.PermissionException):
        return UsageError(
            "`warehouse sql` reads no other files, and loads no extensions",
            "Query the tables of the warehouse: cardcrm warehouse tables",
        )
    if isinstance(error, library.IOException | library.OutOfMemoryException):
        return CardcrmError(f"the query failed: {reason}", "Export again, or select fewer rows.")
    near = _similar_names(connection, reason)
    return UsageError(f"the query failed: {reason}", f"Did you mean {near}?" if near else _LIST)


def _similar_names(connection: Any, reason: str) -> str:
    """Return the tables or columns whose names are like the one that is missing."""
    match = re.search(r'(Table with name|column) "?([\w.]+)"? (?:does not|not found)', reason)
    if match is None:
        return ""
    columns = "SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal"
    tables = "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    names = connection.execute(columns if match[1] == "column" else tables).fetchall()
    return ", ".join(find_similar(match[2], [name for (name,) in names]))
