"""A list that shows the rest of the selected line below it."""

from typing import ClassVar

from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.line_list import LineList, Span


class ExpandingList(LineList, inherit_bindings=False):
    """Lines; below the selected one is the text that it has no room for, ``indent`` cells in."""

    indent: ClassVar[int] = 5
    most_below: ClassVar[int] = 4  # lines of the text

    def __init__(self, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._below: list[str] = []

    def text_below(self, width: int) -> str:
        """Return the text that the selected line has no room for in a width."""
        raise NotImplementedError

    @property
    def lines_below(self) -> int:
        """The number of lines with the text of the selected line."""
        return len(self._below)

    def spans_below(self, part: int) -> list[Span]:
        """Return a line of the text of the selected line."""
        return [Span(f"{'':{self.indent}}{self._below[part - 1]}")]

    def watch_cursor(self, old: int, new: int) -> None:
        """Show the text of the selected line, and keep it in view."""
        self.wrap_below()
        super().watch_cursor(old, new)

    def draw_cursor(self, old: int, new: int) -> None:
        """Draw all lines again, as the text below the selected one moves the others."""
        del old, new
        self.refresh()

    def on_resize(self) -> None:
        """Wrap the text for another width, and keep the cursor in view."""
        self.wrap_below()
        super().on_resize()

    def wrap_below(self) -> None:
        """Wrap the text of the selected line."""
        width = self.scrollable_content_region.width
        text = self.text_below(width) if width > 0 else ""
        before = len(self._below)
        self._below = wrap(text, width - self.indent - 1)[: self.most_below] if text else []
        if len(self._below) != before:
            self.set_height()
