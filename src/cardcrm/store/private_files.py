"""Files that their owner alone may read: creating, naming and syncing them."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from cardcrm.errors import ConflictError, StorageError

RESTORING = ".restoring"  # the end of the name of a database that is being restored
_LOGS = ("-wal", "-shm", "-journal")


def exists(path: Path) -> bool:
    """Return whether the file exists. Raises StorageError where permissions forbid a look."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StorageError(
            f"{path} cannot be opened: {reason}", "Check the path and its permissions."
        ) from error
    return True


def create_file(path: Path) -> None:
    """Create an empty file of mode 0600. Raises ConflictError if it exists, StorageError."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise file_taken(path) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StorageError(
            f"the folder {path.parent} does not exist", "Create it first, or name another file."
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be created: {error.strerror}", "Check the folder's permissions."
        ) from error


def file_taken(path: Path) -> ConflictError:
    """Return the error for a new file whose name is taken."""
    return ConflictError(f"{path} already exists", "Nothing was written. Name another file.")


@contextlib.contextmanager
def unfinished_file(path: Path, suffix: str) -> Iterator[Path]:
    """Lend an empty file beside ``path`` for the length of a ``with`` block.

    It is removed at the end, unless it was renamed. The file of a killed process is removed first:
    its lock has ended with the process. Raises ConflictError for a file in use, StorageError.
    """
    part = companion(path, suffix)
    handle = _open_locked(part)
    try:
        yield part
    finally:
        if _is_named(handle, part):
            _remove(part)
        os.close(handle)


def remove_unfinished(path: Path, suffix: str) -> bool:
    """Remove what a killed process has left of an `unfinished_file`; return whether it was there.

    One that is in use stays.
    """
    part = companion(path, suffix)
    try:
        handle = os.open(part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    try:
        if not (_lock(handle) and _is_named(handle, part)):
            return False
        _remove(part)
    except OSError:
        return False  # another try will come
    finally:
        os.close(handle)
    return True


def _open_locked(part: Path) -> int:
    """Create and lock an unfinished file, in place of one that was left."""
    remove_unfinished(part, "")
    create_file(part)
    handle = os.open(part, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    if _lock(handle) and _is_named(handle, part):
        return handle
    os.close(handle)
    raise ConflictError(f"{part} is in use by another program", "Try again when it has finished.")


def _lock(handle: int) -> bool:
    """Lock an open file until it is closed; return False if another process has locked it."""
    try:
        import fcntl
    except ImportError:  # Windows; there an open file cannot be removed
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True


def _is_named(handle: int, path: Path) -> bool:
    """Return whether an open file still has that name."""
    try:
        return os.path.samestat(os.fstat(handle), path.lstat())
    except OSError:
        return False


def _remove(path: Path) -> None:
    """Remove a database file with those that SQLite keeps beside it."""
    for suffix in ("", *_LOGS):
        companion(path, suffix).unlink(missing_ok=True)


def move_logs(path: Path, new: Path) -> None:
    """Move the files that SQLite keeps beside a database to another one."""
    for suffix in _LOGS:
        if companion(path, suffix).exists():
            companion(path, suffix).replace(companion(new, suffix))


def remove_unfinished_restore(database: Path) -> None:
    """Remove the files of a restore that was killed before it replaced the database.

    Among them is the second name of the database, by which SQLite would keep a second log.
    """
    if os.path.islink(database):
        database = resolve(database)
    if not companion(database, RESTORING).exists() or not remove_unfinished(database, RESTORING):
        return
    for old in database.parent.iterdir():
        if old.name.startswith(f"{database.stem}.before-restore-") and old.samefile(database):
            old.unlink()


def give_name(file: Path, name: Path) -> None:
    """Give a complete file its final name. Raises FileExistsError if the name is taken, OSError."""
    try:
        os.link(file, name)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(name):
            raise FileExistsError(f"{name} already exists") from None
        file.rename(name)
    else:
        file.unlink(missing_ok=True)


def create_folder(path: Path) -> None:
    """Create a folder of mode 0700, with missing folders above it. Raises StorageError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the folder {path} cannot be created: {error.strerror}",
            "Check the permissions of the folders above it.",
        ) from error


def resolve(path: Path) -> Path:
    """Return the file that a path leads to through symbolic links. Raises StorageError."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise StorageError(
            f"{path} cannot be opened: its symbolic links lead nowhere", "Correct the links."
        ) from error


def unused_path(path: Path) -> Path:
    """Return the path, or one with ``-2``, ``-3`` … before its suffix, that does not exist."""
    number, unused = 1, path
    while os.path.lexists(unused):
        number += 1
        unused = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return unused


def companion(path: Path, suffix: str) -> Path:
    """Return the path of a file that SQLite keeps beside another: ``-wal`` or ``-shm``."""
    return path.with_name(path.name + suffix)


def sync(path: Path) -> None:
    """Force the content of a file, or the names in a folder, to the disk."""
    if os.name == "nt" and path.is_dir():  # Windows cannot sync a folder
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_schema_version(path: Path) -> int:
    """Return the schema version in a file's header, without opening it; 0 for any other file.

    It is the user version (https://www.sqlite.org/fileformat.html, section 1.3.14).
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return 0
    is_database = header.startswith(b"SQLite format 3\0") and header[68:72] == b"card"
    return int.from_bytes(header[60:64], "big") if is_database else 0
