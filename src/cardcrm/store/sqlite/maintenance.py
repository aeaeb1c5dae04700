"""Maintenance of a SQLite file: checks, measures, copies, and exclusive access."""

import contextlib
import sqlite3
import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import NoneType

from cardcrm.signals import clean_up_at_end
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

    def find_unreadable(self, table: str) -> list[int]:
        """Return the ids of rows with a value of another type, or a text that is not UTF-8."""
        info = self._connection.rows(f"PRAGMA table_info({table})", {})
        allowed = [_python_types(each["type"], is_required=each["notnull"]) for each in info]
        cursor = self._connection.driver.cursor()
        cursor.row_factory = None
        sql = f"SELECT rowid, {', '.join(each['name'] for each in info)} FROM {table}"
        try:
            return [row[0] for row in cursor.execute(sql) if not _fits(row[1:], allowed)]
        except sqlite3.OperationalError as error:
            if primary_code(error):
                raise self._translate(error) from error
        return self._find_undecodable(cursor, sql)

    def _find_undecodable(self, cursor: sqlite3.Cursor, sql: str) -> list[int]:
        """Return the ids of rows with a text that is not UTF-8."""
        driver = self._connection.driver
        driver.text_factory = bytes
        try:
            return [row[0] for row in cursor.execute(sql) if not all(map(_is_utf8, row[1:]))]
        finally:
            driver.text_factory = str

    def find_index_problems(self) -> list[str]:
        """Return the damaged tables of the search index; takes the write lock for a moment.

        The check needs permission to write, so the index of a file that is read-only is checked in
        a temporary copy. Raises StorageError if that cannot be written.
        """
        driver = self._connection.driver
        try:
            return [_index_problem(table) for table in TABLES if self._is_bad(driver, table)]
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_READONLY:
                raise self._translate(error) from error
        with clean_up_at_end(), tempfile.TemporaryDirectory(prefix="cardcrm-") as folder:
            copy = Path(folder) / "copy.db"
            self.copy_to(copy)
            with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as driver:
                return [_index_problem(table) for table in TABLES if self._is_bad(driver, table)]

    def _is_bad(self, driver: sqlite3.Connection, table: str) -> bool:
        try:
            driver.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            if primary_code(error) == sqlite3.SQLITE_READONLY:
                raise
            if primary_code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
                raise self._translate(error) from error
            return True
        return False

    def count_rows(self) -> dict[str, int]:
        """Return the number of rows of every table, those of the search index included."""
        rows = self._connection.rows
        tables = rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", {})
        return {name: rows(f'SELECT count(*) FROM "{name}"', {})[0][0] for (name,) in tables}

    def other_tables(self, known: Collection[str]) -> list[str]:
        """Return the tables that are neither known nor those of the search index."""
        found = self._connection.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", {}
        )
        return [
            name
            for (name,) in found
            if name not in known and not name.startswith(("sqlite_", *TABLES))
        ]

    @contextlib.contextmanager
    def sole_access(self) -> Iterator[None]:
        """Keep every other program out, with all data in the one file and no log beside it.

        Raises StorageError while another program has the file open.
        """
        connection = self._connection
        self._lock("PRAGMA locking_mode = EXCLUSIVE")
        try:
            yield
        finally:
            with connection.errors():
                connection.driver.execute("PRAGMA locking_mode = NORMAL")
                connection.driver.execute("SELECT count(*) FROM setting").fetchall()
                connection.set_journal_mode("WAL")

    def erase_free_space(self) -> None:
        """Merge the search index, which keeps removed words until then, and rewrite the file."""
        with self._connection.errors():
            run = self._connection.driver.execute
            for table in TABLES:
                run(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
            run("PRAGMA secure_delete = ON")
            run("VACUUM")
            run("PRAGMA secure_delete = OFF")

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
        self._lock("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            if connection.driver.in_transaction:
                connection.execute("ROLLBACK", {})
            if connection.is_in_place():
                with connection.errors():
                    connection.set_journal_mode("WAL")

    def _lock(self, statement: str) -> None:
        """Leave WAL mode, which SQLite does only for the file's single user, and lock the file."""
        connection = self._connection
        try:
            connection.set_journal_mode("DELETE")
            connection.driver.execute(statement)
        except sqlite3.DatabaseError as error:
            if primary_code(error) == sqlite3.SQLITE_BUSY:
                raise locked_error(connection.path, connection.wait, readers=True) from error
            raise self._translate(error) from error

    def _translate(self, error: Exception) -> Exception:
        return translate_error(error, self._connection.path, self._connection.wait)


def _index_problem(table: str) -> str:
    return f"the search index {table} is damaged"


def _python_types(declared: str, *, is_required: bool) -> frozenset[type]:
    """Return the types of the values that a column of a declared type holds."""
    types: dict[str, tuple[type, ...]] = {"TEXT": (str,), "DOUBLE PRECISION": (int, float)}
    found = types.get(declared, (int,))
    return frozenset(found if is_required else (*found, NoneType))


def _fits(values: Sequence[object], allowed: Sequence[frozenset[type]]) -> bool:
    """Return whether every value is of a type that its column holds."""
    return all(type(value) in types for value, types in zip(values, allowed, strict=True))


def _is_utf8(value: object) -> bool:
    try:
        if isinstance(value, bytes):
            value.decode()
    except UnicodeDecodeError:
        return False
    return True


def find_orphans(connection: SqliteConnection) -> list[tuple[str, int, str]]:
    """Return rows whose foreign key points nowhere, as (table, id, other table)."""
    return [(row[0], row[1], row[2]) for row in connection.rows("PRAGMA foreign_key_check", {})]
