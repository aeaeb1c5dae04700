"""Write replies: the subject, the quoted mail, and the draft for the outbox."""

import html
import re
from typing import Final, NamedTuple

from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.mail.edited_mail import split_subject
from cardcrm.records.mail.message_type import PERSONAL
from cardcrm.records.mail.outbox import Draft
from cardcrm.records.mail.permission import find_refusals
from cardcrm.records.mail.received import Received
from cardcrm.records.mail.reply_introduction import introduce
from cardcrm.store import Store
from cardcrm.text import normalize_block, normalize_line

MAX_QUOTE: Final = 20_000  # characters of the mail that a reply quotes
_ANSWER = re.compile(
    r"(?:\s*(?:re|aw|antw|antwort|sv|vs|odp|rif|res|r|réf|ref)\s*(?:\[\d+\]|\(\d+\))?\s*[:：])+\s*",
    re.IGNORECASE,
)


def build_reply_subject(subject: str) -> str:
    """Return the subject of a reply: “Re: ” once, in place of what programs put there."""
    return f"Re: {strip_answer(subject)}".strip()


def strip_answer(subject: str) -> str:
    """Return a subject without the “Re:” of any language that programs put before it."""
    return _ANSWER.sub("", subject, count=1) if _ANSWER.match(subject) else subject


class Body(NamedTuple):
    """The text of a reply above the quoted mail, perhaps as HTML too, and its template."""

    text: str
    html: str = ""
    template_id: int | None = None


def build_body(store: Store, mail: Received, own: Body) -> Body:
    """Return the body of a reply with the mail quoted below."""
    text = f"{own.text}\n\n{quote(store, mail)}"
    return own._replace(text=text, html=own.html and _add_quote(store, mail, own.html))


def quote(store: Store, mail: Received) -> str:
    """Return a mail as a reply quotes it: an introduction, and its lines after “> ”."""
    text = _shorten(mail)
    lines = (f">{each}" if each.startswith(">") else f"> {each}" for each in text.split("\n"))
    return "\n".join([introduce(store, mail), *map(str.rstrip, lines)])


def _shorten(mail: Received) -> str:
    return mail.text if len(mail.text) <= MAX_QUOTE else f"{mail.text[:MAX_QUOTE]}\n[…]"


def _add_quote(store: Store, mail: Received, page: str) -> str:
    """Return a page with the mail quoted at its end."""
    text = html.escape(_shorten(mail)).replace("\n", "<br>\n")
    quoted = f"<p>{html.escape(introduce(store, mail))}</p>\n<blockquote>{text}</blockquote>\n"
    end = re.search(r"</body\s*>", page, re.IGNORECASE)
    return f"{page[: end.start()]}{quoted}{page[end.start() :]}" if end else f"{page}\n{quoted}"


def check_permission(store: Store, mail: Received) -> None:
    """Raise ConflictError if the address that wrote must not be mailed."""
    if reason := find_refusals(store, [mail.address], PERSONAL).get(mail.address):
        raise ConflictError(
            f"{mail.contact} must not be mailed: {mail.address}: {reason}",
            "Call, or write a letter.",
        )


def read_edited(store: Store, mail: Received, written: str, offered: Body) -> Draft:
    """Return a reply as it was edited; a missing line of the subject leaves that of the mail.

    It has no HTML if the text was changed. Raises UsageError if nothing was written above the
    quote.
    """
    try:
        subject, text = split_subject(written)
    except UsageError:
        subject, text = "", written
    is_same = _normalize(text) == _normalize(offered.text)
    body = Body(text, offered.html if is_same else "", offered.template_id)
    return draft_reply(store, mail, body, subject)


def _normalize(text: str) -> str:
    return normalize_block(text).strip("\n")


def draft_reply(store: Store, mail: Received, body: Body, subject: str = "") -> Draft:
    """Return a reply for the outbox. Raises UsageError if nothing was written above the quote."""
    text = _normalize(body.text)
    written = "\n".join(each for each in text.split("\n") if not each.startswith(">")).strip()
    if written in ("", introduce(store, mail)):
        raise UsageError("the reply is empty", "Write a text above the quoted mail.")
    subject = normalize_line(subject) or build_reply_subject(mail.subject)
    return Draft(
        mail.contact_id, mail.address, subject, text, body.html, body.template_id,
        case_id=mail.case_id, reply_to_id=mail.message_id,
    )  # fmt: skip
