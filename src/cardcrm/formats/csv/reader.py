"""Contacts as CSV: any program's columns in, cardcrm's own columns out.

A record is normally one line and then costs little more than splitting it. Lines with quotes go
through the csv module, which is fed no more than a record may hold: a quote that nobody closed must
not swallow the rest of the file.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Final, TextIO

from cardcrm.errors import UsageError
from cardcrm.formats.csv import native_columns
from cardcrm.formats.csv.cell_values import guard, unguard
from cardcrm.formats.csv.column_mapping import Plan, plan_for, score
from cardcrm.formats.csv.numbered_lines import MAX_LINE, Lines
from cardcrm.formats.file_reader import Bad, Entry, Item
from cardcrm.records.contacts.drafts import ContactDraft

MAX_FIELD: Final = 1 << 20  # characters of one cell
MAX_RECORD: Final = 1 << 20  # characters of a record that goes over several lines
MAX_RECORD_LINES: Final = 1000
SEPARATORS: Final = ",;\t|"
_HEAD_LINES: Final = 30  # the header is one of these
_HEAD_SIZE: Final = 1 << 18
_NOBODY: Final = "no name, organisation, e-mail or phone in this row"
_UNCLOSED: Final = "a quote that opens here is never closed; double it or take it away"
_LONG_FIELD: Final = "a field is longer than 1 MiB"
_LONG_LINE: Final = "the line is longer than 16 MiB (only its beginning is kept here)"


# One record: the line where it starts, its cells, its text without line end, what is wrong with it.
# A bare tuple, as there is one for every row of the file.
Record = tuple[int, list[str], str, str]


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: its separator, its columns, and ``header``, the text to repeat above
    rows that are to read alike.
    """

    separator: str
    plan: Plan
    header: str


def read_csv(stream: TextIO) -> Iterator[Entry]:
    """Every row below the header, in order; rows without any text are passed over.

    ``stream`` is opened with ``newline=""``. Raises UsageError if no line looks like a header.
    """
    lines = Lines(stream)
    layout = find_layout(lines)
    draft, width = layout.plan.draft, layout.plan.width
    for line, cells, raw, problem in records(lines, layout.separator):
        if "'" in raw or "=" in raw:
            cells = [unguard(cell.strip()) for cell in cells]  # noqa: PLW2901
        if problem:
            yield Bad(line, problem, raw)
        elif len(cells) > width and any(map(str.strip, cells[width:])):
            yield Bad(line, f"{len(cells)} cells where the header has {width}", raw)
        elif found := draft(cells):
            yield Item(line, found, raw)
        elif any(map(str.strip, cells)):
            yield Bad(line, _NOBODY, raw)


def write_csv(drafts: Iterable[ContactDraft], stream: TextIO) -> int:
    """Write drafts in cardcrm's own columns (see ``own``); returns how many.

    ``stream`` is opened with ``newline=""`` in UTF-8 (``utf-8-sig`` for Excel). Cells that would
    start a formula in a spreadsheet stand behind an apostrophe, which reading takes off again.
    """
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(native_columns.HEADER)
    count = 0
    for draft in drafts:
        writer.writerow([guard(cell) for cell in native_columns.cells_of(draft)])
        count += 1
    return count


def find_layout(lines: Lines) -> Layout:
    """The separator and the header: the line among the first 30 whose cells are known best.

    Every separator is tried on every line, so that a preamble or a comma in a header text does not
    mislead. Takes the lines up to the header. Raises UsageError if no cell is known anywhere.
    """
    head = _take_head(lines)
    told = _told_separator(head[0]) if head else ""
    best, separator = 0, ","
    number, cells, raw = 0, [""], ""
    for sign in told or SEPARATORS:
        for candidate in records(Lines(StringIO("".join(head), newline="")), sign):
            points = score(candidate[1])
            if points > best:
                best, separator = points, sign
                number, cells, raw, _ = candidate
    if not best:
        raise UsageError(
            "no line looks like a header that names the columns",
            "the first line has to name them, for example: name,email,phone",
        )
    plan = plan_for(cells)
    end = number + len(StringIO(raw, newline="").readlines()) - 1
    lines.give_back(head)
    for _ in range(end):
        lines.take()
    shown = raw.lstrip("\ufeff")
    plainly = separator == "," and not told
    return Layout(separator, plan, shown if plainly else f"sep={separator}\n{shown}")


def _take_head(lines: Lines) -> list[str]:
    head: list[str] = []
    size = 0
    while len(head) < _HEAD_LINES and size < _HEAD_SIZE and (line := lines.take()):
        head.append(line)
        size += len(line)
    return head


def _told_separator(line: str) -> str:
    """What a first line like ``sep=;`` says (Excel's own way of telling); empty if it is none."""
    text = line.lstrip("\ufeff").rstrip("\r\n").strip('"')
    told = text[4:] if text.lower().startswith("sep=") and len(text) == 5 else ""
    return "" if told.isalnum() or told in '"\0' else told


def records(lines: Lines, separator: str) -> Iterator[Record]:
    """Every record of the lines; broken ones have a problem and no cells."""
    # The limit holds for all readers at once, so it is wide; what matters here is checked below.
    csv.field_size_limit(MAX_LINE)
    take = lines.take
    while line := take():
        if '"' in line or len(line) > MAX_FIELD or "\0" in line:
            yield _hard(lines, line, separator)
        else:
            raw = line.rstrip("\r\n")
            yield lines.number, raw.split(separator), raw, ""


def _hard(lines: Lines, line: str, separator: str) -> Record:
    """A record with quotes or of great length."""
    number = lines.number
    if len(line) >= MAX_LINE:
        return number, [], line, _LONG_LINE
    taken, cells = _parse(lines, line, separator)
    if cells is None and len(taken) > 1:
        lines.give_back(taken[1:])
    if cells is None:
        cells = _lenient(line, separator)
        taken = [line]
    raw = "".join(taken).rstrip("\r\n")
    problem = _UNCLOSED if cells is None else _problem(raw, cells)
    return number, [] if problem else [_one_end(cell) for cell in cells or ()], raw, problem


def _parse(lines: Lines, line: str, separator: str) -> tuple[list[str], list[str] | None]:
    """The lines of a record and its cells; None for cells if it does not end where it may."""
    taken = [line]

    def feed() -> Iterator[str]:
        yield line
        size = len(line)
        while len(taken) < MAX_RECORD_LINES and size < MAX_RECORD and (more := lines.take()):
            taken.append(more)
            size += len(more)
            yield more

    try:
        return taken, next(csv.reader(feed(), delimiter=separator, strict=True))
    except (csv.Error, StopIteration):
        return taken, None


def _lenient(line: str, separator: str) -> list[str] | None:
    """The cells of one line with quotes in odd places; None if a quote is still open at its end."""
    # A second line shows it: an open quote takes that in, a closed one leaves it a row of its own.
    try:
        rows = list(csv.reader([line.rstrip("\r\n") + "\n", "."], delimiter=separator))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 2 else None


def _problem(raw: str, cells: list[str]) -> str:
    if "\0" in raw:
        return "it holds NUL bytes"
    if len(raw) > MAX_FIELD and max(map(len, cells)) > MAX_FIELD:
        return _LONG_FIELD
    return ""


def _one_end(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell
