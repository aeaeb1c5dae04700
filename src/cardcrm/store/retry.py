"""Doing a transaction once more, where others were in its way or the server went and came back.

Only what neither asks nor tells anybody anything may be done again, and only as a whole: whatever
it has read may be different now.
"""

import functools
import time
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from cardcrm.errors import CardError, ConnectionLostError, StorageError, WriteConflictError
from cardcrm.store.base import Store
from cardcrm.store.engine import lost

T = TypeVar("T")
P = ParamSpec("P")

TRIES = 6
_PAUSE = 0.05  # seconds; longer from try to try, and not the same for all who clash


def retry_transaction(
    function: Callable[Concatenate[Store, P], T],
) -> Callable[Concatenate[Store, P], T]:
    """For a function that is one transaction and nothing that cannot be done twice."""

    @functools.wraps(function)
    def run(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if store.is_changing:  # a part of a larger transaction, which is done again as a whole
            return function(store, *args, **kwargs)
        return repeat(lambda: function(store, *args, **kwargs))

    return run


def run_in_transaction(
    store: Store, work: Callable[[], T], command: str = "", *, together: bool = False
) -> T:
    """What ``work`` returns, done in one transaction; see `Store.transaction`."""

    def once() -> T:
        with store.transaction(command, together=together):
            return work()

    return once() if store.is_changing else repeat(once)


def repeat(work: Callable[[], T]) -> T:
    """What ``work`` returns; a few times more if it may be done again. Raises its last error."""
    for turn in range(1, TRIES):
        try:
            return work()
        except (WriteConflictError, ConnectionLostError) as error:
            if not _may_repeat(error):
                raise
        _pause(turn)
    return work()


def _may_repeat(error: CardError) -> bool:
    return not isinstance(error, ConnectionLostError) or error.is_retryable


def _pause(turn: int) -> None:
    import random

    time.sleep(_PAUSE * turn * random.random())  # noqa: S311 - nothing secret about it


def confirm_commit(store: Store, proof: dict[str, Any] | None, error: ConnectionLostError) -> None:
    """Find out whether a transaction was kept whose commit nobody has answered.

    ``proof`` is the last line that it wrote into the journal; where it wrote none there was nothing
    to keep. Who holds the box alone knows that the other transaction has ended, one way or the
    other. Raises ConnectionLostError if it was not kept, ``error`` where that cannot be found out.
    """
    if proof is None:
        return
    engine = store.engine
    try:
        engine.begin()
        try:
            found = engine.rows(_KEPT, proof)
        finally:
            engine.rollback()
    except StorageError:
        raise error from None
    if not found:
        raise lost(engine.location) from error


# Ids may be given out again after a crash; the rest makes sure that it is the same line.
_KEPT = (
    "SELECT 1 FROM change c JOIN step s ON s.id = c.step_id WHERE c.id = :id AND s.id = :step "
    "AND c.op = :op AND c.tbl = :tbl AND c.row_id = :row AND s.author = :author AND s.host = :host"
)
