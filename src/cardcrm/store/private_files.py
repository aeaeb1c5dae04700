"""Files that only their owner may read: making them, naming them, getting them onto the disk."""

import os
from pathlib import Path

from cardcrm.errors import ConflictError, StorageError


def exists(path: Path) -> bool:
    """Whether there is a file. Raises StorageError where that may not even be looked at."""
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


def make_private(path: Path) -> None:
    """Make an empty file of mode 0600. Raises ConflictError if there is one, StorageError."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise ConflictError(
            f"there is a file {path} already", "Nothing was written. Name another file."
        ) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StorageError(
            f"the folder {path.parent} does not exist", "Make it first, or name another file."
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be made: {error.strerror}", "Check the folder's permissions."
        ) from error


def make_folder(path: Path) -> None:
    """Make a folder of mode 0700, with those above it. Raises StorageError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the folder {path} cannot be made: {error.strerror}", "Check the permissions above it."
        ) from error


def free_name(path: Path) -> Path:
    """The path, or the same with ``-2``, ``-3`` … before its ending, that no file has yet."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def beside(path: Path, tail: str) -> Path:
    """The file that SQLite keeps beside another: ``-wal`` or ``-shm``."""
    return path.with_name(path.name + tail)


def sync(path: Path) -> None:
    """See to it that a file's content, or a folder's names, are on the disk."""
    if os.name == "nt" and path.is_dir():  # Windows has no way to sync a folder
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def layout_of(path: Path) -> int:
    """The layout that a box says it has, read without opening it; 0 where it is none.

    It is the user version in the header (https://www.sqlite.org/fileformat.html, section 1.3.14).
    """
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return 0
    is_box = header.startswith(b"SQLite format 3\0") and header[68:72] == b"card"
    return int.from_bytes(header[60:64], "big") if is_box else 0
