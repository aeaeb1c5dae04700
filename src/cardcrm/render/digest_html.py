"""Format the digest as an HTML page for mail programs, which support inline styles only."""

from typing import TYPE_CHECKING

from cardcrm import dates
from cardcrm.render.digest import build_blocks, format_subject
from cardcrm.render.digest_layout import Block, Entry
from cardcrm.render.html import escape

if TYPE_CHECKING:
    from cardcrm.reports.due_rows import Digest

_BODY = "font:15px/1.45 system-ui,sans-serif;color:#222;background:#fff;margin:0;padding:16px"
_TABLE = "border-collapse:collapse;width:100%;max-width:720px"
_HEAD = "font-size:17px;margin:22px 0 4px;border-bottom:2px solid #c33;max-width:720px"
_CELL = "vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid #dde"
_SMALL = "white-space:nowrap;width:1%;"
_DIM = "color:#666"
_LATE = "color:#b00"


def build_page(digest: "Digest") -> str:
    """Return the page."""
    day = dates.format_day(digest.date, digest.date)
    title = f"{day} {digest.date.year}: {format_subject(digest)}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n</head>\n"
        f'<body style="{_BODY}">\n'
        f'<h1 style="font-size:20px;margin:0">{escape(title)}</h1>\n'
        + "".join(map(_format_block, build_blocks(digest)))
        + "</body>\n</html>\n"
    )


def _format_block(block: Block) -> str:
    color = f";{_LATE}" if block.late else ""
    rows = "".join(_format_row(entry, late=block.late) for entry in block.entries)
    more = f'<p style="{_DIM}">{escape(block.more)}</p>\n' if block.more else ""
    return (
        f'<h2 style="{_HEAD}{color}">{escape(block.title)}</h2>\n'
        f'<table style="{_TABLE}">\n{rows}'
        f"</table>\n{more}"
    )


def _format_row(entry: Entry, *, late: bool) -> str:
    color = f";{_LATE}" if late else ""
    promise = '<span title="promised" style="color:#b60">promised</span> ' if entry.promise else ""
    extra = f' <span style="{_DIM}">({escape(entry.extra)})</span>' if entry.extra else ""
    what = f": {escape(entry.what)}" if entry.what else ""
    number = escape(entry.number)
    return (
        f'<tr><td style="{_SMALL}{_CELL};{_DIM};text-align:right">{number}</td>'
        f'<td style="{_SMALL}{_CELL}{color}">{escape(entry.when)}</td>'
        f'<td style="{_CELL}">{promise}<b>{escape(entry.who)}</b>{what}{extra}'
        f"{_format_contact_lines(entry)}</td></tr>\n"
    )


def _format_contact_lines(entry: Entry) -> str:
    """Return how to reach the contact, and the latest interaction; "" without a contact."""
    if not (entry.reach or entry.last):
        return ""
    last = f'<span style="{_DIM}">{escape(entry.last)}</span>'
    return f"<br>{_format_reach(entry.reach)}<br>{last}"


def _format_reach(text: str) -> str:
    """Return a link to a phone number or email address."""
    if "@" in text:
        from urllib.parse import quote

        return f'<a href="mailto:{escape(quote(text, safe="@"))}">{escape(text)}</a>'
    digits = "".join(char for char in text if char.isdigit() and char.isascii())
    if not digits:
        return f'<span style="{_DIM}">{escape(text)}</span>'
    plus = "+" if text.startswith("+") else ""
    return f'<a href="tel:{plus}{digits}">{escape(text)}</a>'
