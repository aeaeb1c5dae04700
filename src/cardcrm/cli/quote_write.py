"""`quote write`: a quote as a file for the customer."""

from pathlib import Path
from typing import Annotated

import typer

from cardcrm.cli.arguments import Force, Source, session_of
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError, file_exists
from cardcrm.records.quotes.find_quote import find_quote
from cardcrm.sheet import Card, Column, Sheet

app = typer.Typer()

_PATH = (Column("path", "path"),)


@app.command("write")
def write(
    ctx: typer.Context,
    which: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Number of a quote, or Q-0012.", autocompletion=Source("ids:quote")
        ),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .pdf, .html or .md file.")],
    template: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Template with named fields, .md or .html (default: quote.template).",
        ),
    ] = None,
    force: Force = False,
) -> Result:
    """Write a quote as PDF, as HTML to print, or as Markdown.

    The head of the firm comes from the settings firm.name, firm.address and so on.

    Examples:
        cardcrm quote write 12 roof.pdf

        cardcrm quote write 12 roof.html --template letter.html

    """
    from cardcrm.cli.export_target import open_target
    from cardcrm.formats.documents.quote_fields import gather_fields, read_firm
    from cardcrm.formats.documents.quote_file import build_file, find_missing_letters, find_template

    session = session_of(ctx)
    if str(file) == "-":
        raise UsageError("quote write writes files only", "Name a .pdf, .html or .md file.")
    store = session.store()
    quote_id = find_quote(store, which)
    setting = session.config.get
    values = gather_fields(store, quote_id, read_firm(setting))
    content = build_file(file, values, template or find_template(setting, file))
    if file.exists() and not force:
        raise file_exists(file)
    with open_target(file, replace=force, is_binary=True) as stream:
        stream.write(content)
    missing = find_missing_letters(file, values)
    notes = [] if values["sent"] else [f"to mark it as sent: cardcrm quote send {quote_id}"]
    if not values["firm"]:
        notes.append('the head of your firm is empty: cardcrm config set firm.name "Roofs Ltd"')
    return Result(
        Card(
            file.name,
            data={"path": str(file), "quote_id": quote_id},
            row=Sheet(_PATH, [(str(file),)], ids="path"),
        ),
        f"wrote quote {values['number']} to {file}",
        notes=tuple(notes),
        warnings=(warn_of_letters(missing),) if missing else (),
    )


def warn_of_letters(letters: str) -> str:
    """Return the warning about characters that the font of a PDF lacks."""
    return (
        f"the font of the PDF lacks {letters}, shown as squares; write an .html file and print that"
    )
