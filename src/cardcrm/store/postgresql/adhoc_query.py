"""A PostgreSQL box looked at with SQL of one's own."""

from collections.abc import Mapping
from typing import Any

import psycopg

from cardcrm.errors import UsageError
from cardcrm.store.postgresql.adapters import translated as parametrised
from cardcrm.store.postgresql.engine import PostgresEngine
from cardcrm.store.postgresql.errors import translated

_OF_THE_QUERY = ("42", "22", "0A", "25006", "26")  # wrong SQL, wrong values, would write


def ask(
    location: str, sql: str, params: Mapping[str, Any], wait: float
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The column names and rows of one query that can only read, whatever it tries.

    Raises UsageError for SQL that is wrong or would write.
    """
    engine = PostgresEngine(location, readonly=True, wait=wait)
    try:
        with engine.reading() as db:
            cursor = _run_one(db, parametrised(sql), params)
            names = tuple(column.name for column in cursor.description or ())
            rows = [tuple(row) for row in cursor] if names else []
    except (psycopg.Error, KeyError, UnicodeEncodeError) as error:
        raise _of_query(error, engine.location, wait) from error
    finally:
        engine.close()
    if not names:
        raise UsageError("that asks for nothing", "Write a query: select … from …")
    return _told_apart(names), rows


def _run_one(
    db: psycopg.Connection[Any], sql: str, params: Mapping[str, Any]
) -> psycopg.Cursor[Any]:
    """Run SQL in the protocol that takes one statement and no more.

    A pipeline does so without a prepared statement, which would stay behind on the connection of a
    pooler; only where libpq is older than 14 there is no other way.
    """
    if not psycopg.Pipeline.is_supported():
        db.prepare_threshold = 0
        return db.execute(sql, params, prepare=True)
    with db.pipeline():
        return db.execute(sql, params)


def _told_apart(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns, a second of the same name numbered."""
    seen: dict[str, int] = {}
    told = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(told)


def _of_query(error: Exception, place: str, wait: float) -> Exception:
    if isinstance(error, UnicodeEncodeError):
        return translated(error, place, wait)
    state = getattr(error, "sqlstate", None) or ""
    if state == "25006":
        return UsageError("`db sql` only reads", "Change cards with the other commands.")
    if not state and not isinstance(error, psycopg.OperationalError):  # the driver's own complaints
        return UsageError(f"the query cannot be run: {error}", "Values are given as -p NAME=VALUE.")
    if state.startswith(_OF_THE_QUERY):
        line = next(iter(str(error).splitlines()), "")
        tables = 'cardcrm db sql "select table_name from information_schema.tables"'
        return UsageError(f"the query cannot be run: {line}", f"The tables: {tables}")
    return translated(error, place, wait)
