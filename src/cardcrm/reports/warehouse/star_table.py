"""The declaration of a table of the star: its columns, and the rows that they are made from.

Rows are read from the database as they are stored and put into a staged table of DuckDB. A column
of the star is an SQL expression over staged tables.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cardcrm.records.record_type import RecordType

BY_MONTH = "{day} BETWEEN :first AND :last"


class StarColumn(NamedTuple):
    """A column: its name, type and meaning, and the SQL that computes it from staged tables."""

    name: str
    type: str
    meaning: str
    sql: str


class Source(NamedTuple):
    """Rows to stage: the name of the staged table, its columns, and the query after them.

    Each column has its type in the staged table and the SQL that reads it from the database.
    """

    name: str
    columns: Mapping[str, tuple[str, str]]
    rows: str

    @property
    def types(self) -> dict[str, str]:
        """The columns of the staged table with their types."""
        return {name: type_ for name, (type_, _) in self.columns.items()}

    @property
    def query(self) -> str:
        """The query that reads the rows from the database."""
        return f"SELECT {', '.join(sql for _, sql in self.columns.values())} {self.rows}"


def source(
    name: str,
    alias: str,
    type_: RecordType,
    columns: Iterable[str],
    rows: str,
    further: Mapping[str, str] = {},
) -> Source:
    """Return a source with columns of a noun, whose types follow from its declaration.

    ``further`` are columns that it does not declare, with their types.
    """
    declared = staged_types(type_)
    types = {**{each: declared[each] for each in columns}, **further}
    return Source(name, {each: (type_, f"{alias}.{each}") for each, type_ in types.items()}, rows)


def staged_types(type_: RecordType) -> dict[str, str]:
    """Return the staged type of each column of a noun."""
    stored = dict(pair for field in type_.fields for pair in field.definition())
    return {"id": "BIGINT", **{name: _staged_type(sql) for name, sql in stored.items()}}


def _staged_type(sql: str) -> str:
    """Return the staged type of a column that is created with some SQL."""
    word = sql.partition(" ")[0]
    return {"BIGINT": "BIGINT", "INTEGER": "BIGINT", "DOUBLE": "DOUBLE"}.get(word, "VARCHAR")


class StarTable(NamedTuple):
    """A table of the star. ``body`` is the SQL after its columns, with common table expressions.

    ``keys`` are the columns of its primary key on a server. A fact has a ``day``: the column by
    whose month its rows are partitioned, and ``month``, the SQL of that month. ``tables`` are those
    of the database whose changes touch it, the first with the day, and further ones with the column
    that refers to the first.
    """

    name: str
    meaning: str
    columns: tuple[StarColumn, ...]
    body: str
    sources: tuple[Source, ...] = ()
    keys: tuple[str, ...] = ()
    day: str = ""
    month: str = ""
    tables: Mapping[str, str] = {}
    expressions: str = ""

    @property
    def select(self) -> str:
        """The query that computes the table from the staged ones."""
        return self._select(())

    @property
    def select_with_month(self) -> str:
        """The query that computes a fact, with the month of each row in the column `month`."""
        return self._select((f"{self.month} AS month",))

    def _select(self, further: Iterable[str]) -> str:
        own = (f"CAST({each.sql} AS {each.type}) AS {each.name}" for each in self.columns)
        columns = ",\n  ".join((*own, *further))
        return f"{self.expressions}SELECT {columns}\n{self.body}"
