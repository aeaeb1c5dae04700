"""Errors of code that has read a damaged row, as one line for the user."""

from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, StorageError
from cardcrm.store import integrity


def find_cause(session: Session) -> CardcrmError | None:
    """Return the error for damage of the open database; None if it is sound, or none is open.

    A flipped bit can make a value that any code which reads it fails on, such as a day that no
    calendar has.
    """
    if not session.is_open:
        return None
    try:
        found = integrity.find_damage(session.store())
    except CardcrmError as error:
        return error
    if not found:
        return None
    return StorageError(
        f"{session.store().engine.location} is damaged: {found[0].message}",
        "See `cardcrm db check`; restore a backup with `cardcrm db restore FILE`.",
    )
