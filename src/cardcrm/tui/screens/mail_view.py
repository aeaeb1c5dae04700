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
from cardcrm.tui.widgets.reading_text import ReadingText

REPLY, DONE = "reply", "done"


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
    MailScreen ReadingText { height: 1fr; margin: 1 0 0 0; }
    """

    def __init__(self, mail: Received) -> None:
        super().__init__()
        self.mail = mail
        self._text = ReadingText(mail.text)

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
