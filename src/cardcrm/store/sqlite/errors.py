"""What SQLite's errors mean to a person: one line, a hint and the right exit code for each."""

import sqlite3
from pathlib import Path

from cardcrm.errors import CardError, ConflictError, StorageError, UsageError, no_characters


class LockedError(StorageError):
    """Somebody else holds the file."""


def translated(error: Exception, path: Path, wait: float) -> CardError:
    """An error of the driver as one of ours; ``wait`` is how long a lock was waited for."""
    if isinstance(error, OverflowError):
        return UsageError("a number is too large to be kept", "Nothing was changed.")
    if isinstance(error, UnicodeEncodeError):
        return no_characters()
    if isinstance(error, sqlite3.IntegrityError):
        return ConflictError(
            f"that contradicts what is kept already ({error})", "Nothing was changed."
        )
    code = primary_code(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return locked(path, wait)
    message, hint = _WHAT_WENT_WRONG.get(
        code, ("could not be used: " + str(error), "See `cardcrm db check`.")
    )
    return StorageError(f"{path} {message}", hint)


def primary_code(error: Exception) -> int:
    """SQLite's result code without its extension; 0 for an error of the driver's own."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def locked(path: Path, wait: float, *, readers: bool = False) -> LockedError:
    """Somebody else holds the file: who, where that can be known."""
    from cardcrm.store.lock_owners import holders

    held = holders(path, readers=readers)
    return LockedError(
        f"{path} is {'in use' if readers else 'locked'} by another program"
        + (f": {', '.join(held)}" if held else "")
        + f" (waited {wait:g} s)",
        "Nothing was changed. Try again when it has finished, or set lock-wait higher.",
    )


_WHAT_WENT_WRONG = {
    sqlite3.SQLITE_FULL: (
        "could not be written: the disk is full",
        "Nothing was changed. Make room and try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "may only be read",
        "Nothing was changed. Check the file's and its folder's permissions.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that it is a file, that its folder exists and that both may be written.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "Keep a copy, then restore the last backup: `cardcrm db restore FILE`.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "is not a card box (or it is badly damaged)",
        "Name another file with --db, or restore a backup: `cardcrm db restore FILE`.",
    ),
    sqlite3.SQLITE_IOERR: (
        "could not be read or written (disk error or disk full)",
        "Nothing was changed. Check the disk.",
    ),
    sqlite3.SQLITE_PERM: ("may not be opened", "Check the file's permissions."),
    sqlite3.SQLITE_AUTH: ("may not be opened", "Check the file's permissions."),
    sqlite3.SQLITE_TOOBIG: ("cannot hold a text that long", "Nothing was changed."),
}
