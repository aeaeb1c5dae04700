"""Read a message and tell what it is: mail of a person, returned mail, an automatic answer."""

import datetime as dt

from cardcrm import dates
from cardcrm.formats.mbox import automatic_mail
from cardcrm.formats.mbox.absence_dates import find_last_day
from cardcrm.formats.mbox.mail_reader import build_draft
from cardcrm.formats.mbox.message_text import Body, read_body
from cardcrm.formats.mbox.mime_parts import Part, parse_message
from cardcrm.formats.mbox.quoted_text import remove_quotes
from cardcrm.formats.mbox.raw_messages import RawMessage
from cardcrm.formats.mbox.returned_mail import (
    find_failures,
    find_reason,
    find_returned_ids,
    is_complaint,
    is_disposition,
)
from cardcrm.formats.mbox.stop_requests import asks_to_stop
from cardcrm.records.activity.mail_drafts import MailDraft
from cardcrm.records.mail.incoming import AUTOMATIC, BOUNCE, COMPLAINT, SKIPPED, Incoming


def read_incoming(raw: RawMessage, now: dt.datetime) -> Incoming | None:
    """Return what a message is; None for bytes without a sender and recipients."""
    message = parse_message(raw.data)
    body = read_body(message)
    subject = message.header("Subject")
    own = remove_quotes(body.text, subject)
    draft = build_draft(message, raw, now, body, own)
    if draft is None:
        return None
    if is_complaint(message):
        return Incoming(draft, COMPLAINT, subject, find_returned_ids(message))
    if draft.is_automatic == automatic_mail.BOUNCE and not is_disposition(message):
        return _read_bounce(message, draft, subject)
    if draft.is_automatic:
        return _read_automatic(draft, body, subject)
    return Incoming(
        draft,
        subject=subject,
        asks_to_stop=not raw.role and _asks_to_stop(own, body, subject),
    )


def _asks_to_stop(own: str, body: Body, subject: str) -> bool:
    """Return whether a reply is a request to stop; one of quoted mail alone has no text."""
    is_quoted_only = own.strip() == body.text.strip() and own.lstrip().startswith(">")
    return asks_to_stop("" if is_quoted_only else own, subject)


def _read_bounce(message: Part, draft: MailDraft, subject: str) -> Incoming:
    """Return a bounce; a program that answers with a null sender has returned nothing."""
    failures = find_failures(message)
    if not failures and message.header("Auto-Submitted").lower().startswith("auto-replied"):
        return Incoming(draft, AUTOMATIC, subject)
    return Incoming(
        draft, BOUNCE, subject, find_returned_ids(message), failures, find_reason(message)
    )


def _read_automatic(draft: MailDraft, body: Body, subject: str) -> Incoming:
    """Return an automatic answer with the end of the absence, or list mail, which is left out."""
    if draft.is_automatic not in (automatic_mail.REPLY, automatic_mail.BOUNCE):
        return Incoming(draft, SKIPPED, subject)
    day = draft.at.date() if draft.at else dates.today()
    return Incoming(draft, AUTOMATIC, subject, until=find_last_day(f"{subject}\n{body.text}", day))
