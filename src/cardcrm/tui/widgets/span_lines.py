"""A few lines of spans, which are drawn without the layout of a text.

Textual takes 1 ms to lay out a text and 0.1 ms to draw a line: a key that changes several lines of
a page would be seen later.
"""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from cardcrm.text import cell_width as width_of
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.widgets.line_list import Span, fit


class SpanLines(Widget):
    """Lines of spans; those that are too long are cut."""

    DEFAULT_CSS = "SpanLines { height: 1; width: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self._spans: tuple[Span, ...] = ()

    def update(self, spans: Sequence[Span]) -> None:
        """Show spans; they go on in the next line where one has no room for a whole span."""
        if tuple(spans) != self._spans:
            self._spans = tuple(spans)
            self.refresh()

    def lines(self, width: int) -> list[list[Span]]:
        """Return the lines for a width."""
        lines: list[list[Span]] = [[]]
        used = 0
        for span in self._spans:
            cells = width_of(span.text)
            if used + cells > width and used and len(lines) < self.size.height:
                lines.append([])
                used = 0
            room = max(width - used, 0)
            lines[-1].append(span if cells <= room else span._replace(text=fit(span.text, room)))
            used += cells
        return lines

    def style_of(self, name: str) -> Style:
        """Return the style of a span."""
        return tui_theme.style(self.app.theme, name, paper=False)

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        width, base = self.size.width, self.style_of("")
        lines = self.lines(width)
        spans = lines[y] if y < len(lines) else []
        segments = [Segment(each.text, self.style_of(each.style)) for each in spans if each.text]
        return Strip(segments).adjust_cell_length(width, base)

    def on_mount(self) -> None:
        """Draw the lines again when the theme changes."""
        self.watch(self.app, "theme", self._refresh_colors, init=False)

    def _refresh_colors(self) -> None:
        self.refresh()
