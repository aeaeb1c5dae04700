"""Read a CSV or vCard file as a stream of entries.

The content of a file decides its format, not its name. An entry that cannot be read becomes a
`BadEntry`, so one broken row does not affect the others. Only one entry is in memory at a time.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from cardcrm.errors import UsageError
from cardcrm.formats.csv.reader import find_header_line, find_layout, read_csv
from cardcrm.formats.csv.row_kinds import detect_kind
from cardcrm.formats.import_entries import BadEntry, DateNote, Entry
from cardcrm.formats.import_readers import USUAL_ROWS
from cardcrm.formats.numbered_lines import NumberedLines
from cardcrm.formats.text_encoding import (
    Encoding,
    decode_head,
    detect_encoding,
    find_stray,
    read_head,
    repair_stray,
)
from cardcrm.formats.vcard.reader import read_vcard

_PROGRESS_INTERVAL = 256  # entries between two calls of on_bytes

# A mailbox begins with the sender and the date of its first mail, above the headers of that mail.
_MAILBOX = re.compile(r"From \S+.*\r?\n(?:>?From .*\r?\n)*[A-Za-z-]+:")

# Other kinds of files: the bytes they start with, a description, a remedy.
_SAVE_AS_CSV = "Open it, save it as CSV or vCard, and import that file."
_OTHER_BINARIES = (
    (b"PK\x03\x04", "a zip archive or an Excel or LibreOffice workbook", _SAVE_AS_CSV),
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
    for start, what, hint in _OTHER_BINARIES:
        if head.startswith(start):
            raise UsageError(f"{path.name} is {what}, not a CSV or vCard file", hint)
    return declared or _detect_text_format(path, decode_head(head))


def _detect_text_format(path: Path, text: str) -> str:
    plain = text.lstrip("\ufeff \t\r\n")
    start = plain.lower()
    if start.startswith("begin:vcard"):
        return "vcard"
    if _is_json_line(plain):
        return "jsonl"
    if _MAILBOX.match(plain):
        return "mbox"
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


def detect_rows(path: Path, format_: str) -> str:
    """Return the kind of rows in a file of a format, such as contacts or sales.

    Raises UsageError for a table without a header.
    """
    if format_ in USUAL_ROWS:
        return USUAL_ROWS[format_]
    codec = detect_encoding(path).codec
    with path.open("r", encoding=codec, errors="replace", newline="") as text:
        return detect_kind(find_header_line(NumberedLines(text))[1])


def read_entries(
    path: Path,
    declared: str = "",
    *,
    region: str = "",
    date_fields: frozenset[str] = frozenset(),
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[Entry]:
    """Return an iterator over the entries of a file; ``declared`` is as in `detect_format`.

    ``region`` decides on the order of numbers in dates where the file does not, and
    ``date_fields`` are the names of custom fields of dates.
    ``on_bytes`` is called with the number of bytes read, every 256 entries and at the end. Raises
    the errors of `detect_format`, and UsageError for a CSV file without recognizable columns.
    """
    kind = detect_format(path, declared)
    encoding = detect_encoding(path)
    if kind == "csv":
        find_header(path, kind)  # raises for an unknown header now, not at the first row
    read = partial(
        read_csv if kind == "csv" else read_vcard, region=region, date_fields=date_fields
    )
    return _read_all(path, read, encoding, on_bytes)


def _read_all(
    path: Path,
    read: Callable[[TextIO], Iterator[Entry]],
    encoding: Encoding,
    on_bytes: Callable[[int], None] | None,
) -> Iterator[Entry]:
    with path.open("rb") as binary:
        text = TextIOWrapper(binary, encoding=encoding.codec, errors=encoding.errors, newline="")
        entries = read(text)
        for count, entry in enumerate(map(_check_stray, entries) if encoding.stray else entries):
            if on_bytes and count % _PROGRESS_INTERVAL == 0:
                on_bytes(binary.tell())
            yield entry
        if on_bytes:
            on_bytes(binary.tell())


def _check_stray(entry: Entry) -> Entry:
    """Return the entry, or a bad entry with a readable text if it contains stray bytes."""
    if isinstance(entry, DateNote):
        return entry
    characters = find_stray(entry.raw)
    if not characters:
        return entry
    problem = f"bytes that are not UTF-8; they may mean “{characters}”"
    return BadEntry(entry.line, problem, repair_stray(entry.raw))


def find_header(path: Path, declared: str = "") -> str:
    """Return the header to write above bad rows so that they can be read again; empty for vCard.

    ``declared`` is as in `detect_format`. The header has no line end. A separator other than the
    comma is named in a ``sep=`` line.
    """
    if detect_format(path, declared) == "vcard":
        return ""
    codec = detect_encoding(path).codec
    with path.open("r", encoding=codec, errors="replace", newline="") as text:
        return find_layout(NumberedLines(text)).header
