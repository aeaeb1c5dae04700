"""The schema of a SQLite file: creating its tables and index, and migrating older files."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from cardcrm.errors import ConflictError, NoDatabaseError, StorageError
from cardcrm.store import migrations, private_files, schema_version
from cardcrm.store.engine import transaction
from cardcrm.store.sqlite.connection import APPLICATION_ID, SqliteConnection
from cardcrm.store.sqlite.maintenance import SqliteMaintenance
from cardcrm.store.sqlite.search import SEARCH, TABLES
from cardcrm.store.sqlite.transactions import SqliteTransactions

_TYPES = {"identity": "INTEGER PRIMARY KEY AUTOINCREMENT", "key": "TEXT"}


def create_file(path: Path, *, create: bool) -> None:
    """Create the file of a new database, unless another process does so at this moment."""
    if not create:
        raise NoDatabaseError(
            f"there is no database at {path}",
            "`cardcrm add NAME` or `cardcrm import FILE` creates one; `cardcrm demo` shows one.",
        )
    with contextlib.suppress(ConflictError):
        private_files.create_file(path)


def read_version(connection: SqliteConnection) -> int:
    """Return the schema version. Raises StorageError for a file of another or a newer program."""
    version: int = connection.rows("PRAGMA user_version", {})[0][0]
    application = connection.rows("PRAGMA application_id", {})[0][0]
    tables = connection.rows("SELECT count(*) FROM sqlite_master", {})[0][0]
    if application != APPLICATION_ID and (tables or version):
        raise StorageError(
            f"{connection.path} is a database of another program",
            "Name another file with --db; cardcrm leaves this one as it is.",
        )
    migrations.refuse_newer(connection.location, version)
    return version


def migrate(
    connection: SqliteTransactions, refold: Callable[[int], None], *, create: bool, readonly: bool
) -> None:
    """Migrate an older file, or create the tables in an empty one.

    An older file is copied beside itself first; ``refold`` writes the keys that its
    version lacks. Raises StorageError, NoDatabaseError.
    """
    version = read_version(connection)
    if not (create or version) and connection.path.stat().st_size == 0:
        raise NoDatabaseError(
            f"{connection.path} is an empty file, not a database",
            "If it was a database, restore a backup: `cardcrm db restore FILE`. Otherwise "
            "`cardcrm add NAME` creates one there.",
        )
    if readonly:
        raise StorageError(
            f"{connection.path} has the older schema version {version} and is read-only",
            "Open it once with permission to write; cardcrm backs it up and migrates it.",
        )
    if version:
        SqliteMaintenance(connection).copy_to(_backup_path(connection.path, version))
    with connection.errors():
        connection.set_journal_mode("WAL")
    with transaction(connection):
        _run_migrations(connection, refold)


def _backup_path(path: Path, version: int) -> Path:
    """Return an unused path beside the file for the copy that is made before a migration."""
    return private_files.unused_path(path.with_name(f"{path.name}.version-{version}.bak"))


def _run_migrations(connection: SqliteTransactions, refold: Callable[[int], None]) -> None:
    """Run the missing migrations; another process may have run them a moment ago."""
    from cardcrm.store import places_migration, views  # only a migration needs them

    version = connection.rows("PRAGMA user_version", {})[0][0]
    if version == schema_version.VERSION:
        return
    for statement in views.drop_statements():
        connection.execute(statement, {})
    for number, scripts in migrations.MIGRATIONS:
        if number > version:
            for script in scripts:
                _run_script(connection, script)
            if number == 1:
                _run_script(connection, SEARCH)
    if 0 < version < migrations.NAMED:
        refold(version)
    if 0 < version < migrations.LOCATED:
        places_migration.fill_pins(connection)
    join = connection.concat_function
    for statement in views.create_statements(decimal="REAL", join=join):
        connection.execute(statement, {})
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}", {})
    connection.execute(f"PRAGMA user_version = {schema_version.VERSION}", {})


def _run_script(connection: SqliteConnection, script: str) -> None:
    for statement in migrations.split_statements(script, **_TYPES):
        connection.execute(statement, {})


def recreate_index(connection: SqliteConnection) -> None:
    """Drop the search index, even a damaged one, and create an empty one."""
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}", {})
    _run_script(connection, SEARCH)
