"""Check the size of a workbook before it is opened, and find its zeros before numbers.

A workbook is a zip archive: some kilobytes may unpack to gigabytes, and one cell in the last corner
of a sheet makes a table of 17 billion cells. Both would fill the memory, so the parts are counted
while they are unpacked, a megabyte at a time.
"""

import re
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from cardcrm.errors import UsageError

MAX_UNPACKED: Final = 1 << 30  # bytes of all parts
MAX_CELLS: Final = 20_000_000  # of one sheet, empty ones included; 30 bytes each in memory
_CHUNK: Final = 1 << 20
_OVERLAP: Final = 64  # bytes, so that no reference is cut
_ROW: Final = re.compile(rb"<(?:\w+:)?row [^>]*?\br=\"(\d+)\"")
_WIDE: Final = re.compile(rb" r=\"([A-Z]{2,3})\d+\"")
_CELL: Final = re.compile(rb"<(?:\w+:)?c r=\"([A-Z]+)(\d+)\" s=\"(\d+)\"")
_FORMAT: Final = re.compile(rb"<numFmt\b[^>]*>")
_STYLES: Final = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_XF: Final = re.compile(rb"<xf\b[^>]*>")
_ZEROS: Final = re.compile(rb"0{2,}")
_HINT: Final = "Save the sheet as CSV and import that file."

Zeros = dict[tuple[int, int], int]


class Contents(NamedTuple):
    """The findings in a workbook: by cell, the digits that a number is filled up to."""

    zeros: Zeros


def check_workbook(path: Path) -> Contents:
    """Return the findings in a workbook. Raises UsageError for one that is damaged or too big."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _check_parts(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, RuntimeError,
            NotImplementedError, ValueError, zlib_error()) as error:  # fmt: skip
        raise UsageError(
            f"{path.name} is damaged or is not a workbook: {error}",
            "Open it in a spreadsheet, and save it again.",
        ) from None


def zlib_error() -> type[Exception]:
    """Return the error of damaged compressed data."""
    import zlib

    return zlib.error


def _check_parts(archive: zipfile.ZipFile) -> Contents:
    total = sum(each.file_size for each in archive.infolist())
    if total > MAX_UNPACKED:
        raise _too_big(f"unpacks to {total:,} bytes", f"{MAX_UNPACKED:,} bytes")
    styles = _find_zero_styles(archive)
    zeros: Zeros = {}
    for part in archive.infolist():
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            _check_sheet(archive, part, styles, zeros)
        elif part.filename == "xl/sharedStrings.xml":
            deque(_read_chunks(archive, part), maxlen=0)  # raises where its size is a lie
    return Contents(zeros)


def _too_big(what: str, limit: str) -> UsageError:
    return UsageError(f"the workbook {what}, and the limit is {limit}", _HINT)


def _read_chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the bytes of a part, each chunk with the end of the one before."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield rest + chunk
            rest = chunk[-_OVERLAP:]


def _check_sheet(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, styles: dict[bytes, int], zeros: Zeros
) -> None:
    rows, columns = 1, 26
    for chunk in _read_chunks(archive, part):
        for number in _ROW.findall(chunk):
            rows = max(rows, int(number))
        for letters in set(_WIDE.findall(chunk)):
            columns = max(columns, column_number(letters))
        if styles:
            _find_zeros(chunk, styles, zeros)
    if columns > 16_384 or rows * columns > MAX_CELLS:
        raise _too_big(
            f"has a sheet of {rows:,} rows and {columns:,} columns", f"{MAX_CELLS:,} cells"
        )


def _find_zeros(chunk: bytes, styles: dict[bytes, int], zeros: Zeros) -> None:
    for letters, row, style in _CELL.findall(chunk):
        if style in styles:
            zeros[int(row), column_number(letters)] = styles[style]


def _find_zero_styles(archive: zipfile.ZipFile) -> dict[bytes, int]:
    """Return the styles that fill numbers up with zeros, such as postal codes, by their digits."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    text = archive.read("xl/styles.xml")
    formats: dict[bytes, int] = {}
    for tag in _FORMAT.findall(text):
        code, number = _attribute(tag, b"formatCode"), _attribute(tag, b"numFmtId")
        if _ZEROS.fullmatch(code):
            formats[number] = len(code)
    found = _STYLES.search(text)
    cells = _XF.findall(found[0]) if found else []
    return {
        str(at).encode(): formats[_attribute(tag, b"numFmtId")]
        for at, tag in enumerate(cells)
        if _attribute(tag, b"numFmtId") in formats
    }


def _attribute(tag: bytes, name: bytes) -> bytes:
    found = re.search(rb"\b" + name + rb"=\"([^\"]*)\"", tag)
    return found[1] if found else b""


def column_number(letters: bytes) -> int:
    """Return the number of a column from 1: 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
