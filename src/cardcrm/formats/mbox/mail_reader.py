"""Read one message into the draft of an interaction."""

import datetime as dt
import hashlib
from itertools import chain
from typing import Final

from cardcrm.formats.mbox.automatic_mail import classify
from cardcrm.formats.mbox.mail_dates import SentDate, envelope_date, find_date
from cardcrm.formats.mbox.message_text import Body, read_body
from cardcrm.formats.mbox.mime_headers import decode_header, message_ids, read_addresses
from cardcrm.formats.mbox.mime_parts import Part, parse_message
from cardcrm.formats.mbox.quoted_text import remove_quotes
from cardcrm.formats.mbox.raw_messages import RawMessage
from cardcrm.records.activity.mail_drafts import MailAddress, MailDraft
from cardcrm.text import normalize_block, normalize_line

MAX_TEXT: Final = 900_000  # characters, below the limit of an interaction
MAX_SUBJECT: Final = 1_000  # characters
NO_TEXT: Final = "(no text)"
DRAFT, SPAM, TRASH = "draft", "spam", "trash"

_SENDERS: Final = ("From", "Sender", "Reply-To", "Return-Path")
_RECIPIENTS: Final = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc")
_MAILBOX: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To")
_LEFT_OUT: Final = (DRAFT, SPAM, TRASH)
_LABELS: Final = {"spam": SPAM, "trash": TRASH, "draft": DRAFT, "drafts": DRAFT}


def read_mail(raw: RawMessage, now: dt.datetime) -> MailDraft | None:
    """Return the draft of a message; None for bytes without a sender and recipients."""
    message = parse_message(raw.data)
    body = read_body(message)
    own = remove_quotes(body.text, message.header("Subject"))
    return build_draft(message, raw, now, body, own)


def build_draft(
    message: Part, raw: RawMessage, now: dt.datetime, body: Body, own: str
) -> MailDraft | None:
    """Return the draft of a parsed message; ``own`` is the text without quoted parts."""
    sender = next(iter(chain.from_iterable(_addresses(message, name) for name in _SENDERS)), None)
    recipients = _addresses(message, *_RECIPIENTS)
    if sender is None and not recipients:
        return None
    text = _text(message, body._replace(text=own))
    sent = _find_date(message, raw, now)
    own_ids, answers, references = (
        message_ids(" ".join(message.headers_named(name)))
        for name in ("Message-ID", "In-Reply-To", "References")
    )
    return MailDraft(
        own_ids[0] if own_ids else _digest(message, text),
        sender,
        tuple(recipients),
        sent.at,
        text,
        references=tuple(dict.fromkeys([*references, *answers])),
        reply_to_id=next(iter([*answers, *references[-1:]]), ""),
        delivered_to=tuple(each.email for each in _addresses(message, *_MAILBOX)),
        is_automatic=_find_reason(message, raw, sender),
        is_sent=raw.role == "sent" or "sent" in _labels(message),
        is_date_doubtful=sent.is_doubtful,
        is_cut=raw.is_cut,
        line=raw.line,
        name=raw.name,
        full_text=_full_text(body.text, own),
        subject=normalize_line(message.header("Subject"))[:MAX_SUBJECT],
        reply_to=next(iter(_addresses(message, "Reply-To")), None),
    )


def _full_text(text: str, own: str) -> str:
    """Return the whole text if the sender's own part lacks some of it."""
    whole = normalize_block(text).strip()[:MAX_TEXT]
    return whole if len(own) < len(whole) and own.split() != whole.split() else ""


def _addresses(message: Part, *names: str) -> list[MailAddress]:
    return read_addresses(each for name in names for each in message.headers_named(name))


def _labels(message: Part) -> list[str]:
    """Return the labels that Gmail writes into the mbox file of an account."""
    return [each.strip().lower() for each in message.header("X-Gmail-Labels").split(",")]


def _find_reason(message: Part, raw: RawMessage, sender: MailAddress | None) -> str:
    """Return why a message is not one of a person: its folder, its label, or its headers."""
    if raw.role in _LEFT_OUT:
        return raw.role
    labeled = next((_LABELS[each] for each in _labels(message) if each in _LABELS), "")
    return labeled or classify(message, sender.email if sender else "")


def _find_date(message: Part, raw: RawMessage, now: dt.datetime) -> SentDate:
    envelope = envelope_date(raw.envelope)
    return find_date(message.header("Date"), message.headers_named("Received"), envelope, now)


def _text(message: Part, own: Body) -> str:
    """Return the subject, what the sender wrote, and the names of the files."""
    subject = message.header("Subject")
    pieces = [subject, own.text]
    if own.files:
        pieces.append(f"Attachments: {', '.join(map(decode_header, own.files))}")
    text = normalize_block("\n\n".join(filter(None, pieces))).strip()
    if len(text) > MAX_TEXT:
        text = f"{text[:MAX_TEXT]}\n… (cut at {MAX_TEXT:,} characters)"
    return text or NO_TEXT


def _digest(message: Part, text: str) -> str:
    """Return a stand-in for a missing Message-ID, which is equal for all copies of a message."""
    names = ("From", "To", "Date")
    content = [*(each for name in names for each in message.headers_named(name)), text]
    data = "\0".join(content).encode("utf-8", "surrogatepass")
    return f"sha256:{hashlib.sha256(data).hexdigest()[:40]}"
