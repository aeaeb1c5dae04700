"""`import` and `export`: contacts from and to files."""

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from cardcrm.cli.arguments import (
    Force,
    complete_contact,
    complete_from,
    complete_query,
    refuse_options,
    session_of,
)
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError, file_exists
from cardcrm.formats.import_readers import FORMATS, ROWS
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.store import Store
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.query import Node

app = typer.Typer()

EXPORT_KINDS = ("csv", "vcard", "vcard3")
_EXTENSIONS = (".csv", ".vcf", ".vcard")
_OTHER_EXTENSIONS = (
    ".xlsx", ".xls", ".ods", ".numbers", ".pdf", ".json", ".html", ".md", ".tsv", ".db",
)  # fmt: skip


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
        known_only=known_only,
        customer=customer,
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


@app.command("export", context_settings={"ignore_unknown_options": True})
def export(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts to export; all without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    to: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="New file; .vcf is a vCard. Standard output is - and the default.",
        ),
    ] = None,
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="csv, vcard (version 4) or vcard3.",
            autocompletion=complete_from(*EXPORT_KINDS),
        ),
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="Only these columns of a CSV file, as in a list of contacts."
        ),
    ] = "",
    force: Force = False,
) -> Result:
    """Export contacts to a CSV or vCard file.

    The CSV file has everything about the contacts and can be imported again. None of its cells can
    start a formula in a spreadsheet.

    Examples:
        cardcrm export --to everyone.csv

        cardcrm export tag:vip --as vcard > vip.vcf

        cardcrm export --columns name,email,city,value --to list.csv

    """
    from cardcrm.records.query_sql import columns as column_registry
    from cardcrm.records.query_sql import contact_query

    session = session_of(ctx)
    refuse_options(ctx, query)
    to = None if to == Path("-") else to
    kind = _choose_kind(as_, to)
    _check_format(session, as_, to)
    store = session.store()
    node = contact_query.parse(store, " ".join(query))
    ids = column_registry.find_ids(store, node)
    if not ids and query:
        session.say(f"no matching contacts{_suggest_option(query)}")
    if columns:
        if kind != "csv":
            raise UsageError("--columns is for CSV files", "Leave it out, or use --as csv.")
        column_registry.find_columns(store, [each.strip() for each in columns.split(",")])

    def write(stream: TextIO) -> int:
        if columns:
            return _write_columns(store, node, stream, columns)
        return _write(store, kind, ids, stream)

    if to is None and session.format == "json":
        return Result(_list_objects(store, node, ids, columns))
    if to is None:
        _print(session, write)
        return Result()
    if to.exists() and not force:
        raise file_exists(to)
    with _open(to, replace=force) as stream:
        count = write(stream)
    data = {"exported": count, "path": str(to)}
    return Result(Card(to.name, data=data), f"wrote {pluralize(count, 'contact')} to {to}")


def _list_objects(store: Store, node: "Node", ids: Sequence[int], columns: str) -> Sheet:
    """Return contacts as JSON objects one after the other: all that `show` prints, or columns."""
    from cardcrm.cli.contact_output import list_contacts, read_card

    if columns or not ids:
        return list_contacts(store, node, columns)
    keys = list(read_card(store, ids[0]).data)
    found: Iterator[Mapping[str, Any]] = (read_card(store, each).data for each in ids)
    return Sheet(
        tuple(Column(key, key) for key in keys),
        (tuple(each[key] for key in keys) for each in found),
    )


def _suggest_option(query: list[str]) -> str:
    """Return a hint if the query looks like the name of a file."""
    last = query[-1]
    return f"; to write a file: --to {last}" if last.lower().endswith(_EXTENSIONS) else ""


def _open(path: Path, *, replace: bool) -> AbstractContextManager[TextIO]:
    """Open a file that appears only when complete; devices and pipes are opened as they are."""
    if path.exists() and not path.is_file():
        return path.open("w", encoding="utf-8", newline="")
    from cardcrm.formats.atomic_write import write_atomically

    return write_atomically(path.resolve(), replace=replace)


def _print(session: Session, write: Callable[[TextIO], int]) -> None:
    """Write to standard output in UTF-8 with the line ends of the file format.

    A terminal gets no control characters.
    """
    if session.has_reader:
        text = io.StringIO(newline="")
        write(text)
        sys.stdout.write(sanitize(text.getvalue(), newlines=True))
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    write(sys.stdout)


def _choose_kind(wanted: str, to: Path | None) -> str:
    """Return the file format that is asked for, or follows from the file name."""
    if wanted and wanted not in EXPORT_KINDS:
        raise UsageError(f"cannot export “{wanted}”", f"Use one of: {', '.join(EXPORT_KINDS)}.")
    if to and not wanted and to.suffix.lower() in _OTHER_EXTENSIONS:
        raise UsageError(
            f"cannot write {to.suffix.lower()} files", "Use .csv, which spreadsheets open, or .vcf."
        )
    is_vcard = to and to.suffix.lower() in _EXTENSIONS[1:]
    if to and wanted and to.suffix.lower() in _EXTENSIONS and is_vcard != (wanted != "csv"):
        raise UsageError(
            f"{to.name} is not a name for --as {wanted}",
            f"End it with {'.csv' if wanted == 'csv' else '.vcf'}, or leave out --as.",
        )
    return wanted or ("vcard" if is_vcard else "csv")


def _check_format(session: Session, kind: str, to: Path | None) -> None:
    """Refuse a --format that export does not have, rather than ignore it.

    JSON is the report of a file that was written, or else the contacts.
    """
    wanted = session.flags.get("format", "csv")
    if wanted == "json" and to is None and kind:
        raise UsageError("use either --as or --format json, not both", "Or name a file with --to.")
    if wanted not in ("csv", "json"):
        raise UsageError(
            f"export does not take --format {wanted}",
            "Use --as csv, vcard or vcard3, or --format json. "
            f"For a list: cardcrm find --format {wanted}",
        )


def _write(store: Store, kind: str, ids: list[int], stream: TextIO) -> int:
    """Write contacts to a stream, and return their number."""
    from cardcrm.formats.csv.writer import write_csv
    from cardcrm.formats.vcard.writer import write_vcard
    from cardcrm.records.contacts.stored_drafts import count_addresses, read_drafts
    from cardcrm.render.progress import track

    found = track(read_drafts(store, ids), len(ids), "writing contacts")
    if kind == "csv":
        return write_csv(found, stream, count_addresses(store))
    return write_vcard(found, stream, "3.0" if kind == "vcard3" else "4.0")


def _write_columns(store: Store, node: "Node", stream: TextIO, columns: str) -> int:
    """Write some columns of contacts as a list has them, and return the number of contacts."""
    from cardcrm.cli.contact_output import list_contacts
    from cardcrm.render.data_formats import write_delimited

    found = list_contacts(store, node, columns)
    rows = list(found.rows)
    write_delimited(found._replace(rows=rows), "csv", stream.write, header=True)
    return len(rows)
