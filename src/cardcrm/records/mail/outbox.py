"""The outbox: put mail into it."""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.mail.message_addresses import list_writings
from cardcrm.records.mail.message_status import BOUNCED, QUEUED, SENDING, SENT, UNCERTAIN
from cardcrm.records.mail.message_type import PERSONAL
from cardcrm.store import Store
from cardcrm.store.store import placeholders

if TYPE_CHECKING:
    from cardcrm.records.mail.attachments import File


class Draft(NamedTuple):
    """A mail to be queued.

    ``due_at`` is the instant before which it is not sent, now unless given. A mail without a
    ``text`` is rendered from its template when it is sent.
    """

    contact_id: int
    address: str
    subject: str = ""
    text: str = ""
    html: str = ""
    template_id: int | None = None
    purpose: str = PERSONAL
    deal_id: int | None = None
    campaign_id: int | None = None
    enrollment_id: int | None = None
    step: str = ""
    case_id: int | None = None
    reply_to_id: str = ""
    due_at: str = ""


_CHUNK: Final = 1000  # rows that are inserted, and named in the journal, at once
_COLUMNS: Final = (
    "id", "uid", "message_id", "status", "author", "created_at", *Draft._fields[:-2],
    "reply_to_id", "due_at",
)  # fmt: skip


def enqueue(
    store: Store, drafts: Sequence[Draft], domain: str, files: "Sequence[File]" = ()
) -> list[int]:
    """Queue mails in one transaction, each with the same files, and return their ids.

    ``domain`` is that of the sender, for the Message-IDs, which are made here.
    """
    if not drafts:
        return []
    with store.transaction():
        now = dates.current_instant()
        first = store.reserve("message", len(drafts))
        values = (_values(store, each, domain, now) for each in drafts)
        rows = [(row_id, *each) for row_id, each in enumerate(values, first)]
        for start in range(0, len(rows), _CHUNK):
            store.load("message", _COLUMNS, rows[start : start + _CHUNK])
        ids = list(range(first, first + len(drafts)))
        if files:
            from cardcrm.records.mail.attachments import attach_to_messages

            attach_to_messages(store, ids, files)
    return ids


def _values(store: Store, draft: Draft, domain: str, now: str) -> tuple[Any, ...]:
    """Return the values of a new message in the order of `_COLUMNS`, without its id."""
    own = (new_uid(), create_message_id(domain), QUEUED, store.author.name, now)
    return (*own, *draft[:-2], draft.reply_to_id or None, draft.due_at or now)


def create_message_id(domain: str) -> str:
    """Return a Message-ID of 128 random bits, without the angle brackets."""
    return f"{secrets.token_hex(16)}@{domain if domain.isascii() else 'localhost'}"


def mark_bounced(store: Store, message_id: str, *, permanent: bool, reason: str) -> None:
    """Mark a message as returned; a temporary failure is only noted."""
    found = _find(store, message_id)
    if found is None:
        return
    row_id, sent_at = found
    status = {"status": BOUNCED} if permanent else {}
    with store.transaction():
        store.update("message", row_id, error=reason, sent_at=sent_at, **status)


def mark_replied(store: Store, message_id: str, at: str) -> None:
    """Store when a message was answered first, which proves that an uncertain one was sent."""
    found = _find(store, message_id)
    if found is None:
        return
    row_id, sent_at = found
    sql = "SELECT status, replied_at FROM message WHERE id = :id"
    (row,) = store.rows(sql, id=row_id)
    status = SENT if row["status"] == UNCERTAIN else row["status"]
    answered = min(row["replied_at"] or at, at)
    with store.transaction():
        store.update("message", row_id, status=status, replied_at=answered, sent_at=sent_at)


def mark_unsubscribed(store: Store, address: str, message_id: str = "") -> None:
    """Store when the owner of an address opted out by an answer to a message, for its results.

    An answer proves that an uncertain message was sent. Without a Message-ID, as a mail program
    sends a request to unsubscribe, it is the message with a purpose that was sent to the address
    last.
    """
    marks, params = placeholders(list_writings(store, [email_key(address.strip())]), "a")
    sql = (
        "SELECT id, status, unsubscribed_at, due_at FROM message "
        f"WHERE lower(address) IN ({marks}) "
        "AND (message_id = :message_id OR (:message_id = '' AND purpose <> '')) "
        "AND (sent_at IS NOT NULL OR attempts > 0) ORDER BY sent_at DESC, id DESC LIMIT 1"
    )
    row = store.row(sql, message_id=message_id, **params)
    if row is not None and not row["unsubscribed_at"]:
        with store.transaction():
            is_uncertain = row["status"] == UNCERTAIN
            sent = {"status": SENT, "sent_at": row["due_at"]} if is_uncertain else {}
            now = dates.current_instant()
            store.update("message", row["id"], unsubscribed_at=now, **sent)


def _find(store: Store, message_id: str) -> tuple[int, str] | None:
    """Return the message of a Message-ID and when it was sent; an uncertain one when it was due."""
    sql = "SELECT id, coalesce(sent_at, due_at) FROM message WHERE message_id = :message_id"
    row = store.row(sql, message_id=message_id)
    return (row[0], row[1]) if row else None


def find_earlier(store: Store, contact_id: int, template_id: int) -> tuple[int, str, str] | None:
    """Return the newest mail of a template to a contact that is queued or was sent, if any.

    It is given by its id, its status and the instant at which it was sent or is due.
    """
    sql = (
        "SELECT id, status, coalesce(sent_at, due_at) FROM message WHERE contact_id = :contact "
        "AND template_id = :template AND status IN (:queued, :sending, :sent, :uncertain) "
        "ORDER BY id DESC LIMIT 1"
    )
    states = {"queued": QUEUED, "sending": SENDING, "sent": SENT, "uncertain": UNCERTAIN}
    row = store.row(sql, contact=contact_id, template=template_id, **states)
    return (row[0], row[1], row[2]) if row else None


def count_since(store: Store, address: str, step: str, span: dt.timedelta) -> int:
    """Return how many messages of a step were queued for an address in a span until now."""
    sql = (
        "SELECT count(*) FROM message WHERE lower(address) = lower(:address) AND step = :step "
        "AND created_at > :since"
    )
    since = dates.instant_before(span)
    return int(store.value(sql, address=address, step=step, since=since))
