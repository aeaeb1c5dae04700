"""Show the mail that a template makes, on a terminal and as a page."""

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm.cli.result import Page
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError, file_exists
from cardcrm.sheet import Card, Column, Phrases, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.mail.attachments import Attachment

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


class About(NamedTuple):
    """The deal, quote and values of a mail, as parsed from options."""

    deal_id: int | None
    quote_id: int | None
    values: dict[str, str]


class Preview(NamedTuple):
    """A mail for one contact: its addresses and its texts."""

    contact_id: int
    contact: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    attachments: "tuple[Attachment, ...]" = ()


def parse_about(session: Session, deal: str, quote: str, pairs: Sequence[str]) -> About:
    """Return the deal, quote and values that options name. Raises UsageError."""
    from cardcrm.cli.deal_move import parse_deal
    from cardcrm.records.quotes.find_quote import find_quote

    quote_id = find_quote(session.store(), quote) if quote else None
    return About(parse_deal(deal) if deal else None, quote_id, dict(map(split_pair, pairs)))


def split_pair(text: str) -> tuple[str, str]:
    """Return the key and the value of a text for --set. Raises UsageError."""
    key, sign, value = text.partition("=")
    if not sign or not _KEY.fullmatch(key):
        raise UsageError(f"invalid value “{text}” for --set", "Write it like --set coupon=SPRING.")
    return key, value


def show_preview(
    session: Session, template: str, contact: "Contact", about: About
) -> tuple[Page | Card, str]:
    """Return the mail of a template for a contact as it is shown, and as a page."""
    from cardcrm.cli.attachment_files import list_shared
    from cardcrm.mail.rendering import render
    from cardcrm.mail.sender import find_sender
    from cardcrm.records.campaigns.recipients import find_addresses

    store = session.store()
    made = render(
        store,
        template,
        contact.id,
        deal_id=about.deal_id,
        quote_id=about.quote_id,
        values=about.values,
        settings=session.config,
    )
    found = find_addresses(store, [contact.id])
    to = found[0].address if found else ""
    mail = Preview(
        contact.id, contact.name, find_sender(session.config), to, made.subject, made.text,
        made.html, list_shared(store, made.template_id),
    )  # fmt: skip
    return show_mail(session, mail), build_page(mail)


def show_mail(session: Session, mail: Preview) -> Page | Card:
    """Return a mail as text for people, and as an object for programs."""
    if session.format == "table":
        text = sanitize(write_text(mail), newlines=True)
        return Page(lambda _color, _width: text + "\n")
    data: dict[str, Any] = {
        "contact_id": mail.contact_id,
        "contact": mail.contact,
        "from": mail.sender or None,
        "to": mail.to or None,
        "subject": mail.subject or None,
        "text": mail.text,
        "html": mail.html or None,
    }
    cells = {**data, "attachments": Phrases(each.name for each in mail.attachments)}
    columns = tuple(Column(key, key) for key in cells)
    facts = tuple((key, str(value)) for key, value in cells.items() if value)
    data["attachments"] = [each._asdict() for each in mail.attachments]
    return Card(mail.subject, facts=facts, data=data, row=Sheet(columns, [tuple(cells.values())]))


def write_text(mail: Preview) -> str:
    """Return a mail as text: its head, and its text below an empty line."""
    to = f"{mail.contact} <{mail.to}>" if mail.to else f"{mail.contact} (no email address)"
    head = [f"From:    {mail.sender or '(mail.from is not set)'}", f"To:      {to}"]
    names = ", ".join(each.name for each in mail.attachments)
    files = [f"Files:   {names}"] if names else []
    return "\n".join([*head, f"Subject: {mail.subject}", *files, "", mail.text])


_PAGE = """\
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{subject}</title>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox">
<style>body{{font-family:sans-serif;max-width:44em;margin:2em auto}}pre{{white-space:pre-wrap}}
dl{{display:grid;grid-template-columns:6em 1fr}}dt{{font-weight:bold}}dd{{margin:0}}</style>
</head><body><dl><dt>From</dt><dd>{sender}</dd><dt>To</dt><dd>{to}</dd>
<dt>Subject</dt><dd>{subject}</dd></dl><hr>
{body}
</body></html>
"""


def build_page(mail: Preview) -> str:
    """Return a mail as a page, on which no script runs and nothing is loaded."""
    return _PAGE.format(
        subject=html.escape(mail.subject),
        sender=html.escape(mail.sender),
        to=html.escape(f"{mail.contact} <{mail.to}>"),
        body=mail.html or f"<pre>{html.escape(mail.text)}</pre>",
    )


def write_page(path: Path, page: str, *, replace: bool) -> None:
    """Write a page to a file. Raises ConflictError if it exists."""
    from cardcrm.cli.export_target import open_target

    if path.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{path} must end in .html", f"For example: --output {path.stem}.html")
    if path.exists() and not replace:
        raise file_exists(path)
    with open_target(path, replace=replace) as file:
        file.write(page)
