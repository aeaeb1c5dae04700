"""Read contacts from CSV files of any program.

Most records are one line, which is only split. Lines with quotes go through the csv module, which
gets a limited number of lines, so that an unclosed quote does not swallow the rest of the file.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final, TextIO

from cardcrm.errors import UsageError
from cardcrm.formats.csv.cell_values import unescape_formula
from cardcrm.formats.csv.column_mapping import ColumnMapping, map_columns, score_header
from cardcrm.formats.file_dates import DateReader, decide_order, is_field_of
from cardcrm.formats.import_entries import BadEntry, ContactEntry, Entry
from cardcrm.formats.numbered_lines import MAX_LINE_SIZE, NumberedLines

MAX_FIELD_SIZE: Final = 1 << 20  # characters of one cell
MAX_RECORD_SIZE: Final = 1 << 20  # characters of a record on several lines
MAX_RECORD_LINES: Final = 1000
SEPARATORS: Final = ",;\t|"
_HEAD_LINES: Final = 30  # the header must be among them
_HEAD_SIZE: Final = 1 << 18
_UNNAMED: Final = "this row has no name, organization, email or phone"
_UNCLOSED: Final = "a quote that opens here is never closed; double it or remove it"
_LONG_FIELD: Final = "a field is longer than 1 MiB"
_LONG_LINE: Final = "the line is longer than 16 MiB (only its beginning is kept)"


# One record: the line where it starts, its cells, its text without line end, its problem or "".
# A plain tuple is the cheapest type for every row of a file.
Record = tuple[int, list[str], str, str]


@dataclass(frozen=True)
class Layout:
    """The layout of a file: its separator, its columns, and the original text of the header."""

    separator: str
    mapping: ColumnMapping
    header: str


def read_csv(
    stream: TextIO, region: str = "", date_fields: frozenset[str] = frozenset()
) -> Iterator[Entry]:
    """Yield an entry for each row below the header; empty rows are skipped.

    A first entry says how dates were read, if there are any in numbers; ``region`` decides where
    they do not. ``date_fields`` are names of custom fields. ``stream`` is opened with
    ``newline=""``. Raises UsageError if no line looks like a header.
    """
    lines = NumberedLines(stream)
    layout = find_layout(lines)
    order = None
    fields = [at for at, name in enumerate(layout.mapping.names) if is_field_of(name, date_fields)]
    if places := (*layout.mapping.days, *fields):
        order = decide_order(_read_days(lines, layout, places), region)
        stream.seek(0)
        lines = NumberedLines(stream)
        find_layout(lines)
    if order is not None:
        yield order.note
    dates = DateReader(order, date_fields)
    has_dates = order is not None or bool(date_fields)
    draft, width = layout.mapping.draft, layout.mapping.width
    for line, cells, raw, problem in read_records(lines, layout.separator):
        if "'" in raw or "=" in raw:
            cells = [unescape_formula(cell.strip()) for cell in cells]  # noqa: PLW2901
        if problem:
            yield BadEntry(line, problem, raw)
        elif len(cells) > width and any(map(str.strip, cells[width:])):
            yield BadEntry(line, f"{len(cells)} cells, but the header has {width}", raw)
        elif contact := draft(cells):
            yield ContactEntry(line, dates.apply(contact) if has_dates else contact, raw)
        elif any(map(str.strip, cells)):
            yield BadEntry(line, _UNNAMED, raw)


def _read_days(
    lines: NumberedLines, layout: Layout, places: Sequence[int]
) -> Iterator[tuple[int, str]]:
    """Yield the dates in some columns of the rows of a file, each with its line."""
    for line, cells, _, problem in read_records(lines, layout.separator):
        for at in places:
            if not problem and at < len(cells) and (cell := unescape_formula(cells[at].strip())):
                yield line, cell


def find_layout(lines: NumberedLines) -> Layout:
    """Return the layout of a table of contacts. Reads the lines up to the header.

    Raises UsageError if no line has a known column.
    """
    separator, cells, header = find_header_line(lines)
    return Layout(separator, map_columns(cells), header)


def find_header_line(lines: NumberedLines) -> tuple[str, list[str], str]:
    """Find the separator and the header: the line among the first 30 with most known columns.

    Every separator is tried on every line, so a preamble or a comma in a header text does no harm.
    Returns the separator, the headers, and the lines to write above rows so that they can be read
    again. Reads the lines up to the header. Raises UsageError if no line has a known column.
    """
    head = _read_head(lines)
    declared = _declared_separator(head[0]) if head else ""
    best, separator = 0, ","
    number, cells, raw = 0, [""], ""
    for sign in declared or SEPARATORS:
        for candidate in read_records(NumberedLines(StringIO("".join(head), newline="")), sign):
            found = score_header(candidate[1])
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


def read_records(lines: NumberedLines, separator: str) -> Iterator[Record]:
    """Yield every record of the lines; a broken record has a problem and no cells."""
    # This limit is global to the csv module, so it is wide; _find_problem checks ours.
    csv.field_size_limit(MAX_LINE_SIZE)
    read = lines.read
    while line := read():
        if '"' in line or len(line) > MAX_FIELD_SIZE or "\0" in line:
            yield _parse_quoted(lines, line, separator)
        else:
            raw = line.rstrip("\r\n")
            yield lines.number, raw.split(separator), raw, ""


def _parse_quoted(lines: NumberedLines, line: str, separator: str) -> Record:
    """Return a record that has quotes or is very long."""
    number = lines.number
    if len(line) >= MAX_LINE_SIZE:
        return number, [], line, _LONG_LINE
    used, cells = _parse_strictly(lines, line, separator)
    if cells is None and len(used) > 1:
        lines.push_back(used[1:])
    if cells is None:
        cells = _parse_leniently(line, separator)
        used = [line]
    raw = "".join(used).rstrip("\r\n")
    problem = _UNCLOSED if cells is None else _find_problem(raw, cells)
    return (
        number,
        [] if problem else [_normalize_line_ends(cell) for cell in cells or ()],
        raw,
        problem,
    )


def _parse_strictly(
    lines: NumberedLines, line: str, separator: str
) -> tuple[list[str], list[str] | None]:
    """Return the lines of a record and its cells, or None for cells if it does not end."""
    used = [line]

    def feed() -> Iterator[str]:
        yield line
        size = len(line)
        while len(used) < MAX_RECORD_LINES and size < MAX_RECORD_SIZE and (more := lines.read()):
            used.append(more)
            size += len(more)
            yield more

    try:
        return used, next(csv.reader(feed(), delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        return used, None


def _parse_leniently(line: str, separator: str) -> list[str] | None:
    """Return the cells of a line with misplaced quotes; None if a quote is open at its end."""
    # A second line shows it: an open quote would swallow that line.
    try:
        rows = list(csv.reader([line.rstrip("\r\n") + "\n", "."], delimiter=separator))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 2 else None


def _find_problem(raw: str, cells: list[str]) -> str:
    if "\0" in raw:
        return "the row contains NUL bytes"
    if len(raw) > MAX_FIELD_SIZE and max(map(len, cells)) > MAX_FIELD_SIZE:
        return _LONG_FIELD
    return ""


def _normalize_line_ends(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
