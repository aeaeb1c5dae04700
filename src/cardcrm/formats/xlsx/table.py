"""The table in a sheet of a workbook, as text: numbers and dates as they are written."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cardcrm.errors import UsageError
from cardcrm.formats.csv.column_mapping import score_header
from cardcrm.formats.table import Record, check_width
from cardcrm.formats.xlsx.limits import check_workbook
from cardcrm.text import find_similar

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_HEAD_ROWS: Final = 30  # the header must be among them
_ENOUGH: Final = 2  # known columns by which a sheet is taken for a table


class XlsxTable:
    """The table in a sheet: the named one, else the first one with a header."""

    def __init__(self, path: Path, name: str = "", known: frozenset[str] = frozenset()) -> None:
        self._zeros = check_workbook(path).zeros
        self._size = path.stat().st_size
        self._row = 0
        book = _open(path)
        self._sheet, self._header_row, cells = _choose_sheet(book, name, known)
        check_width(len(cells))
        self.headers: Sequence[str] = [cell.strip() for cell in cells]
        self.header = _write_row(cells)
        self.notes = _describe_sheets(book.sheet_names, self._sheet.name)

    def tell(self) -> int:
        """Return the part of the file that was read, in bytes."""
        return int(self._size * self._row / max(1, self._sheet.total_height))

    def read_rows(self) -> Iterator[Record]:
        """Yield the rows below the header, from the first one."""
        first = self._sheet.start[1] + 1 if self._sheet.start else 1
        for number, row in enumerate(self._sheet.iter_rows(), 1):
            if number <= self._header_row:
                continue
            self._row = number
            cells = [cell if type(cell) is str else to_text(cell) for cell in row]
            if self._zeros:
                self._fill_up(cells, number, first)
            yield number, cells, _write_row(cells), ""

    def _fill_up(self, cells: list[str], row: int, first: int) -> None:
        """Put the zeros before numbers that the sheet shows with zeros."""
        for at, cell in enumerate(cells):
            digits = self._zeros.get((row, at + first))
            if digits and cell.isdigit():
                cells[at] = cell.zfill(digits)


def open_sheet(path: Path, name: str, known: frozenset[str]) -> XlsxTable:
    """Return the table in a sheet of a workbook; see `XlsxTable`.

    The latest table stays open: an import looks at the headers several times before it reads the
    rows, and a workbook is unpacked as a whole each time it is opened.
    """
    status = path.stat()
    return _open_sheet(path, name, known, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _open_sheet(
    path: Path, name: str, known: frozenset[str], _changed_at: int, _size: int
) -> XlsxTable:
    return XlsxTable(path, name, known)


def read_plain_rows(path: Path) -> Iterator[list[str]]:
    """Yield the rows of the first sheet as text, its header included. Raises UsageError."""
    check_workbook(path)
    book = _open(path)
    for row in _load(book, book.sheet_names[0]).iter_rows():
        yield [to_text(cell) for cell in row]


def to_text(cell: Any) -> str:
    """Return the text of a cell, as a person would write it: 42 for 42.0, a day for midnight."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        text = f"{cell:.15g}"
        return f"{cell:f}" if "e" in text else text
    if isinstance(cell, dt.datetime):
        is_day = not (cell.hour or cell.minute or cell.second)
        return cell.date().isoformat() if is_day else cell.isoformat(" ", "seconds")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _write_row(cells: Sequence[str]) -> str:
    """Return cells as a row of CSV."""
    text = ",".join(cells)
    if text.count(",") == len(cells) - 1 and not ('"' in text or "\n" in text or "\r" in text):
        return text
    stream = io.StringIO()
    csv.writer(stream, lineterminator="").writerow(cells)
    return stream.getvalue()


def _open(path: Path) -> "CalamineWorkbook":
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError:
        raise UsageError(
            f"{path.name} is protected by a password", "Save it without the password."
        ) from None
    except CalamineError as error:
        raise UsageError(
            f"{path.name} cannot be read: {error}", "Open it in a spreadsheet, and save it again."
        ) from None


def _choose_sheet(
    book: "CalamineWorkbook", name: str, known: frozenset[str]
) -> tuple["CalamineSheet", int, list[str]]:
    """Return a sheet, the number of its header row, and the headers."""
    best: tuple[int, CalamineSheet, int, list[str]] | None = None
    for each in [_find_name(book.sheet_names, name)] if name else book.sheet_names:
        sheet = _load(book, each)
        score, row, cells = _find_header(sheet, known)
        if score and (best is None or score > best[0]):
            best = (score, sheet, row, cells)
        if score >= _ENOUGH:
            break
    if best is None:
        raise UsageError(
            "no sheet of the workbook has a header that names the columns"
            if not name
            else f"the sheet “{name}” has no header that names the columns",
            "Add a first row with column names, for example: name, email, phone. "
            f"Sheets: {', '.join(book.sheet_names)}.",
        )
    return best[1:]


def _load(book: "CalamineWorkbook", name: str) -> "CalamineSheet":
    from python_calamine import CalamineError

    try:
        return book.get_sheet_by_name(name)
    except CalamineError as error:
        raise UsageError(
            f"the sheet “{name}” cannot be read: {error}",
            "Open the workbook in a spreadsheet, and save it again.",
        ) from None


def _find_name(names: Sequence[str], wanted: str) -> str:
    for name in names:
        if name.casefold() == wanted.strip().casefold():
            return name
    if wanted.strip().isdigit() and 0 < int(wanted) <= len(names):
        return names[int(wanted) - 1]
    near = find_similar(wanted, names)
    raise UsageError(
        f"no sheet is called “{wanted}”",
        (f"Did you mean {near[0]}? " if near else "") + f"Sheets: {', '.join(names)}.",
    )


def _find_header(sheet: "CalamineSheet", known: frozenset[str]) -> tuple[int, int, list[str]]:
    """Return how many known columns the best row among the first has, its number and its cells."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > _HEAD_ROWS:
            break
        cells = [to_text(cell) for cell in row]
        score = score_header(cells, known)
        if score > best[0]:
            best = (score, number, cells)
    return best


def _describe_sheets(names: Sequence[str], chosen: str) -> tuple[str, ...]:
    others = [name for name in names if name != chosen]
    if not others:
        return ()
    return (f"read the sheet “{chosen}”; others: {', '.join(others)} (to read one: --sheet NAME)",)
