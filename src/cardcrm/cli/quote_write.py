"""`quote write`: a quote as a file for the customer."""

from pathlib import Path
from typing import Annotated

import typer

from cardcrm.cli.arguments import Force, Source, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
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
    from cardcrm.formats.documents.quote_fields import gather_fields
    from cardcrm.formats.documents.quote_file import build_file

    session = session_of(ctx)
    if str(file) == "-":
        raise UsageError("quote write writes files only", "Name a .pdf, .html or .md file.")
    store = session.store()
    quote_id = find_quote(store, which)
    values = gather_fields(store, quote_id, _firm(session))
    content = build_file(file, values, template or _usual_template(session, file))
    if file.exists() and not force:
        raise file_exists(file)
    with open_target(file, replace=force, is_binary=True) as stream:
        stream.write(content)
    hint = () if values["sent"] else (f"to mark it as sent: cardcrm quote send {quote_id}",)
    return Result(
        Card(
            file.name,
            data={"path": str(file), "quote_id": quote_id},
            row=Sheet(_PATH, [(str(file),)], ids="path"),
        ),
        f"wrote quote {values['number']} to {file}",
        notes=hint,
    )


def _firm(session: Session) -> dict[str, str]:
    """Return the settings of the firm by the names of their fields."""
    keys = ("address", "contact", "tax", "bank", "footer")
    found = {f"firm-{key}": session.config.get(f"firm.{key}") for key in keys}
    return {"firm": session.config.get("firm.name"), **found}


def _usual_template(session: Session, file: Path) -> Path | None:
    """Return the template of the settings; one of HTML is for HTML only."""
    from cardcrm.paths import expand_path

    text = session.config.get("quote.template")
    if not text:
        return None
    path = expand_path(text)
    is_html = path.suffix.lower() in (".html", ".htm")
    return None if is_html and file.suffix.lower() not in (".html", ".htm") else path
