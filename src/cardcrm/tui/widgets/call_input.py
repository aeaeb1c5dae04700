"""The line of call mode, and the keys of the outcomes above it."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.widgets import Input

from cardcrm.tui import keys
from cardcrm.tui.widgets.header_footer import Footer
from cardcrm.tui.widgets.line_input import LineInput


class CallInput(LineInput, inherit_bindings=False):
    """The line; a pasted text of several lines becomes one, so that none of it is lost."""

    BINDINGS: ClassVar[list[BindingType]] = [*Input.BINDINGS]  # without those that scroll

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()  # Textual would insert the first line alone
        self.replace(" ".join(event.text.split("\n")), *self.selection)


class OutcomeKeys(Footer):
    """The keys of the outcomes."""

    DEFAULT_CSS: ClassVar[str] = "OutcomeKeys { dock: none; background: $background; }"

    def _wanted(self) -> tuple[str, ...]:
        return keys.footer_ids("call", "outcomes")[:-1]
