"""Read a CSV or vCard file as a stream of entries.

The content of a file decides its format, not its name. An entry that cannot be read becomes a
`BadEntry`, so one broken row does not affect the others. Only one entry is in memory at a time.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TextIO

from cardcrm.errors import UsageError
from cardcrm.formats.csv.column_mapping import map_columns
from cardcrm.formats.csv.headers import Target
from cardcrm.formats.csv.reader import ReadRules, read_table
from cardcrm.formats.csv.row_kinds import detect_kind
from cardcrm.formats.csv.table import CsvTable
from cardcrm.formats.import_entries import Entry, FileNote
from cardcrm.formats.import_job import DEFAULT_LIMIT
from cardcrm.formats.import_readers import USUAL_ROWS
from cardcrm.formats.mbox.mail_sources import detect_mail
from cardcrm.formats.table import Table
from cardcrm.formats.text_encoding import (
    choose_encoding,
    decode_head,
    read_head,
)
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.formats.vcard.value_encoding import WESTERN

_PROGRESS_INTERVAL = 256  # entries between two calls of on_bytes

# Other kinds of files: the bytes they start with, a description, a remedy.
_SAVE_AS_CSV = "Open it, save it as CSV or vCard, and import that file."
_OTHER_BINARIES = (
    (b"PK\x03\x04", "a zip archive or a LibreOffice document", _SAVE_AS_CSV),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Outlook file", _SAVE_AS_CSV),
    (b"%PDF", "a PDF", "Export the contacts as CSV or vCard instead."),
    (b"\x89PNG", "an image", "Export the contacts as CSV or vCard instead."),
    (b"\xff\xd8\xff", "an image", "Export the contacts as CSV or vCard instead."),
    (b"GIF8", "an image", "Export the contacts as CSV or vCard instead."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"SQLite format 3", "an SQLite database", "Export the contacts as CSV or vCard instead."),
    (b"{\\rtf", "a rich text document", _SAVE_AS_CSV),
    (b"!BDN", "an Outlook data file", "In Outlook, choose Export and then CSV."),
)
_OTHER_TEXTS = (
    ("begin:vcalendar", "a calendar", "Export the contacts as CSV or vCard instead."),
    ("<", "a web page or XML", _SAVE_AS_CSV),
    ("{", "JSON", "Convert it to CSV or to JSON Lines first."),
    ("[", "JSON", "Convert it to CSV first."),
)


def detect_format(path: Path, declared: str = "") -> str:
    """Return the format of a file, by content, or by name if the content is ambiguous.

    A ``declared`` format is taken for any text file. Raises NotFoundError for a missing file,
    UsageError for a file that is not text, and CardcrmError for a file that cannot be read.
    """
    head = read_head(path)
    if not head.strip(b"\0\r\n\t "):
        raise UsageError(f"{path.name} is empty", "Export it again from the program it came from.")
    if head.startswith(b"PK\x03\x04") and _is_workbook(path):
        return "xlsx"
    for start, what, hint in _OTHER_BINARIES:
        if head.startswith(start):
            raise UsageError(f"{path.name} is {what}, not a CSV or vCard file", hint)
    return declared or (
        "mbox" if detect_mail(head) else _detect_text_format(path, decode_head(head))
    )


def _is_workbook(path: Path) -> bool:
    """Return whether a zip archive is a workbook of Excel, also a damaged one by its name."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/workbook") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError):
        return path.suffix.lower() in (".xlsx", ".xlsm")


def _detect_text_format(path: Path, text: str) -> str:
    plain = text.lstrip("\ufeff \t\r\n")
    start = plain.lower()
    if start.startswith("begin:vcard"):
        return "vcard"
    if _is_json_line(plain):
        return "jsonl"
    for opening, what, hint in _OTHER_TEXTS:
        if start.startswith(opening):
            raise UsageError(f"{path.name} is {what}, not a CSV or vCard file", hint)
    if _is_binary(text):
        raise UsageError(f"{path.name} is not text", "Only CSV and vCard files can be imported.")
    named = path.suffix.lower() in {".vcf", ".vcard"}
    return "vcard" if named and "begin:vcard" in start else "csv"


def _is_json_line(text: str) -> bool:
    """Return whether a text begins with a line that is a JSON object."""
    line, end, _ = text.partition("\n")
    line = line.rstrip()
    return line[:1] == "{" and (line[-1:] == "}" or not end)


def _is_binary(text: str) -> bool:
    """Return whether more than 5% of the characters are control characters unusual in text."""
    odd = sum(char < " " and char not in "\t\r\n\f\v\x1a" for char in text)
    return odd * 20 > len(text)


class TableOptions(NamedTuple):
    """Options of tables: their encoding, the name of a sheet, and the region of the database.

    ``known`` are folded headers by which the header line is found, beside those that are known to
    the program.
    """

    encoding: str = ""
    sheet: str = ""
    region: str = ""
    known: frozenset[str] = frozenset()


_PLAIN = TableOptions()


@contextlib.contextmanager
def open_table(
    path: Path, format_: str, options: TableOptions = _PLAIN
) -> Iterator[tuple[Table, Callable[[], int]]]:
    """Yield the table in a file, and a function that returns the number of bytes read so far.

    Raises UsageError for a file without a header.
    """
    if format_ == "xlsx":
        from cardcrm.formats.xlsx.table import open_sheet

        sheet = open_sheet(path, options.sheet, options.known)
        yield sheet, sheet.tell
        return
    encoding = choose_encoding(path, options.encoding, options.region)
    with path.open("rb") as binary:
        text = TextIOWrapper(binary, encoding=encoding.codec, errors=encoding.errors, newline="")
        table = CsvTable(text, options.known)
        table.notes = (encoding.warning,) if encoding.warning else ()
        yield table, binary.tell


def detect_rows(path: Path, format_: str, options: TableOptions = _PLAIN) -> str:
    """Return the kind of rows in a file of a format, such as contacts or sales.

    Raises UsageError for a table without a header.
    """
    if format_ in USUAL_ROWS:
        return USUAL_ROWS[format_]
    with open_table(path, format_, options) as (table, _):
        return detect_kind(table.headers)


def read_entries(
    path: Path,
    declared: str = "",
    *,
    region: str = "",
    date_fields: frozenset[str] = frozenset(),
    media_limit: int = DEFAULT_LIMIT,
    targets: Mapping[str, Target] = MappingProxyType({}),
    options: TableOptions = _PLAIN,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Entry]:
    """Return an iterator over the entries of a file; ``declared`` is as in `detect_format`.

    ``region`` decides on the order of numbers in dates where the file does not, and
    ``date_fields`` are the names of custom fields of dates; ``targets`` are meanings of columns.
    Photos and other files in a vCard of more than ``media_limit`` bytes are left out.
    ``on_bytes`` is called with the number of bytes read, every 256 entries and at the end. Raises
    the errors of `detect_format`, and UsageError for a table without recognizable columns.
    """
    format_ = detect_format(path, declared)
    if format_ == "vcard":
        codec = choose_encoding(path, options.encoding, options.region).codec
        read = partial(
            read_vcard,
            region=region,
            date_fields=date_fields,
            fallback=WESTERN if codec.startswith("utf") else codec,
            media_limit=media_limit,
        )
        return _read_vcards(path, read, codec, on_bytes)
    with open_table(path, format_, options) as (table, _):
        map_columns(table.headers, targets)  # raises for an unknown header now, not at a row
    rules = ReadRules(region, date_fields, targets)
    return _read_table(path, format_, options, rules, on_bytes)


def _read_table(
    path: Path,
    format_: str,
    options: TableOptions,
    rules: ReadRules,
    on_bytes: Callable[[int], None] | None,
) -> Iterator[Entry]:
    with open_table(path, format_, options) as (table, tell):
        yield from map(FileNote, table.notes)
        yield from _watch(read_table(table, rules), tell, on_bytes)


def _read_vcards(
    path: Path,
    read: Callable[[TextIO], Iterator[Entry]],
    codec: str,
    on_bytes: Callable[[int], None] | None,
) -> Iterator[Entry]:
    """Yield the entries of a file whose values may have character sets of their own."""
    is_wide = codec.startswith(("utf-16", "utf-32"))
    codec = codec if is_wide or codec.startswith("utf") else "utf-8"
    errors = "replace" if is_wide else "surrogateescape"
    with path.open("rb") as binary:
        text = TextIOWrapper(binary, encoding=codec, errors=errors, newline="")
        yield from _watch(read(text), binary.tell, on_bytes)


def _watch(
    entries: Iterator[Entry], tell: Callable[[], int], on_bytes: Callable[[int], None] | None
) -> Iterator[Entry]:
    """Yield entries, and tell now and then how many bytes were read."""
    if on_bytes is None:
        yield from entries
        return
    for count, entry in enumerate(entries):
        if count % _PROGRESS_INTERVAL == 0:
            on_bytes(tell())
        yield entry
    on_bytes(tell())


def find_header(path: Path, declared: str = "", options: TableOptions = _PLAIN) -> str:
    """Return the header to write above bad rows so that they can be read again; empty for vCard.

    ``declared`` is as in `detect_format`. The header has no line end. A separator other than the
    comma is named in a ``sep=`` line.
    """
    format_ = detect_format(path, declared)
    if format_ not in ("csv", "xlsx"):
        return ""
    with open_table(path, format_, options) as (table, _):
        return table.header
