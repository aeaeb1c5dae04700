"""Write rows to a workbook of Excel: real numbers and dates, and no cell that acts.

Texts are written as texts, so that none becomes a formula or a link. Rows go to the disk as they
come. A sheet has at most 1,048,576 rows, and a cell 32,767 characters
(https://support.microsoft.com/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3).
"""

import datetime as dt
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Final, Self

from cardcrm.errors import UsageError
from cardcrm.formats.xml_text import drop_forbidden
from cardcrm.money import Money, UnitPrice, format_decimal
from cardcrm.sheet import Cell as ListCell
from cardcrm.sheet import Sheet
from cardcrm.text import drop_controls

if TYPE_CHECKING:
    from cardcrm.formats.export_formats import ExportOptions
    from cardcrm.store import Store

MAX_ROWS: Final = 1_048_576
MAX_CHARACTERS: Final = 32_767  # UTF-16 units of a cell
_CUT: Final = " … (cut: a cell holds 32,767 characters)"
_FIRST_YEAR: Final = 1900  # Excel has no days before it
_MAX_DIGITS: Final = 15  # that a number in Excel keeps
_MAX_WIDTH: Final = 60  # characters of a column

Cell = str | int | float | Decimal | bool | dt.date | None


class _Sink:
    """A stream that writes nothing more after an error, and raises no second one.

    The zip archive of a workbook that could not be written is closed once more when it is
    collected, which would end up as a traceback on standard error.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._is_broken = False

    def write(self, data: bytes) -> int:
        """Write bytes. Raises OSError when this fails for the first time."""
        if self._is_broken:
            return len(data)
        try:
            return self._stream.write(data)
        except OSError:
            self._is_broken = True
            raise

    def tell(self) -> int:
        """Return the position."""
        return 0 if self._is_broken else self._stream.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move to a position."""
        return 0 if self._is_broken else self._stream.seek(offset, whence)

    def flush(self) -> None:
        """Write what is buffered."""
        if not self._is_broken:
            self._stream.flush()


class SheetWriter:
    """A workbook with one sheet, whose first row is bold and stays in place."""

    def __init__(self, stream: IO[bytes], title: str, header: Sequence[str]) -> None:
        from xlsxwriter import Workbook

        self._folder = tempfile.TemporaryDirectory(prefix="cardcrm-")
        options = {
            "constant_memory": True,
            "tmpdir": self._folder.name,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = Workbook(_Sink(stream), options)
        self._sheet = self._book.add_worksheet(title[:31])
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._rows = 0
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for at, name in enumerate(header):
            self._sheet.set_column(at, at, min(max(len(name) + 2, 12), _MAX_WIDTH))
            self._sheet.write_string(0, at, to_cell_text(name), bold)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        from xlsxwriter.exceptions import FileCreateError

        try:
            if kind is None:
                self._book.close()
        except FileCreateError as error:  # holds the OSError
            raise error.args[0] from None
        finally:
            self._folder.cleanup()

    def write_row(self, cells: Iterable[Cell]) -> None:
        """Write the next row. Raises UsageError for more rows than a sheet holds."""
        self._rows += 1
        if self._rows >= MAX_ROWS:
            raise UsageError(
                f"a sheet of XLSX holds at most {MAX_ROWS:,} rows, its header included",
                "Nothing was written. Write a .csv file, or narrow the query.",
            )
        for at, cell in enumerate(cells):
            self._write(at, cell)

    def _write(self, at: int, cell: Cell) -> None:
        row, sheet = self._rows, self._sheet
        if cell is None or cell == "":
            return
        if isinstance(cell, bool):
            sheet.write_boolean(row, at, cell)
        elif isinstance(cell, int | float | Decimal) and _fits(cell):
            sheet.write_number(row, at, cell)
        elif isinstance(cell, dt.date) and cell.year >= _FIRST_YEAR:
            is_moment = isinstance(cell, dt.datetime)
            value = cell.replace(tzinfo=None) if isinstance(cell, dt.datetime) else cell
            sheet.write_datetime(row, at, value, self._moment if is_moment else self._day)
        else:
            sheet.write_string(row, at, to_cell_text(str(cell)))


def _fits(number: float | Decimal) -> bool:
    """Return whether Excel keeps all digits of a number; it reads longer ones as text."""
    return len(str(number).strip("-0").replace(".", "")) <= _MAX_DIGITS


def to_cell_text(text: str) -> str:
    """Return a text as a cell can hold it; a longer one says at its end that it was cut."""
    text = drop_forbidden(drop_controls(text))
    if len(text) * 2 <= MAX_CHARACTERS or _count_units(text) <= MAX_CHARACTERS:
        return text
    room = MAX_CHARACTERS - len(_CUT)
    return text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore") + _CUT


def _count_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def to_amount(value: Money | UnitPrice) -> Decimal:
    """Return the figures of an amount, whose currency is a cell of its own."""
    return Decimal(format_decimal(value))


def write_contacts(
    store: "Store", ids: Iterable[int], stream: IO[Any], _options: "ExportOptions"
) -> int:
    """Write stored contacts in the columns of CSV, and return their number."""
    from cardcrm.formats.csv import native_columns
    from cardcrm.records.contacts.stored_drafts import count_addresses, read_drafts

    header = native_columns.build_header(count_addresses(store))
    birthday, written = header.index("birthday"), 0
    with SheetWriter(stream, "contacts", header) as sheet:
        for draft in read_drafts(store, ids):
            cells: list[Cell] = [*native_columns.to_cells(draft, header)]
            cells[birthday] = _to_day(str(cells[birthday]))
            sheet.write_row(cells)
            written += 1
    return written


def write_list(found: Sheet, stream: IO[bytes]) -> None:
    """Write a list as it is shown, each currency in a column after its first amount."""
    currencies = dict.fromkeys(each.currency for each in found.columns if each.currency)
    first = {name: _amounts_of(found, name)[0] for name in currencies}
    places = {at: name for name, at in first.items()}
    header: list[str] = []
    for at, column in enumerate(found.columns):
        header += [column.key, *([places[at]] if at in places else [])]
    with SheetWriter(stream, "list", header) as sheet:
        for row in found.rows:
            cells: list[Cell] = []
            for at, cell in enumerate(row):
                cells.append(_to_cell(cell))
                if at in places:
                    cells.append(_currency([row[each] for each in _amounts_of(found, places[at])]))
            sheet.write_row(cells)


def _amounts_of(found: Sheet, currency: str) -> list[int]:
    return [at for at, each in enumerate(found.columns) if each.currency == currency]


def _currency(amounts: Iterable[object]) -> str:
    return next((each.currency for each in amounts if isinstance(each, Money | UnitPrice)), "")


def _to_cell(cell: ListCell) -> Cell:
    if isinstance(cell, Money | UnitPrice):
        return to_amount(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell if isinstance(cell, int | float | dt.date) else str("" if cell is None else cell)


def _to_day(text: str) -> Cell:
    """Return a day if the whole of it is known, and else the text."""
    try:
        return dt.date.fromisoformat(text) if len(text) == len("2000-01-01") else text
    except ValueError:
        return text
