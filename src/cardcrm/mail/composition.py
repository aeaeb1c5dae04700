"""Compose the mail of a message: its headers, its text and the same as HTML."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.mail.smtp import SmtpServer
from cardcrm.text import normalize_line, sanitize

if TYPE_CHECKING:
    import datetime as dt

    from cardcrm.records.mail.attachments import File
    from cardcrm.records.mail.outgoing import Outgoing


def compose(
    server: SmtpServer,
    message: "Outgoing",
    now: "dt.datetime",
    *,
    token: str = "",
    references: Sequence[str] = (),
    files: "Sequence[File]" = (),
) -> bytes:
    """Return a mail as it is sent.

    Mail of a campaign, of a sequence and a request for consent are marked as automatic. Mail with a
    purpose says how to unsubscribe by the ``token`` of its address. A reply names the mails before
    it: the ``references``.
    """
    from email.message import EmailMessage
    from email.policy import SMTPUTF8
    from email.utils import format_datetime

    from cardcrm.mail.header_policy import ASCII, format_address

    policy = ASCII if (message.address + server.sender).isascii() else SMTPUTF8
    mail = EmailMessage(policy=policy)
    mail["From"] = format_address(server.sender_name, server.sender)
    mail["To"] = format_address(message.name, message.address)
    mail["Subject"] = normalize_line(sanitize(message.subject))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.message_id}>"
    if message.reply_to_id:
        mail["In-Reply-To"] = f"<{message.reply_to_id}>"
        mail["References"] = " ".join(f"<{each}>" for each in references or [message.reply_to_id])
    if message.is_automatic:
        mail["Auto-Submitted"] = "auto-generated"
    if message.purpose:
        mail["List-Unsubscribe"] = f"<mailto:{server.sender}?subject=unsubscribe%20{token}>"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for each in files:
        main, _, sub = each.type.partition("/")
        mail.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return mail.as_bytes()
