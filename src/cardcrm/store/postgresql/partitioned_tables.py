"""Tables of a warehouse on a server: a schema of their own, the facts partitioned by month.

All of it is one transaction: the new schema takes the place of the old one at its end.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import sql

from cardcrm.errors import ConflictError
from cardcrm.store.postgresql.connection import open_connection
from cardcrm.store.postgresql.errors import translate_error
from cardcrm.store.server_address import hide_password

_MARK: Final = "warehouse of cardcrm"  # the comment of a schema that may be replaced
_BLOCK: Final = 1 << 16  # bytes

Part = tuple[str, Path]
"""The month of a part of a table, "" without one, and its rows as a file of CSV."""


class ServerTable(NamedTuple):
    """A table: its columns with their types, and the column of the day by which it is partitioned.

    ``keys`` are the columns of its primary key.
    """

    name: str
    columns: Sequence[tuple[str, str]]
    day: str = ""
    keys: Sequence[str] = ()


def replace_tables(
    location: str,
    schema: str,
    tables: Sequence[ServerTable],
    parts_of: Callable[[str], Iterator[Part]],
    wait: float,
) -> dict[str, int]:
    """Make the tables in a schema, in place of older ones, and return the rows of each.

    Raises ConflictError for a schema that holds something else, and StorageError.
    """
    try:
        with open_connection(location, wait) as connection, connection.transaction():
            loader = _Loader(connection, schema)
            loader.make_schema()
            found = {each.name: loader.load(each, parts_of(each.name)) for each in tables}
            loader.finish()
            return found
    except psycopg.Error as error:
        raise translate_error(error, hide_password(location), wait) from error


class _Loader:
    """The new schema, which has another name until it is complete."""

    def __init__(self, connection: psycopg.Connection[Any], schema: str) -> None:
        self.connection = connection
        self.schema = schema
        self.new = f"{schema}_new"

    def make_schema(self) -> None:
        """Make the new schema. Raises ConflictError if either name is another program's."""
        for name in (self.schema, self.new):
            if self._is_foreign(name):
                raise ConflictError(
                    f"the schema {name} holds something else", "Name another one with --schema."
                )
        self._run("DROP SCHEMA IF EXISTS {} CASCADE", sql.Identifier(self.new))
        self._run("CREATE SCHEMA {}", sql.Identifier(self.new))
        self._run("COMMENT ON SCHEMA {} IS {}", sql.Identifier(self.new), sql.Literal(_MARK))

    def _is_foreign(self, name: str) -> bool:
        found = self.connection.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s",
            [name],
        ).fetchone()
        return found is not None and found[0] != _MARK

    def load(self, table: ServerTable, parts: Iterator[Part]) -> int:
        """Make a table with its partitions, and return the number of its rows."""
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type_))
            for name, type_ in table.columns
        )
        by = sql.SQL(" PARTITION BY RANGE ({})").format(sql.Identifier(table.day))
        target = self._name(table.name)
        self._run("CREATE TABLE {} ({}){}", target, columns, by if table.day else sql.SQL(""))
        if table.day:  # for rows without a day
            self._run(
                "CREATE TABLE {} PARTITION OF {} DEFAULT",
                self._name(f"{table.name}_default"),
                target,
            )
        count = sum(self._load_part(table, month, path) for month, path in parts)
        if table.keys:
            keys = sql.SQL(", ").join(map(sql.Identifier, table.keys))
            self._run("ALTER TABLE {} ADD PRIMARY KEY ({})", target, keys)
        if table.day:
            self._run("CREATE INDEX ON {} (customer_id)", target)
        self._run("ANALYZE {}", target)
        return count

    def _load_part(self, table: ServerTable, month: str, path: Path) -> int:
        target = self._name(table.name)
        if month:
            part = self._name(f"{table.name}_{month.replace('-', '_')}")
            self._run(
                "CREATE TABLE {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})",
                part,
                target,
                sql.Literal(f"{month}-01"),
                sql.Literal(f"{_next_month(month)}-01"),
            )
        copy = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(target)
        cursor = self.connection.cursor()
        with open(path, "rb") as stream, cursor.copy(copy) as target_stream:
            while block := stream.read(_BLOCK):
                target_stream.write(block)
        return cursor.rowcount

    def finish(self) -> None:
        """Put the new schema in the place of the old one."""
        self._run("DROP SCHEMA IF EXISTS {} CASCADE", sql.Identifier(self.schema))
        names = (sql.Identifier(self.new), sql.Identifier(self.schema))
        self._run("ALTER SCHEMA {} RENAME TO {}", *names)

    def _name(self, table: str) -> sql.Identifier:
        return sql.Identifier(self.new, table)

    def _run(self, text: Any, *parts: sql.Composable) -> None:
        self.connection.execute(sql.SQL(text).format(*parts))


def _next_month(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
