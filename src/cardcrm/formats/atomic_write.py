"""Files that have their name only once they are all there."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from cardcrm.errors import CardError, NotFoundError


@contextlib.contextmanager
def whole(path: Path, *, replace: bool = False) -> Iterator[TextIO]:
    """A text file in UTF-8, for its owner alone, written beside its place and put there at the end.

    Whatever goes wrong meanwhile leaves no file, or the one that was to be replaced. Raises
    FileExistsError if another has taken the name and may not be replaced, NotFoundError or
    CardError if nothing can be written in its folder, and OSError.
    """
    handle, part = _part(path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(handle)
        part.replace(path) if replace else _put(part, path)
    finally:
        part.unlink(missing_ok=True)


def check_folder(folder: Path) -> None:
    """Raises NotFoundError where there is no such folder to write into."""
    if not folder.is_dir():
        raise _no_folder(folder)


def _no_folder(folder: Path) -> NotFoundError:
    hint = "Make it first, or name a file in another one."
    return NotFoundError(f"there is no folder {folder}", hint)


def _part(folder: Path) -> tuple[int, Path]:
    """A file to write into, beside the place of the one that is to be."""
    try:
        handle, name = tempfile.mkstemp(prefix=".cardcrm-", suffix=".part", dir=folder)
    except (FileNotFoundError, NotADirectoryError):
        raise _no_folder(folder) from None
    except PermissionError as error:
        raise CardError(
            f"nothing can be written in {folder}: {error.strerror}",
            "Name a file in another folder.",
        ) from None
    return handle, Path(name)


def _put(part: Path, path: Path) -> None:
    """Give a file its name, unless there is one of that name by now."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(f"{path} is there already") from None
        part.rename(path)
