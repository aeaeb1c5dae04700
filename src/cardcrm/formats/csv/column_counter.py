"""Count the values of each column, some hundred rows at a time."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from cardcrm.formats.import_entries import ColumnReport, FileNote
from cardcrm.formats.import_job import ColumnUse
from cardcrm.formats.table import Record


class ColumnCounter:
    """The number of values in each column of a table.

    A reader appends the cells of its rows to ``rows`` and flushes them now and then: counting the
    empty texts of a whole column costs a tenth of looking at each cell.
    """

    def __init__(
        self, columns: Sequence[ColumnUse], fillers: Sequence[frozenset[str]] = ()
    ) -> None:
        self.rows: list[list[str]] = []
        self.empty_rows = 0
        self._columns = columns
        self._counts = [0] * len(columns)
        self._fillers = {at: texts for at, texts in enumerate(fillers) if texts}
        self._filled = [0] * len(columns)

    def count_empty(self, record: Record) -> None:
        """Count a row without values, unless it is an empty line."""
        self.empty_rows += len(record[1]) > 1

    def flush(self) -> None:
        """Count the cells of the rows, and forget these."""
        total = len(self.rows)
        for at, cells in enumerate(zip_longest(*self.rows, fillvalue="")):
            if at < len(self._counts):
                self._counts[at] += total - cells.count("")
            if at in self._fillers:
                self._filled[at] += sum(cell.lower() in self._fillers[at] for cell in cells)
        self.rows.clear()

    def report(self) -> ColumnReport:
        """Return what became of the columns."""
        self.flush()
        uses = zip(self._columns, self._counts, self._filled, strict=True)
        kept = [replace(use, count=count - filled) for use, count, filled in uses]
        skipped = [
            ColumnUse(use.column, "", filled, is_kept=False, why="filled in by Outlook")
            for use, filled in zip(self._columns, self._filled, strict=True)
            if filled
        ]
        return ColumnReport((*kept, *skipped))

    def notes(self) -> list[FileNote]:
        """Return a note on rows without values, if there are any."""
        if not self.empty_rows:
            return []
        rows = "1 empty row was" if self.empty_rows == 1 else f"{self.empty_rows:,} empty rows were"
        return [FileNote(f"{rows} skipped")]
