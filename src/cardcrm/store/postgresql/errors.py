"""What PostgreSQL's errors mean to a person: one line, a hint and the right exit code for each.

No message holds a password: addresses are shown without, and libpq's own words are not repeated
where they could quote one.
"""

import psycopg
from psycopg import errors

from cardcrm.errors import (
    CardError,
    ConflictError,
    ConnectionLostError,
    StorageError,
    UsageError,
    WriteConflictError,
    no_characters,
)
from cardcrm.store.engine import lost

OLDEST = 12


def translated(error: Exception, place: str, wait: float, *, keeping: bool = False) -> CardError:
    """An error of the driver as one of ours. ``keeping`` is when a commit was under way."""
    if isinstance(error, errors.IntegrityError):
        return ConflictError(
            f"that contradicts what is kept already ({_line(error)})", "Nothing was changed."
        )
    known = _known(error) if isinstance(error, psycopg.Error) else None
    if known is not None:
        kind, words, hint = known
        return kind(words.format(place=place, wait=f"{wait:g}"), hint)
    if isinstance(error, UnicodeEncodeError):
        return no_characters()
    if isinstance(error, psycopg.DataError):
        return UsageError(f"a value cannot be kept ({_line(error)})", "Nothing was changed.")
    if _is_lost(error):
        return lost(place, keeping=keeping)
    return StorageError(f"{place} could not be used: {_line(error)}", "See `cardcrm db check`.")


def _known(error: psycopg.Error) -> tuple[type[CardError], str, str] | None:
    if error.sqlstate == "42501" and "schema" in _line(error):
        return _NO_TABLES
    # Newer servers call a file at its limit an internal error, not a full disk.
    if error.sqlstate not in _KNOWN and _line(error).startswith("could not extend file"):
        return _FULL
    return _KNOWN.get(error.sqlstate or "")


def _is_lost(error: Exception) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    return isinstance(error, psycopg.OperationalError) and (
        not state or state.startswith(("08", "57P"))
    )


def unreachable(error: psycopg.Error, place: str) -> StorageError:
    """A connection that could not be made, and why."""
    known = refusal(error)
    if known is not None:
        words, hint = known
        return ConnectionLostError(f"{place} {words}", hint)
    # The server's own words, in its own language.
    hint = "Check address, user and password."
    return ConnectionLostError(f"{place} cannot be reached: {_reason(error)}", hint)


def refusal(error: psycopg.Error) -> tuple[str, str] | None:
    """Our words and a hint for what libpq says of a connection, if it is one of what we know."""
    text = str(error).lower()
    return next(((words, hint) for sign, words, hint in _REFUSALS if sign in text), None)


def _line(error: BaseException) -> str:
    """The first line of the server's words."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return primary or next(iter(str(error).splitlines()), type(error).__name__)


def _reason(error: psycopg.Error) -> str:
    """The last words of libpq on why there is no connection, without the details below them."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["?"]
    last = next((line for line in reversed(lines) if "failed: " in line), lines[-1])
    last = last.rsplit("failed: ", 1)[-1]
    return last.removeprefix("connection is bad:").removeprefix("FATAL:").strip()


_CHECK = "Check the address."
_REFUSALS = (
    # What the settings of TLS say; some of libpq's words on these would fit lines below too.
    (
        "root certificate file",
        "cannot be checked (TLS): the certificate of its authority is not on this machine",
        "Name the file with sslrootcert=FILE, or sslrootcert=system for those the machine trusts.",
    ),
    (
        "does not match host name",
        "has a certificate for another name (TLS)",
        "Call it by a name in its certificate, or ask who looks after it for a new one.",
    ),
    (
        "does not support ssl",
        "offers no TLS, and sslmode asks for it",
        "Ask who looks after the server to switch it on.",
    ),
    (
        "invalid sslmode value",
        "is asked for an sslmode that there is not",
        "There are: disable, allow, prefer, require, verify-ca, verify-full.",
    ),
    (
        "password authentication failed",
        "does not take this name and password",
        "Passwords belong into ~/.pgpass (mode 0600) or into the service file.",
    ),
    (
        "no password supplied",
        "wants a password",
        "Put it into ~/.pgpass (mode 0600) or into the service file.",
    ),
    (
        "authentication failed",
        "does not let this user in",
        "Name another user in the address, or ask who looks after the server.",
    ),
    (
        "no pg_hba.conf entry",
        "does not let this user in from here",
        "Ask who looks after the server (its pg_hba.conf); it may want sslmode=require.",
    ),
    (
        "is not permitted to log in",
        "does not let this user in",
        "Name another user in the address, or ask who looks after the server.",
    ),
    (
        'fatal:  role "',
        "has no such user",
        "Check the name before the @; who looks after the server makes users: createuser NAME.",
    ),
    ("does not exist", "has no such database", "Make the database first: createdb NAME."),
    (
        "connection refused",
        "does not answer: nothing listens there",
        "Is the server running? Check host and port.",
    ),
    (
        "no such file or directory",
        "does not answer: nothing listens there",
        "Is the server running? Check host and port.",
    ),
    ("could not translate host name", "cannot be found: there is no such host", _CHECK),
    ("failed to resolve host", "cannot be found: there is no such host", _CHECK),
    ("timeout expired", "does not answer in time", "Check host, port and network."),
    ("starting up", "is just starting", "Try again in a moment."),
    ("not yet accepting connections", "is just starting", "Try again in a moment."),
    ("in recovery mode", "is mending itself after a fall", "Try again in a moment."),
    ("shutting down", "is shutting down", "Try again when it is back."),
    (
        "too many clients",
        "has no connection left",
        "Try again in a moment, or put a connection pooler before it.",
    ),
    (
        "remaining connection slots",
        "has no connection left",
        "Try again in a moment, or put a connection pooler before it.",
    ),
    (
        "certificate",
        "cannot be reached safely (TLS): its certificate is not right",
        "Check sslrootcert against the server's certificate, and that this has not run out.",
    ),
    (
        "ssl",
        "cannot be reached safely (TLS)",
        "Check sslmode and sslrootcert against the server's certificate.",
    ),
    (
        "definition of service",
        "is a service that no service file knows",
        "Write it into ~/.pg_service.conf.",
    ),
)

_AGAIN = (
    WriteConflictError,
    "somebody else changed the same cards at the same moment",
    "Nothing was changed. Try again.",
)
_FULL = (
    StorageError,
    "{place} could not be written: its disk is full",
    "Nothing was changed. Make room there and try again.",
)
_FORBIDDEN = (
    StorageError,
    "{place} does not allow that to this user",
    "Ask who looks after the server: the tables belong to who made them.",
)
_NO_TABLES = (
    StorageError,
    "{place} does not let this user make tables there",
    "Whoever owns the database allows it, with GRANT CREATE ON SCHEMA public TO the user.",
)

_KNOWN: dict[str, tuple[type[CardError], str, str]] = {
    "22003": (UsageError, "a number is too large to be kept", "Nothing was changed."),
    "40001": _AGAIN,
    "40P01": _AGAIN,
    "53100": _FULL,
    "53200": (StorageError, "{place} has not enough memory for this", "Nothing was changed."),
    "42501": _FORBIDDEN,
    "25006": (
        StorageError,
        "{place} may only be read (a replica, or set so)",
        "Nothing was changed. Write to the primary server.",
    ),
    "55P03": (
        StorageError,
        "{place} is locked by another program (waited {wait} s)",
        "Nothing was changed. Try again when it has finished, or set lock-wait higher.",
    ),
    "57014": (StorageError, "{place} broke off: it took too long", "Nothing was changed."),
    "3F000": (
        StorageError,
        "{place} has no schema to hold the box",
        "Make it first: CREATE SCHEMA NAME.",
    ),
    "54000": (UsageError, "that is more than the server can take at once", "Nothing was changed."),
}
