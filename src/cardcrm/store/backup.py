"""Looking after the file: what it is, copies of it, and putting a copy back."""

import datetime as dt
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cardcrm.errors import CardError, ConflictError, NotFoundError, StorageError
from cardcrm.store import private_files
from cardcrm.store.base import Store
from cardcrm.store.sqlite.engine import SqliteEngine
from cardcrm.store.sqlite.errors import LockedError
from cardcrm.store.sqlite.file_info import Inspection, inspect
from cardcrm.store.sqlite.maintenance import closed_to_others


@dataclass(frozen=True)
class Backup:
    """A copy that was read again and found whole; ``size`` in bytes."""

    path: Path
    size: int
    rows: int


def backup_folder(box: Path) -> Path:
    """Where the copies of a box go that are not told where to go."""
    return box.parent / "backups"


def backup_name(box: Path, folder: Path, day: dt.date) -> Path:
    """The name of the day's next copy: ``cards-2026-11-21.db``, then ``cards-2026-11-21-2.db``."""
    taken = [number for when, number, _ in _own_backups(box, folder) if when == day.isoformat()]
    tail = f"-{max(taken) + 1}" if taken else ""
    return folder / f"{box.stem}-{day.isoformat()}{tail}.db"


def _own_backups(box: Path, folder: Path) -> list[tuple[str, int, Path]]:
    """The copies named by `backup_name` as (day, number of the day, path), oldest first."""
    pattern = re.compile(re.escape(box.stem) + r"-(\d{4}-\d\d-\d\d)(?:-([1-9]\d{0,5}))?\.db")
    matches = [(pattern.fullmatch(path.name), path) for path in folder.glob("*.db")]
    return sorted((found[1], int(found[2] or 1), path) for found, path in matches if found)


def backup(store: Store, target: Path) -> Backup:
    """Copy the box into a new file while others go on using it, then read the copy and compare.

    Raises ConflictError if there is such a file, StorageError if the copy is not whole; a copy that
    is not is removed.
    """
    engine = _sqlite(store)
    with engine.snapshot():
        expected = engine.row_counts()
        engine.copy_to(target)
    try:
        _compare(target, expected)
        private_files.sync(target.parent)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Backup(target, target.stat().st_size, sum(expected.values()))


def _compare(copy: Path, expected: Mapping[str, int]) -> None:
    found = inspect(copy)
    if found.problems or found.counts != expected:
        reason = "; ".join(found.problems) or "rows are missing"
        raise StorageError(
            f"the copy {copy} is not whole: {reason}",
            "It was removed. Check the disk, and the box with `cardcrm db check`.",
        )


def prune(box: Path, folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` of the copies that `backup_name` named; those removed."""
    own = [path for _, _, path in _own_backups(box, folder)]
    gone = own[: max(0, len(own) - keep)]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def examine(copy: Path) -> Inspection:
    """A copy that can be put back. Raises NotFoundError; StorageError if it is not whole."""
    if not private_files.exists(copy):
        raise NotFoundError(
            f"there is no file {copy}", "Copies made by `db backup` are in backups/."
        )
    found = inspect(copy)
    if found.problems:
        raise StorageError(
            f"{copy} is damaged: {found.problems[0]}", "Nothing was changed. Take another copy."
        )
    return found


def restore(box: Path, copy: Path, day: dt.date, wait: float) -> Path | None:
    """Put a copy in the box's place in one step; where the old box is now, if there was one.

    Raises StorageError if the copy is not whole or the box is in use.
    """
    examine(copy)
    if private_files.exists(box) and box.samefile(copy):
        raise ConflictError(f"{copy} is the box itself", "Name a copy of it.")
    private_files.make_folder(box.parent)
    fresh = private_files.free_name(box.with_name(f"{box.name}.restoring"))
    source = SqliteEngine(copy, raw=True, readonly=True, wait=wait)
    try:
        source.copy_to(fresh)
    finally:
        source.close()
    try:
        return _swap(box, fresh, day, wait)
    finally:
        fresh.unlink(missing_ok=True)


def _swap(box: Path, fresh: Path, day: dt.date, wait: float) -> Path | None:
    if not private_files.exists(box):
        fresh.replace(box)
        private_files.sync(box.parent)
        return None
    old = private_files.free_name(
        box.with_name(f"{box.stem}.before-restore-{day.isoformat()}{box.suffix}")
    )
    engine = SqliteEngine(box, raw=True, wait=wait)
    try:
        with closed_to_others(engine):
            _replace(box, fresh, old)
    except LockedError:
        raise
    except StorageError:  # a file so damaged cannot even be locked: it is moved aside as it is
        _replace(box, fresh, old)
    finally:
        engine.close()
    return old


def _replace(box: Path, fresh: Path, old: Path) -> None:
    """Give the old file a second name, then let the new one take the first: there is always a box.

    What is left of a damaged box's log goes with it, as it would be read into the new one.
    """
    for tail in ("-wal", "-shm", "-journal"):
        if private_files.beside(box, tail).exists():
            private_files.beside(box, tail).replace(private_files.beside(old, tail))
    try:
        os.link(box, old)
    except OSError:  # a file system without second names
        box.replace(old)
    fresh.replace(box)
    private_files.sync(box.parent)


def _sqlite(store: Store) -> SqliteEngine:
    if isinstance(store.engine, SqliteEngine):
        return store.engine
    raise CardError("this is done with the server's own tools", "For PostgreSQL: pg_dump.")
