"""Read and write a folder of files by the rules of vdir.

A file gets its name only when it is complete, and files whose names begin with a dot or end with
.tmp belong to other programs. Links are never followed, so that no file outside of the folder is
read or written.
"""

import contextlib
import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cardcrm.errors import CardcrmError, ConflictError, NotFoundError
from cardcrm.paths import is_device
from cardcrm.records.contacts.uids import new_uid
from cardcrm.signals import clean_up_at_end

MAX_SIZE = 16 << 20  # bytes; a contact with a large picture has 2 MiB
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,199}", re.ASCII)
_MANY = 50  # files; forcing 10,000 to the disk one by one takes 80 s
_START, _END = ".cardcrm-", ".tmp"  # of the names of files that are not complete
_RECENT = 2_000_000_000  # nanoseconds; some file systems know the time to 2 s only


class FileStat(NamedTuple):
    """The size of a file in bytes, and when it was changed, in nanoseconds since 1970."""

    size: int
    mtime: int


class Left(NamedTuple):
    """A file that is left as it is, and the reason."""

    file: str
    reason: str


class Scan(NamedTuple):
    """The files of a folder by name, those that cannot be used, and the names of all."""

    files: dict[str, FileStat]
    left: list[Left]
    names: set[str]


class UnreadableError(CardcrmError):
    """A file cannot be read; the message is the reason."""


def check_folder(folder: Path) -> Path:
    """Return the resolved path of a folder. Raises NotFoundError, CardcrmError."""
    try:
        path = folder.resolve(strict=True)
    except FileNotFoundError:
        raise NotFoundError(
            f"no such folder: {folder}", "Nothing was changed. Create it, or mount its disk."
        ) from None
    except (OSError, RuntimeError) as error:
        raise _cannot_read(folder, error) from None
    if not path.is_dir():
        raise CardcrmError(f"{folder} is not a folder", "Name the folder that holds the files.")
    return path


def create_folder(folder: Path) -> None:
    """Create a folder in one that exists, unless it is there already. Raises CardcrmError."""
    try:
        if folder.parent.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        return  # not a folder; `check_folder` says so
    except OSError as error:
        raise CardcrmError(f"cannot create {folder}: {error.strerror}") from None


def _cannot_read(folder: Path, error: Exception) -> CardcrmError:
    reason = getattr(error, "strerror", None) or error
    return CardcrmError(f"cannot read {folder}: {reason}", "Check its permissions.")


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Let one sync work in a folder at a time. Raises ConflictError if another one does."""
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise _cannot_read(folder, error) from None
    try:
        with contextlib.suppress(OSError):  # some file systems cannot lock a folder
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConflictError(
                    f"another sync is working in {folder}", "Try again when it has finished."
                ) from None
            _remove_leftovers(folder)
        yield
    finally:
        os.close(handle)


def _remove_leftovers(folder: Path) -> None:
    """Remove the temporary files of a sync that was killed, as no other one works here."""
    for path in folder.glob(f"{_START}*{_END}"):
        path.unlink(missing_ok=True)


def scan_folder(folder: Path, ending: str) -> Scan:
    """Return the files of a folder that end with ``ending``. Raises CardcrmError."""
    files: dict[str, FileStat] = {}
    left: list[Left] = []
    names: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                names.add(entry.name.casefold())
                if _is_item(entry.name, ending):
                    _add_file(entry, files, left)
    except OSError as error:
        raise _cannot_read(folder, error) from None
    return Scan(files, left, names)


def _is_item(name: str, ending: str) -> bool:
    is_ignored = name.startswith(".") or name.endswith((".tmp", "~"))
    return not is_ignored and name.lower().endswith(ending)


def _add_file(entry: "os.DirEntry[str]", files: dict[str, FileStat], left: list[Left]) -> None:
    try:
        found = entry.stat(follow_symlinks=False)
        entry.name.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(entry.name).decode("utf-8", "replace")
        left.append(Left(shown, "its name is not UTF-8"))
        return
    except OSError as error:
        left.append(Left(entry.name, f"cannot be read: {error.strerror}"))
        return
    if stat.S_ISLNK(found.st_mode):
        left.append(Left(entry.name, "a symbolic link, which is not followed"))
    elif stat.S_ISREG(found.st_mode):
        files[entry.name] = FileStat(found.st_size, found.st_mtime_ns)
    elif not stat.S_ISDIR(found.st_mode):
        left.append(Left(entry.name, "not a regular file"))


def stat_file(folder: Path, name: str) -> FileStat | None:
    """Return the size and time of a file; None if there is none."""
    try:
        found = (folder / name).lstat()
    except FileNotFoundError:
        return None
    return FileStat(found.st_size, found.st_mtime_ns)


def read_file(folder: Path, name: str) -> bytes:
    """Return the content of a file. Raises UnreadableError for links and large files as well."""
    try:
        handle = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb") as stream:
            if os.fstat(handle).st_size > MAX_SIZE:
                raise UnreadableError(f"larger than {MAX_SIZE >> 20} MiB")
            return stream.read(MAX_SIZE + 1)[:MAX_SIZE]
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from None


def hash_content(content: bytes) -> str:
    """Return the SHA-256 of the content of a file."""
    return hashlib.sha256(content).hexdigest()


def settled_time(found: FileStat, now: int) -> int:
    """Return the time of a file, or 0 if a change within the same moment would not show."""
    return found.mtime if found.mtime < now - _RECENT else 0


class Staged(NamedTuple):
    """A complete file that waits for its name."""

    temporary: Path
    name: str


@contextlib.contextmanager
def stage_files(folder: Path, contents: Iterable[tuple[str, bytes]]) -> Iterator[list[Staged]]:
    """Write files, given as names and contents, under temporary names; see `place_file`.

    They are on the disk when they are yielded. Afterwards those that were not placed are removed.
    Raises OSError.
    """
    staged: list[Staged] = []
    with clean_up_at_end():
        try:
            for name, content in contents:
                staged.append(_stage(folder, name))
                staged[-1].temporary.write_bytes(content)
            _flush(staged)
            yield staged
        finally:
            for each in staged:
                each.temporary.unlink(missing_ok=True)


def _stage(folder: Path, name: str) -> Staged:
    """Create a temporary file with the permissions of the file that it is to replace."""
    handle, temporary = tempfile.mkstemp(prefix=_START, suffix=_END, dir=folder)
    try:
        path = folder / name
        if path.exists():
            os.fchmod(handle, stat.S_IMODE(path.stat().st_mode))
    finally:
        os.close(handle)
    return Staged(Path(temporary), name)


def _flush(staged: Sequence[Staged]) -> None:
    """Force files to the disk: one by one, or many with all that the system has to write."""
    if len(staged) >= _MANY:
        os.sync()
        return
    for each in staged:
        with each.temporary.open("rb") as stream:
            os.fsync(stream.fileno())


def place_file(folder: Path, staged: Staged) -> FileStat:
    """Give a complete file its name, and return its size and time. Raises OSError."""
    path = folder / staged.name
    staged.temporary.replace(path)
    found = path.lstat()
    return FileStat(found.st_size, found.st_mtime_ns)


def choose_name(uid: str, ending: str, taken: set[str]) -> str:
    """Return a file name for a permanent id that is safe on every file system and not taken.

    ``taken`` holds names in lower case, as some file systems ignore case.
    """
    is_safe = _SAFE.fullmatch(uid) and not uid.endswith(".") and not is_device(uid)
    stem = uid if is_safe else new_uid()
    name, number = f"{stem}{ending}", 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}{ending}"
    taken.add(name.casefold())
    return name
