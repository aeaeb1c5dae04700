"""Write files atomically: a file gets its name only when it is complete."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

from cardcrm.errors import CardcrmError, NotFoundError, StorageError
from cardcrm.signals import clean_up_at_end
from cardcrm.store.private_files import give_name

# A full disk, a used-up quota, a limit on the size of files, a failing disk.
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


@contextlib.contextmanager
def refuse_full_disk(path: Path, hint: str) -> Iterator[None]:
    """Raise StorageError, with a hint, where a file cannot be written because the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise StorageError(f"cannot write {path}: {os.strerror(error.errno)}", hint) from None


@contextlib.contextmanager
def write_atomically(
    path: Path, *, replace: bool = False, is_binary: bool = False
) -> Iterator[IO[Any]]:
    """Open a file of UTF-8 text, or of bytes, that gets its name when the context ends.

    Only the owner can read the file. After an error there is no file, or the old file is unchanged.
    Raises FileExistsError if the name is taken and ``replace`` is false, NotFoundError or
    CardcrmError if the folder cannot be written to, StorageError on a full disk, and OSError.
    """
    old = "The old file is unchanged." if replace and path.exists() else "There is no file."
    hint = f"{old} Free some space and try again."
    with refuse_full_disk(path, hint), clean_up_at_end():
        handle, temporary = _create_temporary(path.parent)
        try:
            text = {} if is_binary else {"encoding": "utf-8", "newline": ""}
            with open(handle, "wb" if is_binary else "w", **text) as stream:  # type: ignore[call-overload]
                yield stream
                stream.flush()
                os.fsync(handle)
            temporary.replace(path) if replace else give_name(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def check_folder(folder: Path) -> None:
    """Raise NotFoundError if the folder does not exist."""
    if not folder.is_dir():
        raise _missing_folder(folder)


def _missing_folder(folder: Path) -> NotFoundError:
    return NotFoundError(
        f"folder {folder} does not exist", "Create it, or choose a file in another folder."
    )


def _create_temporary(folder: Path) -> tuple[int, Path]:
    """Create a temporary file in the folder of the final file."""
    try:
        handle, name = tempfile.mkstemp(prefix=".cardcrm-", suffix=".part", dir=folder)
    except (FileNotFoundError, NotADirectoryError):
        raise _missing_folder(folder) from None
    except PermissionError as error:
        raise CardcrmError(
            f"cannot write in {folder}: {error.strerror}",
            "Choose a file in another folder.",
        ) from None
    return handle, Path(name)
