"""`import`: contacts and other rows from files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.formats.import_readers import FORMATS, ROWS

app = typer.Typer()


@app.command("import")
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Files (default: standard input)."),
    ] = [],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, without changes.")
    ] = False,
    tag: Annotated[
        list[str], typer.Option("--tag", metavar="TAG", help="Tag for every contact in the files.")
    ] = [],
    source: Annotated[
        str, typer.Option(metavar="TEXT", help="Source, unless the file gives one.")
    ] = "",
    owner: Annotated[
        str,
        typer.Option(metavar="USER", help="User who looks after them, unless the file names one."),
    ] = "",
    bad: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File for refused entries (default: beside the input)."),
    ] = None,
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="ROWS",
            help="Kind of rows: contacts, sales, interactions, reminders (default: detected).",
            autocompletion=complete_from(*ROWS),
        ),
    ] = "",
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="FORMAT",
            help="Format: csv, xlsx, vcard, jsonl, mbox (default: detected from the content).",
            autocompletion=complete_from(*FORMATS),
        ),
    ] = "",
) -> Result:
    """Import contacts and other rows from files.

    Columns are recognized by their headers; unknown ones become custom fields. The answer says what
    became of each. Refused entries are reported with their line and written to a file, for you to
    fix and import. A contact that already exists gets only what it lacks, so importing a file twice
    changes nothing.

    Examples:
        cardcrm import contacts.csv --dry-run

        cardcrm import google.csv phone.vcf --tag imported

        cat *.vcf | cardcrm import - --dry-run

    """
    from cardcrm.cli.import_runner import ImportOptions, run_import
    from cardcrm.records.contacts.part_types import parse_tag

    rows, format_ = _parse_choice("--as", as_, ROWS), _parse_choice("--from", from_, FORMATS)
    options = ImportOptions(
        tags=tuple(map(parse_tag, tag)),
        source=source,
        owner=owner,
        rows=rows,
        format=format_,
        dry_run=dry_run,
        bad_file=bad,
    )
    return run_import(session_of(ctx), files, options)


def _parse_choice(option: str, text: str, choices: Sequence[str]) -> str:
    """Return one of some choices, or empty. Raises UsageError."""
    word = text.strip().lower()
    if word and word not in choices:
        hint = f"Use one of: {', '.join(choices)}."
        if option == "--as" and word in FORMATS:
            hint = f"A format is given with --from {word}. {hint}"
        raise UsageError(f"unknown {option} “{text}”", hint)
    return word
