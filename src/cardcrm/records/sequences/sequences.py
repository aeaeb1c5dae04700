"""Pause and resume sequences."""

from cardcrm.errors import ConflictError
from cardcrm.records import records
from cardcrm.records.records import Record
from cardcrm.records.sequences.sequence_status import ACTIVE, PAUSED
from cardcrm.records.sequences.sequence_type import SEQUENCE
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import sanitize


@retry_transaction
def pause(store: Store, sequence_id: int) -> Record:
    """Let no contact enter or go on, and hold back the mail that is queued.

    Raises ConflictError for a sequence that is paused.
    """
    return _set_status(store, sequence_id, PAUSED)


@retry_transaction
def resume(store: Store, sequence_id: int) -> Record:
    """Go on after a pause. Raises ConflictError for a sequence that is not paused."""
    return _set_status(store, sequence_id, ACTIVE)


def _set_status(store: Store, sequence_id: int, status: str) -> Record:
    with store.transaction():
        sequence = records.get(store, SEQUENCE, sequence_id)
        name = sanitize(sequence.values["name"])
        if sequence.columns["status"] == status:
            raise ConflictError(
                f"the sequence {name} is {status} already",
                f"See it with: cardcrm sequence show {name}",
            )
        store.update("sequence", sequence_id, status=status)
    return records.get(store, SEQUENCE, sequence_id)
