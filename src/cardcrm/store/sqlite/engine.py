"""SQLite: one local file."""

import contextlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.store import migrations, private_files
from cardcrm.store.sqlite.connection import APPLICATION_ID
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
        except BaseException:
            self.driver.close()
            raise

    def _prepare(self, *, create: bool, readonly: bool) -> None:
        with self.errors():
            run = self.driver.execute
            run("PRAGMA foreign_keys = ON")
            run("PRAGMA synchronous = FULL")
            run("PRAGMA cache_size = -16384")  # 16 MiB; a big import would thrash in 2
            version = run("PRAGMA user_version").fetchone()[0]
            if version == migrations.VERSION and run("PRAGMA application_id").fetchone()[0] == (
                APPLICATION_ID
            ):
                return
        from cardcrm.store.sqlite import schema

        schema.migrate(self, self._refold, create=create, readonly=readonly)

    def _refold(self) -> None:
        from cardcrm.store import refold

        refold.migrate(self)

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
