"""PostgreSQL: one schema of a server's database, for many writers at once."""

import contextlib
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from cardcrm.errors import StorageError
from cardcrm.store import schema_version
from cardcrm.store.postgresql import schema
from cardcrm.store.postgresql.errors import OLDEST_VERSION
from cardcrm.store.postgresql.search_index import PostgresSearchIndex
from cardcrm.store.postgresql.transactions import PostgresTransactions

if TYPE_CHECKING:
    from cardcrm.store.postgresql.maintenance import PostgresMaintenance


class PostgresEngine(PostgresTransactions):
    """A database on a server; ``wait`` is the seconds to wait for other writers.

    ``create`` makes the tables of a new one; ``raw`` opens it without a check or a migration.
    """

    def __init__(
        self,
        location: str,
        *,
        create: bool = False,
        readonly: bool = False,
        raw: bool = False,
        wait: float = 5.0,
    ) -> None:
        super().__init__(location, wait, readonly=readonly)
        try:
            self._refuse_old_server()
            if not raw:
                version = schema.read_version(self)
                if version != schema_version.VERSION:
                    schema.prepare(self, version, self._refold, create=create)
        except BaseException:
            self.driver.close()
            raise

    def _refuse_old_server(self) -> None:
        if self.driver.info.server_version < OLDEST_VERSION * 10_000:
            raise StorageError(
                f"{self.location} runs PostgreSQL {self.version}, which is too old",
                f"Version {OLDEST_VERSION} or newer is needed.",
            )

    def _refold(self, version: int) -> None:
        from cardcrm.store import refold

        refold.migrate(self, version)

    @contextlib.contextmanager
    def bulk_load(self) -> Iterator[None]:
        """Fill an empty database; its indexes and foreign keys are built once, at the end."""
        from cardcrm.store.postgresql import bulk_load

        bulk_load.drop_indexes(self)
        self.is_bulk_loading = True
        try:
            yield
        finally:
            self.is_bulk_loading = False
        bulk_load.restore_indexes(self)

    @cached_property
    def search(self) -> PostgresSearchIndex:
        """The search index of the database."""
        return PostgresSearchIndex(self)

    @cached_property
    def maintenance(self) -> "PostgresMaintenance":
        """The checks and measures of the database."""
        from cardcrm.store.postgresql.maintenance import PostgresMaintenance

        return PostgresMaintenance(self)
