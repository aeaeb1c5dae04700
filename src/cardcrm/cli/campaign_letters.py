"""`campaign letters`: the letters of a campaign as pages to print, or as a table for a printer."""

import html
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, TextIO, cast

import typer

from cardcrm.cli.arguments import Force, session_of
from cardcrm.cli.mail_options import CampaignName, describe_left_out
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError, file_exists
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.text import pluralize, sanitize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cardcrm.cli.session import Session
    from cardcrm.mail.letters import Letter

app = typer.Typer()

_MAX_CHARACTERS = 20  # without a glyph, that a warning names
_COLUMNS = ("id", "name", "organization", "street", "postcode", "city", "region", "country",
            "subject", "text")  # fmt: skip


@app.command("letters")
def letters(
    ctx: typer.Context,
    name: CampaignName,
    output: Annotated[
        Path, typer.Option(metavar="FILE", help="File to write: .html or .pdf to print, or .csv.")
    ],
    sent: Annotated[
        bool, typer.Option("--sent", help="Log the letters as sent; the next run leaves them out.")
    ] = False,
    force: Force = False,
) -> Result:
    """Write the letters of a campaign that are not sent yet.

    A page for each letter has the address where a window envelope shows it. A PDF, which needs the
    extra `pdf`, has the text of the template, and HTML its HTML. A table has the
    address and the text in columns, for a printing service.

    Examples:
        cardcrm campaign letters post --output letters.html

        cardcrm campaign letters post --output letters.pdf

        cardcrm campaign letters post --output letters.csv --sent

    """
    from cardcrm.cli.export_target import open_target
    from cardcrm.mail.letters import fill_in_letters
    from cardcrm.records import records
    from cardcrm.records.campaigns import outreach
    from cardcrm.records.campaigns.channel import LETTER

    session = session_of(ctx)
    store = session.store()
    campaign = records.find(store, "campaign", name)
    outreach.refuse_channel(campaign, LETTER)
    write = _choose_format(output, _find_sender(session))
    waiting, refused = outreach.find_unsent(store, campaign)
    made = list(fill_in_letters(store, campaign, waiting, session.config))
    if output.exists() and not force:
        raise file_exists(output)
    is_binary = output.suffix.lower() == ".pdf"
    with open_target(output, replace=force, is_binary=is_binary) as stream:
        write(stream, made)
    message = f"wrote {pluralize(len(made), 'letter')} to {output}"
    if sent:
        texts = [(each.recipient, _describe(each)) for each in made]
        outreach.mark_sent(store, campaign, texts)
        message += ", logged as sent"
    warnings = describe_left_out(refused.values())
    if is_binary:
        warnings += _warn_of_letters(made)
    return Result(
        Card(output.name, data={"path": str(output), "letter_count": len(made), "is_sent": sent}),
        message,
        notes=() if sent or not made else ("to log them as sent, add --sent once they are posted",),
        warnings=warnings,
    )


def _describe(letter: "Letter") -> str:
    return f"Letter: {letter.subject}\n\n{letter.text}".strip()


def _find_sender(session: "Session") -> str:
    """Return the name and the address of the firm on one line, as a window envelope shows them."""
    found = (session.config.get("firm.name"), session.config.get("firm.address"))
    lines = [line.strip() for each in found for line in each.splitlines()]
    return " · ".join(filter(None, lines))


def _choose_format(path: Path, sender: str) -> "Callable[[IO[Any], Sequence[Letter]], None]":
    """Return the function that writes a file of letters, by the end of its name."""
    formats: dict[str, Callable[[IO[Any], Sequence[Letter]], None]] = {
        ".html": partial(_write_pages, sender),
        ".htm": partial(_write_pages, sender),
        ".pdf": partial(_write_pdf, sender),
        ".csv": _write_table,
    }
    if path.suffix.lower() not in formats:
        raise UsageError(f"unknown file format “{path.name}”", "End it with .html, .pdf or .csv.")
    return formats[path.suffix.lower()]


def _write_pdf(sender: str, stream: IO[Any], made: "Sequence[Letter]") -> None:
    """Write a page of PDF for each letter; it has the text of the template, not its HTML."""
    from cardcrm.formats.documents.letter_pdf import LetterPage, write_letters

    pages = (
        LetterPage(sender, _list_address(each), each.date, each.subject, each.text) for each in made
    )
    stream.write(write_letters(pages))


def _warn_of_letters(made: "Sequence[Letter]") -> tuple[str, ...]:
    from cardcrm.cli.quote_write import warn_of_letters
    from cardcrm.formats.documents.pdf_document import list_missing_letters

    texts = {str(at): "\n".join((*_list_address(each), each.subject, each.text))
             for at, each in enumerate(made)}  # fmt: skip
    missing = list_missing_letters(texts)[:_MAX_CHARACTERS]
    return (warn_of_letters(missing),) if missing else ()


def _list_address(letter: "Letter") -> list[str]:
    """Return the lines of an address, with those of the names."""
    return [each for each in (letter.organization, letter.contact, *letter.place) if each]


def _write_table(stream: IO[Any], made: "Sequence[Letter]") -> None:
    from cardcrm.render import render

    columns = tuple(Column(each, each) for each in _COLUMNS)
    rows = [
        (
            each.recipient.contact_id, each.contact, each.organization or None,
            each.address.street or None, each.address.postcode or None, each.address.city,
            each.address.region or None, each.address.country or None, each.subject, each.text,
        )
        for each in made
    ]  # fmt: skip
    text = cast("TextIO", stream)
    render(Sheet(columns, rows), "csv", stream=text, color=False, width=0)


_PAGE = """\
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Letters</title>
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<style>
@page {{ size: A4; margin: 0; }}
body {{ font: 11pt/1.4 "DejaVu Sans", "Liberation Sans", Arial, sans-serif; margin: 0; }}
section {{ width: 165mm; min-height: 226mm; padding: 50mm 20mm 20mm 25mm;
  break-after: page; overflow-wrap: anywhere; }}
section:last-child {{ break-after: auto; }}
.to {{ height: 40mm; white-space: pre-line; }}
.from {{ font-size: 7pt; }}
.date {{ text-align: end; margin: 8mm 0; }}
h1 {{ font-size: 11pt; margin: 0 0 6mm; }}
.text {{ white-space: pre-wrap; }}
</style></head><body>
{body}
</body></html>
"""


def _write_pages(sender: str, stream: IO[Any], made: "Sequence[Letter]") -> None:
    """Write a page for each letter, with the address in the window of an envelope."""
    stream.write(_PAGE.format(body="\n".join(_build_page(each, sender) for each in made)))


def _build_page(letter: "Letter", sender: str) -> str:
    to = "\n".join(map(_escape, _list_address(letter)))
    head = f'<div class="from" dir="auto">{_escape(sender)}</div>\n' if sender else ""
    subject = f"<h1>{_escape(letter.subject)}</h1>\n" if letter.subject else ""
    text = html.escape(sanitize(letter.text, newlines=True))
    body = letter.html or f'<div class="text" dir="auto">{text}</div>'
    return (
        f'<section>\n{head}<div class="to" dir="auto">{to}</div>\n'
        f'<div class="date">{_escape(letter.date)}</div>\n{subject}{body}\n</section>'
    )


def _escape(text: str) -> str:
    return html.escape(sanitize(text))
