"""The tables of the star schema: their columns, and what they are made from.

Rows are read from the database as they are stored and put into a staged table of DuckDB. A column
of the star is an SQL expression over staged tables. The types are those of DuckDB, which PostgreSQL
knows as well.
"""

from collections.abc import Mapping
from typing import NamedTuple

from cardcrm.currencies import DECIMALS

MONEY = "DECIMAL(18,3)"  # three decimals are enough for every currency
UNIT_PRICE = "DECIMAL(22,7)"
QUANTITY = "DECIMAL(18,3)"
PERCENT = "DECIMAL(9,3)"
NO_PRODUCT = 0  # the product of sales without lines
NO_PLACE = 0

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
    def query(self) -> str:
        """The query that reads the rows from the database."""
        return f"SELECT {', '.join(sql for _, sql in self.columns.values())} {self.rows}"


def source(name: str, alias: str, types: Mapping[str, str], rows: str) -> Source:
    """Return a source whose columns are all of one table."""
    columns = {column: (type_, f"{alias}.{column}") for column, type_ in types.items()}
    return Source(name, columns, rows)


class StarTable(NamedTuple):
    """A table of the star. ``body`` is the SQL after its columns, with common table expressions.

    A fact has a ``day``: the column by whose month its rows are partitioned. ``tables`` are those
    of the database whose changes touch it, the first with the day, and further ones with the column
    that refers to the first.
    """

    name: str
    meaning: str
    columns: tuple[StarColumn, ...]
    body: str
    sources: tuple[Source, ...] = ()
    day: str = ""
    tables: Mapping[str, str] = {}
    expressions: str = ""

    @property
    def select(self) -> str:
        """The query that computes the table from the staged ones."""
        columns = ",\n  ".join(
            f"CAST({each.sql} AS {each.type}) AS {each.name}" for each in self.columns
        )
        return f"{self.expressions}SELECT {columns}\n{self.body}"


def _codes(decimals: int) -> str:
    return ", ".join(f"'{code}'" for code, each in DECIMALS.items() if each == decimals)


def _scale(currency: str) -> str:
    """Return SQL for the thousandths of a major unit in a minor unit."""
    return (
        f"CASE WHEN {currency} IN ({_codes(0)}) THEN 1000 "
        f"WHEN {currency} IN ({_codes(3)}) THEN 1 ELSE 10 END"
    )


# Functions for the expressions of columns: exact decimals, and the amount of a quantity of a unit
# price in ten-thousandths of a minor unit, rounded once, halves away from zero, as in sales.
MACROS = (
    f"CREATE MACRO major(minor, currency) AS CAST(minor * ({_scale('currency')}) "
    "AS DECIMAL(18,0)) * CAST(0.001 AS DECIMAL(4,3))",
    f"CREATE MACRO unit_price(parts, currency) AS CAST(parts * ({_scale('currency')}) "
    "AS DECIMAL(28,0)) * CAST(0.0000001 AS DECIMAL(8,7))",
    "CREATE MACRO thousandths(value) AS CAST(value AS DECIMAL(18,0)) * CAST(0.001 AS DECIMAL(4,3))",
    "CREATE MACRO times(quantity, parts) AS CAST(sign(quantity) AS BIGINT) * "
    "((CAST(abs(quantity) AS HUGEINT) * parts * 2 + 10000000) // 20000000)",
    "CREATE MACRO moment(instant) AS TRY_CAST(replace(instant, 'Z', '') AS TIMESTAMP)",
    "CREATE MACRO place_key(city, region, country) AS city || chr(31) || region || chr(31) || "
    "country",
)
