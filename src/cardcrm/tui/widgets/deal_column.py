"""A column of the board: the name and the sums of a stage above its deals."""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual.app import ComposeResult

from cardcrm.records.deals.board import Board, Column, Total
from cardcrm.text import cell_width as width_of
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.widgets.containers import Stack
from cardcrm.tui.widgets.deal_cards import LOST_SIGN, WON_SIGN, total_line
from cardcrm.tui.widgets.deal_list import DealList
from cardcrm.tui.widgets.line_list import Span, fit
from cardcrm.tui.widgets.span_lines import SpanLines

if TYPE_CHECKING:
    from cardcrm.records.deals.stages import Stage

MOST_TOTALS = 3  # currencies that a head shows


class Heading(NamedTuple):
    """The head of a column: its name, the number of its deals, and their sums."""

    name: str = ""
    size: str = ""
    totals: tuple[Total, ...] = ()


class ColumnHead(SpanLines):
    """The name, the number of deals and the sums of a column."""

    DEFAULT_CSS = "ColumnHead { height: 2; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.heading = Heading()
        self.is_active = False
        self.is_target = False

    def show(self, heading: Heading) -> None:
        """Show the head of a column."""
        if heading != self.heading:
            self.heading = heading
            self.refresh()

    def highlight(self, *, is_active: bool, is_target: bool) -> None:
        """Highlight the column with the cursor, or the one in which a deal would be dropped."""
        if (is_active, is_target) != (self.is_active, self.is_target):
            self.is_active, self.is_target = is_active, is_target
            self.refresh()

    def style_of(self, name: str) -> Style:
        """Return the style of a span; the name of the target is highlighted."""
        if name == "title" and self.is_target:
            return tui_theme.cursor_style(self.app.theme, paper=False, focused=True)
        return super().style_of(name)

    def lines(self, width: int) -> list[list[Span]]:
        """Return the name with the number of deals, and a line for each currency."""
        name, size, totals = self.heading
        sign = "»" if self.is_target else "▸" if self.is_active else " "
        style = "title" if self.is_target or self.is_active else "section"
        room = width - 3 - width_of(size)
        first = [Span(f"{sign}{fit(name, room)} ", style), Span(f"{size} ", "bold")]
        shown = totals[:MOST_TOTALS]
        return [first, *([Span(" "), *total_line(each, width - 2)] for each in shown)]


class DealColumn(Stack):
    """A stage, or the deals that were closed lately if it has no ``stage``."""

    DEFAULT_CSS = """
    DealColumn { width: 1fr; height: 1fr; }
    DealColumn.-closed { width: 16; }
    """

    def __init__(self, *, is_closed: bool = False) -> None:
        super().__init__(classes="-closed" if is_closed else "")
        self.is_closed = is_closed
        self.stage: Stage | None = None
        self.head = ColumnHead()
        self.head_height = 0
        self.list = DealList()

    def compose(self) -> ComposeResult:
        """Yield the head and the deals."""
        yield self.head
        yield self.list

    def show_stage(self, column: Column, today: dt.date) -> None:
        """Show a stage with its deals."""
        self.stage = column.stage
        heading = Heading(column.stage.name, f"{column.size:,}", column.totals)
        self.head.show(heading)
        self.list.update(column.deals, today)

    def show_closed(self, board: Board) -> None:
        """Show the deals that were closed lately."""
        closed = board.closed
        counts = f"{WON_SIGN}{closed.won:,} {LOST_SIGN}{closed.lost:,}"
        self.head.show(Heading("Closed", counts))
        self.list.update(closed.deals, board.today)
