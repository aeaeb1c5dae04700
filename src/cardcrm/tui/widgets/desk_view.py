"""The desk: the figures of the day and of the next ones, beside or under the card."""

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from cardcrm.tui import theme as tui_theme

if TYPE_CHECKING:
    from cardcrm.reports.desk.desk import Desk
    from cardcrm.tui.widgets.line_list import Span

_SHARE = 0.46  # of the height that it takes at most where it is under the card


class DeskView(Widget):
    """The desk, which takes no focus. Until its figures are read, it is empty."""

    DEFAULT_CSS = """
    DeskView { width: 1fr; height: auto; }
    """

    def __init__(self) -> None:
        super().__init__(id="desk")
        self.desk: Desk | None = None
        self._drawn: tuple[Size, list[list[Span]]] = (Size(), [])

    def update(self, desk: "Desk") -> None:
        """Show figures; the page is laid out again only if they need another height."""
        if desk == self.desk:
            return
        before, width = self.size.height, self.size.width
        self.desk, self._drawn = desk, (Size(), [])
        is_fitting = self.styles.is_auto_height and before == self._height(width, self._most)
        self.refresh(layout=self.styles.is_auto_height and not is_fitting)

    @property
    def _most(self) -> int:
        """The most lines that it takes of the page."""
        body = self.parent
        return round(_SHARE * body.size.height) if isinstance(body, Widget) else 0

    def _height(self, width: int, most: int) -> int:
        return len(self._draw(Size(width, most))) if self.desk is not None else most

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """Return the lines that the figures need, or those that are kept for them."""
        return self._height(width, self._most or round(_SHARE * viewport.height))

    def _draw(self, size: Size) -> "list[list[Span]]":
        if self.desk is None:
            return []
        if self._drawn[0] != size:
            from cardcrm.tui.widgets.desk_lines import draw

            self._drawn = size, draw(self.desk, size.width, size.height)
        return self._drawn[1]

    def style_of(self, name: str) -> Style:
        """Return the style of a span."""
        return tui_theme.style(self.app.theme, name, paper=False)

    def render_line(self, y: int) -> Strip:
        """Return one line."""
        lines, base = self._draw(self.size), self.style_of("")
        spans = lines[y] if y < len(lines) else []
        segments = [Segment(each.text, self.style_of(each.style)) for each in spans if each.text]
        return Strip(segments).adjust_cell_length(self.size.width, base)

    def on_mount(self) -> None:
        """Draw the lines again when the theme changes."""
        self.watch(self.app, "theme", self._refresh_colors, init=False)

    def _refresh_colors(self) -> None:
        self.refresh()
