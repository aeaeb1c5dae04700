"""A drawn map: lines of coast, numbers of contacts, and the place of the chosen one."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cardcrm.render.maps.marks import Mark
from cardcrm.tui import theme as tui_theme

_STYLES = {"series1": "dim", "mark": "mark"}


class MapView(Widget, can_focus=True):
    """The map, which reports the mouse and its size to the screen."""

    DEFAULT_CSS = "MapView { width: 1fr; height: 1fr; }"

    class Resized(Message):
        """The map has room for another number of cells."""

    class Clicked(Message):
        """A cell was clicked."""

        def __init__(self, column: int, row: int, *, is_double: bool) -> None:
            super().__init__()
            self.column, self.row, self.is_double = column, row, is_double

    class Wheeled(Message):
        """The mouse wheel was turned over a cell, by 1 or -1."""

        def __init__(self, column: int, row: int, step: int) -> None:
            super().__init__()
            self.column, self.row, self.step = column, row, step

    def __init__(self) -> None:
        super().__init__(id="map")
        self._lines: Sequence[Sequence[tuple[str, str]]] = ()
        self._mark: Mark | None = None

    def show(self, lines: Sequence[Sequence[tuple[str, str]]]) -> None:
        """Show a map."""
        self._lines = lines
        self.refresh()

    def choose(self, mark: Mark | None) -> None:
        """Highlight the mark of the chosen contact."""
        if mark != self._mark:
            self._mark = mark
            self.refresh()

    # drawing

    def render_line(self, y: int) -> Strip:
        """Return one line of the screen."""
        line = self._lines[y] if y < len(self._lines) else ()
        strip = Strip(Segment(text, self._style_of(style)) for text, style in line)
        strip = strip.adjust_cell_length(self.size.width, self._style_of(""))
        mark = self._mark
        if mark is None or mark.row != y:
            return strip
        end = mark.column + len(mark.text)
        chosen = tui_theme.cursor_style(self.app.theme, paper=False, focused=True)
        return Strip.join(
            [strip.crop(0, mark.column), Strip([Segment(mark.text, chosen)]), strip.crop(end)]
        )

    def _style_of(self, name: str) -> Style:
        return tui_theme.style(self.app.theme, _STYLES.get(name, ""), paper=False)

    def on_mount(self) -> None:
        """Draw the map again when the theme changes."""
        self.watch(self.app, "theme", self._refresh_colors, init=False)

    def _refresh_colors(self) -> None:
        self.refresh()

    def on_resize(self) -> None:
        """Report the new size."""
        self.post_message(self.Resized())

    # mouse

    def on_click(self, event: events.Click) -> None:
        """Report a click."""
        self.post_message(self.Clicked(event.x, event.y, is_double=event.chain == 2))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Report a turn of the wheel away from the user."""
        event.stop()
        self.post_message(self.Wheeled(event.x, event.y, 1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Report a turn of the wheel toward the user."""
        event.stop()
        self.post_message(self.Wheeled(event.x, event.y, -1))
