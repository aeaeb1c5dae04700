"""A column of the board: the name and the sums of a stage above its deals, which can be dragged."""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset
from textual.message import Message

from cardcrm.records.deals.board import Board, BoardDeal, Column, Total
from cardcrm.text import cell_width as width_of
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.widgets.cursor_memory import CursorMemory
from cardcrm.tui.widgets.deal_cards import (
    LOST_SIGN,
    WON_SIGN,
    contact_line,
    title_line,
    total_line,
)
from cardcrm.tui.widgets.line_list import LineList, Span, fit
from cardcrm.tui.widgets.span_lines import SpanLines

if TYPE_CHECKING:
    from cardcrm.records.deals.stages import Stage

MOST_TOTALS = 3  # currencies that a head shows
_DRAG_CELLS = 2  # that the mouse moves before a click becomes a drag


class Heading(NamedTuple):
    """The head of a column: its name, the number of its deals, and their sums."""

    name: str = ""
    size: str = ""
    totals: tuple[Total, ...] = ()


class DealList(LineList):
    """The deals of a column, two lines each."""

    row_height = 2

    class Dragged(Message):
        """The mouse moves a deal; ``is_over`` when its button is released."""

        def __init__(self, deals: "DealList", at: Offset, *, is_over: bool) -> None:
            super().__init__()
            self.deals = deals
            self.at = at
            self.is_over = is_over

    def __init__(self) -> None:
        super().__init__()
        self.deals: tuple[BoardDeal, ...] = ()
        self.today = dt.date.min
        self._memory: CursorMemory[int] = CursorMemory()
        self._pressed: Offset | None = None  # where the mouse button was pressed on a deal
        self._is_dragging = False

    @property
    def selected(self) -> BoardDeal | None:
        """The deal under the cursor."""
        return self.deals[self.cursor] if self.cursor < len(self.deals) else None

    @property
    def shows_cursor(self) -> bool:
        """Return whether the list has the focus; other columns have no cursor."""
        return self.has_focus

    def update(self, deals: tuple[BoardDeal, ...], today: dt.date) -> None:
        """Show deals; the cursor stays on its deal, or on the one in its place."""
        if (deals, today) == (self.deals, self.today):
            return
        before = self.selected
        self.deals, self.today = deals, today
        self.set_count(len(deals))
        places = {each.id: row for row, each in enumerate(deals)}
        found = [
            places[each]
            for each in (self._memory.candidates(before.id) if before else ())
            if each in places
        ]
        self.put_cursor(found[0] if found else self.cursor)
        now = self.selected
        self._memory.record(before.id if before else None, now.id if now else None)

    def select(self, deal_id: int) -> bool:
        """Put the cursor on a deal; return whether the list has it."""
        row = next((row for row, each in enumerate(self.deals) if each.id == deal_id), None)
        if row is None:
            return False
        self._memory.clear()
        self.put_cursor(row)
        return True

    def part_spans(self, index: int, part: int, width: int) -> list[Span]:
        """Return the title and the amount, or the contact and the expected close."""
        deal = self.deals[index]
        if part:
            return contact_line(deal, self.today, width)
        return title_line(deal, self.context.locale.currency, width)

    # dragging

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag the deal under the mouse."""
        line = int(event.get_content_offset_capture(self).y) + self.scroll_offset.y
        index, _ = self.row_at(line)
        if event.button == 1 and self.can_choose(index):
            self.focus()
            self.cursor = index
            self._pressed = event.screen_offset
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Report where the deal is dragged to."""
        if self._pressed is None:
            return
        moved = event.screen_offset - self._pressed
        self._is_dragging = self._is_dragging or max(abs(moved.x), abs(moved.y)) >= _DRAG_CELLS
        if self._is_dragging:
            self.post_message(self.Dragged(self, event.screen_offset, is_over=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Report where the deal is dropped."""
        self.release_mouse()
        if self._is_dragging:
            self.post_message(self.Dragged(self, event.screen_offset, is_over=True))
        self._pressed, self._is_dragging = None, False


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


class DealColumn(Vertical):
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
