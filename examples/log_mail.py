#!/usr/bin/env python3
"""Log a mail message from standard input: decode its text, and give it to `cardcrm log`.

The contact is the sender, or with --out the first recipient. Options go to `cardcrm log`:

    log_mail.py --next "send the quote" --due fri < message.eml
"""

import subprocess
import sys
from email import message_from_binary_file, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

MAX_TEXT = 1_000_000  # characters, the most that cardcrm takes


class TextOfHtml(HTMLParser):
    """Collects the text that a browser would show."""

    HIDDEN = ("head", "script", "style", "title")
    BLOCKS = ("br", "div", "h1", "h2", "h3", "li", "p", "table", "tr")

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.hidden += tag in self.HIDDEN
        self.pieces += ["\n"] if tag in self.BLOCKS else []

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in self.HIDDEN and self.hidden > 0
        self.pieces += ["\n"] if tag in self.BLOCKS else []

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(" ".join(data.split(" ")).replace("\n", " "))


def content(part: EmailMessage) -> str:
    """Return the decoded text of a part, as UTF-8 if its character set is unknown."""
    try:
        return part.get_content()
    except (LookupError, ValueError):
        return part.get_payload(decode=True).decode("utf-8", "replace")


def body(message: EmailMessage) -> str:
    """Return the plain text of a message, or else the text of its HTML."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    text = content(plain) if plain else ""
    if html and not text.strip():
        parser = TextOfHtml()
        parser.feed(content(html))
        text = "".join(parser.pieces)
    lines = [line.strip() if html and not plain else line.rstrip() for line in text.splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip()


def text_of(message: EmailMessage) -> str:
    """Return the subject and the text of a message."""
    subject = " ".join(str(message["subject"] or "").split())
    return f"{subject}\n\n{body(message)}".strip()[:MAX_TEXT] or "(no text)"


def address_of(message: EmailMessage, header: str) -> str:
    """Return the first address in a header."""
    addresses = message[header].addresses if message[header] else ()
    return addresses[0].addr_spec if addresses else ""


def date_of(message: EmailMessage) -> list[str]:
    """Return the option with the local time of a message, if its date can be read."""
    try:
        when = parsedate_to_datetime(str(message["date"])).astimezone()
    except (TypeError, ValueError):
        return []
    return ["--on", f"{when:%Y-%m-%d %H:%M}"]


def main(options: list[str]) -> int:
    """Log the message and return the exit code of cardcrm."""
    message = message_from_binary_file(sys.stdin.buffer, policy=policy.default)
    header, direction = ("to", []) if "--out" in options else ("from", ["--in"])
    who = address_of(message, header)
    if not who or who.startswith("-"):
        print(f"no usable address in the header {header.title()}", file=sys.stderr)
        return 1
    words = ["log", who, "--kind", "mail", *direction, *date_of(message), *options]
    done = subprocess.run(["cardcrm", *words], input=text_of(message).encode(), check=False)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
