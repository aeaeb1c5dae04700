"""SQL that the user wrote, run on a server in a transaction that cannot write."""

from collections.abc import Mapping
from typing import Any

import psycopg

from cardcrm.errors import UsageError
from cardcrm.store.postgresql.adapters import to_psycopg_sql
from cardcrm.store.postgresql.engine import PostgresEngine
from cardcrm.store.postgresql.errors import translate_error

_QUERY_STATES = ("42", "22", "0A", "25006", "26")  # invalid SQL or values, or SQL that would write


def run_query(
    location: str, sql: str, params: Mapping[str, Any], wait: float
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Return the column names and the rows of one query.

    Raises UsageError for invalid SQL, and for SQL that would write.
    """
    from sqlite_utils.utils import dedupe_keys  # type: ignore[attr-defined,unused-ignore]

    engine = PostgresEngine(location, readonly=True, wait=wait)
    try:
        with engine.read_only() as driver:
            cursor = _run_one(driver, to_psycopg_sql(sql), params)
            names = tuple(column.name for column in cursor.description or ())
            rows = [tuple(row) for row in cursor] if names else []
    except (psycopg.Error, KeyError, UnicodeEncodeError) as error:
        raise _query_error(error, engine.location, wait) from error
    finally:
        engine.close()
    if not names:
        raise UsageError("the SQL returns no columns", "Write a query: select … from …")
    return tuple(dedupe_keys(names)), rows


def _run_one(
    driver: psycopg.Connection[Any], sql: str, params: Mapping[str, Any]
) -> psycopg.Cursor[Any]:
    """Run SQL in the protocol that takes a single statement.

    A pipeline does so without a prepared statement, which would stay on the connection of a pooler.
    A libpq older than 14 has no pipelines.
    """
    if not psycopg.Pipeline.is_supported():
        driver.prepare_threshold = 0
        return driver.execute(sql, params, prepare=True)
    with driver.pipeline():
        return driver.execute(sql, params)


def _query_error(error: Exception, location: str, wait: float) -> Exception:
    if isinstance(error, UnicodeEncodeError):
        return translate_error(error, location, wait)
    state = getattr(error, "sqlstate", None) or ""
    if state == "25006":
        return UsageError("`db sql` is read-only", "Change contacts with the other commands.")
    if not state and not isinstance(error, psycopg.OperationalError):  # the driver's own errors
        return UsageError(f"the query failed: {error}", "Pass values as -p NAME=VALUE.")
    if state.startswith(_QUERY_STATES):
        line = next(iter(str(error).splitlines()), "")
        tables = 'cardcrm db sql "select table_name from information_schema.tables"'
        return UsageError(f"the query failed: {line}", f"List the tables with: {tables}")
    return translate_error(error, location, wait)
