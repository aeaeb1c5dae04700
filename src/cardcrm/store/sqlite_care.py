"""SQLite's own means of looking after a file: copying it while it is used, and checking it."""

import sqlite3
from pathlib import Path

from cardcrm.store.sqlite_errors import primary_code, translated
from cardcrm.store.sqlite_search import TABLES


def copy(db: sqlite3.Connection, source: Path, target: Path, wait: float) -> None:
    """Copy a whole database into an empty file. Raises StorageError naming the file at fault."""
    fresh = sqlite3.connect(target, isolation_level=None)
    try:
        db.backup(fresh)
        # A copy is one file: without this it would want its log beside it.
        fresh.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        here = primary_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        raise translated(error, source if here else target, wait) from error
    finally:
        fresh.close()


def problems(db: sqlite3.Connection, path: Path, wait: float) -> list[str]:
    """What the integrity check finds wrong; empty when all is well."""
    try:
        found = [row[0] for row in db.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise translated(error, path, wait) from error
        return [str(error)]
    return [] if found == ["ok"] else found


def index_problems(db: sqlite3.Connection, path: Path, wait: float) -> list[str]:
    """What is wrong inside the search index itself."""
    return [
        f"the search index {table} is damaged"
        for table in TABLES
        if not _is_whole(db, table, path, wait)
    ]


def _is_whole(db: sqlite3.Connection, table: str, path: Path, wait: float) -> bool:
    try:
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if primary_code(error) == sqlite3.SQLITE_READONLY:
            return True  # whether it is cannot be found out without leave to write
        if primary_code(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
            raise translated(error, path, wait) from error
        return False
    return True
