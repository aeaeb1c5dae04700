"""Others' changes on a server: heard as they are made, or looked for where none is told.

A replica tells of none, and a pooler gives the connection that would hear of them to others.
"""

from typing import TYPE_CHECKING

import psycopg

from cardcrm.store.postgresql.errors import translated

if TYPE_CHECKING:
    from cardcrm.store.postgresql.connection import PostgresStatements

CHANNEL = "cardcrm"


class News:
    """What one connection has heard so far."""

    def __init__(self) -> None:
        self._listens = self._looks = False
        self._heard = 0
        self._schema = ""

    def version(self, engine: "PostgresStatements") -> int:
        """A number that changes whenever another connection has committed."""
        if not self._listens:
            self._listen(engine)
        if self._looks:
            return self._heard + _last_change(engine)
        try:
            mine = engine.connection.info.backend_pid
            for note in engine.connection.notifies(timeout=0):
                self._heard += note.payload == self._schema and note.pid != mine
        except psycopg.OperationalError as error:
            if not engine.connection.closed or engine.is_writing:
                raise translated(error, engine.location, engine.wait) from error
            engine.reconnect()
        return self._heard

    def reconnected(self, engine: "PostgresStatements") -> None:
        """Whatever happened while nobody listened, something may have."""
        self._heard += 1
        if self._listens:
            self._listen(engine)

    def _listen(self, engine: "PostgresStatements") -> None:
        ((self._schema, replica, backend),) = engine.rows(
            "SELECT current_schema(), pg_is_in_recovery(), pg_backend_pid()", {}
        )
        # A pooler tells a number of its own for the process that serves us.
        self._looks = bool(replica) or backend != engine.connection.info.backend_pid
        if not self._looks:
            try:
                engine.connection.execute(f"LISTEN {CHANNEL}")
            except (psycopg.NotSupportedError, psycopg.errors.ReadOnlySqlTransaction):
                self._looks = True
            except psycopg.Error as error:
                raise translated(error, engine.location, engine.wait) from error
        self._listens = True


def _last_change(engine: "PostgresStatements") -> int:
    """A number that grows with every change, be it kept later than its id was given."""
    last = "(SELECT coalesce(max(id), 0) FROM change)"
    sql = f"SELECT {last} + (SELECT count(*) FROM change WHERE id > {last} - 200)"
    return int(engine.rows(sql, {})[0][0])
