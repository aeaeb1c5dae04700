"""What goes to PostgreSQL and comes back: ``:named`` parameters, rows, and plain Python numbers."""

import functools
import re
from collections.abc import Sequence
from typing import Any, ClassVar

import psycopg
from psycopg.adapt import Buffer, Dumper, Loader

# Quoted texts and names are passed over; so is the :: of a cast.
_PARTS = re.compile(r"""'(?:[^']|'')*'|"[^"]*"|::|:([A-Za-z_]\w*)|%""")


@functools.lru_cache(maxsize=1024)
def translated(sql: str) -> str:
    """SQL with ``:named`` parameters as the driver wants it: ``%(named)s``, any other % doubled."""
    return _PARTS.sub(lambda part: f"%({part[1]})s" if part[1] else part[0].replace("%", "%%"), sql)


class Row(tuple[Any, ...]):
    """A row that answers to ``row["name"]`` and ``row[0]``. Each set of names has its own class."""

    __slots__ = ()
    places: ClassVar[dict[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        if key.__class__ is str:
            return tuple.__getitem__(self, self.places[key])
        return tuple.__getitem__(self, key)

    def keys(self) -> list[str]:
        """The names of the columns."""
        return list(self.places)


@functools.lru_cache(maxsize=512)
def _class_of(names: tuple[str, ...]) -> type[Row]:
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    ordered = {name: places[name] for name in names}
    return type("Row", (Row,), {"__slots__": (), "places": ordered})


def row_maker(cursor: psycopg.Cursor[Any]) -> Any:
    """The driver's way to ask how rows are made: the class for a result's columns."""
    found = cursor.description
    return _class_of(tuple(column.name for column in found)) if found else tuple


class _NumberLoader(Loader):
    """Sums of whole numbers come as ``numeric``; they are whole numbers here too."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


class _TruthLoader(Loader):
    """Truth is 1 or 0, as it is in the tables."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _TruthDumper(Dumper):
    """Truth goes in as the number that the columns hold."""

    oid = 23  # int4

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


def prepare(connection: psycopg.Connection[Any]) -> None:
    """Teach a connection the shapes of our rows and numbers."""
    connection.row_factory = row_maker
    adapters = connection.adapters
    adapters.register_loader("numeric", _NumberLoader)
    adapters.register_loader("bool", _TruthLoader)
    adapters.register_dumper(bool, _TruthDumper)


def columns_of(names: Sequence[str]) -> str:
    """Column names as a list for SQL."""
    return ", ".join(names)
