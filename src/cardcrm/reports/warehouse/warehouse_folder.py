"""The folder of a warehouse: checked before it is written to, locked, and cleaned afterwards."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cardcrm.errors import CardcrmError, ConflictError, UsageError
from cardcrm.reports.warehouse import manifest

_SPILL: Final = ".spill"  # what DuckDB cannot hold in memory
_PATTERN: Final = "*?["  # DuckDB reads paths with these as patterns


def check_name(folder: Path) -> Path:
    """Return the whole path of a folder. Raises UsageError for a name that cannot be used."""
    path = Path(os.path.abspath(folder))
    text = str(path)
    if not text.isprintable() or any(mark in text for mark in _PATTERN):
        raise UsageError(
            f"“{text}” cannot be the folder of a warehouse",
            "Name a folder without *, ?, [ and control characters.",
        )
    return path


def prepare(folder: Path) -> None:
    """Create the folder, or check that it is one of a warehouse or empty. Raises CardcrmError."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        others = sorted(set(_list_others(folder)))
    except FileExistsError:
        raise UsageError(f"{folder} is not a folder", "Name a new or an empty folder.") from None
    except OSError as error:
        raise CardcrmError(
            f"cannot create {folder}: {error.strerror}", "Check its parent folder."
        ) from error
    if others and manifest.find(folder) is None:
        raise ConflictError(
            f"{folder} has other files: {', '.join(others[:3])}", "Name a new or an empty folder."
        )


def _list_others(folder: Path) -> Iterator[str]:
    """Yield the names in a folder that are not those of a warehouse."""
    for path in folder.iterdir():
        if path.name in (manifest.NAME, f"{manifest.NAME}{manifest.PART}", _SPILL):
            continue
        own = all(manifest.is_own_name(each) for each in _files_below(folder, path))
        if path.is_symlink() or not path.is_dir() or not own:
            yield path.name


def _files_below(folder: Path, path: Path) -> Iterator[str]:
    """Yield the paths of the files below a folder; links are files."""
    for root, folders, names in os.walk(path):
        links = [each for each in folders if (Path(root) / each).is_symlink()]
        for name in (*names, *links):
            yield (Path(root) / name).relative_to(folder).as_posix()


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Let one export write at a time. Raises ConflictError while another one does."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems cannot lock a folder
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConflictError(
                    f"another export is writing to {folder}", "Try again when it has finished."
                ) from None
        yield
    finally:
        os.close(handle)


def remove_unlisted(folder: Path, listed: set[str]) -> int:
    """Remove the files of a warehouse that no manifest lists; return how many there were."""
    removed = 0
    for table in folder.iterdir():
        if table.is_symlink() or not table.is_dir() or table.name == _SPILL:
            continue
        for name in list(_files_below(folder, table)):
            if name not in listed and manifest.is_own_name(name):
                (folder / name).unlink(missing_ok=True)
                removed += 1
        for root, _, _ in os.walk(table, topdown=False):
            with contextlib.suppress(OSError):  # not empty
                os.rmdir(root)
    return removed


def create_parent(path: Path) -> None:
    """Create the folder of a file. Raises CardcrmError where a link leads elsewhere."""
    for each in (path.parent.parent, path.parent):
        each.mkdir(mode=0o700, exist_ok=True)
        if stat.S_ISLNK(each.lstat().st_mode):
            raise CardcrmError(f"{each} is a link", "Remove it and export again.")


def check_files(folder: Path, paths: set[str]) -> None:
    """Raise CardcrmError for a file that is missing, or that lies outside the folder."""
    inside = folder.resolve()
    for each in sorted(paths):
        path = folder / each
        if not path.is_file():
            raise CardcrmError(
                f"{path} is missing",
                "Remove the folder and export again: cardcrm export --star DIR",
            )
        if not path.resolve().is_relative_to(inside):
            raise CardcrmError(f"{path} is a link to another folder", "Remove it and export again.")


@contextlib.contextmanager
def spill_folder(folder: Path) -> Iterator[Path]:
    """Lend a folder for what does not fit into memory."""
    import shutil

    path = folder / _SPILL
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
