"""`export`: contacts to files."""

import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cardcrm.cli.arguments import (
    Force,
    check_word,
    complete_contact,
    complete_from,
    complete_query,
    refuse_options,
    session_of,
)
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.export_target import open_target
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError, file_exists
from cardcrm.formats.export_formats import (
    EXPORT_FORMATS,
    LOCATED,
    ExportFormat,
    ExportOptions,
    find_by_ending,
)
from cardcrm.records.syncing.kinds import REMINDERS
from cardcrm.sheet import Card, Column, Sheet
from cardcrm.store import Store
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.query import Node

app = typer.Typer()

VCARD_VERSIONS = ("3.0", "4.0")
_OTHER_ENDINGS = (
    ".xls", ".ods", ".numbers", ".pdf", ".json", ".jsonl", ".html", ".md", ".tsv", ".db",
)  # fmt: skip
_STANDARD_OUTPUT = "-"


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
        str,
        typer.Option(
            metavar="FILE",
            help="New file, .csv, .xlsx, .vcf, .ics, .geojson, .kml, or a folder; - is stdout.",
        ),
    ] = "",
    columns: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help="Only these columns of a CSV or XLSX file, as in a list of contacts.",
        ),
    ] = "",
    vcard_version: Annotated[
        str,
        typer.Option(
            metavar="VERSION",
            help="Version of vCards: 3.0, which most programs read, or 4.0.",
            autocompletion=complete_from(*VCARD_VERSIONS),
        ),
    ] = "",
    all_: Annotated[
        str,
        typer.Option(
            "--all", metavar="FILE", help="Everything in the database, as a new .jsonl file."
        ),
    ] = "",
    person: Annotated[
        str,
        typer.Option(
            metavar="WHO",
            help="All that is held on one contact.",
            autocompletion=complete_contact,
        ),
    ] = "",
    star: Annotated[
        str,
        typer.Option(
            "--star",
            metavar="DIR",
            help="A star schema as Parquet files in a folder, or its changes since the last time.",
        ),
    ] = "",
    as_: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="KIND",
            help="Reminders of a calendar as event, which every phone shows, or todo.",
            autocompletion=complete_from(*REMINDERS),
        ),
    ] = "",
    force: Force = False,
) -> Result:
    """Export contacts to a CSV, XLSX or vCard file, or to a folder.

    `--all` writes everything in the database, which `import` reads into another one. `--person`
    writes all that is held on a contact, also in the journal and in texts about others.

    `--star` writes sales, interactions and reminders with their dimensions for `cardcrm warehouse
    sql` and other programs that read Parquet.

    A folder, `--to DIR/`, gets one vCard for each contact. A calendar, `--to FILE.ics`, has their
    open reminders, birthdays and other anniversaries; `cardcrm calendar write` keeps one current.

    `--format csv`, `xlsx`, `vcard`, `ics`, `geojson` or `kml` chooses the file format, else the
    ending of the file does. The CSV file has everything about the contacts and can be imported
    again. None of its cells can start a formula in a spreadsheet. GeoJSON and KML have the contacts
    whose address is located.

    Examples:
        cardcrm export --to everyone.csv

        cardcrm export tag:vip --format vcard > vip.vcf

        cardcrm export --format vcard --to vcards/

        cardcrm export --columns name,email,city,value --to list.csv

        cardcrm export tag:vip --to vips.ics

        cardcrm export "near:leeds<25km" --format geojson > leeds.geojson

        cardcrm export --all cards.jsonl

        cardcrm export --person jane --to jane.md

        cardcrm export --star star

    """
    from cardcrm.records.query_sql import columns as column_registry
    from cardcrm.records.query_sql import contact_query

    session = session_of(ctx)
    refuse_options(ctx, query)
    if all_ or person or star:
        other = _Other(all_, person, star)
        is_plain = not (columns or vcard_version or as_)
        return _export_other(session, query, other, to, force=force, is_plain=is_plain)
    target = Path(to) if to and to != _STANDARD_OUTPUT else None
    is_folder = target is not None and _is_folder(to)
    wanted = _choose_format(session.file_format, target, is_folder=is_folder)
    _check_format(session, target)
    options = _choose_options(wanted, vcard_version, as_)
    store = session.store()
    node = contact_query.parse(store, " ".join(query))
    ids = column_registry.find_ids(store, node)
    if not ids and query:
        _report_no_match(session, query)
    _check_columns(store, wanted, columns)
    if target is None and session.format == "json":
        return Result(_list_objects(store, node, ids, columns))
    if target is not None and is_folder:
        write_folder = wanted.load_folder_writer()
        return _report(write_folder(store, ids, target, options, _track, replace=force), wanted, to)

    def write(stream: IO[Any]) -> int:
        if columns:
            return _write_columns(store, node, stream, columns, wanted)
        return wanted.load_writer()(store, _track(ids), stream, options)

    if target is None:
        count = _print(session, write, wanted)
        return Result(warnings=_warn_of_missing(wanted, len(ids) - count))
    if target.exists() and not force:
        raise file_exists(target)
    with open_target(target, replace=force, is_binary=wanted.is_binary) as stream:
        count = write(stream)
    warnings = _warn_of_missing(wanted, len(ids) - count)
    return _report(count, wanted, to)._replace(warnings=warnings)


def _warn_of_missing(wanted: ExportFormat, missing: int) -> tuple[str, ...]:
    """Return a warning about the contacts that a map cannot have."""
    if wanted.rows != LOCATED or not missing:
        return ()
    verb = "was" if missing == 1 else "were"
    what = f"{pluralize(missing, 'contact')} without a location {verb} left out"
    return (f"{what}; see cardcrm places locate",)


class _Other(NamedTuple):
    """The options of an export that is not one of contacts."""

    all_: str
    person: str
    star: str

    @property
    def option(self) -> str:
        """The option that was given."""
        return "--all" if self.all_ else "--person" if self.person else "--star"


_OTHER_EXAMPLES = {
    "--all": "cardcrm export --all cards.jsonl",
    "--person": "cardcrm export --person jane --to jane.md",
    "--star": "cardcrm export --star star",
}


def _export_other(
    session: Session, query: Sequence[str], other: _Other, to: str, *, force: bool, is_plain: bool
) -> Result:
    """Export everything, everything about one contact, or the star schema."""
    from cardcrm.cli import export_all

    is_alone = len(list(filter(None, other))) == 1 and not (to and not other.person)
    if query or not is_plain or session.file_format or not is_alone:
        raise UsageError(
            f"{other.option} takes no query and no options of other formats",
            f"For example: {_OTHER_EXAMPLES[other.option]}",
        )
    if other.all_:
        return export_all.export_all(session, other.all_, replace=force)
    if other.star:
        from cardcrm.cli.export_star import export_star

        return export_star(session, other.star)
    return export_all.export_person(session, other.person, to, replace=force)


def _check_columns(store: Store, wanted: ExportFormat, columns: str) -> None:
    """Raise UsageError for unknown columns, and for a format without columns."""
    from cardcrm.records.query_sql import columns as column_registry

    if columns and wanted.name not in ("csv", "xlsx"):
        raise UsageError(
            "--columns is for CSV and XLSX files", "Leave it out, or use --format csv."
        )
    if columns:
        column_registry.find_columns(store, [each.strip() for each in columns.split(",")])


def _report(count: int, written: ExportFormat, to: str) -> Result:
    """Return the result of an export to a file or a folder."""
    data = {"exported": count, "path": to}
    return Result(Card(Path(to).name, data=data), f"wrote {pluralize(count, written.rows)} to {to}")


def _is_folder(to: str) -> bool:
    """Return whether a path names a folder: one that exists, or by the slash at its end."""
    return to.endswith(("/", os.sep)) or Path(to).is_dir()


def _track(ids: Sequence[int]) -> Iterator[int]:
    """Yield the ids, and show a bar that counts them."""
    from cardcrm.render.progress import track

    return track(ids, len(ids), "writing contacts")


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


def _report_no_match(session: Session, query: list[str]) -> None:
    """Say that no contacts match. Raises UsageError for a query that is the name of a file."""
    last = query[-1]
    if find_by_ending(Path(last)) is not None:
        raise UsageError(f"no contacts match “{last}”", f"To write a file: --to {last}")
    session.say("no matching contacts")


def _print(session: Session, write: Callable[[IO[Any]], int], wanted: ExportFormat) -> int:
    """Write to standard output in UTF-8 with the line ends of the file format.

    Return the number of rows. A terminal gets no control characters.
    """
    if wanted.is_binary:
        if session.has_reader:
            raise UsageError(
                f"a terminal cannot show {wanted.name}",
                f"Name a file: --to contacts{wanted.endings[0]}",
            )
        return write(sys.stdout.buffer)
    if session.has_reader:
        text = io.StringIO(newline="")
        count = write(text)
        sys.stdout.write(sanitize(text.getvalue(), newlines=True))
        return count
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return write(sys.stdout)


def _choose_format(name: str, target: Path | None, *, is_folder: bool) -> ExportFormat:
    """Return the file format that is asked for, or follows from the name of the file."""
    wanted = EXPORT_FORMATS.get(name)
    if is_folder:
        return _choose_folder_format(wanted)
    ending = find_by_ending(target) if target else None
    if target and not wanted and not ending and target.suffix.lower() in _OTHER_ENDINGS:
        raise UsageError(
            f"cannot write {target.suffix.lower()} files",
            "Use .xlsx or .csv, which spreadsheets open, .vcf or .ics. "
            "For everything in the database: --all FILE.jsonl",
        )
    if target and wanted and ending and ending is not wanted:
        raise UsageError(
            f"{target.name} is not a name for --format {wanted.name}",
            f"End it with {wanted.endings[0]}, or leave out --format.",
        )
    return wanted or ending or EXPORT_FORMATS["csv"]


def _choose_folder_format(wanted: ExportFormat | None) -> ExportFormat:
    """Return the format of the files of a folder. Raises UsageError."""
    chosen = wanted or EXPORT_FORMATS["vcard"]
    if not chosen.folder_writer:
        raise UsageError(
            f"--format {chosen.name} writes one file, not a folder",
            f"Name a file: --to contacts{chosen.endings[0]}",
        )
    return chosen


def _choose_options(wanted: ExportFormat, vcard_version: str, kind: str) -> ExportOptions:
    """Return the options of an export. Raises UsageError for those of another format."""
    if kind and wanted.name != "ics":
        raise UsageError("--as is for calendars", "Leave it out, or use --format ics.")
    check_word("--as", kind, REMINDERS)
    if kind:
        return ExportOptions(reminders_as=kind)
    if not vcard_version:
        return ExportOptions()
    if wanted.name != "vcard":
        raise UsageError("--vcard-version is for vCards", "Leave it out, or use --format vcard.")
    version = vcard_version if "." in vcard_version else f"{vcard_version}.0"
    if version not in VCARD_VERSIONS:
        raise UsageError(f"cannot write vCard version {vcard_version}", "Use 3.0 or 4.0.")
    return ExportOptions(version)


def _check_format(session: Session, target: Path | None) -> None:
    """Refuse a --format that export does not have, rather than ignore it.

    JSON is the report of a file that was written, or else the contacts.
    """
    wanted = session.flags.get("format") or "table"
    if wanted == "json" and target is None and session.file_format:
        raise UsageError(
            f"use either --format {session.file_format} or json, not both",
            "Or name a file with --to.",
        )
    if wanted not in ("table", "json"):
        raise UsageError(
            f"export does not take --format {wanted}",
            f"Use one of: {', '.join(EXPORT_FORMATS)}, json. "
            f"For a list: cardcrm find --format {wanted}",
        )


def _write_columns(
    store: Store, node: "Node", stream: IO[Any], columns: str, wanted: ExportFormat
) -> int:
    """Write some columns of contacts as a list has them, and return the number of contacts."""
    from cardcrm.cli.contact_output import list_contacts
    from cardcrm.render.data_formats import write_delimited

    found = list_contacts(store, node, columns)
    rows = list(found.rows)
    if wanted.name == "xlsx":
        from cardcrm.formats.xlsx.writer import write_list

        write_list(found._replace(rows=rows), stream)
        return len(rows)
    write_delimited(found._replace(rows=rows), "csv", stream.write, header=True)
    return len(rows)
