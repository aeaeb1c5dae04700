"""A box of one line to write in."""

from textual.widgets import Input


class Box(Input):
    """Textual's own, with the cursor in sight also after a long text was put into an empty one."""

    def watch_value(self) -> None:
        """The first text puts the cursor at its end, and Textual does not scroll there."""
        if self.has_focus and self.cursor_at_end:
            self.scroll_to(x=self.max_scroll_x, animate=False, force=True, immediate=True)
