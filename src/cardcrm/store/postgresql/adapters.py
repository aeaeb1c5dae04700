"""Conversions between cardcrm and psycopg: ``:named`` parameters, rows and numbers."""

import functools
import re
from typing import Any, ClassVar

import psycopg
from psycopg.adapt import Buffer, Dumper, Loader

# Quoted texts and names are left alone, and so is the :: of a cast.
_TOKENS = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|::|:([A-Za-z_]\w*)|%""")


@functools.lru_cache(maxsize=1024)
def to_psycopg_sql(sql: str) -> str:
    """Return SQL with ``:named`` parameters as ``%(named)s``, and any other % doubled."""
    return _TOKENS.sub(
        lambda match: f"%({match[1]})s" if match[1] else match[0].replace("%", "%%"), sql
    )


class Row(tuple[Any, ...]):
    """A row that supports ``row["name"]`` and ``row[0]``; each set of names has its own class."""

    __slots__ = ()
    indexes: ClassVar[dict[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        if key.__class__ is str:
            return tuple.__getitem__(self, self.indexes[key])
        return tuple.__getitem__(self, key)

    def keys(self) -> list[str]:
        """Return the names of the columns."""
        return list(self.indexes)


@functools.lru_cache(maxsize=512)
def _row_class(names: tuple[str, ...]) -> type[Row]:
    first = {name: index for index, name in reversed(list(enumerate(names)))}
    indexes = {name: first[name] for name in names}
    return type("Row", (Row,), {"__slots__": (), "indexes": indexes})


def row_factory(cursor: psycopg.Cursor[Any]) -> Any:
    """Return the class for the rows of a result (psycopg calls this for each result)."""
    found = cursor.description
    return _row_class(tuple(column.name for column in found)) if found else tuple


class _NumberLoader(Loader):
    """Load ``numeric``, the type of a sum of integers, as an integer where it is whole."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


class _BoolLoader(Loader):
    """Load booleans as 1 or 0, as the tables store them."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _BoolDumper(Dumper):
    """Send booleans as 1 or 0."""

    oid = 23  # int4

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


def register_adapters(connection: psycopg.Connection[Any]) -> None:
    """Make a connection return rows and numbers as the store expects them."""
    connection.row_factory = row_factory
    adapters = connection.adapters
    adapters.register_loader("numeric", _NumberLoader)
    adapters.register_loader("bool", _BoolLoader)
    adapters.register_dumper(bool, _BoolDumper)
