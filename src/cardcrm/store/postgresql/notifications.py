"""Changes of other connections: notified by the server, or looked up where it cannot notify.

A replica sends no notifications, and a connection pooler delivers them to other connections.
"""

import psycopg

from cardcrm.store.postgresql.connection import PostgresConnection

CHANNEL = "cardcrm"


class NotifiedConnection(PostgresConnection):
    """A connection that counts the changes of others."""

    def __init__(self, location: str, wait: float) -> None:
        self._is_listening = self._is_polling = False
        self._change_count = 0
        self._schema = ""
        super().__init__(location, wait)

    def data_version(self) -> int:
        """Return a number that changes when another connection commits."""
        if not self._is_listening:
            self._listen()
        if self._is_polling:
            return self._change_count + self._last_change()
        try:
            own = self.driver.info.backend_pid
            for note in self.driver.notifies(timeout=0):
                self._change_count += note.payload == self._schema and note.pid != own
        except psycopg.OperationalError as error:
            if not self.driver.closed or self.is_in_transaction:
                with self.errors():
                    raise error from None
            self.reconnect()
        return self._change_count

    def reconnect(self, wait: float = 0) -> None:
        """Connect again, and assume that changes were missed while disconnected."""
        super().reconnect(wait)
        self._change_count += 1
        if self._is_listening:
            self._listen()

    def _listen(self) -> None:
        ((self._schema, is_replica, backend),) = self.rows(
            "SELECT current_schema(), pg_is_in_recovery(), pg_backend_pid()", {}
        )
        # Behind a pooler the server process differs from the one the driver was told of.
        self._is_polling = bool(is_replica) or backend != self.driver.info.backend_pid
        if not self._is_polling:
            with self.errors():
                try:
                    self.driver.execute(f"LISTEN {CHANNEL}")
                except (psycopg.NotSupportedError, psycopg.errors.ReadOnlySqlTransaction):
                    self._is_polling = True
        self._is_listening = True

    def _last_change(self) -> int:
        """Return a number that grows with every change, also one committed after a higher id."""
        last = "(SELECT coalesce(max(id), 0) FROM change)"
        sql = f"SELECT {last} + (SELECT count(*) FROM change WHERE id > {last} - 200)"
        return int(self.rows(sql, {})[0][0])
