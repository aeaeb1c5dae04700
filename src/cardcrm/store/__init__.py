"""Where it lives: one file or server, its schema, its journal and its search index."""

from pathlib import Path

from cardcrm.errors import StorageError
from cardcrm.store.base import Locale, Store, local_author
from cardcrm.store.change_log import Author
from cardcrm.store.engine import Engine
from cardcrm.store.fetch import Query
from cardcrm.store.server_address import is_server

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
    """Open the box at a path, or at the address of a server (see `store.address`).

    ``create`` makes it where it is missing; ``wait`` is in seconds. Raises StorageError when there
    is none, or it is locked, damaged, newer than this program or not a box at all.
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
    """The connection alone, as `open_store` makes it."""
    if is_server(location):
        try:
            from cardcrm.store.postgresql.engine import PostgresEngine
        except ImportError as error:
            raise StorageError(
                "boxes on a server need psycopg, which is not installed here",
                "Install it: pip install 'cardcrm[team]'.",
            ) from error
        return PostgresEngine(str(location), create=create, readonly=readonly, wait=wait)
    from cardcrm.store.sqlite.engine import SqliteEngine

    return SqliteEngine(Path(location), create=create, readonly=readonly, wait=wait)
