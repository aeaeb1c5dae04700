"""The card of call mode: that of the contact to ring, as high as the screen."""

from typing import ClassVar

from textual.binding import BindingType

from cardcrm.text import sanitize
from cardcrm.tui.call_reading import CallView
from cardcrm.tui.call_session import CallResult, CallTask
from cardcrm.tui.keys import without
from cardcrm.tui.widgets.call_lines import call_lines, finish_lines
from cardcrm.tui.widgets.card_lines import CardLine
from cardcrm.tui.widgets.line_list import LineList
from cardcrm.tui.widgets.paper_card import PaperCard

_DONE_TAB = ("✓", 0)
_TURNING = "page-up page-down"  # their keys turn the card
_FRAME = 3  # lines of the tab and the edges


class CallCard(PaperCard, inherit_bindings=False):
    """The card; without a contact it shows ``texts``, such as at the end."""

    BINDINGS: ClassVar[list[BindingType]] = [*without(_TURNING, "list")]
    DEFAULT_CSS = "CallCard { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(id="call-card")
        self._view = CallView(None, None)
        self._call_task: CallTask | None = None
        self._result: CallResult | None = None
        self._texts: tuple[str, ...] = ()

    def show(self, view: CallView, task: CallTask, result: CallResult | None) -> None:
        """Show the card of a task, from its top."""
        self._view, self._call_task, self._result = view, task, result
        self.card = view.screen_card.card if view.screen_card is not None else None
        self._texts = (sanitize(task.name), "", view.news)
        self._show_from_top()

    def show_texts(self, texts: list[str]) -> None:
        """Show texts in place of a contact."""
        self.card, self._call_task, self._texts = None, None, tuple(texts)
        self._show_from_top()

    def _show_from_top(self) -> None:
        self.set_reactive(LineList.cursor, 0)
        self.lay_out()
        self.jump(0)

    def make_lines(self, room: int) -> list[CardLine]:
        """Return the lines of the card, and as many blank ones as fill the screen."""
        if self.card is not None and self._call_task is not None:
            lines = call_lines(self._view, self._call_task, self._result, room)
        else:
            lines = finish_lines(self._texts, room) if self._texts else []
        rest = self.size.height - _FRAME - len(lines)
        return [*lines, *[CardLine(())] * rest] if lines else []

    @property
    def tab(self) -> tuple[str, int]:
        """The letters on the tab, and the number of their range."""
        return super().tab if self.card is not None else _DONE_TAB

    def on_resize(self) -> None:
        """Fill the new height."""
        self.lay_out()

    def action_move(self, step: int) -> None:
        """Scroll by a line."""
        self.jump(round(self.scroll_target_y) + step)

    def action_choose(self) -> None:
        """Report Enter, though no line of the card can be chosen."""
        self.post_message(self.Picked(self))
