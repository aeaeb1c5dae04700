"""The deals of a column of the board, which can be dragged to another one.

Textual takes 1 ms to draw a column in which nothing has changed, and 3 ms for its scroll bar: each
line is therefore drawn once for a deal, and has the scroll bar in its last cell.
"""

import datetime as dt

from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.strip import Strip

from cardcrm.records.deals.board import BoardDeal
from cardcrm.tui.widgets.cursor_memory import CursorMemory
from cardcrm.tui.widgets.deal_cards import contact_line, title_line
from cardcrm.tui.widgets.line_list import LineList, Span

_DRAG_CELLS = 2  # that the mouse moves before a click becomes a drag
_MOST_LINES = 2_000  # drawn ones that are remembered
_THUMB = "▐"  # of the scroll bar


class DealList(LineList):
    """The deals of a column, two lines each."""

    DEFAULT_CSS = "DealList { overflow-y: hidden; }"
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
        self._drawn: dict[tuple[object, ...], Strip] = {}
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
        if today != self.today:
            self._drawn.clear()
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

    # drawing

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the screen."""
        width, top = self.size.width, self.scroll_offset.y
        thumb = self._thumb(top)
        strips = [self._draw_line(y + top, width, y in thumb) for y in crop.line_range]
        if crop.column_span == (0, width):
            return strips
        return [each.crop(*crop.column_span) for each in strips]

    def _thumb(self, top: int) -> range:
        """Return the lines that have the thumb of the scroll bar; none if all deals are in view."""
        height, lines = self.size.height, self.virtual_size.height
        if lines <= height:
            return range(0)
        size = max(1, height * height // lines)
        start = round(top * (height - size) / (lines - height))
        return range(start, start + size)

    def _draw_line(self, line: int, width: int, has_thumb: bool) -> Strip:
        """Return a line, which is drawn if it was not drawn before."""
        row, part = divmod(line, self.row_height)
        deal = self.deals[row] if row < len(self.deals) else None
        is_selected = deal is not None and row == self.cursor and self.shows_cursor
        key = (deal, part, width, is_selected, has_thumb)
        if key not in self._drawn:
            if len(self._drawn) >= _MOST_LINES:
                self._drawn.clear()
            strip = self.draw_row(row, part, width - 1) if deal else Strip([])
            self._drawn[key] = self._with_thumb(strip, width, has_thumb)
        return self._drawn[key]

    def _with_thumb(self, strip: Strip, width: int, has_thumb: bool) -> Strip:
        """Return a line with its cell of the scroll bar, as the terminal gets it."""
        base = self.style_of("")
        cell = Segment(_THUMB, self.style_of("dim")) if has_thumb else Segment(" ", base)
        strip = Strip([*strip.adjust_cell_length(width - 1, base), cell], width)
        background = self.background_colors[1]
        for each in self.app.get_line_filters():
            strip = strip.apply_filter(each, background)
        return strip

    def refresh_colors(self) -> None:
        """Draw all lines again in other colors."""
        self._drawn.clear()
        super().refresh_colors()

    # scrolling, as there is no scroll bar of Textual

    def set_virtual_size(self, size: Size) -> None:
        """Set the scrollable height."""
        self.set_reactive(LineList.virtual_size, size)
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down by a deal."""
        event.stop()
        self.jump(self.scroll_offset.y + self.row_height)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up by a deal."""
        event.stop()
        self.jump(self.scroll_offset.y - self.row_height)

    # dragging

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag the deal under the mouse; a click on the scroll bar scrolls there."""
        place = event.get_content_offset_capture(self)
        if place.x == self.size.width - 1 and self.max_scroll_y:
            self.jump(self.max_scroll_y * place.y // max(self.size.height - 1, 1))
            return
        line = int(place.y) + self.scroll_offset.y
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
