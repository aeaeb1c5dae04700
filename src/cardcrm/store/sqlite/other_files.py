"""Read tables of SQLite files that other programs wrote."""

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any


def count_rows(path: Path, table: str) -> int:
    """Return how many rows a table has."""
    with contextlib.closing(_connect(path)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def read_rows(path: Path, table: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of the rows of a table, in the order of their ids."""
    with contextlib.closing(_connect(path)) as database:
        yield from database.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
