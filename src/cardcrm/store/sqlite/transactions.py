"""Transactions on a SQLite file: one writer at a time, and readers that see one moment."""

import contextlib
from collections.abc import Iterable, Iterator

from cardcrm.errors import StorageError
from cardcrm.store import private_files
from cardcrm.store.sqlite.connection import SqliteConnection


class SqliteTransactions(SqliteConnection):
    """A connection with its transactions."""

    def begin(self, *, concurrent: bool = False) -> None:  # noqa: ARG002 - a file has one writer
        """Take the write lock; wait for other writers, then raise StorageError."""
        if self.full_disk_error is not None:
            raise self.full_disk_error
        self.execute("BEGIN IMMEDIATE", {})
        if not self.is_in_place():
            self.rollback()
            if not private_files.exists(self.path):
                raise StorageError(
                    f"{self.path} no longer exists",
                    "Nothing was changed. Put the file back and try again.",
                )
            raise StorageError(
                f"{self.path} was replaced by another file",
                "Nothing was changed. Try again to change the new file.",
            )

    def lock_contacts(self, contacts: Iterable[int], people: Iterable[int]) -> None:
        """Do nothing: the write lock covers every contact."""

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read the database as it is at one moment, while other connections write."""
        self.execute("BEGIN", {})
        try:
            yield
        finally:
            self.rollback()

    def commit(self) -> None:
        """Commit; with WAL and synchronous=FULL the log is on the disk when this returns."""
        self.execute("COMMIT", {})

    def rollback(self) -> None:
        """Undo all changes since `begin`; SQLite may have done so by itself."""
        if self.driver.in_transaction:
            self.execute("ROLLBACK", {})
