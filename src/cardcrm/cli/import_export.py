"""`import`: contacts from files."""

from pathlib import Path
from typing import Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError

app = typer.Typer()

IMPORT_KINDS = ("csv", "vcard")


@app.command("import")
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="CSV or vCard files (default: standard input)."),
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
        typer.Option(metavar="FILE", help="File for bad entries (default: beside the input)."),
    ] = None,
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="csv or vcard (default: detected from the content).",
            autocompletion=complete_from(*IMPORT_KINDS),
        ),
    ] = "",
) -> Result:
    """Import contacts from CSV or vCard files.

    Columns are recognized by their headers; unknown ones become custom fields. Bad entries are
    reported with their line and written to a file, for you to fix and import. A contact that
    already exists gets only what it lacks, so importing a file twice changes nothing.

    Examples:
        cardcrm import contacts.csv --dry-run

        cardcrm import google.csv phone.vcf --tag imported

        cat *.vcf | cardcrm import - --dry-run

    """
    from cardcrm.cli.import_runner import ImportOptions, run_import
    from cardcrm.records.contacts.part_types import parse_tag

    if as_ and as_ not in IMPORT_KINDS:
        raise UsageError(f"cannot import “{as_}”", f"Use one of: {', '.join(IMPORT_KINDS)}.")
    tags = tuple(map(parse_tag, tag))
    return run_import(session_of(ctx), files, ImportOptions(tags, source, owner, as_, dry_run, bad))
