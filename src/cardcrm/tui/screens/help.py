"""Help: the keys of the screen one is on, and what they do."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from cardcrm.tui import keys

_HEADS = {
    "page": "With the chosen card",
    "cards": "In the drawer",
    "value": "On this page",
    "grid": "In the grid",
    "lines": "Going about",
    "app": "Everywhere",
}
_ORDER = ("cards", "value", "grid", "page", "lines", "app")
_MORE = {
    "today": "The list is the day's work: ! is a promise, · a reminder, ~ somebody you are losing "
    "touch with, * a birthday. Enter goes to the card, where up and down go from one thing to the "
    "next: enter on a number calls, on a reminder ticks it off, on a name turns to that card.",
    "cards": "A capital letter goes to its cards. In the search box, words search and field:value "
    "filters, as in `cardcrm find`; tab takes what is offered; down goes to the list. On the card, "
    "up and down go from one thing to the next, and enter opens it.",
    "value": "How recently, how often and how much they bought, each from 1 to 5, makes the "
    "segment. Enter opens the card of a customer. In the grid those who bought last stand above "
    "and those who bought often to the right; the list shows the customers of the square.",
    "journal": "Every change, by whom and with which command; undo takes back your own latest. "
    "What was taken back has a ✗, what took it back a ↶, and what did it again a ↷.",
}


class Help(ModalScreen[None]):
    """The keys of a page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "close", show=False)
    ]
    DEFAULT_CSS = """
    Help { align: center middle; }
    Help VerticalScroll {
        width: 76; max-width: 96%; height: auto; max-height: 94%;
        background: $paper; color: $ink; padding: 1 2;
        scrollbar-size-vertical: 1; scrollbar-background: $paper; scrollbar-color: $rule;
    }
    Help Static { width: 1fr; height: auto; background: $paper; }
    Help:ansi VerticalScroll { border: round ansi_default; }
    """

    def __init__(self, here: str, places: tuple[str, ...]) -> None:
        super().__init__()
        self.here, self.places = here, places

    def compose(self) -> ComposeResult:
        """One sheet of paper."""
        with VerticalScroll():
            yield Static(self._sheet())

    def on_click(self, event: events.Click) -> None:
        """A click beside the sheet closes it."""
        if event.widget is self:
            self.dismiss()

    def _sheet(self) -> Table:
        sheet = Table.grid(padding=(0, 2))
        sheet.add_column(justify="right", no_wrap=True)
        sheet.add_column()
        sheet.add_row("", Text(f"The keys of {self.here.capitalize()}", "bold"))
        sheet.add_row("", Text(_MORE[self.here]))
        for place in _ORDER:
            if place not in self.places:
                continue
            sheet.add_row("", "")
            sheet.add_row("", Text(_HEADS[place], "bold"))
            for key in keys.of_place(place):
                sheet.add_row(Text(self._shown(key), "bold"), Text(key.help))
        return sheet

    def _shown(self, key: keys.Key) -> str:
        """The keys as they are now, the user's own among them."""
        now = self.app._keymap.get(key.id, key.keys)  # noqa: SLF001 - there is no public way
        return " ".join(self.app.get_key_display(Binding(each, "", "")) for each in now.split(","))
