"""Read the rows of a table of any format, and report the progress."""

from collections.abc import Callable, Iterator
from typing import Final

from cardcrm.formats.csv.cell_values import unescape_formula
from cardcrm.formats.table import Record, Table

_PROGRESS_INTERVAL: Final = 256  # rows between two reports of progress


def read_rows(table: Table, on_row: Callable[[], None]) -> Iterator[Record]:
    """Yield the rows of a table without the marks of spreadsheets, or with their problems.

    ``on_row`` is called every 256 rows and at the end.
    """
    width = len(table.headers)
    for count, (line, cells, raw, problem) in enumerate(table.read_rows()):
        if count % _PROGRESS_INTERVAL == 0:
            on_row()
        if "'" in raw or "=" in raw:
            cells = [unescape_formula(cell.strip()) for cell in cells]  # noqa: PLW2901
        if problem:
            yield line, cells, raw, problem
        elif len(cells) > width and any(map(str.strip, cells[width:])):
            yield line, cells, raw, f"{len(cells)} cells, but the header has {width}"
        else:
            yield line, cells, raw, ""
    on_row()
