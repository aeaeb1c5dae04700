"""The table in a CSV file: find its separator and its header, and read its rows."""

from collections.abc import Iterator
from io import StringIO
from typing import Final, TextIO

from cardcrm.errors import UsageError
from cardcrm.formats.csv.cell_values import unescape_formula
from cardcrm.formats.csv.column_mapping import score_header
from cardcrm.formats.csv.records import read_records
from cardcrm.formats.numbered_lines import NumberedLines
from cardcrm.formats.table import Record, check_width

SEPARATORS: Final = ",;\t|"
_HEAD_LINES: Final = 30  # the header must be among them
_HEAD_SIZE: Final = 1 << 18


class CsvTable:
    """The table in a stream that was opened with ``newline=""``."""

    notes: tuple[str, ...] = ()

    def __init__(self, stream: TextIO, known: frozenset[str] = frozenset()) -> None:
        self._stream = stream
        self._known = known
        stream.seek(0)
        self._separator, cells, self.header = find_header_line(NumberedLines(stream), known)
        check_width(len(cells))
        self.headers = [unescape_formula(cell.strip()) for cell in cells]

    def read_rows(self) -> Iterator[Record]:
        """Yield the rows below the header, from the first one."""
        self._stream.seek(0)
        lines = NumberedLines(self._stream)
        find_header_line(lines, self._known)
        return read_records(lines, self._separator)


def find_header_line(
    lines: NumberedLines, known: frozenset[str] = frozenset()
) -> tuple[str, list[str], str]:
    """Find the separator and the header: the line among the first 30 with most known columns.

    Every separator is tried on every line, so a preamble or a comma in a header text does no harm.
    Returns the separator, the headers, and the lines to write above rows so that they can be read
    again. ``known`` are further folded headers. Reads the lines up to the header. Raises UsageError
    if no line has a known column.
    """
    head = _read_head(lines)
    declared = _declared_separator(head[0]) if head else ""
    best, separator = 0, ","
    number, cells, raw = 0, [""], ""
    for sign in declared or SEPARATORS:
        for candidate in read_records(NumberedLines(StringIO("".join(head), newline="")), sign):
            found = score_header(candidate[1], known)
            if found > best:
                best, separator = found, sign
                number, cells, raw, _ = candidate
    if not best:
        raise UsageError(
            "the file has no header that names the columns",
            "Add a first line with column names, for example: name,email,phone.",
        )
    end = number + len(StringIO(raw, newline="").readlines()) - 1
    lines.push_back(head)
    for _ in range(end):
        lines.read()
    shown = raw.lstrip("\ufeff")
    is_plain = separator == "," and not declared
    return separator, cells, shown if is_plain else f"sep={separator}\n{shown}"


def _read_head(lines: NumberedLines) -> list[str]:
    head: list[str] = []
    size = 0
    while len(head) < _HEAD_LINES and size < _HEAD_SIZE and (line := lines.read()):
        head.append(line)
        size += len(line)
    return head


def _declared_separator(line: str) -> str:
    """Return the separator that a first line like ``sep=;`` declares (as Excel does), or empty."""
    text = line.lstrip("\ufeff").rstrip("\r\n").strip('"')
    separator = text[4:] if text.lower().startswith("sep=") and len(text) == 5 else ""
    return "" if separator.isalnum() or separator in '"\0' else separator
