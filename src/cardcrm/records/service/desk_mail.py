"""Tell the mail that is for the help desk: by the account, or the address that it was sent to."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from cardcrm import dates
from cardcrm.domains import email_key
from cardcrm.records.activity.mail_drafts import MailDraft
from cardcrm.records.activity.mail_log import MailOptions
from cardcrm.records.mail.incoming import MAIL, Incoming

_MAX_AGE: Final = dt.timedelta(days=14)  # of a mail that opens a case, when a mailbox is read first


def parse_desk(text: str) -> frozenset[str]:
    """Return the accounts, and the keys of the addresses, in the setting of the help desk."""
    words = (each.strip() for each in text.split(","))
    return frozenset(email_key(each) if "@" in each else each.lower() for each in words if each)


def is_for_desk(message: Incoming, options: MailOptions) -> bool:
    """Return whether a message is mail of a person to the help desk, and not of long ago."""
    draft = message.draft
    if not options.desk or message.kind != MAIL or draft.is_sent or message.asks_to_stop:
        return False
    if draft.at is not None and dates.now() - draft.at.replace(tzinfo=dt.UTC) > _MAX_AGE:
        return False
    if draft.sender is None or email_key(draft.sender.email) in options.own:
        return False
    return options.account.lower() in options.desk or not options.desk.isdisjoint(_keys(draft))


def _keys(draft: MailDraft) -> set[str]:
    addresses = (*draft.delivered_to, *(each.email for each in draft.recipients))
    return set(map(email_key, addresses))


def find_desk_senders(messages: Sequence[Incoming], options: MailOptions) -> frozenset[str]:
    """Return the keys of the addresses that wrote to the help desk."""
    senders = (each.draft.sender for each in messages if is_for_desk(each, options))
    return frozenset(email_key(each.email) for each in senders if each is not None)
