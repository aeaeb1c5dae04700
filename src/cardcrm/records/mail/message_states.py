"""Cancel messages, and queue again what failed."""

from collections.abc import Sequence
from typing import Final

from cardcrm import dates
from cardcrm.errors import ConflictError
from cardcrm.records.mail.message_status import (
    CANCELED,
    QUEUED,
    SENDING,
    SENT,
    TROUBLED,
    UNCERTAIN,
)
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

_FROM: Final = {"cancel": (QUEUED,), "retry": (*TROUBLED, CANCELED), "remove": (QUEUED, CANCELED)}
DUPLICATE: Final = "queued twice before a merge"


def check(store: Store, ids: Sequence[int], verb: str) -> list[int]:
    """Return the uncertain ones among messages. Raises ConflictError if one does not allow it."""
    found: dict[int, str] = {}
    for marks, params in chunks(ids):
        sql = f"SELECT id, status FROM message WHERE id IN ({marks})"
        found.update({row[0]: row[1] for row in store.rows(sql, **params)})
    wrong = next((each for each in ids if found.get(each) not in _FROM[verb]), None)
    if wrong is not None:
        raise ConflictError(
            f"cannot {verb} message {wrong}: it is {found.get(wrong, 'gone')}",
            f"Only messages that are {', '.join(_FROM[verb])}: see `cardcrm message list`.",
        )
    return [each for each in ids if found[each] == UNCERTAIN]


@retry_transaction
def cancel(store: Store, ids: Sequence[int]) -> None:
    """Cancel messages that are queued. Raises ConflictError for others."""
    with store.transaction():
        check(store, ids, "cancel")
        for each in ids:
            store.update("message", each, status=CANCELED)


def cancel_duplicates(store: Store, contact_id: int) -> None:
    """Cancel queued messages of a campaign that a merged contact gets or got by another one."""
    sql = (
        "SELECT m.id FROM message m WHERE m.contact_id = :contact AND m.status = :queued "
        "AND EXISTS (SELECT 1 FROM message o WHERE o.contact_id = m.contact_id "
        "AND o.campaign_id = m.campaign_id AND o.id <> m.id AND (o.status IN (:sending, :sent, "
        ":uncertain) OR (o.status = :queued AND o.id < m.id))) ORDER BY m.id"
    )
    states = {"queued": QUEUED, "sending": SENDING, "sent": SENT, "uncertain": UNCERTAIN}
    for row in list(store.rows(sql, contact=contact_id, **states)):
        store.update("message", row[0], status=CANCELED, error=DUPLICATE)


@retry_transaction
def retry(store: Store, ids: Sequence[int]) -> None:
    """Queue messages again that failed, were given up or are uncertain. Raises ConflictError."""
    with store.transaction():
        check(store, ids, "retry")
        now = dates.current_instant()
        for each in ids:
            store.update("message", each, status=QUEUED, attempts=0, due_at=now)
