"""An insight among others: its title, its charts, and a sentence."""

from collections.abc import Iterator
from textwrap import wrap
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from cardcrm.render.charts.drawing import draw_chart
from cardcrm.render.charts.pieces import Line, Look, Piece
from cardcrm.reports.insights.insight import Insight
from cardcrm.text import cell_width, sanitize, shorten
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.context import context_of
from cardcrm.tui.keys import bindings

_STYLES = {
    "title": "dim", "bar": "bar", "negative": "late", "band": "dim", "mark": "bold", "dim": "dim",
    "series1": "bar", "series2": "tag", "series3": "good", "series4": "late",
}  # fmt: skip
_HEIGHT = 7  # lines of a plot


class InsightTile(Widget, can_focus=True):
    """An insight that can be opened; until it is computed, its title and three dots."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("pictures")]
    DEFAULT_CSS = "InsightTile { height: auto; width: 1fr; padding: 0 1 1 1; }"

    class Picked(Message):
        """The insight was opened, by Enter or a double click."""

        def __init__(self, tile: "InsightTile") -> None:
            super().__init__()
            self.tile = tile

    def __init__(self, key: str, title: str) -> None:
        super().__init__(id=f"insight-{key.replace('_', '-')}")
        self.insight = Insight(key, title)
        self.is_computed = False
        self._drawn: tuple[tuple[int, bool], list[Line]] | None = None

    def update(self, insight: Insight) -> None:
        """Show another insight; the height may change."""
        self.insight, self.is_computed, self._drawn = insight, True, None
        self.refresh(layout=True)

    # drawing

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines in a width."""
        del container, viewport
        return len(self._lines(width))

    def render(self) -> RenderResult:
        """Return the lines."""
        text = Text(no_wrap=True, overflow="crop", end="")
        for number, line in enumerate(self._lines(self.content_size.width)):
            text.append("\n" if number else "")
            for piece in line:
                text.append(piece.text, self._style(piece.style))
        return text

    def _style(self, name: str) -> str:
        theme = self.app.theme
        if name == "head" and self.has_focus:
            return str(tui_theme.cursor_style(theme, paper=False, focused=True))
        if name.startswith("shade") and theme != "plain":
            return str(tui_theme.shade_style(theme, int(name[-1])))
        named = "late" if name.startswith("below") else _STYLES.get(name, "")
        return str(tui_theme.style(theme, "section" if name == "head" else named, paper=False))

    def _lines(self, width: int) -> list[Line]:
        look = (max(width, 20), context_of(self).is_plain)
        if self._drawn is None or self._drawn[0] != look:
            self._drawn = look, list(self._draw(*look))
        return self._drawn[1]

    def _draw(self, width: int, is_plain: bool) -> Iterator[Line]:
        insight = self.insight
        title = shorten(sanitize(insight.title), width - 2)
        yield [
            Piece(f" {title} ", "head"),
            Piece("─" * max(width - cell_width(title) - 2, 0), "dim"),
        ]
        if not self.is_computed:
            yield [Piece("…", "dim")]
        look = Look(width, color=not is_plain, height=_HEIGHT)
        for chart in insight.charts:
            yield from draw_chart(chart, look)
        for text in (insight.reason, insight.note):
            yield from ([Piece(line, "dim")] for line in wrap(sanitize(text), width))

    # opening

    def action_pick(self) -> None:
        """Open the list behind the insight."""
        self.post_message(self.Picked(self))

    def on_click(self, event: events.Click) -> None:
        """Open the list at a double click; the first click moves the focus here."""
        if event.chain == 2:
            self.action_pick()

    def on_focus(self) -> None:
        """Draw the title of the insight that the keys are for."""
        self.refresh()
        self.scroll_visible(animate=False)

    def on_blur(self) -> None:
        """Draw the title as that of another insight."""
        self.refresh()
