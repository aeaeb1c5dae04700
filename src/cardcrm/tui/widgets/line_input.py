"""An input of one line."""

from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class LineInput(Input):
    """Textual's input, with the cursor in view after a long text was pasted into an empty one."""

    # A longer text scrolls within the line; without this, each letter would lay out the screen.
    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)

    def watch_value(self) -> None:
        """Scroll to the cursor at the end, which Textual does not do for the first text."""
        if self.has_focus and self.cursor_at_end:
            self.scroll_to(x=self.max_scroll_x, animate=False, force=True, immediate=True)
