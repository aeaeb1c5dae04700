"""Retrying a transaction after a write conflict or a lost connection.

Only work that neither asks nor prints anything may be retried, and only as a whole: whatever it has
read may be different by then.
"""

import contextlib
import functools
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from cardcrm.errors import CardcrmError, ConnectionLostError, WriteConflictError
from cardcrm.store.store import Store

T = TypeVar("T")
P = ParamSpec("P")

MAX_ATTEMPTS = 6
_PAUSE = 0.05  # seconds, times the attempt and a random factor


def retry_transaction(
    function: Callable[Concatenate[Store, P], T],
) -> Callable[Concatenate[Store, P], T]:
    """Decorate a function that is a single transaction, so that it is retried."""

    @functools.wraps(function)
    def run(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if store.is_changing:  # an outer transaction is retried as a whole
            return function(store, *args, **kwargs)
        return retry(lambda: function(store, *args, **kwargs))

    return run


def run_in_transaction(
    store: Store, work: Callable[[], T], command: str = "", *, concurrent: bool = False
) -> T:
    """Run ``work`` in one transaction, retried where necessary, and return its result.

    `Store.transaction` explains ``command`` and ``concurrent``.
    """

    def run() -> T:
        with store.transaction(command, concurrent=concurrent):
            return work()

    return run() if store.is_changing else retry(run)


class _RollbackError(Exception):
    """The work of a transaction is done and must leave nothing behind."""


def try_in_transaction(store: Store, work: Callable[[], T]) -> T:
    """Run ``work`` in one transaction, roll that back, and return the result."""
    results: list[T] = []

    def run() -> None:
        results[:] = [work()]
        raise _RollbackError

    with contextlib.suppress(_RollbackError):
        run_in_transaction(store, run)
    return results[0]


def retry(work: Callable[[], T]) -> T:
    """Return the result of ``work``, attempted a few times. Raises its last error."""
    for attempt in range(1, MAX_ATTEMPTS):
        try:
            return work()
        except (WriteConflictError, ConnectionLostError) as error:
            if not _is_retryable(error):
                raise
        _pause(attempt)
    return work()


def _is_retryable(error: CardcrmError) -> bool:
    return not isinstance(error, ConnectionLostError) or error.is_retryable


def _pause(attempt: int) -> None:
    """Wait for a random time, so that two transactions do not conflict at the same moment again."""
    import random

    time.sleep(_PAUSE * attempt * random.random())  # noqa: S311 - needs no secure randomness
