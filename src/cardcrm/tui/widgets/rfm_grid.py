"""The grid of recency and frequency: a cell for each pair of scores.

Cells are shaded by the number of their customers, or by their revenue. Keys and clicks select a
cell.
"""

import datetime as dt
import math
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from cardcrm.money import count_decimals
from cardcrm.records.sales.rfm import Scale
from cardcrm.reports.rfm.grid import GridCell, RfmGroup, build_grid, count_standings
from cardcrm.text import cell_width as width_of
from cardcrm.text import shorten
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.context import context_of
from cardcrm.tui.keys import bindings
from cardcrm.tui.widgets.amounts import format_whole
from cardcrm.tui.widgets.line_list import Span, fit

if TYPE_CHECKING:
    from collections.abc import Mapping

Scores = tuple[int, int]  # recency and frequency, 1 to 5 each

LABEL_WIDTH = 10  # cells before the grid
TALL = 13  # lines from which on cells are two lines high
_STANDINGS_WIDTH = 29  # cells of the standings, if there is room for them
_SCORES = (5, 4, 3, 2, 1)
_SHADES = " ░▒▓█"
_HEADER_LINES = 2


class RfmGrid(Widget, can_focus=True):
    """Five by five cells: recent buyers at the top, frequent buyers to the right.

    ``selected`` holds the scores of the cell under the cursor. ``by_revenue`` shades by revenue,
    not by customers.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("grid")]
    DEFAULT_CSS = "RfmGrid { height: 8; width: 1fr; }"

    selected: reactive[Scores] = reactive((5, 5), init=False)
    by_revenue = reactive(default=False, init=False)

    class Selected(Message):
        """Another cell is under the cursor."""

    class Picked(Message):
        """The cell under the cursor was opened, by Enter or a double click."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.cells: Mapping[Scores, GridCell] = {}
        self._groups: tuple[RfmGroup, ...] = ()
        self._scale: Scale | None = None
        self._today = dt.date.min

    @property
    def cell(self) -> GridCell | None:
        """The cell under the cursor; None if it is empty."""
        return self.cells.get(self.selected)

    def update(self, groups: tuple[RfmGroup, ...], scale: Scale | None, today: dt.date) -> None:
        """Show groups of customers."""
        self._groups, self._scale, self._today = groups, scale, today
        self.cells = build_grid(groups)
        self.refresh()

    # selecting

    def watch_selected(self) -> None:
        """Report the selected cell to the page."""
        self.refresh()
        self.post_message(self.Selected())

    def watch_by_revenue(self) -> None:
        """Shade by the other measure."""
        self.refresh()

    def action_move(self, recency_step: int, frequency_step: int) -> None:
        """Select a neighbor cell."""
        recency, frequency = self.selected
        self.selected = (_clamp(recency + recency_step), _clamp(frequency + frequency_step))

    def action_pick(self) -> None:
        """Open the cell under the cursor."""
        self.post_message(self.Picked())

    def on_click(self, event: events.Click) -> None:
        """Select a cell at a click; open it at a double click."""
        offset = event.get_content_offset_capture(self)
        line = (offset.y - _HEADER_LINES) // self.cell_height
        column = (offset.x - LABEL_WIDTH) // self.cell_width
        is_inside = offset.y >= _HEADER_LINES and offset.x >= LABEL_WIDTH
        if is_inside and 0 <= line < 5 and 0 <= column < 5:
            self.selected = (_SCORES[line], column + 1)
            if event.chain == 2:
                self.action_pick()

    # drawing

    @property
    def cell_height(self) -> int:
        """The lines of a cell."""
        return 2 if self.size.height >= TALL else 1

    @property
    def cell_width(self) -> int:
        """The columns of a cell."""
        beside = _STANDINGS_WIDTH if self._has_standings else 0
        return max(min((self.size.width - LABEL_WIDTH - beside) // 5, 12), 4)

    @property
    def _has_standings(self) -> bool:
        """Return whether the standings are shown beside the grid."""
        return self.size.width >= LABEL_WIDTH + 5 * 7 + _STANDINGS_WIDTH

    @property
    def _is_plain(self) -> bool:
        return context_of(self).is_plain

    def _named(self, name: str) -> Style:
        return tui_theme.style(self.app.theme, name, paper=False)

    def render_line(self, y: int) -> Strip:
        """Return one line of the grid and of the standings beside it."""
        beside = [Segment(span.text, self._named(span.style)) for span in self._standing_line(y)]
        strip = Strip([*self._grid_line(y), *beside])
        return strip.adjust_cell_length(self.size.width, self._named("")).apply_style(Style())

    def _grid_line(self, y: int) -> list[Segment]:
        end = _HEADER_LINES + 5 * self.cell_height
        if y == 0:
            return [Segment(span.text, self._named(span.style)) for span in self._heading()]
        if y == 1:
            return [Segment(self._column_labels(), self._named("dim"))]
        if y < end:
            row, line = divmod(y - _HEADER_LINES, self.cell_height)
            return self._row(_SCORES[row], line)
        if y == end:
            return [Segment(span.text, self._named(span.style)) for span in self._summary()]
        return []

    def _heading(self) -> list[Span]:
        title = " Recency × frequency "
        note = " revenue" if self.by_revenue else " customers"
        has_standings = self._has_standings
        width = self.cell_width * 5 + LABEL_WIDTH if has_standings else self.size.width - 1
        line = "─" * max(width - len(title) - len(note), 0)
        return [Span(title, "section"), Span(line, "dim"), Span(note, "dim")]

    def _column_labels(self) -> str:
        labels = (self._orders(score).center(self.cell_width) for score in range(1, 6))
        return fit(" purchases", LABEL_WIDTH) + "".join(labels)

    def _orders(self, score: int) -> str:
        """Return the number of purchases that a frequency score stands for."""
        span = self._scale.frequency.range_of(score) if self._scale else None
        if span is None:
            return "–"
        above, most = span
        least = 1 if above is None else above + 1
        if most is None:
            return "all" if above is None else f"{least}+"
        return "–" if least > most else f"{most}" if least >= most else f"{least}–{most}"

    def _days(self, score: int) -> str:
        """Return the age of the last sale that a recency score stands for."""
        span = self._scale.recency.range_of(score) if self._scale else None
        if span is None:
            return "–"
        since, before = (day and self._ago(day) for day in span)
        if since is None:
            return "any day" if before is None else f"> {before}"
        return f"≤ {since}"

    def _ago(self, day: str) -> str:
        days = (self._today - dt.date.fromisoformat(day)).days
        return f"{days} d" if days < 1000 else f"{days / 365:.1f} y"

    def _row(self, recency: int, line: int) -> list[Segment]:
        label = self._days(recency).rjust(LABEL_WIDTH - 2) if line == 0 else ""
        found = [Segment(f"{label:{LABEL_WIDTH}}", self._named("dim"))]
        for frequency in range(1, 6):
            found += self._cell_line((recency, frequency), line)
        return found

    def _cell_line(self, scores: Scores, line: int) -> list[Segment]:
        """Return a line of a cell: its customers or revenue, in brackets under the cursor."""
        cell, is_selected = self.cells.get(scores), scores == self.selected
        gap = 1 if self.cell_width >= 6 else 0
        room = self.cell_width - gap
        text = _figure(cell, by_revenue=self.by_revenue != (line == 1)) if cell else ""
        left, right = "[]" if is_selected and line == 0 else (self._shade_sign(cell), " ")
        if width_of(text) > room - 2:
            left = right = ""
        text = f"{left}{text:^{room - len(left) - len(right)}}{right}"
        style = self._cell_style(cell, is_selected=is_selected)
        return [Segment(text, style), Segment(" " * gap, self._named(""))]

    def _shade_sign(self, cell: GridCell | None) -> str:
        """Return a character for the shade, if color does not show it."""
        return _SHADES[self._shade(cell)] if self._is_plain else " "

    def _cell_style(self, cell: GridCell | None, *, is_selected: bool) -> Style:
        theme = self.app.theme
        if is_selected:
            return tui_theme.cursor_style(theme, paper=False, focused=self.has_focus)
        if self._is_plain:
            return self._named("")
        return tui_theme.shade_style(theme, self._shade(cell))

    def _shade(self, cell: GridCell | None) -> int:
        """Return the shade, from 0 (empty) to 4.

        It grows with the square root of the measure, as a few cells hold nearly all customers.
        """
        if cell is None:
            return 0
        most = max(map(self._measure, self.cells.values()))
        share = max(self._measure(cell), 0) / most if most > 0 else 0
        return max(1, min(4, round(4 * math.sqrt(share))))

    def _measure(self, cell: GridCell) -> int:
        return cell.revenue.minor if self.by_revenue else cell.customers

    def _summary(self) -> list[Span]:
        """Return the revenue and the standings of the selected cell."""
        cell = self.cell
        if cell is None:
            return []
        inside = ", ".join(f"{name} {count:,}" for name, count in cell.standings)
        money = f" {format_whole(cell.revenue)} {cell.revenue.currency} "
        room = self.size.width - width_of(money) - 2
        return [Span(money, "bold"), Span(shorten(f" {inside}", room), "tag")]

    def _standing_line(self, y: int) -> list[Span]:
        """Return a standing with its number of customers, highlighted if it is in the cell."""
        if not self._has_standings or y == 5 * self.cell_height + _HEADER_LINES:
            return []
        if y == 0:
            return [Span(" ─ ", "dim"), Span("Standings", "section")]
        all_standings = count_standings(self._groups)
        if not 1 <= y <= len(all_standings):
            return []
        if y == self.size.height - 2 and y < len(all_standings):
            rest = sum(count for _, count, _ in all_standings[y - 1 :])
            return [Span(f" {rest:6,}   in {len(all_standings) - y + 1} more", "dim")]
        name, count, _ = all_standings[y - 1]
        is_inside = self.cell is not None and name in dict(self.cell.standings)
        return [
            Span(f" {count:6,} "),
            Span("▸ " if is_inside else "  ", "mark"),
            Span(name, "mark" if is_inside else ""),
        ]


def _clamp(score: int) -> int:
    return max(1, min(score, 5))


def _figure(cell: GridCell, *, by_revenue: bool) -> str:
    """Return the number of customers, or the revenue in whole units."""
    if not by_revenue:
        return _short(cell.customers)
    return _short(cell.revenue.minor // 10 ** count_decimals(cell.revenue.currency))


def _short(number: int) -> str:
    """Return a number in four characters, and a minus if negative: 999, 1.2k, 12k, 1.2M."""
    if abs(number) < 1_000:
        return str(number)
    if abs(number) < 999_500:
        return f"{number / 1_000:.1f}k" if abs(number) < 9_950 else f"{number / 1_000:.0f}k"
    return f"{number / 1_000_000:.1f}M" if abs(number) < 9_950_000 else f"{number / 1_000_000:.0f}M"
