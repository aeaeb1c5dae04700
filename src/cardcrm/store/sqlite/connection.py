"""The connection to one SQLite file, and the statements that read and write rows."""

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cardcrm.errors import ConflictError, StorageError
from cardcrm.store import private_files
from cardcrm.store.engine import ColumnInfo, Params, Row
from cardcrm.store.sqlite.errors import primary_code, translate_error

APPLICATION_ID = 0x63617264  # marks a file as a database of cardcrm
_BATCH = 1000  # rows


class SqliteConnection:
    """One connection to one file; ``wait`` is the seconds to wait for other writers."""

    name = "sqlite"
    version = sqlite3.sqlite_version
    concat_function = "group_concat"
    for_update = ""  # the write lock of the file covers every row
    is_remote = False
    byte_length = "length(CAST({} AS BLOB))"
    days_between = "CAST(julianday({1}) - julianday({0}) AS INTEGER)"
    json_value = "{} ->> '{}'"
    epoch = "CAST(strftime('%s', {}) AS INTEGER)"
    ids_of_json = "SELECT value FROM json_each({})"
    is_concurrent = False

    def __init__(self, path: Path, *, readonly: bool, wait: float) -> None:
        self.path, self.location, self.wait = path, str(path), wait
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise StorageError(
                f"{path} cannot be opened: it is not a file", "Name a file with --db."
            )
        self._inode = status.st_ino
        self.full_disk_error: StorageError | None = None  # why nothing can be written
        self.open_file(readonly=readonly)

    def open_file(self, *, readonly: bool = False, is_immutable: bool = False) -> None:
        """Open the file; an immutable one is read without a log."""
        address = _address(self.path, readonly=readonly, is_immutable=is_immutable)
        with self.errors():
            # isolation_level=None: the driver would open and commit transactions of its own.
            self.driver = sqlite3.connect(
                address, uri=isinstance(address, str), timeout=self.wait, isolation_level=None
            )
        self.driver.row_factory = sqlite3.Row

    def is_in_place(self) -> bool:
        """Return whether the path still names the open file: a restore may have replaced it."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Raise errors of the driver as errors of cardcrm."""
        try:
            yield
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            raise translate_error(error, self.path, self.wait) from error

    def rows(self, sql: str, params: Params) -> list[Row]:
        """Return all rows of a query."""
        with self.errors():
            return self.driver.execute(sql, params).fetchall()

    def fetch_many(self, queries: Sequence[tuple[str, Params]]) -> list[list[Row]]:
        """Return all rows of each query."""
        return [self.rows(sql, params) for sql, params in queries]

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """Yield the rows of a query, fetched as they are used."""
        with self.errors():
            # `yield from` would close a cursor whose connection may be closed already.
            for row in self.driver.execute(sql, params):  # noqa: UP028
                yield row

    def stream_tuples(self, sql: str, params: Params) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query as tuples, which unpack in half the time of a row."""
        with self.errors():
            cursor = self.driver.cursor()
            cursor.row_factory = None
            cursor.execute(sql, params)
            while rows := cursor.fetchmany(_BATCH):
                yield from rows

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement and return the number of rows that it changed."""
        with self.errors():
            return self.driver.execute(sql, params).rowcount

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for each set of parameters."""
        with self.errors():
            self.driver.executemany(sql, params)

    def insert(self, table: str, values: Params) -> int:
        """Insert a row and return its new id."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with self.errors():
            cursor = self.driver.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert rows and return their new ids in the same order."""
        sql = _insert_sql(table, columns)
        with self.errors():
            return [self.driver.execute(sql, row).lastrowid or 0 for row in rows]

    def insert_with_ids(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that have their ids already."""
        with self.errors():
            self.driver.executemany(_insert_sql(table, columns), rows)

    def reserve_ids(self, table: str, count: int) -> int:  # noqa: ARG002 - the lock reserves all
        """Return the first id above all that were ever used; the write lock keeps others out."""
        found = self.rows("SELECT seq FROM sqlite_sequence WHERE name = :table", {"table": table})
        return int(found[0][0]) + 1 if found else 1

    def advance_sequence(self, table: str, last: int) -> None:
        """Give new rows only ids above ``last``."""
        params = {"table": table, "last": last}
        update = "UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :table"
        if not self.execute(update, params):
            self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)", params)

    def column_names(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns in their order."""
        with self.errors():
            cursor = self.driver.execute(f"SELECT * FROM {table} LIMIT 0")
        return tuple(column[0] for column in cursor.description)

    def describe_columns(self, table: str) -> tuple[ColumnInfo, ...]:
        """Return the columns of a table in their order."""
        types = {"TEXT": str, "DOUBLE PRECISION": float}
        return tuple(
            ColumnInfo(row["name"], types.get(row["type"], int), not (row["notnull"] or row["pk"]))
            for row in self.rows(f"PRAGMA table_info({table})", {})
        )

    def data_version(self) -> int:
        """Return a number that changes when another connection commits."""
        version: int = self.rows("PRAGMA data_version", {})[0][0]
        return version

    @contextlib.contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        """Hold a lock by a file beside the database, which is removed at the end."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(private_files.unfinished_file(self.path, f".{name}"))
            except ConflictError:
                yield False
            else:
                yield True

    def limit_cache(self) -> None:
        """Cache 4 MiB of the file's pages; the system caches those that are read often."""
        self.execute("PRAGMA cache_size = -4096", {})

    def set_journal_mode(self, mode: str) -> None:
        """Switch to another journal mode. SQLite does not wait for others here, so this does."""
        end = time.monotonic() + self.wait
        while True:
            try:
                self.driver.execute(f"PRAGMA journal_mode = {mode}")
            except sqlite3.OperationalError as error:
                if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                    raise
                time.sleep(0.02)
            else:
                return

    def close(self) -> None:
        """Close the file."""
        with self.errors():
            self.driver.close()


def _insert_sql(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def _address(path: Path, *, readonly: bool, is_immutable: bool) -> Path | str:
    """Return the path, or a URI that opens the file for reading only.

    The write-ahead log needs a file in the same folder. Where the folder is read-only and there is
    no log, SQLite reads the file only if it is declared immutable.
    """
    is_immutable = is_immutable or (not os.access(path.parent, os.W_OK) and not has_log(path))
    if not (readonly or is_immutable):
        return path
    return f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if is_immutable else "")


def has_log(path: Path) -> bool:
    """Return whether the write-ahead log has changes that are not in the file yet."""
    try:
        return private_files.companion(path, "-wal").stat().st_size > 0
    except OSError:
        return False
