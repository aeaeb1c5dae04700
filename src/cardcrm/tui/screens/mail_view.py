"""A whole mail on the screen, with what it quotes."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from cardcrm import dates
from cardcrm.records.mail.received import Received
from cardcrm.text import sanitize
from cardcrm.tui.context import context_of
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.line_list import LineList, Span

REPLY, DONE = "reply", "done"
MAX_TEXT = 100_000  # characters that are shown
MAX_LINES = 20_000


class MailText(LineList):
    """The lines of a mail, which the keys of lists scroll."""

    DEFAULT_CSS = "MailText { height: auto; max-height: 1fr; }"

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


class MailScreen(ModalScreen[str]):
    """A mail; its result is `REPLY` or `DONE` if one of these keys was pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,backspace", "dismiss('')", "close", show=False),
        Binding("r", f"dismiss('{REPLY}')", "reply", show=False),
        Binding("x", f"dismiss('{DONE}')", "needs no answer", show=False),
    ]
    DEFAULT_CSS = """
    MailScreen { align: center middle; background: $background; }
    MailScreen > Vertical { width: 100%; max-width: 96; height: 100%; padding: 0 1; }
    MailScreen Static { height: auto; max-height: 6; }
    MailScreen #keys { color: $muted; height: 1; }
    MailScreen MailText { height: 1fr; margin: 1 0 0 0; }
    """

    def __init__(self, mail: Received) -> None:
        super().__init__()
        self.mail = mail
        self._text = MailText(mail.text)

    def compose(self) -> ComposeResult:
        """Yield the head, the text and the keys."""
        with Vertical():
            yield Static(self._head(), markup=False)
            yield self._text
            yield Static("r reply · x needs no answer · Esc close", id="keys", markup=False)

    def on_mount(self) -> None:
        """Let the keys scroll the text."""
        self._text.focus()

    def _head(self) -> str:
        mail = self.mail
        zone = context_of(self).locale.zone
        when = f"{dates.from_instant(mail.at, zone):%Y-%m-%d %H:%M}" if mail.at else mail.on_date
        lines = (f"From:    {mail.contact} <{mail.address}>", f"Date:    {when}",
                 f"Subject: {mail.subject}")  # fmt: skip
        return "\n".join(map(sanitize, lines))
