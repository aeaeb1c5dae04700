"""A SQLite file looked at from outside: whether it is a card box, whole, and of which layout."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.store.sqlite.engine import SqliteEngine
from cardcrm.store.sqlite.errors import primary_code, translated
from cardcrm.store.sqlite.maintenance import only_reading


@dataclass(frozen=True)
class Inspection:
    """What a file is: its layout, what is wrong with it, and its rows by table."""

    version: int
    problems: tuple[str, ...]
    counts: Mapping[str, int]


def inspect(path: Path) -> Inspection:
    """Read a file through. Raises StorageError if it is no card box this program can read."""
    engine = SqliteEngine(path, raw=True, readonly=True)
    try:
        version = engine.refuse_strangers()
        problems = tuple(engine.problems())
        return Inspection(version, problems, {} if problems else engine.row_counts())
    finally:
        engine.close()


def ask(
    path: Path, sql: str, params: Mapping[str, Any], wait: float
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The column names and rows of one query that can only read, whatever it tries.

    Raises UsageError for SQL that is wrong or would write.
    """
    import sqlite_utils
    from sqlite_utils.utils import dedupe_keys  # type: ignore[attr-defined,unused-ignore]

    engine = SqliteEngine(path, readonly=True, wait=wait)
    try:
        db = only_reading(engine)
        cursor = sqlite_utils.Database(db).execute(sql, dict(params))
        rows = [tuple(row) for row in cursor]
        names = tuple(dedupe_keys([column[0] for column in cursor.description or ()]))
    except (sqlite3.Error, UnicodeEncodeError) as error:
        raise _of_query(error, path, wait) from error
    finally:
        engine.close()
    if not names:
        raise UsageError("that asks for nothing", "Write a query: select … from …")
    return names, rows


def _of_query(error: Exception, path: Path, wait: float) -> Exception:
    if isinstance(error, UnicodeEncodeError):
        return translated(error, path, wait)
    code = primary_code(error)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH):
        return UsageError("`db sql` only reads", "Change cards with the other commands.")
    if code == 0:  # the driver's own complaints: of values, or of two queries at once
        return UsageError(f"the query cannot be run: {error}", "Values are given as -p NAME=VALUE.")
    if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE):
        tables = 'cardcrm db sql "select name from sqlite_schema"'
        return UsageError(f"the query cannot be run: {error}", f"The tables: {tables}")
    return translated(error, path, wait)
