"""`import` and `export`: contacts in and out."""

import io
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from cardcrm.cli.common import QueryArgument, Session, offered, refuse_options, session_of
from cardcrm.errors import ConflictError, UsageError
from cardcrm.text import clean

app = typer.Typer()

_ENDINGS = (".csv", ".vcf", ".vcard")
_OTHERS = (".xlsx", ".xls", ".ods", ".numbers", ".pdf", ".json", ".html", ".md", ".tsv", ".db")
READABLE = ("csv", "vcard")
BAD_ROWS = 1  # the exit code when some entries could not be taken


@app.command("import")
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="CSV or vCard files; - or none: standard input."),
    ] = [],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    tag: Annotated[
        list[str], typer.Option("--tag", metavar="TAG", help="Tag for every card read.")
    ] = [],
    source: Annotated[
        str, typer.Option(metavar="TEXT", help="Where they came from, unless the file says.")
    ] = "",
    owner: Annotated[
        str, typer.Option(metavar="USER", help="Who looks after them, unless the file says.")
    ] = "",
    bad: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where bad entries go (default: beside the file)."),
    ] = None,
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="csv or vcard (default: by what the file holds).",
            autocompletion=offered(*READABLE),
        ),
    ] = "",
) -> None:
    """Read contacts from a CSV or vCard file.

    Columns are known by their headers; unknown ones become custom fields. All good entries come in;
    bad ones are told with their line and written to a file that can be mended and imported again.
    A card that is there already gets what it lacks; importing a file twice changes nothing.

    Examples:
        cardcrm import contacts.csv --dry-run

        cardcrm import google.csv phone.vcf --tag imported

        cat *.vcf | cardcrm import - --dry-run

    """
    from cardcrm.cli.import_runner import Extra, run
    from cardcrm.records.contacts.parts import tag_name

    session = session_of(ctx)
    if as_ and as_ not in READABLE:
        raise UsageError(f"“{as_}” cannot be read", f"There are: {', '.join(READABLE)}.")
    extra = Extra(tuple(map(tag_name, tag)), source, owner)
    if run(session, files, extra, kind=as_, dry_run=dry_run, bad_file=bad):
        raise typer.Exit(BAD_ROWS)


@app.command("export", context_settings={"ignore_unknown_options": True})
def export(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Whose cards; none exports all.",
            autocompletion=QueryArgument,
        ),
    ] = [],
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write; .vcf is a vCard (default: stdout)."),
    ] = None,
    as_: Annotated[
        str, typer.Option("--as", metavar="KIND", help="csv, vcard (version 4) or vcard3.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write contacts to a CSV or vCard file.

    The CSV holds everything on the cards and can be imported again. No cell of it starts a formula
    in a spreadsheet.

    Examples:
        cardcrm export --to everyone.csv

        cardcrm export tag:vip --as vcard > vip.vcf

    """
    from cardcrm.records.query_sql import columns, compiler

    session = session_of(ctx)
    refuse_options(ctx, query)
    kind = _kind(as_, to)
    _refuse_format(session)
    store = session.store()
    node = compiler.parse(store, " ".join(query))
    ids = columns.find_ids(store, node)
    if not ids and query:
        session.say(f"no card fits{_maybe_a_file(query)}")
    if to is None:
        _print(session, kind, ids)
        return
    if to.exists() and not force:
        raise ConflictError(f"{to} is there already", "Name another file, or say --force.")
    with _opened(to, replace=force) as stream:
        count = _write(session, kind, ids, stream)
    session.say(f"wrote {count} card{'' if count == 1 else 's'} to {to}")


def _maybe_a_file(query: list[str]) -> str:
    """What to say to someone who named a file where a query stands."""
    last = query[-1]
    return f"; to write a file: --to {last}" if last.lower().endswith(_ENDINGS) else ""


def _opened(path: Path, *, replace: bool) -> AbstractContextManager[TextIO]:
    """A file that is there whole or not at all; a device or a pipe is written to as it is."""
    if path.exists() and not path.is_file():
        return path.open("w", encoding="utf-8", newline="")
    from cardcrm.formats.atomic_write import whole

    return whole(path.resolve(), replace=replace)


def _print(session: Session, kind: str, ids: list[int]) -> None:
    """Write to standard output: a file in UTF-8 with its own line ends, whatever the terminal's.

    A terminal itself gets no character that could steer it.
    """
    if session.is_watched:
        text = io.StringIO(newline="")
        _write(session, kind, ids, text)
        sys.stdout.write(clean(text.getvalue(), newlines=True))
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    _write(session, kind, ids, sys.stdout)


KINDS = ("csv", "vcard", "vcard3")


def _kind(asked: str, to: Path | None) -> str:
    if asked and asked not in KINDS:
        raise UsageError(f"“{asked}” cannot be written", f"There are: {', '.join(KINDS)}.")
    if to and not asked and to.suffix.lower() in _OTHERS:
        raise UsageError(
            f"{to.name} would be no {to.suffix[1:].lower()} file",
            "CSV and vCards are written: name it .csv, which spreadsheets open, or .vcf.",
        )
    by_name = "vcard" if to and to.suffix.lower() in _ENDINGS[1:] else "csv"
    return asked or by_name


def _refuse_format(session: Session) -> None:
    """--format is how lists are shown, and a file of cards is none: better said than ignored."""
    if session.flags.get("format", "csv") != "csv":
        raise UsageError(
            "export writes csv, vcard or vcard3, as --as says",
            f"For the cards as {session.flags['format']}: cardcrm find --format "
            f"{session.flags['format']}",
        )


def _write(session: Session, kind: str, ids: list[int], stream: TextIO) -> int:
    from cardcrm.formats.csv.reader import write_csv
    from cardcrm.formats.vcard.writer import write_vcard
    from cardcrm.records.contacts.to_draft import drafts
    from cardcrm.render.progress import tracked

    found = tracked(drafts(session.store(), ids), len(ids), "writing cards")
    if kind == "csv":
        return write_csv(found, stream)
    return write_vcard(found, stream, "3.0" if kind == "vcard3" else "4.0")
