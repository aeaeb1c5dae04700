"""Filling an empty SQLite file without a check of foreign keys for each row."""

import contextlib
from collections.abc import Iterator

from cardcrm.errors import StorageError
from cardcrm.store.sqlite.connection import SqliteConnection
from cardcrm.store.sqlite.maintenance import find_orphans


@contextlib.contextmanager
def without_foreign_keys(connection: SqliteConnection) -> Iterator[None]:
    """Check foreign keys once, at the end. Raises StorageError for a row that points nowhere."""
    connection.execute("PRAGMA foreign_keys = OFF", {})
    try:
        yield
        for table, row_id, other in find_orphans(connection)[:1]:
            raise StorageError(
                f"{table} {row_id} refers to a row of {other} that does not exist",
                "Run `cardcrm db check` on the source database.",
            )
    finally:
        connection.execute("PRAGMA foreign_keys = ON", {})
