"""The records of a noun in columns, below a line with their headings."""

from collections.abc import Sequence
from typing import Any

from textual.widgets import Static

from cardcrm.records.fields import Field, MoneyAmount
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record
from cardcrm.render.table import GAP, fit_widths
from cardcrm.sheet import Column
from cardcrm.text import cell_width as width_of
from cardcrm.tui.widgets.cursor_memory import CursorMemory
from cardcrm.tui.widgets.line_list import LineList, Span, fit

# Cells that a text keeps, and the text that a record is named by: other columns are left out first.
_TEXT_WIDTH, _TITLE_WIDTH = 16, 30
_LEAST_WIDTH = 12  # cells to which texts are cut before an important column is left out
_STATES = ("stage", "status")  # keys of the fields that say how far a record has come

Row = tuple[Record, tuple[str, ...]]  # a record and the texts of its columns


class RecordList(LineList):
    """The records of a noun, one a line; the ``heading`` is placed above them.

    Numbers, dates and amounts are shown in full, and texts share the rest of the line. Columns that
    a record need not have are left out where there is no room for them; the name, how far a record
    has come and amounts at last.
    ``columns`` replace those that the noun declares; the numbers of those to leave out first are
    ``optional``.
    """

    def __init__(
        self,
        type_: RecordType,
        id: str = "records",  # noqa: A002
        columns: Sequence[Column] = (),
        optional: Sequence[int] = (),
    ) -> None:
        super().__init__(id=id)
        self.heading = Static(id="heading", markup=False)
        self.records: list[Record] = []
        self._columns = list(columns) or _declared_columns(type_)
        sorted_by = type_.sort.removeprefix("-")
        declared = [
            at
            for at, each in enumerate(type_.listed, 1)
            if not each.is_required and each.key != sorted_by
        ]
        self._optional = list(optional) if columns else declared
        self._important = {
            at
            for at, each in enumerate(type_.listed, 1)
            if not columns and _is_important(type_, each)
        }
        order = sorted_by if type_.closed_by else ""
        self._order = "" if order == "id" else order
        self._memory: CursorMemory[tuple[Any, ...] | None] = CursorMemory()
        self._cells: list[tuple[str, ...]] = []
        self._widths: dict[int, int] = {}  # of the columns that are shown, by their numbers

    @property
    def selected(self) -> Record | None:
        """The record under the cursor."""
        return self.records[self.cursor] if self.cursor < len(self.records) else None

    def update(self, rows: list[Row]) -> None:
        """Show records; the cursor stays on its record, or near it if that has moved away."""
        before = self._identity(self.selected)
        self.records = [record for record, _ in rows]
        self._cells = [cells for _, cells in rows]
        self._lay_out()
        self.set_count(len(self.records))
        places = {self._identity(record): row for row, record in enumerate(self.records)}
        found = [places[each] for each in self._memory.candidates(before) if each in places]
        self.put_cursor(found[0] if found else self.cursor)
        self._memory.record(before, self._identity(self.selected))

    def _identity(self, record: Record | None) -> tuple[Any, ...] | None:
        """Return what a record is recognized by: its id, and the day of one that can be done.

        The cursor does not follow a reminder that was moved to another day.
        """
        if record is None:
            return None
        return record.id, record.values[self._order] if self._order else None

    def on_resize(self) -> None:
        """Lay out the columns for another width, and draw the rows again."""
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        titles = [column.title for column in self._columns]
        needed = [max(map(width_of, cells)) for cells in zip(titles, *self._cells, strict=True)]
        room = self.scrollable_content_region.width - len(GAP)
        shown = self._choose_columns(needed, room)
        widths = fit_widths([self._columns[at] for at in shown], [needed[at] for at in shown], room)
        self._widths = dict(zip(shown, widths, strict=True))
        self.heading.update("".join(each.text for each in self._format(titles)), layout=False)

    def _choose_columns(self, needed: list[int], room: int) -> list[int]:
        """Return the columns for which there is room; the empty ones are left out first."""
        is_used = [any(cells) for cells in zip(*self._cells, strict=True)] or [True] * len(needed)
        least = [
            min(width, column.min_width) if column.wide else width
            for column, width in zip(self._columns, needed, strict=True)
        ]
        shown = list(range(len(needed)))

        def worth(at: int) -> tuple[bool, bool, bool, int]:
            return is_used[at], at in self._important, self._columns[at].wide, -at

        for at in sorted(self._optional, key=worth):
            widths = least if is_used[at] else needed
            if is_used[at] and at in self._important:
                widths = [
                    min(width, _LEAST_WIDTH) if column.wide else width
                    for column, width in zip(self._columns, least, strict=True)
                ]
            if sum(widths[each] + len(GAP) for each in shown) - len(GAP) > room:
                shown.remove(at)
        return shown

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - laid out for it
        """Return the columns of a record."""
        spans = self._format(self._cells[index])
        styles = (self.style_of_cell(index, at) for at in self._widths)
        return [each._replace(style=style) for each, style in zip(spans, styles, strict=True)]

    def style_of_cell(self, index: int, at: int) -> str:
        """Return the style of a cell: its row, and the number of its column."""
        del index
        return "" if at else "dim"

    def _format(self, cells: Sequence[str]) -> list[Span]:
        spans = []
        for at, width in self._widths.items():
            text = fit(cells[at], width, right=self._columns[at].align == "right")
            spans.append(Span((GAP if at else " ") + text))
        return spans


def _is_important(type_: RecordType, field: Field) -> bool:
    """Return whether a column is left out at last: the name, the state, and amounts."""
    is_name = f"{{{field.key}}}" in type_.title
    return is_name or field.key in _STATES or isinstance(field, MoneyAmount)


def _declared_columns(type_: RecordType) -> list[Column]:
    """Return the columns that a noun lists, after the id."""
    found = [Column("id", "id", "right")]
    found += [
        Column(
            each.key,
            each.heading,
            "right" if each.is_number else "left",
            each.is_wide,
            min_width=_TITLE_WIDTH if each is type_.title_field else _TEXT_WIDTH,
        )
        for each in type_.listed
    ]
    return found
