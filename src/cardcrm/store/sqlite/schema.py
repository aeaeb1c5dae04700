"""Making a box in a file: the file, its tables, its search index, and the migrations it lacks."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.errors import ConflictError, NoDatabaseError, StorageError
from cardcrm.store import migrations, private_files
from cardcrm.store.engine import transaction
from cardcrm.store.sqlite.connection import APPLICATION_ID
from cardcrm.store.sqlite.maintenance import write_ahead
from cardcrm.store.sqlite.search import SEARCH, TABLES

if TYPE_CHECKING:
    from cardcrm.store.sqlite.engine import SqliteEngine

_TYPES = {"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "key": "TEXT"}


def start(path: Path, *, create: bool) -> None:
    """Make the file of a new box, unless another process does so at this moment."""
    if not create:
        raise NoDatabaseError(
            f"there is no card box at {path}",
            "`cardcrm add NAME` or `cardcrm import FILE` starts one; `cardcrm demo` shows one.",
        )
    with contextlib.suppress(ConflictError):
        private_files.make_private(path)


def refuse_strangers(engine: "SqliteEngine") -> int:
    """The file's layout. Raises StorageError if another or a newer program made it."""
    version: int = engine.rows("PRAGMA user_version", {})[0][0]
    ident = engine.rows("PRAGMA application_id", {})[0][0]
    tables = engine.rows("SELECT count(*) FROM sqlite_master", {})[0][0]
    if ident != APPLICATION_ID and (tables or version):
        raise StorageError(
            f"{engine.path} is a database of another program",
            "Name another file with --db; cardcrm leaves this one as it is.",
        )
    migrations.refuse_newer(engine.location, version)
    return version


def migrate(engine: "SqliteEngine", *, create: bool, readonly: bool) -> None:
    """Bring a file of another layout up to date, or an empty one that may become a box.

    An older box is copied beside itself before. Raises StorageError, NoDatabaseError.
    """
    version = refuse_strangers(engine)
    if not (create or version) and engine.size() == 0:
        raise NoDatabaseError(
            f"{engine.path} is empty: there is no card box in it",
            "If there was one, put a backup back: `cardcrm db restore FILE`. Else "
            "`cardcrm add NAME` starts one there.",
        )
    if readonly:
        raise StorageError(
            f"{engine.path} has an older layout and cannot be changed here",
            "Open it once with leave to write; it is backed up and brought up to date then.",
        )
    if version:
        engine.copy_to(_older_copy(engine.path, version))
    write_ahead(engine)
    with transaction(engine):
        _apply(engine)


def _older_copy(path: Path, version: int) -> Path:
    """A free name beside the file for the copy that is kept before a migration."""
    return private_files.free_name(path.with_name(f"{path.name}.layout-{version}.bak"))


def _apply(engine: "SqliteEngine") -> None:
    """Run the migrations that are missing; another process may have run them meanwhile."""
    version = engine.rows("PRAGMA user_version", {})[0][0]
    for number, scripts in migrations.MIGRATIONS:
        if number > version:
            for script in scripts:
                _run(engine, script)
            if number == 1:
                _run(engine, SEARCH)
    engine.execute(f"PRAGMA application_id = {APPLICATION_ID}", {})
    engine.execute(f"PRAGMA user_version = {migrations.VERSION}", {})


def _run(engine: "SqliteEngine", script: str) -> None:
    for statement in migrations.statements(script, **_TYPES):
        engine.execute(statement, {})


def make_index_anew(engine: "SqliteEngine") -> None:
    """Make the empty search index, however damaged the one is that was there."""
    for table in TABLES:
        engine.execute(f"DROP TABLE IF EXISTS {table}", {})
    _run(engine, SEARCH)
