"""A long text that is only read, such as a mail or an article."""

from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.line_list import LineList, Span

MAX_TEXT = 100_000  # characters that are shown
MAX_LINES = 20_000


class ReadingText(LineList):
    """The lines of a text, which the keys of lists scroll."""

    DEFAULT_CSS = "ReadingText { height: auto; max-height: 1fr; }"

    def __init__(self, text: str) -> None:
        super().__init__(id="text")
        self._text = text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}\n…"
        self._lines: list[str] = []

    def on_resize(self) -> None:
        """Wrap the text for another width."""
        width = self.scrollable_content_region.width
        self._lines = wrap(self._text, width - 1, MAX_LINES)
        self.set_count(len(self._lines))

    @property
    def shows_cursor(self) -> bool:
        """Return False: the text is only read."""
        return False

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - wrapped for it
        """Return a line; quoted ones are dim."""
        line = self._lines[index]
        return [Span(line, "dim" if line.startswith(">") else "")]

    def action_move(self, step: int) -> None:
        """Scroll by a line."""
        self.jump(round(self.scroll_target_y) + step)

    def action_page(self, step: int) -> None:
        """Scroll by a page."""
        self.action_move(step * max(self.scrollable_content_region.height - 1, 1))

    def action_end(self, step: int) -> None:
        """Scroll to the first or the last line."""
        self.jump(0 if step < 0 else self.count)
