"""`import`: contacts and other rows from files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from cardcrm.cli.arguments import complete_contact, complete_from, session_of
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.formats.import_readers import FORMATS, ROWS

if TYPE_CHECKING:
    from cardcrm.formats.import_job import Mode

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
            help="Kind of rows: contacts, sales, deals, leads, interactions or reminders (default: "
            "detected).",
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
    map_: Annotated[
        list[str],
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="Field of a column; ignore leaves it out, field:NAME is a custom field.",
        ),
    ] = [],
    update: Annotated[
        bool, typer.Option("--update", help="Overwrite what the file says of known contacts.")
    ] = False,
    fill: Annotated[
        bool, typer.Option("--fill", help="Only fill the gaps of known contacts.")
    ] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Leave known contacts as they are.")] = False,
    encoding: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Encoding of tables, such as cp1250 (default: detected)."
        ),
    ] = "",
    sheet: Annotated[
        str, typer.Option(metavar="NAME", help="Sheet of a workbook (default: the first table).")
    ] = "",
    known_only: Annotated[
        bool,
        typer.Option("--known-only", help="Refuse sales and other rows of unknown contacts."),
    ] = False,
    customer: Annotated[
        str,
        typer.Option(
            metavar="WHO",
            help="Contact for sales and other rows that name none, such as cash sales.",
            autocompletion=complete_contact,
        ),
    ] = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Bring back contacts that were forgotten.")
    ] = False,
) -> Result:
    """Import contacts and other rows from files.

    Columns are recognized by their headers; unknown ones become custom fields. The answer says what
    became of each. Refused entries are reported with their line and written to a file, for you to
    fix and import.

    A contact that is known by its id, also by that in another program, takes what the file says.
    Any other known contact gets only what it lacks. An empty cell never clears anything, and an
    opt-out is never cleared. Importing a file twice changes nothing.

    Sales, deals, leads, interactions and reminders of other programs are found by their ids there,
    and their contacts by id, email, phone or name; unknown contacts are added.

    A field that --map gives to a column is remembered for files with the same headers; see
    `config columns`.

    Examples:
        cardcrm import contacts.csv --dry-run

        cardcrm import google.csv phone.vcf --tag imported

        cardcrm import contacts.csv --map Notes=ignore --map Source=tags

        cat *.vcf | cardcrm import - --dry-run

        cardcrm import orders.csv --dry-run

    """
    from cardcrm.cli.import_runner import ImportOptions, run_import
    from cardcrm.formats.csv.given_targets import parse_pairs
    from cardcrm.records.contacts.part_types import parse_tag

    rows, format_ = _parse_choice("--as", as_, ROWS), _parse_choice("--from", from_, FORMATS)
    options = ImportOptions(
        tags=tuple(map(parse_tag, tag)),
        source=source,
        owner=owner,
        rows=rows,
        format=format_,
        targets=parse_pairs(map_),
        mode=_parse_mode(update=update, fill=fill, skip=skip),
        encoding=encoding,
        sheet=sheet,
        anyway=anyway,
        dry_run=dry_run,
        bad_file=bad,
        known_only=known_only,
        customer=customer,
    )
    return run_import(session_of(ctx), files, options)


def _parse_mode(**modes: bool) -> "Mode":
    """Return the mode that was given, or empty. Raises UsageError for several."""
    found = [name for name, given in modes.items() if given]
    if len(found) > 1:
        raise UsageError("use only one of --update, --fill and --skip", "The default is by id.")
    return cast("Mode", found[0] if found else "")


def _parse_choice(option: str, text: str, choices: Sequence[str]) -> str:
    """Return one of some choices, or empty. Raises UsageError."""
    word = text.strip().lower()
    if word and word not in choices:
        hint = f"Use one of: {', '.join(choices)}."
        if option == "--as" and word in FORMATS:
            hint = f"A format is given with --from {word}. {hint}"
        raise UsageError(f"unknown {option} “{text}”", hint)
    return word
