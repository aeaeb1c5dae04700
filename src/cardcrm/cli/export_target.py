"""The file that an export writes."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any

from cardcrm.errors import UsageError


def open_target(
    path: Path, *, replace: bool, is_binary: bool = False
) -> AbstractContextManager[IO[Any]]:
    """Open a file that appears only when complete; devices and pipes are opened as they are.

    An empty path is the folder where the program runs.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "Name a file.")
    if path.exists() and not path.is_file():
        if is_binary:
            return path.open("wb")
        return path.open("w", encoding="utf-8", newline="")
    from cardcrm.formats.atomic_write import write_atomically

    return write_atomically(path.resolve(), replace=replace, is_binary=is_binary)
