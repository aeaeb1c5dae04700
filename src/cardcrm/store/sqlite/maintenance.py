"""Maintenance of a SQLite file: checks, measures, copies, and exclusive access."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from cardcrm.store import private_files
from cardcrm.store.engine import Maintenance
from cardcrm.store.sqlite.connection import SqliteConnection
from cardcrm.store.sqlite.errors import locked_error, primary_code, translate_error
from cardcrm.store.sqlite.search import TABLES

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class SqliteMaintenance(Maintenance):
    """The checks and measures of one file."""

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection

    def find_problems(self) -> list[str]:
        """Return what SQLite's integrity check finds."""
        try:
            found = [row[0] for row in self._connection.driver.execute("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            if primary_code(error) not in _DAMAGED:
                raise self._translate(error) from error
            return [str(error)]
        return [] if found == ["ok"] else found

    def find_orphans(self) -> list[tuple[str, int, str]]:
        """Return rows whose foreign key points nowhere, as (table, id, other table)."""
        return find_orphans(self._connection)

    def find_index_problems(self) -> list[str]:
        """Return the damaged tables of the search index; takes the write lock for a moment."""
        return [f"the search index {table} is damaged" for table in TABLES if self._is_bad(table)]

    def _is_bad(self, table: str) -> bool:
        try:
            self._connection.driver.execute(
                f"INSERT INTO {table} ({table}) VALUES ('integrity-check')"
            )
        except sqlite3.DatabaseError as error:
            if primary_code(error) == sqlite3.SQLITE_READONLY:
                return False  # the check needs permission to write
            if primary_code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
                raise self._translate(error) from error
            return True
        return False

    def count_rows(self) -> dict[str, int]:
        """Return the number of rows of every table, those of the search index included."""
        rows = self._connection.rows
        tables = rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", {})
        return {name: rows(f'SELECT count(*) FROM "{name}"', {})[0][0] for (name,) in tables}

    def database_size(self) -> int:
        """Return the size of the file in bytes."""
        return self._connection.path.stat().st_size

    def copy_to(self, target: Path) -> None:
        """Copy the database into a new file, which gets its name when it is complete.

        Raises ConflictError if the file exists, and the errors of `copy_into`.
        """
        with private_files.unfinished_file(target, ".part") as part:
            self.copy_into(part)
            private_files.give_name(part, target)

    def copy_into(self, target: Path, journal_mode: str = "DELETE") -> None:
        """Copy the database into an empty file, while other connections use it.

        In the journal mode WAL a copy needs a log file beside it. Raises StorageError that names
        the file at fault.
        """
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            self._connection.driver.backup(copy)
            copy.execute(f"PRAGMA journal_mode = {journal_mode}")
        except sqlite3.Error as error:
            path = self._connection.path if primary_code(error) in _DAMAGED else target
            raise translate_error(error, path, self._connection.wait) from error
        finally:
            copy.close()
        private_files.sync(target)

    @contextlib.contextmanager
    def exclusive_access(self) -> Iterator[None]:
        """Keep every other program out, with all data in the one file, while it is replaced.

        Raises StorageError while another program has the file open.
        """
        connection = self._connection
        try:
            # SQLite leaves WAL mode only for the file's single user.
            connection.set_journal_mode("DELETE")
            connection.driver.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if primary_code(error) == sqlite3.SQLITE_BUSY:
                raise locked_error(connection.path, connection.wait, readers=True) from error
            raise self._translate(error) from error
        try:
            yield
        finally:
            if connection.driver.in_transaction:
                connection.execute("ROLLBACK", {})
            if connection.is_in_place():
                with connection.errors():
                    connection.set_journal_mode("WAL")

    def _translate(self, error: Exception) -> Exception:
        return translate_error(error, self._connection.path, self._connection.wait)


def find_orphans(connection: SqliteConnection) -> list[tuple[str, int, str]]:
    """Return rows whose foreign key points nowhere, as (table, id, other table)."""
    return [(row[0], row[1], row[2]) for row in connection.rows("PRAGMA foreign_key_check", {})]
