"""The outbox: put mail into it."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.mail.message_type import BOUNCED, PERSONAL, QUEUED
from cardcrm.store import Store


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
    reply_to_id: str = ""
    due_at: str = ""


def enqueue(store: Store, drafts: Sequence[Draft], domain: str) -> list[int]:
    """Queue mails in one transaction and return their ids.

    ``domain`` is that of the sender, for the Message-IDs, which are made here.
    """
    ids = []
    with store.transaction():
        now = dates.current_instant()
        for each in drafts:
            values = each._asdict() | {"due_at": each.due_at or now}
            values["reply_to_id"] = each.reply_to_id or None
            row_id = store.insert(
                "message",
                uid=new_uid(),
                message_id=create_message_id(domain),
                status=QUEUED,
                author=store.author.name,
                created_at=now,
                **values,
            )
            ids.append(row_id)
    return ids


def create_message_id(domain: str) -> str:
    """Return a Message-ID of 128 random bits, without the angle brackets."""
    return f"{secrets.token_hex(16)}@{domain if domain.isascii() else 'localhost'}"


def mark_replied(store: Store, message_id: str, at: str) -> None:
    """Mark a message as answered; the first answer counts."""
    sql = "SELECT id FROM message WHERE message_id = :message_id AND replied_at IS NULL"
    row_id = store.value(sql, message_id=message_id)
    if row_id is not None:
        with store.transaction():
            store.update("message", row_id, replied_at=at)


def mark_bounced(store: Store, message_id: str, *, permanent: bool, reason: str) -> None:
    """Mark a message as bounced; after a temporary failure it may still arrive."""
    row_id = store.value("SELECT id FROM message WHERE message_id = :id", id=message_id)
    if row_id is None:
        return
    values = {"error": reason} | ({"status": BOUNCED} if permanent else {})
    with store.transaction():
        store.update("message", row_id, **values)
