"""A list of lines with a cursor, drawn line by line: only what is on the screen is ever made.

Lists of any length, the index card and the journal are all of this kind.
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

from cardcrm.text import clean, shorten
from cardcrm.text import width as width_of
from cardcrm.tui.keys import bindings
from cardcrm.tui.theme import OWN, drawn, under_cursor


class Span(NamedTuple):
    """A piece of a line: its text and the name of its style ("" is the widget's own)."""

    text: str
    style: str = ""


def fit(text: str, cells: int, *, right: bool = False) -> str:
    """Foreign text made safe, in exactly so many cells."""
    shown = shorten(clean(text), max(cells, 0))
    space = " " * (cells - width_of(shown))
    return space + shown if right else shown + space


class Lines(ScrollView, can_focus=True, inherit_bindings=False):
    """Lines under a cursor. ``count`` is how many there are; subclasses say what stands in each.

    The scroll bar is always there, of the colour of its ground where there is nothing to scroll: if
    it came and went, all of the screen would be laid out anew.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines")]
    DEFAULT_CSS = """
    Lines {
        width: 1fr; height: 1fr; overflow-x: hidden; overflow-y: scroll;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; scrollbar-gutter: stable;
        scrollbar-color: $panel; scrollbar-color-hover: $muted; scrollbar-color-active: $primary;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    """

    cursor = reactive(0, init=False)
    is_paper: ClassVar[bool] = False

    class Moved(Message):
        """The cursor stands on another line, or on another thing in the same line."""

        def __init__(self, lines: "Lines") -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> "Lines":
            """The list in which it was."""
            return self.lines

    class Picked(Moved):
        """Enter or a double click on the line under the cursor."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.count = 0

    # what subclasses say

    def spans(self, index: int, width: int) -> list[Span]:
        """What stands in a line."""
        raise NotImplementedError

    def can_choose(self, index: int) -> bool:
        """Whether the cursor may stand there; headings and blank lines are passed over."""
        return 0 <= index < self.count

    @property
    def shows_cursor(self) -> bool:
        """Whether the line under the cursor is set off."""
        return True

    # drawing

    def set_count(self, count: int) -> None:
        """Tell how many lines there are now."""
        self.count = count
        # Only as high as the lines are many: they are never wider than the widget, and a width
        # that were told here would have all be laid out anew once it is known.
        self._make_high(Size(1, count))
        self.refresh()

    def _make_high(self, size: Size) -> None:
        """Take a height for what is scrolled, which moves nothing else on the screen.

        Told as Textual would be told, all of the screen would be laid out and painted anew, which
        takes longer than reading a card.
        """
        if not self.size:
            self.virtual_size = size
            return
        self.set_reactive(ScrollView.virtual_size, size)
        self.vertical_scrollbar.window_virtual_size = size.height
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self.reveal()

    def named(self, name: str) -> Style:
        """The style of a span."""
        return drawn(self.app.theme, name, paper=self.is_paper)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        base = self.named("")
        if not 0 <= index < self.count or width <= 0:
            return Strip.blank(width, base)
        spans = self.spans(index, width)
        over = self._over(index)
        segments = [Segment(span.text, self._style(span.style, over)) for span in spans]
        return Strip(segments).adjust_cell_length(width, base + over if over else base)

    def _style(self, name: str, over: Style | None) -> Style:
        return self.named(name) if over is None or name in OWN else self.named("") + over

    def _over(self, index: int) -> Style | None:
        """How the line under the cursor is set off."""
        if index != self.cursor or not self.shows_cursor or not self.can_choose(index):
            return None
        return under_cursor(self.app.theme, paper=self.is_paper, focused=self.has_focus)

    # moving

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw both lines anew and keep the cursor in sight."""
        self.reveal()
        self.refresh()
        if old != new:
            self.post_message(self.Moved(self))

    def reveal(self) -> None:
        """Scroll as little as is needed for the cursor's line to be seen."""
        height = self.scrollable_content_region.height
        top = round(self.scroll_target_y)
        if height <= 0 or not self.count:
            return
        if self.cursor < top + self.context_above:
            self.jump(self.cursor - self.context_above)
            return
        last = self.cursor + min(self.context_below, height - 1)
        if last >= top + height:
            self.jump(last - height + 1)

    @property
    def context_above(self) -> int:
        """How many lines above the cursor are kept in sight, such as a heading."""
        return 0

    @property
    def context_below(self) -> int:
        """How many lines below the cursor are kept in sight, such as the rest of a long text."""
        return 0

    def jump(self, top: int) -> None:
        """Scroll so that a line is the first on the screen."""
        self.scroll_to(y=max(top, 0), animate=False, force=True, immediate=True)

    def nearest(self, index: int, step: int) -> int | None:
        """The first line from ``index`` on, in steps, where the cursor may stand."""
        while 0 <= index < self.count:
            if self.can_choose(index):
                return index
            index += step
        return None

    def go(self, index: int, step: int = 1) -> None:
        """Put the cursor on a line, or on the nearest where it may stand."""
        index = max(0, min(index, self.count - 1))
        found = self.nearest(index, step)
        if found is None:
            found = self.nearest(index, -step)
        if found is not None:
            self.cursor = found

    def action_move(self, step: int) -> None:
        """Up or down."""
        found = self.nearest(self.cursor + step, step)
        if found is not None:
            self.cursor = found
        else:
            self.jump(0 if step < 0 else self.count)

    def action_page(self, step: int) -> None:
        """A page up or down."""
        height = max(self.scrollable_content_region.height - 1, 1)
        self.jump(round(self.scroll_target_y) + step * height)
        self.go(self.cursor + step * height, step)

    def action_end(self, step: int) -> None:
        """To the first or the last line."""
        self.jump(0 if step < 0 else self.count)
        self.go(0 if step < 0 else self.count - 1, -step)

    def action_choose(self) -> None:
        """Enter."""
        if self.can_choose(self.cursor):
            self.post_message(self.Picked(self))

    def on_click(self, event: events.Click) -> None:
        """A click chooses a line, a second one opens it."""
        index = int(event.get_content_offset_capture(self).y) + self.scroll_offset.y
        if self.can_choose(index):
            self.cursor = index
            if event.chain == 2:
                self.action_choose()

    def on_mount(self) -> None:
        """Other colours, other lines."""
        self.watch(self.app, "theme", self._recolour, init=False)

    def _recolour(self) -> None:
        self.refresh()

    def on_focus(self) -> None:
        """The cursor looks otherwise with the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor looks otherwise without the focus."""
        self.refresh()
