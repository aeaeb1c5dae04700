"""Define incoming messages by their kind: mail of a person, a bounce, an answer of a program."""

import datetime as dt
from typing import Final, NamedTuple

from cardcrm.records.activity.mail_drafts import MailDraft

MAIL: Final = "mail"
BOUNCE: Final = "bounce"
COMPLAINT: Final = "complaint"
AUTOMATIC: Final = "automatic"
SKIPPED: Final = "skipped"


class Failure(NamedTuple):
    """An address that a bounce names, and whether the failure is permanent."""

    address: str
    is_permanent: bool


class Incoming(NamedTuple):
    """A message that came in, or that the mailbox holds as sent.

    ``returned_ids`` are the Message-IDs of the mail that a bounce or a complaint returns,
    ``failures`` the addresses of a bounce, and ``reason`` its words. ``asks_to_stop`` says that
    the text is a request to be left alone. ``until`` is the last day of the absence that an
    automatic answer reports.
    """

    draft: MailDraft
    kind: str = MAIL
    subject: str = ""
    returned_ids: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    reason: str = ""
    asks_to_stop: bool = False
    until: dt.date | None = None
