"""SQLite's own means of looking after a file: copying it while it is used, checking it, holding it
alone, and reading it without any means of changing it.
"""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.store import private_files
from cardcrm.store.sqlite.errors import locked, primary_code, translated
from cardcrm.store.sqlite.search import TABLES

if TYPE_CHECKING:
    from cardcrm.store.sqlite.engine import SqliteEngine

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def copy(engine: "SqliteEngine", target: Path) -> None:
    """Copy a whole box into a new file. Raises ConflictError if there is such a file, and
    StorageError naming the file at fault; a copy that fails leaves none.
    """
    private_files.make_private(target)
    try:
        _fill(engine, target)
        private_files.sync(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _fill(engine: "SqliteEngine", target: Path) -> None:
    fresh = sqlite3.connect(target, isolation_level=None)
    try:
        engine.connection.backup(fresh)
        # A copy is one file: without this it would want its log beside it.
        fresh.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        place = engine.path if primary_code(error) in _DAMAGED else target
        raise translated(error, place, engine.wait) from error
    finally:
        fresh.close()


def problems(engine: "SqliteEngine") -> list[str]:
    """What the integrity check finds wrong; empty when all is well."""
    try:
        found = [row[0] for row in engine.connection.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in _DAMAGED:
            raise translated(error, engine.path, engine.wait) from error
        return [str(error)]
    return [] if found == ["ok"] else found


def index_problems(engine: "SqliteEngine") -> list[str]:
    """What is wrong inside the search index itself."""
    return [
        f"the search index {table} is damaged" for table in TABLES if not _is_whole(engine, table)
    ]


def _is_whole(engine: "SqliteEngine", table: str) -> bool:
    try:
        engine.connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if primary_code(error) == sqlite3.SQLITE_READONLY:
            return True  # whether it is cannot be found out without leave to write
        if primary_code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
            raise translated(error, engine.path, engine.wait) from error
        return False
    return True


def row_counts(engine: "SqliteEngine") -> dict[str, int]:
    """The number of rows of every table, those of the search index among them."""
    tables = engine.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", {})
    return {name: engine.rows(f'SELECT count(*) FROM "{name}"', {})[0][0] for (name,) in tables}


@contextlib.contextmanager
def closed_to_others(engine: "SqliteEngine") -> Iterator[None]:
    """Hold the file alone, all of it in the one file, for as long as it is being replaced.

    Raises StorageError while any other program has it open.
    """
    try:
        # Leaving the write-ahead log is allowed to nobody but the file's only user.
        _switch(engine, "DELETE")
        engine.connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        if primary_code(error) == sqlite3.SQLITE_BUSY:
            raise locked(engine.path, engine.wait, readers=True) from error
        raise translated(error, engine.path, engine.wait) from error
    try:
        yield
    finally:
        engine.rollback()
        if engine.is_in_place():
            write_ahead(engine)


def write_ahead(engine: "SqliteEngine") -> None:
    """Write changes into a log beside the file from now on."""
    try:
        _switch(engine, "WAL")
    except sqlite3.Error as error:
        raise translated(error, engine.path, engine.wait) from error


def _switch(engine: "SqliteEngine", journal: str) -> None:
    """Switch to another journal. SQLite does not wait for others here, so we do."""
    end = time.monotonic() + engine.wait
    while True:
        try:
            engine.connection.execute(f"PRAGMA journal_mode = {journal}")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            time.sleep(0.02)
        else:
            return


def only_reading(engine: "SqliteEngine") -> sqlite3.Connection:
    """The driver's connection, made unable to write here or to open any other file."""
    engine.execute("PRAGMA query_only = ON", {})
    engine.connection.set_authorizer(
        lambda action, *_: (
            sqlite3.SQLITE_DENY
            if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)
            else sqlite3.SQLITE_OK
        )
    )
    return engine.connection
