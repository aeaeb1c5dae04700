"""Statements that are run on a server, over a line that is called again when it breaks."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import psycopg

from cardcrm.errors import StorageError
from cardcrm.store import server_address
from cardcrm.store.engine import Params, Row
from cardcrm.store.postgresql.adapters import columns_of
from cardcrm.store.postgresql.adapters import translated as parametrised
from cardcrm.store.postgresql.connect import reach
from cardcrm.store.postgresql.errors import translated, unreachable
from cardcrm.store.postgresql.notifications import News


class PostgresStatements:
    """One connection to one box; ``wait`` is in seconds, for other writers."""

    def __init__(self, location: str, wait: float) -> None:
        self.location = server_address.shown(location)
        self._address, self.wait = location, wait
        self.is_writing = self.is_shared = False
        self._news = News()
        self._db = self._connect(wait)

    def _connect(self, patience: float, *, known: bool = False) -> psycopg.Connection[Any]:
        try:
            return reach(self._address, patience, known=known)
        except psycopg.ProgrammingError as error:  # words of an address may hold its password
            raise StorageError(
                "the address of the server makes no sense",
                "For example: postgresql://user@host/name, service=NAME, or pg: for PG* variables.",
            ) from error
        except psycopg.Error as error:
            raise unreachable(error, self.location) from error

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The driver's connection, for the other rooms of this engine."""
        return self._db

    @property
    def version(self) -> str:
        """The server's version, such as 15.18."""
        major, minor = divmod(self._db.info.server_version, 10_000)
        return f"{major}.{minor}"

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise translated(error, self.location, self.wait) from error

    def _run(self, sql: str, params: Params) -> psycopg.Cursor[Any]:
        """Run one statement; outside a transaction once more if the line or a replica broke it off.

        A replica does so to a long query when what it reads is cleared away on the primary.
        """
        try:
            return self._db.execute(parametrised(sql), params)
        except (psycopg.OperationalError, psycopg.errors.SerializationFailure) as error:
            clashed = isinstance(error, psycopg.errors.SerializationFailure)
            if self.is_writing or not (clashed or self._db.closed):
                raise translated(error, self.location, self.wait) from error
        except (psycopg.Error, UnicodeEncodeError) as error:
            raise translated(error, self.location, self.wait) from error
        if self._db.closed:
            self.reconnect(self.wait)
        with self._errors():
            return self._db.execute(parametrised(sql), params)

    def reconnect(self, patience: float = 0) -> None:
        """Nothing was under way, so nobody needs to know that the server was gone meanwhile.

        One that is about to come back is waited for, at most so many seconds.
        """
        self._db = self._connect(patience, known=True)
        self._news.reconnected(self)

    def rows(self, sql: str, params: Params) -> list[Row]:
        """All rows of a query."""
        cursor = self._run(sql, params)
        with self._errors():
            return cursor.fetchall()

    def fetch_many(self, queries: Sequence[tuple[str, Params]]) -> list[list[Row]]:
        """Return all rows of each query, in one round trip where libpq has pipelines."""
        if len(queries) > 1 and psycopg.Pipeline.is_supported():
            try:
                with self._db.pipeline():
                    cursors = [self._db.execute(parametrised(sql), each) for sql, each in queries]
                return [cursor.fetchall() for cursor in cursors]
            except (psycopg.Error, UnicodeEncodeError) as error:
                if self.is_writing:
                    raise translated(error, self.location, self.wait) from error
        # One by one the queries say which of them is wrong, or connect again.
        return [self.rows(sql, each) for sql, each in queries]

    def script(self, text: str) -> None:
        """Run statements without parameters, each after the other."""
        with self._errors():
            self._db.execute(text)

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement; the number of rows it changed."""
        return self._run(sql, params).rowcount

    def execute_many(self, sql: str, params: Iterable[Params]) -> None:
        """Run one statement for many rows."""
        many = list(params)
        if len(many) == 1:  # the driver's way for many asks once more
            self.execute(sql, many[0])
        elif many:
            with self._errors():
                self._db.cursor().executemany(parametrised(sql), many)

    def insert(self, table: str, values: Params) -> int:
        """Insert a row; the id it was given."""
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO {table} ({columns_of(list(values))}) VALUES ({marks}) RETURNING id"
        row_id: int = self.rows(sql, values)[0][0]
        return row_id

    def insert_several(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert rows with one statement; the ids they were given, in their order."""
        marks = ", ".join(["%s"] * len(columns))
        several = ", ".join([f"({marks})"] * len(rows))
        sql = f"INSERT INTO {table} ({columns_of(columns)}) VALUES {several} RETURNING id"
        with self._errors():
            found = self._db.execute(sql, [value for row in rows for value in row]).fetchall()
        return sorted(row[0] for row in found)  # they are given out in the order of the rows

    def insert_many(
        self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> None:
        """Insert rows that already hold their ids, and give none of these out again."""
        self.copy_in(table, columns, rows)
        if "id" in columns and rows:
            place = list(columns).index("id")
            self.advance_sequence(table, max(row[place] for row in rows))

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Insert rows with COPY."""
        copy = f"COPY {table} ({columns_of(columns)}) FROM STDIN"
        with self._errors(), self._db.cursor() as cursor, cursor.copy(copy) as stream:
            for row in rows:
                stream.write_row(row)

    def advance_sequence(self, table: str, last: int) -> None:
        """Give out no id up to ``last`` any more."""
        self.rows(
            f"SELECT setval('{table}_id_seq', greatest(:last, last_value)) FROM {table}_id_seq",
            {"last": last},
        )

    def reserve(self, table: str, count: int) -> int:  # noqa: ARG002 - holding the box reserves all
        """The first id after all that were ever given; holding the box keeps them ours."""
        assert not self.is_shared, "ids are reserved by who holds the box alone"
        sql = f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {table}_id_seq"
        return int(self.rows(sql, {})[0][0])

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns in their order."""
        found = self._run(f"SELECT * FROM {table} LIMIT 0", {}).description or ()
        return tuple(column.name for column in found)

    def data_version(self) -> int:
        """A number that changes whenever another connection has committed."""
        return self._news.version(self)

    def limit_cache(self) -> None:
        """The box is in the server's memory, not in ours."""

    def close(self) -> None:
        """End the connection."""
        self._db.close()
