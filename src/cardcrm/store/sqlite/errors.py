"""Errors of SQLite as errors of cardcrm: one message, a remedy and the right exit code."""

import sqlite3
from pathlib import Path

from cardcrm.errors import CardcrmError, ConflictError, StorageError, UsageError, undecodable_text


class LockedError(StorageError):
    """Another program has locked the file."""


def translate_error(error: Exception, path: Path, wait: float) -> CardcrmError:
    """Return the error of cardcrm for one of the driver; ``wait`` is the time waited for a lock."""
    if isinstance(error, OverflowError):
        return UsageError("the number is too large to store", "Nothing was changed.")
    if isinstance(error, UnicodeEncodeError):
        return undecodable_text()
    if isinstance(error, sqlite3.IntegrityError):
        return ConflictError(f"conflicts with existing data ({error})", "Nothing was changed.")
    code = primary_code(error)
    if not code and str(error).startswith("Could not decode to UTF-8"):
        code = sqlite3.SQLITE_CORRUPT  # the driver's own error; it would quote the damaged text
    if code == sqlite3.SQLITE_ERROR and str(error).startswith(_TOO_LARGE):
        return UsageError("the query has too many conditions", "Split it into several queries.")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return locked_error(path, wait)
    message, hint = _MESSAGES.get(code, (f"failed: {error}", "Run `cardcrm db check`."))
    return StorageError(f"{path} {message}", hint)


def primary_code(error: Exception) -> int:
    """Return SQLite's primary result code; 0 for an error that the driver itself raised."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def locked_error(path: Path, wait: float, *, readers: bool = False) -> LockedError:
    """Return the error for a locked file, with the programs that hold it where Linux tells."""
    from cardcrm.store.lock_owners import find_lock_owners

    owners = find_lock_owners(path, readers=readers)
    return LockedError(
        f"{path} is {'in use' if readers else 'locked'} by another program"
        + (f": {', '.join(owners)}" if owners else "")
        + f" (waited {wait:g} s)",
        "Nothing was changed. Try again when it has finished, or set lock-wait higher.",
    )


FULL_DISK = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN)

# The limits of SQLite: https://www.sqlite.org/limits.html
_TOO_LARGE = (
    "Expression tree is too large",
    "parser stack overflow",
    "too many SQL variables",
    "too many terms in compound SELECT",
    "too many references to",
    "at most ",  # tables in a join
)

_MESSAGES = {
    sqlite3.SQLITE_FULL: (
        "could not be written: the disk is full",
        "Nothing was changed. Free some space and try again.",
    ),
    sqlite3.SQLITE_READONLY: (
        "is read-only",
        "Nothing was changed. Check the permissions of the file and its folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that it is a file, that its folder exists, and that you may write to both.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "is damaged",
        "Keep a copy, then restore the last backup: `cardcrm db restore FILE`.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "is not a cardcrm database, or it is badly damaged",
        "Name another file with --db, or restore a backup: `cardcrm db restore FILE`.",
    ),
    sqlite3.SQLITE_IOERR: (
        "could not be read or written (disk error or disk full)",
        "Nothing was changed. Check the disk.",
    ),
    sqlite3.SQLITE_PERM: ("cannot be opened", "Check the permissions of the file."),
    sqlite3.SQLITE_AUTH: ("cannot be opened", "Check the permissions of the file."),
    sqlite3.SQLITE_TOOBIG: ("cannot store such a long text", "Nothing was changed."),
}
