"""Files that their owner alone may read: creating, naming and syncing them."""

import os
from pathlib import Path

from cardcrm.errors import ConflictError, StorageError


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
        raise ConflictError(
            f"{path} already exists", "Nothing was written. Name another file."
        ) from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StorageError(
            f"the folder {path.parent} does not exist", "Create it first, or name another file."
        ) from error
    except OSError as error:
        raise StorageError(
            f"{path} cannot be created: {error.strerror}", "Check the folder's permissions."
        ) from error


def create_folder(path: Path) -> None:
    """Create a folder of mode 0700, with missing folders above it. Raises StorageError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the folder {path} cannot be created: {error.strerror}",
            "Check the permissions of the folders above it.",
        ) from error


def unused_path(path: Path) -> Path:
    """Return the path, or one with ``-2``, ``-3`` … before its suffix, that does not exist."""
    number, unused = 1, path
    while unused.exists():
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
