"""The border: any file of contacts in, one stream of drafts out.

``read`` looks at what a file holds, not at what it is called. Good entries come as ``Item``, bad
ones as ``Bad`` with the line where they start, so that one broken row never costs the others.
Nothing here keeps more of a file in memory than one entry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path

from cardcrm.errors import UsageError
from cardcrm.formats.text_encoding import Encoding, decoded, encoding_of, head_of, mended, stray_in
from cardcrm.records.contacts.drafts import ContactDraft, GroupDraft

TELL_EVERY = 256  # entries between two calls of on_bytes

# What a file starts with when it is something else: the bytes, what it is, what to do about it.
_SAVE_AS_CSV = "open it and save it as CSV (or as vCard), then import that"
_OTHERS = (
    (b"PK\x03\x04", "a zip archive or an Excel or LibreOffice workbook", _SAVE_AS_CSV),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Outlook file", _SAVE_AS_CSV),
    (b"%PDF", "a PDF", "export the contacts as CSV or vCard instead"),
    (b"\x89PNG", "an image", "export the contacts as CSV or vCard instead"),
    (b"\xff\xd8\xff", "an image", "export the contacts as CSV or vCard instead"),
    (b"GIF8", "an image", "export the contacts as CSV or vCard instead"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"SQLite format 3", "an SQLite database", "export the contacts as CSV or vCard instead"),
    (b"{\\rtf", "a rich text document", _SAVE_AS_CSV),
    (b"!BDN", "an Outlook data file", "in Outlook, choose Export and then CSV"),
)
_OTHER_TEXTS = (
    ("begin:vcalendar", "a calendar", "only CSV and vCard hold contacts"),
    ("<", "a web page or XML", _SAVE_AS_CSV),
    ("{", "JSON", "convert it to CSV first"),
    ("[", "JSON", "convert it to CSV first"),
)


@dataclass(frozen=True)
class Item:
    """One good entry: the line where it starts (from 1), what it says, its text as it stood."""

    line: int
    draft: ContactDraft
    raw: str


@dataclass(frozen=True)
class Group:
    """A group of cards, which is no contact itself; as an ``Item`` otherwise."""

    line: int
    draft: GroupDraft
    raw: str


@dataclass(frozen=True)
class Bad:
    """One bad entry: the line where it starts (from 1), what is wrong, its text as it stood.

    ``raw`` has no line end. For CSV, ``header_of`` and the raw texts below one another are a file
    that can be mended and imported again; for vCard the raw texts alone are.
    """

    line: int
    problem: str
    raw: str


Entry = Item | Group | Bad


def sniff(path: Path, said: str = "") -> str:
    """``csv`` or ``vcard``, by content; the name decides only where the content does not.

    What somebody ``said`` that it is holds for any text.

    Raises NotFoundError when there is no such file, UsageError for anything that holds no text,
    CardError when it cannot be read.
    """
    head = head_of(path)
    if not head.strip(b"\0\r\n\t "):
        raise UsageError(f"{path.name} is empty", "export it again from the program it came from")
    for start, what, hint in _OTHERS:
        if head.startswith(start):
            raise UsageError(f"{path.name} is not a CSV or vCard file but {what}", hint)
    return said or _sniff_text(path, decoded(head))


def _sniff_text(path: Path, text: str) -> str:
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("begin:vcard"):
        return "vcard"
    for opening, what, hint in _OTHER_TEXTS:
        if start.startswith(opening):
            raise UsageError(f"{path.name} is not a CSV or vCard file but {what}", hint)
    if _binary(text):
        raise UsageError(f"{path.name} is not text", "only CSV and vCard files can be imported")
    named = path.suffix.lower() in {".vcf", ".vcard"}
    return "vcard" if named and "begin:vcard" in start else "csv"


def _binary(text: str) -> bool:
    """Whether more than one character in twenty is a control character that no text holds."""
    odd = sum(char < " " and char not in "\t\r\n\f\v\x1a" for char in text)
    return odd * 20 > len(text)


def read(
    path: Path, said: str = "", *, on_bytes: Callable[[int], None] | None = None
) -> Iterator[Entry]:
    """Every entry of a CSV or vCard file, in order; ``said`` is as for ``sniff``.

    ``on_bytes`` is told now and then how many bytes are behind, and at the end the file's length.
    Raises what ``sniff`` does, and UsageError for a CSV file whose columns cannot be recognised.
    """
    kind = sniff(path, said)
    encoding = encoding_of(path)
    if kind == "csv":
        header_of(path, kind)  # an unknown header is told now, not at the first row
    return _entries(path, kind, encoding, on_bytes)


def _entries(
    path: Path, kind: str, encoding: Encoding, on_bytes: Callable[[int], None] | None
) -> Iterator[Entry]:
    with path.open("rb") as binary:
        text = TextIOWrapper(binary, encoding=encoding.codec, errors=encoding.errors, newline="")
        found = _reader(kind, text)
        for count, entry in enumerate(map(_checked, found) if encoding.stray else found):
            if on_bytes and count % TELL_EVERY == 0:
                on_bytes(binary.tell())
            yield entry
        if on_bytes:
            on_bytes(binary.tell())


def _checked(entry: Entry) -> Entry:
    """An entry of a file with stray bytes: bad if it has some, its text with them read somehow."""
    sign = stray_in(entry.raw)
    if not sign:
        return entry
    problem = f"bytes that are not UTF-8, which may have meant “{sign}”"
    return Bad(entry.line, problem, mended(entry.raw))


def _reader(kind: str, text: TextIOWrapper) -> Iterator[Entry]:
    # Imported here, as both build upon this module.
    from cardcrm.formats.csv.reader import read_csv
    from cardcrm.formats.vcard.blocks import read_vcard

    return read_csv(text) if kind == "csv" else read_vcard(text)


def header_of(path: Path, said: str = "") -> str:
    """What has to stand above bad rows so that they read as they did; empty for vCard.

    ``said`` is as for ``sniff``. No line end at its end. A separator other than the comma is named
    in a ``sep=`` line.
    """
    if sniff(path, said) == "vcard":
        return ""
    from cardcrm.formats.csv.numbered_lines import Lines
    from cardcrm.formats.csv.reader import find_layout

    codec = encoding_of(path).codec
    with path.open("r", encoding=codec, errors="replace", newline="") as text:
        return find_layout(Lines(text)).header
