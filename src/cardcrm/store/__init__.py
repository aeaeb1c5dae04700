"""Where it lives: one file or server, its schema, its journal and its search index."""

from pathlib import Path

from cardcrm.store.base import Author, Customs, Store, local_author

__all__ = ["Author", "Customs", "Store", "local_author", "open_store"]


def open_store(
    location: str | Path,
    *,
    user: str = "",
    command: str = "",
    create: bool = False,
    readonly: bool = False,
    wait: float = 5.0,
    customs: Customs | None = None,
) -> Store:
    """Open the box at a path. ``create`` makes it where it is missing; ``wait`` is in seconds.

    Raises StorageError when there is none, or it is locked, damaged, newer than this program or not
    a box at all.
    """
    from cardcrm.store.sqlite import SqliteEngine

    engine = SqliteEngine(Path(location), create=create, readonly=readonly, wait=wait)
    return Store(engine, local_author(user), command, customs)
