"""Cancel messages, and queue again what failed."""

from collections.abc import Sequence
from typing import Final

from cardcrm import dates
from cardcrm.errors import ConflictError
from cardcrm.records.campaigns import campaign_status
from cardcrm.records.mail.message_status import (
    CANCELED,
    QUEUED,
    SENDING,
    SENT,
    TROUBLED,
    UNCERTAIN,
)
from cardcrm.store import Store
from cardcrm.store.bulk_update import update_rows
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction
from cardcrm.text import sanitize

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


def cancel_queued(store: Store, column: str, ids: Sequence[int], reason: str) -> int:
    """Cancel the queued messages of some campaigns or enrollments, inside a transaction.

    ``column`` is the one that holds their ids. Return how many messages were canceled.
    """
    sql = f"SELECT id FROM message WHERE {column} IN ({{}}) AND status = :queued ORDER BY id"
    waiting = [
        row[0]
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), queued=QUEUED, **params)
    ]
    return update_rows(store, "message", waiting, status=CANCELED, error=reason)


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
    """Queue messages again that failed, were given up or are uncertain; reopen their campaigns.

    Raises ConflictError for others, and for those of a campaign that was stopped.
    """
    with store.transaction():
        check(store, ids, "retry")
        _reopen_campaigns(store, ids)
        now = dates.current_instant()
        update_rows(store, "message", ids, status=QUEUED, attempts=0, due_at=now)


def _reopen_campaigns(store: Store, ids: Sequence[int]) -> None:
    """Let the campaigns of messages send again that are done. Raises ConflictError for a stop."""
    sql = (
        "SELECT DISTINCT c.id, c.name, c.status FROM campaign c JOIN message m "
        "ON m.campaign_id = c.id WHERE m.id IN ({})"
    )
    found = {
        row["id"]: (row["name"], row["status"])
        for marks, params in chunks(ids)
        for row in store.rows(sql.format(marks), **params)
    }
    for name, status in found.values():
        if status == campaign_status.STOPPED:
            raise ConflictError(
                f"the campaign {sanitize(name)} was stopped",
                "Write to the contact: cardcrm mail WHO --template NAME",
            )
    done = [each for each, (_, status) in found.items() if status == campaign_status.DONE]
    update_rows(store, "campaign", done, status=campaign_status.SENDING)
