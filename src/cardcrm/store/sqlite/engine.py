"""SQLite: one local file."""

import contextlib
import sqlite3
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.errors import StorageError
from cardcrm.store import private_files, schema_version
from cardcrm.store.sqlite.connection import APPLICATION_ID, has_log
from cardcrm.store.sqlite.errors import FULL_DISK, primary_code
from cardcrm.store.sqlite.transactions import SqliteTransactions

if TYPE_CHECKING:
    from cardcrm.store.sqlite.maintenance import SqliteMaintenance
    from cardcrm.store.sqlite.search_index import SqliteSearchIndex


class SqliteEngine(SqliteTransactions):
    """A database in a file; ``wait`` is the seconds to wait for other writers.

    ``create`` makes a missing file. ``raw`` opens a file without a check or a migration; it may be
    damaged, or the file of another program.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        readonly: bool = False,
        raw: bool = False,
        wait: float = 5.0,
    ) -> None:
        if not private_files.exists(path):
            from cardcrm.store.sqlite import schema

            schema.create_file(path, create=create)
        super().__init__(path, readonly=readonly, wait=wait)
        if raw:
            return
        try:
            self._prepare(create=create, readonly=readonly)
        except StorageError as error:
            if not self._reopen_on_full_disk(error):
                self.driver.close()
                raise
        except BaseException:
            self.driver.close()
            raise

    def _prepare(self, *, create: bool, readonly: bool) -> None:
        if not readonly:
            private_files.remove_unfinished_restore(self.path)
        with self.errors():
            run = self.driver.execute
            run("PRAGMA foreign_keys = ON")
            run("PRAGMA synchronous = FULL")
            run("PRAGMA cache_size = -16384")  # 16 MiB; a big import would thrash in 2
            version = run("PRAGMA user_version").fetchone()[0]
            if version == schema_version.VERSION and run("PRAGMA application_id").fetchone()[0] == (
                APPLICATION_ID
            ):
                if not readonly and run("PRAGMA journal_mode").fetchone()[0] != "wal":
                    self._keep_log()
                return
        from cardcrm.store.sqlite import schema

        schema.migrate(self, self._refold, create=create, readonly=readonly)

    def _refold(self, version: int) -> None:
        from cardcrm.store import refold

        refold.migrate(self, version)

    def _reopen_on_full_disk(self, error: StorageError) -> bool:
        """Open the file for reading alone where the disk has no room for the log's index.

        Return whether that was the problem. A log that holds changes needs an index; in exclusive
        mode it is in memory.
        """
        cause = error.__cause__
        if not isinstance(cause, sqlite3.Error) or primary_code(cause) not in FULL_DISK:
            return False
        self.driver.close()
        if has_log(self.path):
            self.open_file()
            self.driver.execute("PRAGMA locking_mode = EXCLUSIVE")
        else:
            self.open_file(is_immutable=True)
        self.full_disk_error = error
        try:
            self._prepare(create=False, readonly=True)
        except StorageError:  # a file that is new, or older, cannot be used without room for it
            self.driver.close()
            raise error from cause
        return True

    def _keep_log(self) -> None:
        """Write to a log first, so that reading blocks no writer; copies and backups have none.

        A file that is in use or read-only stays as it is.
        """
        with contextlib.suppress(sqlite3.OperationalError):
            self.driver.execute("PRAGMA journal_mode = WAL")

    def bulk_load(self) -> contextlib.AbstractContextManager[None]:
        """Fill an empty database; foreign keys are checked once, at the end."""
        from cardcrm.store.sqlite import bulk_load

        return bulk_load.without_foreign_keys(self)

    @cached_property
    def search(self) -> "SqliteSearchIndex":
        """The search index of the file."""
        from cardcrm.store.sqlite.search_index import SqliteSearchIndex

        return SqliteSearchIndex(self)

    @cached_property
    def maintenance(self) -> "SqliteMaintenance":
        """The checks and measures of the file."""
        from cardcrm.store.sqlite.maintenance import SqliteMaintenance

        return SqliteMaintenance(self)
