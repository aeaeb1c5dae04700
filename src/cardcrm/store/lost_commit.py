"""Lost connections: the error for the user, and the check whether a commit took effect.

When the connection breaks while the server commits, the client cannot know the outcome. The last
journal line of the transaction proves it: if that line is in the database, the commit succeeded.
"""

from typing import Any

from cardcrm.errors import ConnectionLostError, StorageError
from cardcrm.store.engine import Connection

# A crash may free ids for reuse, so the line is compared as a whole.
_JOURNAL_LINE = (
    "SELECT 1 FROM change c JOIN step s ON s.id = c.step_id WHERE c.id = :id AND s.id = :step "
    "AND c.op = :op AND c.tbl = :tbl AND c.row_id = :row AND s.author = :author AND s.host = :host"
)


def connection_lost(location: str, *, is_committing: bool = False) -> ConnectionLostError:
    """Return the error for a connection that broke, perhaps during a commit."""
    if is_committing:
        error = ConnectionLostError(
            f"{location} closed the connection while saving the change",
            "Check with `cardcrm journal` whether it was saved before you repeat it.",
        )
    else:
        error = ConnectionLostError(
            f"{location} closed the connection",
            "Nothing was changed. Try again when the server is back.",
        )
    error.is_commit_unknown, error.is_retryable = is_committing, not is_committing
    return error


def confirm_commit(
    connection: Connection, proof: dict[str, Any] | None, error: ConnectionLostError
) -> None:
    """Return if the transaction was committed; raise ConnectionLostError if it was not.

    ``proof`` is its last journal line; a transaction without one changed nothing. Raises ``error``
    where the outcome cannot be found out.
    """
    if proof is None:
        return
    try:
        connection.begin()  # the exclusive lock waits until the lost transaction has ended
        try:
            found = connection.rows(_JOURNAL_LINE, proof)
        finally:
            connection.rollback()
    except StorageError:
        raise error from None
    if not found:
        raise connection_lost(connection.location) from error
