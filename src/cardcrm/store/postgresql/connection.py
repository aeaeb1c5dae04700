"""The connection to one database on a server, made again when it breaks between transactions."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from cardcrm.errors import StorageError
from cardcrm.store import server_address
from cardcrm.store.engine import ColumnInfo, Params, Row
from cardcrm.store.postgresql import connect
from cardcrm.store.postgresql.adapters import to_psycopg_sql
from cardcrm.store.postgresql.errors import connection_error, translate_error


def open_connection(address: str, wait: float, *, was_up: bool = False) -> psycopg.Connection[Any]:
    """Return a connection to a server, which is waited for. Raises StorageError."""
    location = server_address.hide_password(address)
    try:
        return connect.connect_patiently(address, wait, was_up=was_up)
    except psycopg.Error as error:
        server_address.refuse_unclear(address)
        if isinstance(error, psycopg.ProgrammingError):  # its message may quote the password
            raise StorageError(
                f"{location} is not an address of a server",
                "For example: postgresql://user@host/name, service=NAME, or pg: for PG* variables.",
            ) from error
        raise connection_error(error, location) from error


class PostgresConnection:
    """One connection to one database; ``wait`` is the seconds to wait for other writers."""

    name = "postgresql"
    concat_function = "string_agg"
    for_update = " FOR NO KEY UPDATE"  # allows new rows that refer to the locked ones
    is_remote = True
    byte_length = "octet_length({})"
    days_between = "(CAST({1} AS date) - CAST({0} AS date))"
    json_value = "CAST({} AS json) ->> '{}'"
    epoch = "CAST(extract(epoch FROM CAST({} AS timestamptz)) AS bigint)"
    ids_of_json = "SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST({} AS json))"

    def __init__(self, location: str, wait: float) -> None:
        self.location = server_address.hide_password(location)
        self._address, self.wait = location, wait
        self.is_in_transaction = self.is_concurrent = False
        self.driver = self._connect(wait)

    def _connect(self, wait: float, *, was_up: bool = False) -> psycopg.Connection[Any]:
        return open_connection(self._address, wait, was_up=was_up)

    @property
    def version(self) -> str:
        """The server's version, such as 15.18."""
        major, minor = divmod(self.driver.info.server_version, 10_000)
        return f"{major}.{minor}"

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Raise errors of the driver as errors of cardcrm."""
        try:
            yield
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise translate_error(error, self.location, self.wait) from error

    def run(self, sql: str, params: Params) -> psycopg.Cursor[Any]:
        """Run one statement; outside a transaction it is retried once after a break.

        The connection may have been lost, or a replica may have canceled a long query because the
        primary server removed rows that it reads.
        """
        try:
            return self.driver.execute(to_psycopg_sql(sql), params)
        except (psycopg.OperationalError, psycopg.errors.SerializationFailure) as error:
            is_conflict = isinstance(error, psycopg.errors.SerializationFailure)
            if self.is_in_transaction or not (is_conflict or self.driver.closed):
                raise translate_error(error, self.location, self.wait) from error
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise translate_error(error, self.location, self.wait) from error
        if self.driver.closed:
            self.reconnect(self.wait)
        with self.errors():
            return self.driver.execute(to_psycopg_sql(sql), params)

    def reconnect(self, wait: float = 0) -> None:
        """Connect again outside a transaction; wait for a server that is restarting."""
        self.driver = self._connect(wait, was_up=True)

    def rows(self, sql: str, params: Params) -> list[Row]:
        """Return all rows of a query."""
        cursor = self.run(sql, params)
        with self.errors():
            return cursor.fetchall()

    def fetch_many(self, queries: Sequence[tuple[str, Params]]) -> list[list[Row]]:
        """Return all rows of each query, in one round trip where libpq has pipelines."""
        if len(queries) > 1 and psycopg.Pipeline.is_supported():
            try:
                with self.driver.pipeline():
                    cursors = [
                        self.driver.execute(to_psycopg_sql(sql), params) for sql, params in queries
                    ]
                return [cursor.fetchall() for cursor in cursors]
            except (psycopg.Error, UnicodeEncodeError) as error:
                if self.is_in_transaction:
                    raise translate_error(error, self.location, self.wait) from error
        # One by one, a query that fails raises its own error, and a lost connection is made again.
        return [self.rows(sql, params) for sql, params in queries]

    def run_script(self, text: str) -> None:
        """Run statements without parameters one after the other."""
        with self.errors():
            self.driver.execute(text)

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement and return the number of rows that it changed."""
        return self.run(sql, params).rowcount

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for each set of parameters."""
        sets = list(params)
        if len(sets) == 1:  # executemany needs one more round trip
            self.execute(sql, sets[0])
        elif sets:
            with self.errors():
                self.driver.cursor().executemany(to_psycopg_sql(sql), sets)

    def insert(self, table: str, values: Params) -> int:
        """Insert a row and return its new id."""
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks}) RETURNING id"
        row_id: int = self.rows(sql, values)[0][0]
        return row_id

    def insert_rows(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert rows with one statement and return their new ids in the same order."""
        marks = ", ".join(["%s"] * len(columns))
        values = ", ".join([f"({marks})"] * len(rows))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} RETURNING id"
        with self.errors():
            found = self.driver.execute(sql, [value for row in rows for value in row]).fetchall()
        return sorted(row[0] for row in found)  # the server gives ids out in the order of the rows

    def insert_with_ids(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that have their ids already, and advance the sequence beyond them."""
        self.copy_in(table, columns, rows)
        if "id" in columns and rows:
            index = list(columns).index("id")
            self.advance_sequence(table, max(row[index] for row in rows))

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows with COPY."""
        copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with self.errors(), self.driver.cursor() as cursor, cursor.copy(copy) as stream:
            for row in rows:
                stream.write_row(row)

    def advance_sequence(self, table: str, last: int) -> None:
        """Give new rows only ids above ``last``."""
        self.rows(
            f"SELECT setval('{table}_id_seq', greatest(:last, last_value)) FROM {table}_id_seq",
            {"last": last},
        )

    def reserve_ids(self, table: str, count: int) -> int:  # noqa: ARG002 - the lock reserves all
        """Return the first id above all that were ever used; the lock keeps others out."""
        assert not self.is_concurrent, "reserving ids needs an exclusive transaction"
        sql = f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {table}_id_seq"
        return int(self.rows(sql, {})[0][0])

    def column_names(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns in their order."""
        found = self.run(f"SELECT * FROM {table} LIMIT 0", {}).description or ()
        return tuple(column.name for column in found)

    def describe_columns(self, table: str) -> tuple[ColumnInfo, ...]:
        """Return the columns of a table in their order."""
        types = {"text": str, "double precision": float}
        found = self.rows(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND table_name = :table "
            "ORDER BY ordinal_position",
            {"table": table},
        )
        return tuple(ColumnInfo(row[0], types.get(row[1], int), row[2] == "YES") for row in found)

    def limit_cache(self) -> None:
        """Do nothing: the server caches the database, not this process."""

    def close(self) -> None:
        """Close the connection."""
        self.driver.close()
