"""A few lines of spans, which are drawn without the layout of a text.

Textual takes 1 ms to lay out a text and 0.1 ms to draw a line: a key that changes several lines of
a page would be seen later. Lines that are drawn are kept until the widget changes, as looking up
all styles of a widget without a change takes 0.3 ms.
"""

from collections.abc import Sequence
from typing import Any, Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
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
        self._drawn: list[Strip] = []

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

    def refresh(self, *regions: Region, **options: Any) -> Self:
        """Draw the lines again, all of them."""
        self._drawn = []
        return super().refresh(*regions, **options)

    def on_resize(self) -> None:
        """Draw the lines for another width."""
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines of the screen."""
        if not self._drawn:
            self._drawn = self._draw()
        return [self._drawn[y].crop(*crop.column_span) for y in crop.line_range]

    def _draw(self) -> list[Strip]:
        width, height = self.size
        lines = self.lines(width)[:height]
        lines += [[]] * (height - len(lines))
        base, background = self.style_of(""), self.background_colors[1]
        strips = [
            Strip(Segment(each.text, self.style_of(each.style)) for each in spans if each.text)
            for spans in lines
        ]
        strips = [each.adjust_cell_length(width, base) for each in strips]
        for line_filter in self.app.get_line_filters():
            strips = [each.apply_filter(line_filter, background) for each in strips]
        return strips

    def on_mount(self) -> None:
        """Draw the lines again when the theme changes."""
        self.watch(self.app, "theme", self._refresh_colors, init=False)

    def _refresh_colors(self) -> None:
        self.refresh()
