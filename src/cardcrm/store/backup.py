"""Backups of a database file: making, checking, deleting and restoring copies."""

import datetime as dt
import glob
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardcrm.errors import CardcrmError, ConflictError, NotFoundError, StorageError
from cardcrm.store import private_files
from cardcrm.store.sqlite import schema
from cardcrm.store.sqlite.engine import SqliteEngine
from cardcrm.store.sqlite.errors import LockedError
from cardcrm.store.store import Store


@dataclass(frozen=True)
class Backup:
    """A copy that was compared with the database; ``size`` is in bytes."""

    path: Path
    size: int
    rows: int


@dataclass(frozen=True)
class FileInfo:
    """The schema version of a file, its problems, and its number of rows by table."""

    version: int
    problems: tuple[str, ...]
    counts: Mapping[str, int]


def inspect_file(path: Path) -> FileInfo:
    """Read the whole file. Raises StorageError if it is not a database that cardcrm can read."""
    engine = SqliteEngine(path, raw=True)  # a read-only connection would leave an empty log
    try:
        version = schema.read_version(engine)
        problems = tuple(engine.maintenance.find_problems())
        return FileInfo(version, problems, {} if problems else engine.maintenance.count_rows())
    finally:
        engine.close()


def backup_folder(database: Path) -> Path:
    """Return the default folder for the backups of a database."""
    return database.parent / "backups"


def next_backup_path(database: Path, folder: Path, day: dt.date) -> Path:
    """Return the day's next path: ``cards-2026-11-21.db``, then ``cards-2026-11-21-2.db``."""
    backups = _find_backups(database, folder)
    numbers = [number for when, number, _ in backups if when == day.isoformat()]
    suffix = f"-{max(numbers) + 1}" if numbers else ""
    return folder / f"{database.stem}-{day.isoformat()}{suffix}.db"


def _find_backups(database: Path, folder: Path) -> list[tuple[str, int, Path]]:
    """Return the files with names of `next_backup_path` as (day, number, path), oldest first."""
    pattern = re.compile(re.escape(database.stem) + r"-(\d{4}-\d\d-\d\d)(?:-([1-9]\d{0,5}))?\.db")
    matches = [(pattern.fullmatch(path.name), path) for path in folder.glob("*.db")]
    return sorted((found[1], int(found[2] or 1), path) for found, path in matches if found)


def find_copies(database: Path) -> list[tuple[Path, dt.date]]:
    """Return the known copies of a database with the days they are of, the oldest first.

    These are the backups in the default folder, and what a migration or a restore has set aside.
    """
    found = [path for _, _, path in _find_backups(database, backup_folder(database))]
    for pattern in ("{name}.version-*.bak", "{stem}.before-restore-*{suffix}"):
        names = {"name": database.name, "stem": database.stem, "suffix": database.suffix}
        escaped = {key: glob.escape(text) for key, text in names.items()}
        found += sorted(database.parent.glob(pattern.format(**escaped)))
    days = [dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) for path in found]
    return sorted(
        ((path, day.astimezone().date()) for path, day in zip(found, days, strict=True)),
        key=lambda each: (each[1], each[0].name),
    )


def create_backup(store: Store, target: Path) -> Backup:
    """Copy the database into a new file while others use it, then read and compare the copy.

    Raises ConflictError if the file exists, StorageError if the copy is incomplete; then it is
    removed.
    """
    engine = _sqlite_engine(store)
    if os.path.lexists(target):
        raise private_files.file_taken(target)
    with private_files.unfinished_file(target, ".part") as part:
        with engine.snapshot():
            expected = engine.maintenance.count_rows()
            engine.maintenance.copy_into(part)
        _compare(part, expected)
        private_files.give_name(part, target)
    private_files.sync(target.parent)
    return Backup(target, target.stat().st_size, sum(expected.values()))


def _compare(copy: Path, expected: Mapping[str, int]) -> None:
    found = inspect_file(copy)
    if found.problems or found.counts != expected:
        reason = "; ".join(found.problems) or "rows are missing"
        raise StorageError(
            f"the copy {copy.stem} is incomplete: {reason}",
            "It was removed. Check the disk, and the database with `cardcrm db check`.",
        )


def delete_old_backups(database: Path, folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest ``keep`` backups of a database and return the deleted ones."""
    paths = [path for _, _, path in _find_backups(database, folder)]
    old = paths[: max(0, len(paths) - keep)]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def check_backup(copy: Path) -> FileInfo:
    """Return what a backup contains. Raises NotFoundError; StorageError if it is damaged."""
    if not private_files.exists(copy):
        raise NotFoundError(
            f"{copy} does not exist", "`db backup` writes its copies into the folder backups/."
        )
    found = inspect_file(copy)
    problems = found.problems
    if not (problems or {"contact", "step", "setting"} <= found.counts.keys()):
        problems = ("tables are missing",)
    if problems:
        raise StorageError(
            f"{copy} is damaged: {problems[0]}", "Nothing was changed. Use another copy."
        )
    return found


def restore(database: Path, copy: Path, day: dt.date, wait: float) -> Path | None:
    """Replace a database by a backup in one step; return the new path of the old database, if any.

    Raises StorageError if the backup is damaged or the database is in use.
    """
    check_backup(copy)
    database = find_target(database)
    if private_files.exists(database) and database.samefile(copy):
        raise ConflictError(f"{copy} is the database itself", "Name a copy of it.")
    private_files.create_folder(database.parent)
    private_files.remove_unfinished_restore(database)
    with private_files.unfinished_file(database, private_files.RESTORING) as new:
        source = SqliteEngine(copy, raw=True, wait=wait)
        try:
            source.maintenance.copy_into(new, "WAL")
        finally:
            source.close()
        return _swap(database, new, day, wait)


def find_target(database: Path) -> Path:
    """Return the file that a restore replaces, behind symbolic links. Raises StorageError."""
    real = private_files.resolve(database)
    if private_files.exists(real) and not real.is_file():
        raise StorageError(f"{real} cannot be opened: it is not a file", "Name a file with --db.")
    return real


def _swap(database: Path, new: Path, day: dt.date, wait: float) -> Path | None:
    if not private_files.exists(database):
        private_files.move_logs(database, private_files.unused_path(_old_name(database, day)))
        new.replace(database)
        private_files.sync(database.parent)
        return None
    old = private_files.unused_path(_old_name(database, day))
    engine = SqliteEngine(database, raw=True, wait=wait)
    try:
        with engine.maintenance.exclusive_access():
            _replace(database, new, old)
    except LockedError:
        raise
    except StorageError:  # a badly damaged file cannot be locked; it is moved aside as it is
        _replace(database, new, old)
    finally:
        engine.close()
    return old


def _old_name(database: Path, day: dt.date) -> Path:
    name = f"{database.stem}.before-restore-{day.isoformat()}{database.suffix}"
    return database.with_name(name)


def _replace(database: Path, new: Path, old: Path) -> None:
    """Give the old file a second name, then let the new one take the first.

    So there is a database at every moment. The log of a damaged database moves with it; SQLite
    would read it into the new one.
    """
    private_files.move_logs(database, old)
    try:
        os.link(database, old)
    except OSError:  # a file system without hard links
        database.replace(old)
    new.replace(database)
    private_files.sync(database.parent)


def _sqlite_engine(store: Store) -> SqliteEngine:
    if isinstance(store.engine, SqliteEngine):
        return store.engine
    raise CardcrmError("`db backup` is for database files", "For PostgreSQL use pg_dump.")
