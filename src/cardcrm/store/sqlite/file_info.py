"""A SQLite file examined from outside: its schema version, its damage and its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardcrm.store.sqlite import schema
from cardcrm.store.sqlite.engine import SqliteEngine


@dataclass(frozen=True)
class FileInfo:
    """The schema version of a file, its problems, and its number of rows by table."""

    version: int
    problems: tuple[str, ...]
    counts: Mapping[str, int]


def inspect_file(path: Path) -> FileInfo:
    """Read the whole file. Raises StorageError if it is not a database that cardcrm can read."""
    engine = SqliteEngine(path, raw=True, readonly=True)
    try:
        version = schema.read_version(engine)
        problems = tuple(engine.maintenance.find_problems())
        return FileInfo(version, problems, {} if problems else engine.maintenance.count_rows())
    finally:
        engine.close()
