"""Define the errors of cardcrm, each with a message, a hint and an exit code.

The front end that ran the command catches them in one place.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

NO_CONTACT: Final = "no contact given"


class CardcrmError(Exception):
    """The command failed.

    ``code`` is the stable name in JSON output; ``exit_code`` is the exit status of the process.
    """

    code = "failed"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CardcrmError):
    """The arguments are invalid, such as a date or the name of a field."""

    code = "usage"
    exit_code = 2


class MissingValueError(UsageError):
    """A required field is empty; ``key`` names it, as the columns of files do."""

    def __init__(self, message: str, hint: str, key: str) -> None:
        super().__init__(message, hint)
        self.key = key


class IncompleteError(UsageError):
    """Templates show fields that are empty for some contacts; ``missing_fields`` describes each."""

    def __init__(
        self, message: str, hint: str, missing_fields: Sequence[Mapping[str, Any]]
    ) -> None:
        super().__init__(message, hint)
        self.missing_fields = tuple(missing_fields)


def missing_file(path: object) -> "NotFoundError":
    """Return the error for a file that does not exist."""
    return NotFoundError(f"no such file: {path}", "Check its name and folder.")


def file_exists(path: object) -> "ConflictError":
    """Return the error for a file that would be overwritten."""
    return ConflictError(f"{path} already exists", "Name another file, or add --force.")


def undecodable_text() -> UsageError:
    """Return the error for a text with undecodable bytes, which no engine accepts."""
    return UsageError(
        "a text contains bytes that are not UTF-8", "Nothing was changed. Use UTF-8 text."
    )


class NotFoundError(CardcrmError):
    """A contact, other record or file does not exist; ``near`` has similar names."""

    code = "not_found"
    exit_code = 3

    def __init__(self, message: str, hint: str = "", near: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.near = tuple(near)


class AmbiguousError(CardcrmError):
    """Several contacts match; ``candidates`` has (id, name, distinction) of each."""

    code = "ambiguous"
    exit_code = 4

    def __init__(
        self, message: str, hint: str = "", candidates: Sequence[tuple[int, str, str]] = ()
    ) -> None:
        super().__init__(message, hint)
        self.candidates = tuple(candidates)


class ConflictError(CardcrmError):
    """The change conflicts with existing data, such as a duplicate or a later change."""

    code = "conflict"
    exit_code = 4


class StorageError(CardcrmError):
    """The database is locked, full, damaged, read-only or not a cardcrm database."""

    code = "storage"
    exit_code = 5


class WriteConflictError(ConflictError):
    """Another transaction wrote the same rows at once. The whole transaction may be retried."""


class ConnectionLostError(StorageError):
    """The server went away, or cannot be reached.

    ``is_retryable`` is set where a transaction was under way and nothing of it was written,
    ``is_commit_unknown`` where the connection was lost before the server answered the commit.
    """

    is_retryable = False
    is_commit_unknown = False


class NoDatabaseError(StorageError):
    """The database does not exist."""


class ServiceError(CardcrmError):
    """A mail server, desktop service or other external program failed."""

    code = "service"
    exit_code = 6
