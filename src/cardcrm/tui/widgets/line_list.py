"""A list of lines with a cursor, which draws only the lines on the screen.

Lists of any length, the card and the journal are built on it.
"""

from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cardcrm.text import cell_width as width_of
from cardcrm.text import sanitize, shorten
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.context import AppContext, context_of
from cardcrm.tui.keys import bindings


class Span(NamedTuple):
    """A piece of a line: its text and the name of its style ("" for the widget's own)."""

    text: str
    style: str = ""


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """Return a text without control characters, cut or padded to ``cells``."""
    shown = shorten(sanitize(text), max(cells, 0))
    space = " " * (cells - width_of(shown))
    return space + shown if right else shown + space


class LineList(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines with a cursor; ``count`` is their number, and subclasses return their spans.

    Rows of several lines have that many as their ``row_height``.

    The scroll bar is always there, in the color of the background if there is nothing to scroll:
    hiding it would lay out the whole screen again.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("list")]
    DEFAULT_CSS = """
    LineList {
        width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: scroll;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; scrollbar-gutter: stable;
        scrollbar-color: $panel; scrollbar-color-hover: $muted; scrollbar-color-active: $primary;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    """

    cursor = reactive(0, init=False, repaint=False)
    is_paper: ClassVar[bool] = False
    row_height: ClassVar[int] = 1  # lines of each row

    class Moved(Message):
        """The cursor is on another line, or the line under it shows something else."""

        def __init__(self, lines: "LineList") -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> "LineList":
            """The list."""
            return self.lines

    class Picked(Moved):
        """The line under the cursor was opened, by Enter or a double click."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.count = 0

    @property
    def context(self) -> AppContext:
        """The parts of the app that a widget may use."""
        return context_of(self)

    # for subclasses

    def spans(self, index: int, width: int) -> list[Span]:
        """Return the spans of a line."""
        raise NotImplementedError

    @property
    def lines_below(self) -> int:
        """The number of lines that the chosen row has below its first one."""
        return 0

    def spans_below(self, part: int) -> list[Span]:
        """Return the spans of a further line of the chosen row, from 1 on."""
        raise NotImplementedError

    def part_spans(self, index: int, part: int, width: int) -> list[Span]:
        """Return the spans of a line of a row: 0 for its first."""
        return self.spans_below(part) if part else self.spans(index, width)

    def can_choose(self, index: int) -> bool:
        """Return whether the cursor may be on a line; it skips headings and blank lines."""
        return 0 <= index < self.count

    @property
    def shows_cursor(self) -> bool:
        """Return whether the line under the cursor is highlighted."""
        return True

    # drawing

    def set_count(self, count: int) -> None:
        """Set the number of lines."""
        self.count = count
        self.set_height()

    def set_height(self) -> None:
        """Set the scrollable height to that of all rows."""
        # One cell wide: lines are never wider than the widget, and a width given here would lay
        # out the screen again once the real one is known.
        lines = self.count * self.row_height + self.lines_below
        self.set_virtual_size(Size(1, lines if self.count else 0))
        self.refresh()

    def set_virtual_size(self, size: Size) -> None:
        """Set the scrollable height without laying out the screen.

        Textual's own way lays out and paints the whole screen, which takes longer than reading a
        card.
        """
        if not self.size:
            self.virtual_size = size
            return
        self.set_reactive(ScrollView.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self.scroll_to_cursor()

    def style_of(self, name: str) -> Style:
        """Return the style of a span."""
        return tui_theme.style(self.app.theme, name, paper=self.is_paper)

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        width = self.scrollable_content_region.width
        index, part = self.row_at(y + self.scroll_offset.y)
        if not 0 <= index < self.count or width <= 0:
            return Strip.blank(width, self.style_of(""))
        return self.draw_row(index, part, width)

    def draw_row(self, index: int, part: int, width: int) -> Strip:
        """Return a line of a row, highlighted if the cursor is on it."""
        base = self.style_of("")
        spans = self.part_spans(index, part, width)
        highlight = self.highlight_of(index)
        segments = [Segment(span.text, self.combine(span.style, highlight)) for span in spans]
        background = base + highlight if highlight else base
        return Strip(segments).adjust_cell_length(width, background)

    def row_at(self, line: int) -> tuple[int, int]:
        """Return the row of a line, and which of the row's lines it is: 0 for the first."""
        if self.row_height > 1:
            return divmod(line, self.row_height)
        if line <= self.cursor:
            return line, 0
        part = line - self.cursor
        return (self.cursor, part) if part <= self.lines_below else (line - self.lines_below, 0)

    def combine(self, name: str, highlight: Style | None) -> Style:
        """Return a span's style, or the highlight in its place."""
        if highlight is None or name in tui_theme.CURSOR_PROOF:
            return self.style_of(name)
        return self.style_of("") + highlight

    def highlight_of(self, index: int) -> Style | None:
        """Return the highlight of a line; None if the cursor is elsewhere."""
        if index != self.cursor or not self.shows_cursor or not self.can_choose(index):
            return None
        return tui_theme.cursor_style(self.app.theme, paper=self.is_paper, focused=self.has_focus)

    # moving

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw both lines again and keep the cursor in view."""
        self.scroll_to_cursor()
        self.draw_cursor(old, new)
        if old != new:
            self.post_message(self.Moved(self))

    def draw_cursor(self, old: int, new: int) -> None:
        """Draw the two rows again that a move of the cursor changes."""
        for row in {old, new}:
            self.refresh_lines(row * self.row_height, self.row_height)

    def scroll_to_cursor(self) -> None:
        """Scroll as little as is needed to see the line under the cursor."""
        height = self.scrollable_content_region.height
        top = round(self.scroll_target_y)
        if height <= 0 or not self.count:
            return
        first = self.cursor * self.row_height
        if first < top + self.context_above:
            self.jump(first - self.context_above)
            return
        last = first + min(self.context_below + self.row_height - 1, height - 1)
        if last >= top + height:
            self.jump(last - height + 1)

    @property
    def context_above(self) -> int:
        """The number of lines above the cursor to keep in view, such as a heading."""
        return 0

    @property
    def context_below(self) -> int:
        """The number of lines below the cursor to keep in view, such as a text's other lines."""
        return self.lines_below

    def jump(self, top: int) -> None:
        """Scroll so that a line is the first in view."""
        self.scroll_to(y=max(top, 0), animate=False, force=True, immediate=True)

    def nearest(self, index: int, step: int) -> int | None:
        """Return the first line from ``index`` on, in steps, where the cursor may be."""
        while 0 <= index < self.count:
            if self.can_choose(index):
                return index
            index += step
        return None

    def put_cursor(self, index: int) -> None:
        """Put the cursor on a line of other lines, and report it even if its number is the same."""
        self.set_reactive(LineList.cursor, max(0, min(index, self.count - 1)))
        self.scroll_to_cursor()
        self.refresh()
        self.post_message(self.Moved(self))

    def go(self, index: int, step: int = 1) -> None:
        """Put the cursor on a line, or on the nearest where it may be."""
        index = max(0, min(index, self.count - 1))
        found = self.nearest(index, step)
        if found is None:
            found = self.nearest(index, -step)
        if found is not None:
            self.cursor = found

    def action_move(self, step: int) -> None:
        """Move up or down."""
        found = self.nearest(self.cursor + step, step)
        if found is not None:
            self.cursor = found
        else:
            self.jump(0 if step < 0 else self.count * self.row_height)

    def action_page(self, step: int) -> None:
        """Move a page up or down."""
        rows = max((self.scrollable_content_region.height - 1) // self.row_height, 1)
        self.jump(round(self.scroll_target_y) + step * rows * self.row_height)
        self.go(self.cursor + step * rows, step)

    def action_end(self, step: int) -> None:
        """Move to the first or the last line."""
        self.jump(0 if step < 0 else self.count * self.row_height)
        self.go(0 if step < 0 else self.count - 1, -step)

    def action_choose(self) -> None:
        """Open the line under the cursor."""
        if self.can_choose(self.cursor):
            self.post_message(self.Picked(self))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor at a click; open the line at a double click."""
        line = int(event.get_content_offset_capture(self).y) + self.scroll_offset.y
        index, _ = self.row_at(line)
        if self.can_choose(index):
            self.cursor = index
            if event.chain == 2:
                self.action_choose()

    def on_mount(self) -> None:
        """Draw all lines again when the theme changes."""
        self.watch(self.app, "theme", self.refresh_colors, init=False)

    def refresh_colors(self) -> None:
        """Draw all lines again in other colors."""
        self.refresh()

    def on_focus(self) -> None:
        """Draw the cursor as focused."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor as not focused."""
        self.refresh()
