"""Messages for the tests: each is what a mail program writes, as bytes."""

from email.message import EmailMessage

NOW = "2026-11-21T20:00"
DATE = "Fri, 20 Nov 2026 09:00:00 -0500"
HEAD = (
    b"From: Jane Doe <jane@example.com>\nTo: Ann <ann@example.org>\n"
    b"Date: Fri, 20 Nov 2026 09:00:00 -0500\n"
)


def message(
    text: str | None = "", html: str = "", encoding: str = "8bit", **headers: str
) -> EmailMessage:
    """Return a message of Jane to Ann; a header without a text is left out."""
    made = EmailMessage()
    usual = {"From": "Jane Doe <jane@example.com>", "To": "Ann <ann@example.org>", "Date": DATE}
    for name, value in {**usual, **headers}.items():
        if value:
            made[name.replace("_", "-")] = value
    if text is not None:
        made.set_content(text, cte=encoding)
    if html and text:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    return made


def mail(text: str | None = "", html: str = "", encoding: str = "8bit", **headers: str) -> bytes:
    """Return the bytes of a `message`."""
    return message(text, html, encoding, **headers).as_bytes()


def with_type(content_type: str, body: bytes, subject: bytes = b"x", more: bytes = b"") -> bytes:
    """Return a message with a content type and a body as they are given."""
    lines = b"Subject: " + subject + b"\n" + more + b"Content-Type: " + content_type.encode()
    return HEAD + lines + b"\n\n" + body


def mbox(*messages: bytes, escape: bytes = b">") -> bytes:
    """Return an mbox file, in which a line of a message that begins with “From ” is escaped."""
    found = b""
    for each in messages:
        lines = [escape + line if line.startswith(b"From ") else line for line in each.split(b"\n")]
        found += b"From jane@example.com Fri Nov 20 14:00:00 2026\n" + b"\n".join(lines) + b"\n\n"
    return found
