"""Maintenance of a database on a server: checks, size, connections and clock."""

import time
from collections.abc import Collection

from cardcrm.store.engine import Maintenance
from cardcrm.store.postgresql import schema
from cardcrm.store.postgresql.connection import PostgresConnection


class PostgresMaintenance(Maintenance):
    """The checks and measures of one database on a server."""

    def __init__(self, connection: PostgresConnection) -> None:
        self._connection = connection

    def find_index_problems(self) -> list[str]:
        """Return the missing indexes; the server looks after their content."""
        return schema.missing_indexes(self._connection)

    def count_rows(self) -> dict[str, int]:
        """Return the number of rows of every table, those of the search index included."""
        rows = self._connection.rows
        return {name: rows(f'SELECT count(*) FROM "{name}"', {})[0][0] for name in self._tables()}

    def _tables(self) -> list[str]:
        rows = self._connection.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = "
            "current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name",
            {},
        )
        return [name for (name,) in rows]

    def other_tables(self, known: Collection[str]) -> list[str]:
        """Return the tables that are neither known nor those of the search index."""
        index = ("card_fts", "text_fts", "cardcrm_meta")
        return [name for name in self._tables() if name not in known and name not in index]

    def erase_free_space(self) -> None:
        """Rewrite the tables with their indexes. The server's log and backups stay as they are."""
        for table in self._tables():
            self._connection.execute(f'VACUUM (FULL, ANALYZE) "{table}"', {})

    def database_size(self) -> int:
        """Return the bytes of the schema on the server, indexes included."""
        found = self._connection.rows(
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relkind = 'r'",
            {},
        )
        return int(found[0][0])

    def server_location(self) -> str:
        """Return where the connection leads: ``shop@db:5432/cards, schema public``."""
        info = self._connection.driver.info
        ((schema,),) = self._connection.rows("SELECT current_schema()", {})
        return f"{info.user}@{info.host}:{info.port}/{info.dbname}, schema {schema}"

    def count_connections(self) -> int:
        """Return the number of connections to the database, this one included."""
        sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        return int(self._connection.rows(sql, {})[0][0])

    def clock_offset(self) -> float:
        """Return the seconds that the server's clock is ahead, less than 0 if it is behind.

        The error is at most half the time of the round trip.
        """
        before = _now()
        ((there,),) = self._connection.rows("SELECT extract(epoch FROM clock_timestamp())", {})
        return float(there) - (before + _now()) / 2


def _now() -> float:
    return time.time()
