"""Persistence: a database on a file or a server, its journal, derived data and search index."""

from pathlib import Path

from cardcrm.errors import StorageError
from cardcrm.store.engine import Engine
from cardcrm.store.fetch import Query
from cardcrm.store.journal_writer import Author
from cardcrm.store.server_address import is_server
from cardcrm.store.store import Locale, Store, local_author

__all__ = ["Author", "Locale", "Query", "Store", "local_author", "open_engine", "open_store"]


def open_store(
    location: str | Path,
    *,
    user: str = "",
    command: str = "",
    create: bool = False,
    readonly: bool = False,
    wait: float = 5.0,
    locale: Locale | None = None,
) -> Store:
    """Open the database at a path or a server's address (see `store.server_address`).

    ``create`` makes a missing database; ``wait`` is the seconds to wait for other writers. Raises
    StorageError for a file that is missing, locked, damaged, written by a newer cardcrm, or not a
    database.
    """
    engine = open_engine(location, create=create, readonly=readonly, wait=wait)
    return Store(engine, local_author(user), command, locale)


def open_engine(
    location: str | Path,
    *,
    create: bool = False,
    readonly: bool = False,
    wait: float = 5.0,
) -> Engine:
    """Open the connection alone, as `open_store` does."""
    if is_server(location):
        try:
            from cardcrm.store.postgresql.engine import PostgresEngine
        except ImportError as error:
            raise missing_driver() from error
        return PostgresEngine(str(location), create=create, readonly=readonly, wait=wait)
    from cardcrm.store.sqlite.engine import SqliteEngine

    return SqliteEngine(Path(location), create=create, readonly=readonly, wait=wait)


def missing_driver() -> StorageError:
    """Return the error for a server without the library that connects to one."""
    from cardcrm.install_advice import install_command

    return StorageError(
        "a database on a server needs psycopg, which is not installed",
        f"Install it: {install_command('psycopg[binary]')}",
    )
