"""Drafts of mails: what a message holds, before it is matched with contacts and stored."""

import datetime as dt
from typing import NamedTuple


class MailAddress(NamedTuple):
    """An email address with the name beside it, which may be empty."""

    email: str
    name: str = ""


class MailDraft(NamedTuple):
    """One message.

    ``references`` are the ids of the messages before it in its thread, the oldest first, and
    ``reply_to_id`` is the one that it answers. ``delivered_to`` are addresses of the mailbox.
    ``text`` is the subject, an empty line, and what the sender wrote. ``full_text`` is the text of
    the message where quoted parts or a signature were left out of that. ``is_automatic`` gives the
    reason why no person wrote the message to its readers, such as “list mail”. ``is_sent`` says
    that the mailbox holds it as a sent message. ``reply_to`` is where the sender wants the answer,
    if that is stated. ``line`` and ``name`` tell where it was found.
    """

    message_id: str
    sender: MailAddress | None
    recipients: tuple[MailAddress, ...]
    at: dt.datetime | None
    text: str
    references: tuple[str, ...] = ()
    reply_to_id: str = ""
    delivered_to: tuple[str, ...] = ()
    is_automatic: str = ""
    is_sent: bool = False
    is_date_doubtful: bool = False
    is_cut: bool = False
    line: int = 1
    name: str = ""
    full_text: str = ""
    subject: str = ""
    reply_to: MailAddress | None = None
