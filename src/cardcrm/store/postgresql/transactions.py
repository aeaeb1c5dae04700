"""Who writes when on a server, and what a reader sees meanwhile.

Writers are of two kinds. Ordinary ones (see `Store.transaction`) hold the box one at a time, as in
SQLite, so whatever they read before they write still holds. Those that say ``together`` hold it
with others of their kind, and lock the cards whose kept facts they will reckon before they reckon.
Both are advisory locks of the transaction, so that they go through a connection pooler, and end
with the connection whatever happens to the program.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg

from cardcrm.errors import StorageError
from cardcrm.store.engine import Params, Row
from cardcrm.store.postgresql.adapters import translated as parametrised
from cardcrm.store.postgresql.connection import PostgresStatements
from cardcrm.store.postgresql.errors import translated
from cardcrm.store.postgresql.notifications import CHANNEL

# Every box of a server has its own lock: this number and one made of its schema's name.
_LOCK = "{kind}(1667330660, hashtext(current_schema()))"
_ALONE = _LOCK.format(kind="pg_advisory_xact_lock")
_TOGETHER = _LOCK.format(kind="pg_advisory_xact_lock_shared")

# Whatever the server's custom is: who has waited has to see what was written meanwhile.
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"

FETCHED = 2000  # so many rows of a stream are held at once


class PostgresTurns(PostgresStatements):
    """The transactions of one connection, and the streams that are read from inside them.

    ``is_filling`` is while an empty box is filled that nobody uses yet.
    """

    def __init__(self, location: str, wait: float, *, readonly: bool) -> None:
        super().__init__(location, wait)
        self._readonly, self.is_filling = readonly, False
        self._streams = self._turn = 0  # the turn goes up with every transaction
        self._is_streaming = False

    def begin(self, *, together: bool = False) -> None:
        """Hold the box, alone or with others who write ``together``; waits, then StorageError."""
        if self._is_streaming:  # whoever reads on has nothing to read from
            self.rollback()
        self._refuse_to_write()
        wait = max(1, round(self.wait * 1000))
        lock = _TOGETHER if together else _ALONE
        script = f"{_BEGIN}; SET LOCAL lock_timeout = '{wait}ms'; SELECT {lock}"
        if self.is_filling:  # the last of all commits, which ends the filling, waits for the disk
            script += "; SET LOCAL synchronous_commit = off"
        self.is_writing, self.is_shared = True, together
        try:
            try:
                self._db.execute(script)
            except psycopg.OperationalError:
                # While it is filled commits do not wait for the disk: the last may be gone, too.
                if not self._db.closed or self.is_filling:
                    raise
                self.reconnect(self.wait)
                self._db.execute(script)
        except psycopg.Error as error:
            self.rollback()
            raise translated(error, self.location, self.wait) from error
        except BaseException:
            self.is_writing = False
            raise

    def _refuse_to_write(self) -> None:
        if self._readonly:  # not a setting of the connection: a pooler gives that to others too
            raise StorageError(
                f"{self.location} may only be read (it was opened so)", "Nothing was changed."
            )

    def hold(self, cards: Iterable[int], people: Iterable[int]) -> None:
        """Keep others from reckoning the kept facts of cards, and see what they have written.

        All are locked in their order, with one statement, so that no two wait for each other.
        """
        sql = (
            "WITH RECURSIVE held (id) AS (SELECT unnest(CAST(:people AS BIGINT[])) "
            "UNION SELECT c.org_id FROM contact c JOIN held ON held.id = c.id) "
            "SELECT id FROM contact WHERE id = ANY (ARRAY(SELECT id FROM held "
            "UNION SELECT unnest(CAST(:cards AS BIGINT[])))) ORDER BY id FOR NO KEY UPDATE"
        )
        self.rows(sql, {"cards": list(cards), "people": list(people)})

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read everything as it is at one moment, while others go on writing."""
        self._run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {})
        self.is_writing = True
        try:
            yield
        finally:
            self.rollback()

    def commit(self) -> None:
        """Commit; with the server's usual settings the change is on its disk when this returns."""
        try:
            self._db.execute(f"SELECT pg_notify('{CHANNEL}', current_schema()); COMMIT")
        except psycopg.Error as error:
            keeping = self._db.closed
            raise translated(error, self.location, self.wait, keeping=keeping) from error
        self.is_writing = self.is_shared = False
        self._turn += 1

    def rollback(self) -> None:
        """Leave everything as it was; a server that has gone has done so by itself."""
        self.is_writing = self.is_shared = self._is_streaming = False
        self._turn += 1
        if not self._db.closed:
            with contextlib.suppress(psycopg.OperationalError):
                self._db.execute("ROLLBACK")

    @contextlib.contextmanager
    def reading(self) -> Iterator[psycopg.Connection[Any]]:
        """The driver's connection in a transaction that can only read."""
        self._run("BEGIN READ ONLY", {})
        try:
            yield self._db
        finally:
            self.rollback()

    def stream(self, sql: str, params: Params) -> Iterator[Row]:
        """The rows of a query, fetched by the thousand as they are used.

        The server gives them out from a cursor of its own, which lives in a transaction.
        """
        all_are_wanted = "SET LOCAL cursor_tuple_fraction = 1"
        alone = not self.is_writing and not self._is_streaming
        self._run(f"BEGIN READ ONLY; {all_are_wanted}" if alone else all_are_wanted, {})
        self._is_streaming = self._is_streaming or alone
        self._streams += 1
        name, turn = f"stream{self._streams}", self._turn
        with self._errors():
            self._db.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {parametrised(sql)}", params)
        try:
            while rows := self._fetch(name):
                yield from rows
                if len(rows) < FETCHED:
                    break
        finally:
            if turn == self._turn:  # else its transaction has ended, and the cursor with it
                if alone:
                    self.rollback()
                else:
                    with contextlib.suppress(psycopg.OperationalError):
                        self._db.execute(f"CLOSE {name}")

    def _fetch(self, stream: str) -> list[Row]:
        with self._errors():
            return self._db.execute(f"FETCH {FETCHED} FROM {stream}").fetchall()
