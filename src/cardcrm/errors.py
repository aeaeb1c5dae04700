"""One tree of errors: each carries its message, a hint and the exit code it ends the program with.

They are raised wherever something is wrong and caught in one place, the face that ran the command.
"""

from collections.abc import Sequence


class CardError(Exception):
    """Anything that ends a command with one clear line.

    ``code`` is the stable name that JSON output shows; ``exit_code`` the process's exit status.
    """

    code = "failed"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(CardError):
    """What was asked for makes no sense: a date that is none, a field that does not exist."""

    code = "usage"
    exit_code = 2


def no_characters() -> UsageError:
    """A text holds bytes that no encoding made characters of; no engine can be given it."""
    return UsageError(
        "a text holds bytes that are no characters", "Nothing was changed. Write it as UTF-8."
    )


class NotFoundError(CardError):
    """No such card, reminder or file; ``near`` holds the nearest names there are."""

    code = "not_found"
    exit_code = 3

    def __init__(self, message: str, hint: str = "", near: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.near = tuple(near)


class AmbiguousError(CardError):
    """More than one card fits; ``candidates`` holds (id, name, what tells it apart)."""

    code = "ambiguous"
    exit_code = 4

    def __init__(
        self, message: str, hint: str = "", candidates: Sequence[tuple[int, str, str]] = ()
    ) -> None:
        super().__init__(message, hint)
        self.candidates = tuple(candidates)


class ConflictError(CardError):
    """It contradicts what is there: a double, or a change that others have built upon."""

    code = "conflict"
    exit_code = 4


class StorageError(CardError):
    """The file is locked, full, damaged, read-only or not ours."""

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
    """There is no card box where one was looked for."""


class ServiceError(CardError):
    """A mail server, desktop service or other program outside did not do its part."""

    code = "service"
    exit_code = 6
