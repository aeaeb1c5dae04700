"""Statements that are run in a file: opening it with SQLite, writing rows and reading them."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cardcrm.store import private_files
from cardcrm.store.engine import Params, Row
from cardcrm.store.sqlite.errors import translated

APPLICATION_ID = 0x63617264  # "card": what a box's file says that it is


class SqliteStatements:
    """One connection to one file; ``wait`` is in seconds, for other writers."""

    def __init__(self, path: Path, *, readonly: bool, wait: float) -> None:
        self.path, self.location, self.wait = path, str(path), wait
        self._inode = path.stat().st_ino
        place = _address(path, readonly=readonly)
        with self._errors():
            # The driver's own transactions would commit behind our back, so it is given none.
            self._db = sqlite3.connect(
                place, uri=isinstance(place, str), timeout=wait, isolation_level=None
            )
        self._db.row_factory = sqlite3.Row

    @property
    def connection(self) -> sqlite3.Connection:
        """The driver's connection, for the other rooms of this engine."""
        return self._db

    def is_in_place(self) -> bool:
        """Whether the open file still has its name: a restore may have put another there."""
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            raise translated(error, self.path, self.wait) from error

    def rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of a query."""
        with self._errors():
            return self._db.execute(sql, params).fetchall()

    def fetch_many(self, queries: Sequence[tuple[str, Params]]) -> list[list[Row]]:
        """Return all rows of each query."""
        return [self.rows(sql, params) for sql, params in queries]

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """The rows of a query, fetched as they are used."""
        with self._errors():
            # Not `yield from`: that would close a cursor whose database may be closed already.
            for row in self._db.execute(sql, params):  # noqa: UP028
                yield row

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement; the number of rows it changed."""
        with self._errors():
            return self._db.execute(sql, params).rowcount

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for many rows."""
        with self._errors():
            self._db.executemany(sql, params)

    def insert(self, table: str, values: Params) -> int:
        """Insert a row; the id it was given."""
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        with self._errors():
            cursor = self._db.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def insert_several(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert rows; the ids they were given, in their order."""
        sql = _insertion(table, columns)
        with self._errors():
            return [self._db.execute(sql, row).lastrowid or 0 for row in rows]

    def insert_many(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that already hold their ids."""
        with self._errors():
            self._db.executemany(_insertion(table, columns), rows)

    def reserve(self, table: str, count: int) -> int:  # noqa: ARG002 - the write lock reserves all
        """The first id after all that were ever given; the write lock keeps them ours."""
        found = self.rows("SELECT seq FROM sqlite_sequence WHERE name = :table", {"table": table})
        return int(found[0][0]) + 1 if found else 1

    def advance_sequence(self, table: str, last: int) -> None:
        """Give out no id up to ``last`` any more."""
        params = {"table": table, "last": last}
        known = "UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :table"
        if not self.execute(known, params):
            self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)", params)

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns in their order."""
        with self._errors():
            cursor = self._db.execute(f"SELECT * FROM {table} LIMIT 0")
        return tuple(column[0] for column in cursor.description)

    def data_version(self) -> int:
        """A number that changes whenever another connection has committed."""
        version: int = self.rows("PRAGMA data_version", {})[0][0]
        return version

    def limit_cache(self) -> None:
        """Keep 4 MiB of the file's pages; the system keeps those that are read again and again."""
        self.execute("PRAGMA cache_size = -4096", {})

    def close(self) -> None:
        """Close the file."""
        with self._errors():
            self._db.close()


def _insertion(table: str, columns: Sequence[str]) -> str:
    """SQL that inserts a row whose values come in the order of the columns."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


def _address(path: Path, *, readonly: bool) -> Path | str:
    """The path, or where it can only be read the address that says so.

    The write-ahead log needs a file beside the box. Where none may be made and there is none, the
    box can be read as it stands only by saying that it will not change meanwhile.
    """
    is_sealed = not os.access(path.parent, os.W_OK) and not _has_log(path)
    if not (readonly or is_sealed):
        return path
    return f"{path.absolute().as_uri()}?mode=ro" + ("&immutable=1" if is_sealed else "")


def _has_log(path: Path) -> bool:
    """Whether changes stand in the log that are not yet in the file itself."""
    try:
        return private_files.beside(path, "-wal").stat().st_size > 0
    except OSError:
        return False
