"""Transactions on a server: exclusive and concurrent writers, snapshots and streams.

Exclusive writers (see `Store.transaction`) hold the database one at a time, as in SQLite, so what
they read before they write still holds when they commit. Concurrent writers hold it together with
others of their kind, and lock the contacts whose derived data they compute. Both use advisory locks
that end with the transaction, so they work through a connection pooler and never outlive a program.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg

from cardcrm.errors import StorageError
from cardcrm.store.engine import Params, Row
from cardcrm.store.postgresql.adapters import to_psycopg_sql
from cardcrm.store.postgresql.errors import translate_error
from cardcrm.store.postgresql.notifications import CHANNEL, NotifiedConnection

# Every database of a server has its own lock: this number, and one computed from its schema's name.
_LOCK = "{function}(1667330660, hashtext(current_schema()))"
_EXCLUSIVE_LOCK = _LOCK.format(function="pg_advisory_xact_lock")
_SHARED_LOCK = _LOCK.format(function="pg_advisory_xact_lock_shared")

# READ COMMITTED even if the server's default differs: after waiting for the lock a transaction has
# to see what was committed in the meantime.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"

FETCH_SIZE = 2000  # rows of a stream that are in memory at once


class PostgresTransactions(NotifiedConnection):
    """A connection with its transactions; ``is_bulk_loading`` while an empty database is filled."""

    def __init__(self, location: str, wait: float, *, readonly: bool) -> None:
        super().__init__(location, wait)
        self.is_readonly, self.is_bulk_loading = readonly, False
        self._stream_count = self._transaction_count = 0
        self._is_streaming = False

    def begin(self, *, concurrent: bool = False) -> None:
        """Begin a transaction and take its lock; wait for others, then raise StorageError."""
        if self._is_streaming:  # a stream that is still open loses its transaction
            self.rollback()
        self._refuse_readonly()
        wait = max(1, round(self.wait * 1000))
        lock = _SHARED_LOCK if concurrent else _EXCLUSIVE_LOCK
        script = f"{_BEGIN}; SET LOCAL lock_timeout = '{wait}ms'; SELECT {lock}"
        if self.is_bulk_loading:  # the commit that ends a bulk load waits for the disk
            script += "; SET LOCAL synchronous_commit = off"
        self.is_in_transaction, self.is_concurrent = True, concurrent
        try:
            try:
                self.driver.execute(script)
            except psycopg.OperationalError:
                # During a bulk load the last commit may be lost too, so it is not retried.
                if not self.driver.closed or self.is_bulk_loading:
                    raise
                self.reconnect(self.wait)
                self.driver.execute(script)
        except psycopg.Error as error:
            self.rollback()
            raise translate_error(error, self.location, self.wait) from error
        except BaseException:
            self.is_in_transaction = False
            raise

    def _refuse_readonly(self) -> None:
        if self.is_readonly:  # a pooler would share a setting of the connection with others
            raise StorageError(f"{self.location} was opened read-only", "Nothing was changed.")

    def lock_contacts(self, contacts: Iterable[int], people: Iterable[int]) -> None:
        """Lock contacts, and read what concurrent transactions have committed for them.

        One statement locks all of them in the order of their ids, so that no two transactions wait
        for each other.
        """
        sql = (
            "WITH RECURSIVE locked (id) AS (SELECT unnest(CAST(:people AS BIGINT[])) "
            "UNION SELECT c.org_id FROM contact c JOIN locked ON locked.id = c.id) "
            "SELECT id FROM contact WHERE id = ANY (ARRAY(SELECT id FROM locked "
            "UNION SELECT unnest(CAST(:contacts AS BIGINT[])))) ORDER BY id FOR NO KEY UPDATE"
        )
        self.rows(sql, {"contacts": list(contacts), "people": list(people)})

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read the database as it is at one moment, while other connections write."""
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {})
        self.is_in_transaction = True
        try:
            yield
        finally:
            self.rollback()

    @contextlib.contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        """Hold a lock as long as a transaction, so that it works through a pooler."""
        sql = "SELECT pg_try_advisory_xact_lock(hashtext(:name), hashtext(current_schema()))"
        self.run("BEGIN", {})
        self.is_in_transaction = True
        try:
            yield bool(self.rows(sql, {"name": name})[0][0])
        finally:
            self.rollback()

    def commit(self) -> None:
        """Commit; with the server's usual settings the change is on its disk when this returns."""
        try:
            self.driver.execute(f"SELECT pg_notify('{CHANNEL}', current_schema()); COMMIT")
        except psycopg.Error as error:
            is_lost = self.driver.closed
            raise translate_error(error, self.location, self.wait, is_committing=is_lost) from error
        self.is_in_transaction = self.is_concurrent = False
        self._transaction_count += 1

    def rollback(self) -> None:
        """Undo all changes since `begin`; a lost server does so by itself."""
        self.is_in_transaction = self.is_concurrent = self._is_streaming = False
        self._transaction_count += 1
        if not self.driver.closed:
            with contextlib.suppress(psycopg.OperationalError):
                self.driver.execute("ROLLBACK")

    @contextlib.contextmanager
    def read_only(self) -> Iterator[psycopg.Connection[Any]]:
        """Provide the driver's connection in a transaction that can only read."""
        self.run("BEGIN READ ONLY", {})
        try:
            yield self.driver
        finally:
            self.rollback()

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """Yield the rows of a query, fetched by the thousand as they are used.

        The rows come from a cursor on the server, which needs a transaction.
        """
        plan_for_all_rows = "SET LOCAL cursor_tuple_fraction = 1"
        is_own = not self.is_in_transaction and not self._is_streaming
        self.run(f"BEGIN READ ONLY; {plan_for_all_rows}" if is_own else plan_for_all_rows, {})
        self._is_streaming = self._is_streaming or is_own
        self._stream_count += 1
        name, transaction = f"stream{self._stream_count}", self._transaction_count
        with self.errors():
            declare = f"DECLARE {name} NO SCROLL CURSOR FOR {to_psycopg_sql(sql)}"
            self.driver.execute(declare, params)
        try:
            while rows := self._fetch(name):
                yield from rows
                if len(rows) < FETCH_SIZE:
                    break
        finally:
            if transaction == self._transaction_count:  # otherwise the cursor ended with it
                if is_own:
                    self.rollback()
                else:
                    with contextlib.suppress(psycopg.OperationalError):
                        self.driver.execute(f"CLOSE {name}")

    def stream_tuples(self, sql: str, params: Params) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, which are tuples."""
        return self.stream(sql, params)

    def _fetch(self, cursor: str) -> list[Row]:
        with self.errors():
            return self.driver.execute(f"FETCH {FETCH_SIZE} FROM {cursor}").fetchall()
