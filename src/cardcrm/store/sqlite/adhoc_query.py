"""SQL that the user wrote, run on a SQLite file without any means to change it."""

import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cardcrm.errors import UsageError
from cardcrm.store.sqlite.engine import SqliteEngine
from cardcrm.store.sqlite.errors import primary_code, translate_error
from cardcrm.text import find_similar

if TYPE_CHECKING:
    from sqlite_utils import Database

_FORBIDDEN = (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH)


def run_query(
    path: Path, sql: str, params: Mapping[str, Any], wait: float
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return the column names and the rows of one query.

    Raises UsageError for invalid SQL, and for SQL that would write.
    """
    import sqlite_utils
    from sqlite_utils.utils import dedupe_keys  # type: ignore[attr-defined,unused-ignore]

    engine = SqliteEngine(path, readonly=True, wait=wait)
    database = sqlite_utils.Database(engine.driver)
    try:
        _forbid_changes(engine.driver)
        cursor = database.execute(sql, dict(params))
        rows = [tuple(row) for row in cursor]
        names = tuple(dedupe_keys([column[0] for column in cursor.description or ()]))
    except (sqlite3.Error, UnicodeEncodeError) as error:
        near = _similar_names(database, str(error))
        raise _query_error(error, path, wait, near) from error
    finally:
        engine.close()
    if not names:
        raise UsageError("the SQL returns no columns", "Write a query: select … from …")
    return names, rows


def _forbid_changes(driver: sqlite3.Connection) -> None:
    """Make the connection unable to write, and to open other files."""
    driver.execute("PRAGMA query_only = ON")
    driver.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_DENY if action in _FORBIDDEN else sqlite3.SQLITE_OK
    )


def _similar_names(database: "Database", problem: str) -> list[str]:
    """Return the tables and views, or the columns, whose names are like the one that is missing."""
    missing = re.fullmatch(r"no such (table|column): (?:\w+\.)?(\w+)", problem)
    if missing is None:
        return []
    names = [*database.table_names(), *database.view_names()]
    if missing[1] == "column":
        names = [
            column for name in names if "_fts" not in name for column in database[name].columns_dict
        ]
    return find_similar(missing[2], [name for name in names if "_fts" not in name])


def _query_error(error: Exception, path: Path, wait: float, near: list[str]) -> Exception:
    if isinstance(error, UnicodeEncodeError):
        return translate_error(error, path, wait)
    code = primary_code(error)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH):
        return UsageError("`db sql` is read-only", "Change contacts with the other commands.")
    if code == 0:  # the driver's own errors: wrong parameters, or two statements at once
        return UsageError(f"the query failed: {error}", "Pass values as -p NAME=VALUE.")
    if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE):
        if near:
            return UsageError(f"the query failed: {error}", f"Did you mean {', '.join(near)}?")
        tables = 'cardcrm db sql "select name from sqlite_schema"'
        return UsageError(f"the query failed: {error}", f"List the tables with: {tables}")
    return translate_error(error, path, wait)
