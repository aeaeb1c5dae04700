"""The list behind an insight: its figures, and for customers the contacts that they are of."""

from collections.abc import Sequence

from cardcrm.render.cells import format_column, is_numeric_column
from cardcrm.reports.insights.insight import Insight
from cardcrm.text import cell_width as width_of
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.line_list import LineList, Span, fit

_GAP = 2
_WIDEST = 1000  # cells; no column is wider


class InsightRows(LineList):
    """The rows of an insight below their heads."""

    def __init__(self) -> None:
        super().__init__(id="rows")
        self.insight: Insight | None = None
        self._heads: list[str] = []
        self._cells: list[list[str]] = []  # by column
        self._is_right: list[bool] = []
        self._leasts: list[int] = []  # the widths down to which columns may be cut
        self._sentence: list[str] = [""]  # the lines of the note

    @property
    def _heading(self) -> int:
        """The number of lines above the rows: the title, the sentence, and the heads."""
        return len(self._sentence) + 2

    def update(self, insight: Insight) -> None:
        """Show the list behind an insight; the cursor stays on its line."""
        is_other = self.insight is None or self.insight.key != insight.key
        self.insight = insight
        table = insight.table
        columns = [each for each in table.columns if each.key != "id"]
        places = [table.columns.index(each) for each in columns]
        rows = list(table.rows)
        values = [[row[place] for row in rows] for place in places]
        self._heads = [each.title for each in columns]
        self._cells = [
            format_column(column, each.digits) for column, each in zip(values, columns, strict=True)
        ]
        self._is_right = [
            each.align == "right" or is_numeric_column(column)
            for column, each in zip(values, columns, strict=True)
        ]
        self._leasts = [each.min_width if each.wide else _WIDEST for each in columns]
        row = 0 if is_other else max(self.cursor - self._heading, 0)
        self._show_sentence(len(rows), row)

    def on_resize(self) -> None:
        """Wrap the sentence in the new width; the cursor stays on its row."""
        if self.insight is not None:
            rows = self.count - self._heading
            self._show_sentence(rows, max(self.cursor - self._heading, 0))
        super().on_resize()

    def _show_sentence(self, rows: int, row: int) -> None:
        """Wrap the sentence above a number of rows, and put the cursor on one of them."""
        assert self.insight is not None
        room = self.scrollable_content_region.width - 2
        self._sentence = wrap(self.insight.note, room) if room > 0 else [self.insight.note]
        self._sentence = self._sentence or [""]
        self.set_count(rows + self._heading)
        self.put_cursor(self._heading + row)

    def can_choose(self, index: int) -> bool:
        """Return whether a line shows a row."""
        return self._heading <= index < self.count

    @property
    def context_above(self) -> int:
        """The lines above the first row, so that the heads stay in view."""
        return self._heading if self.cursor == self._heading else 0

    @property
    def selected_contact(self) -> int | None:
        """The contact of the line under the cursor."""
        at = self.cursor - self._heading
        ids = self.insight.contacts if self.insight else ()
        return ids[at] if 0 <= at < len(ids) else None

    def spans(self, index: int, width: int) -> list[Span]:
        """Return the title, the sentence, the heads, or a row."""
        assert self.insight is not None
        if index == 0:
            return [Span(fit(f" {self.insight.title}", width), "section")]
        if index <= len(self._sentence):
            return [Span(fit(f" {self._sentence[index - 1]}", width), "dim")]
        at = index - self._heading
        texts = self._heads if at < 0 else [column[at] for column in self._cells]
        return self._join(texts, width, "dim" if at < 0 else "")

    def _join(self, texts: Sequence[str], width: int, style: str) -> list[Span]:
        widths = self._widths(width - 2)
        cells = [
            fit(text, cells, right=right)
            for text, cells, right in zip(texts, widths, self._is_right, strict=True)
        ]
        return [Span(fit(f" {(' ' * _GAP).join(cells)}", width), style)]

    def _widths(self, room: int) -> list[int]:
        """Return the widths of the columns; those of names share what the others leave."""
        widths = [
            max(width_of(head), max(map(width_of, cells), default=0))
            for head, cells in zip(self._heads, self._cells, strict=True)
        ]
        over = sum(widths) + _GAP * (len(widths) - 1) - room
        for at, least in enumerate(self._leasts):
            cut = min(over, widths[at] - least)
            if cut > 0:
                widths[at] -= cut
                over -= cut
        return widths
