"""Split the lines of a CSV file into records.

Most records are one line, which is only split. Lines with quotes go through the csv module, which
gets a limited number of lines, so that an unclosed quote does not swallow the rest of the file.
"""

import csv
from collections.abc import Iterator
from typing import Final

from cardcrm.formats.numbered_lines import MAX_LINE_SIZE, NumberedLines
from cardcrm.formats.table import Record

MAX_FIELD_SIZE: Final = 1 << 20  # characters of one cell
MAX_RECORD_SIZE: Final = 1 << 20  # characters of a record on several lines
MAX_RECORD_LINES: Final = 1000
_UNCLOSED: Final = "a quote that opens here is never closed; double it or remove it"
_LONG_FIELD: Final = "a field is longer than 1 MiB"
_LONG_LINE: Final = "the line is longer than 16 MiB (only its beginning is kept)"


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
