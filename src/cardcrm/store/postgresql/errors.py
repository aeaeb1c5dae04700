"""Errors of PostgreSQL as errors of cardcrm: one message, a remedy and the right exit code.

No message contains a password: addresses are shown without it, and libpq's messages are left out
where they could quote it.
"""

import psycopg
from psycopg import errors

from cardcrm.errors import (
    CardcrmError,
    ConflictError,
    ConnectionLostError,
    StorageError,
    UsageError,
    WriteConflictError,
    undecodable_text,
)
from cardcrm.store.lost_commit import connection_lost

OLDEST_VERSION = 12


def translate_error(
    error: Exception, location: str, wait: float, *, is_committing: bool = False
) -> CardcrmError:
    """Return the error of cardcrm for one of the driver, perhaps raised by a commit."""
    if isinstance(error, errors.IntegrityError):
        return ConflictError(
            f"conflicts with existing data ({_first_line(error)})", "Nothing was changed."
        )
    known = _known_error(error) if isinstance(error, psycopg.Error) else None
    if known is not None:
        kind, message, hint = known
        return kind(message.format(location=location, wait=f"{wait:g}"), hint)
    if isinstance(error, UnicodeEncodeError):
        return undecodable_text()
    if isinstance(error, psycopg.DataError):
        return UsageError(
            f"the value cannot be stored ({_first_line(error)})", "Nothing was changed."
        )
    if _is_lost(error):
        return connection_lost(location, is_committing=is_committing)
    return StorageError(f"{location} failed: {_first_line(error)}", "Run `cardcrm db check`.")


def _known_error(error: psycopg.Error) -> tuple[type[CardcrmError], str, str] | None:
    if error.sqlstate == "42501" and "schema" in _first_line(error):
        return _NO_TABLES
    # Newer servers call a file at its size limit an internal error, not a full disk.
    if error.sqlstate not in _MESSAGES and _first_line(error).startswith("could not extend file"):
        return _DISK_FULL
    return _MESSAGES.get(error.sqlstate or "")


def _is_lost(error: Exception) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    return isinstance(error, psycopg.OperationalError) and (
        not state or state.startswith(("08", "57P"))
    )


def connection_error(error: psycopg.Error, location: str) -> StorageError:
    """Return the error for a connection that could not be made, with the reason."""
    known = refusal(error)
    if known is not None:
        message, hint = known
        return ConnectionLostError(f"{location} {message}", hint)
    # The server's own message, in its own language.
    hint = "Check address, user and password."
    return ConnectionLostError(f"{location} cannot be reached: {_reason(error)}", hint)


def refusal(error: psycopg.Error) -> tuple[str, str] | None:
    """Return message and hint for a known reason why libpq could not connect."""
    text = str(error).lower()
    for signs, message, hint in _REFUSALS:
        if any(sign in text for sign in signs.split("|")):
            return message, hint
    return None


def _first_line(error: BaseException) -> str:
    """Return the first line of the server's message."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return primary or next(iter(str(error).splitlines()), type(error).__name__)


def _reason(error: psycopg.Error) -> str:
    """Return the last reason that libpq gives for a failed connection, without its details."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or ["?"]
    last = next((line for line in reversed(lines) if "failed: " in line), lines[-1])
    last = last.rsplit("failed: ", 1)[-1]
    return last.removeprefix("connection is bad:").removeprefix("FATAL:").strip()


# Parts of libpq's message, separated by |, and what they mean.
_REFUSALS = (
    # Messages about TLS come first, because some of them would match entries below as well.
    (
        "root certificate file",
        "cannot be verified (TLS): the root certificate is not on this machine",
        "Name the file with sslrootcert=FILE, or use the system's with sslrootcert=system.",
    ),
    (
        "does not match host name",
        "has a certificate for another host name (TLS)",
        "Use a host name in the certificate, or ask the administrator for a new certificate.",
    ),
    (
        "does not support ssl",
        "does not support TLS, but sslmode requires it",
        "Ask the administrator to enable TLS.",
    ),
    (
        "invalid sslmode value",
        "has an unknown sslmode in its address",
        "Use disable, allow, prefer, require, verify-ca or verify-full.",
    ),
    (
        "password authentication failed",
        "rejected this user name and password",
        "Put the password into ~/.pgpass (mode 0600) or the service file.",
    ),
    (
        "no password supplied",
        "requires a password",
        "Put the password into ~/.pgpass (mode 0600) or the service file.",
    ),
    (
        "authentication failed",
        "does not allow this user to connect",
        "Name another user in the address, or ask the administrator.",
    ),
    (
        "no pg_hba.conf entry",
        "does not allow this user to connect from here",
        "Ask the administrator to check pg_hba.conf; it may require sslmode=require.",
    ),
    (
        "is not permitted to log in",
        "does not allow this user to connect",
        "Name another user in the address, or ask the administrator.",
    ),
    (
        'fatal:  role "',
        "has no such user",
        "Check the name before the @, or ask the administrator to create it: createuser NAME.",
    ),
    ("does not exist", "has no such database", "Create the database first: createdb NAME."),
    (
        "connection refused|no such file or directory",
        "does not answer: no server is listening there",
        "Is the server running? Check host and port.",
    ),
    (
        "could not translate host name|failed to resolve host",
        "cannot be found: unknown host",
        "Check the address.",
    ),
    ("timeout expired", "does not answer in time", "Check host, port and network."),
    ("starting up|not yet accepting connections", "is starting", "Try again in a moment."),
    ("in recovery mode", "is recovering after a crash", "Try again in a moment."),
    ("shutting down", "is shutting down", "Try again when it is back."),
    (
        "too many clients|remaining connection slots",
        "has too many connections",
        "Try again in a moment, or use a connection pooler.",
    ),
    (
        "certificate",
        "cannot be verified (TLS): its certificate is invalid",
        "Check sslrootcert, and whether the certificate has expired.",
    ),
    ("ssl", "cannot be reached with TLS", "Check sslmode and sslrootcert."),
    (
        "definition of service",
        "is not in the service file",
        "Add the service to ~/.pg_service.conf.",
    ),
)

_CONFLICT = (
    WriteConflictError,
    "another user changed the same contacts at the same moment",
    "Nothing was changed. Try again.",
)
_DISK_FULL = (
    StorageError,
    "{location} could not be written: its disk is full",
    "Nothing was changed. Free some space there and try again.",
)
_FORBIDDEN = (
    StorageError,
    "{location} does not allow this user to do that",
    "Ask the administrator: the tables belong to the user who created them.",
)
_NO_TABLES = (
    StorageError,
    "{location} does not allow this user to create tables",
    "The owner of the database can allow it: GRANT CREATE ON SCHEMA public TO USER.",
)

_MESSAGES: dict[str, tuple[type[CardcrmError], str, str]] = {
    "22003": (UsageError, "the number is too large to store", "Nothing was changed."),
    "40001": _CONFLICT,
    "40P01": _CONFLICT,
    "53100": _DISK_FULL,
    "53200": (StorageError, "{location} is out of memory", "Nothing was changed."),
    "42501": _FORBIDDEN,
    "25006": (
        StorageError,
        "{location} is read-only (a replica, or configured so)",
        "Nothing was changed. Write to the primary server.",
    ),
    "55P03": (
        StorageError,
        "{location} is locked by another program (waited {wait} s)",
        "Nothing was changed. Try again when it has finished, or set lock-wait higher.",
    ),
    "57014": (
        StorageError,
        "{location} canceled the command: it took too long",
        "Nothing was changed.",
    ),
    "3F000": (
        StorageError,
        "{location} has no schema for the database",
        "Create it first: CREATE SCHEMA NAME.",
    ),
    "54001": (UsageError, "the query has too many conditions", "Split it into several queries."),
    "54000": (UsageError, "the request is larger than the server accepts", "Nothing was changed."),
}
