"""The help screen: the keys of the page and what they do."""

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
from cardcrm.tui.key_type import Key

_HEADINGS = {
    "marks": "On several lines at once",
    "today": "In this list",
    "contacts": "In the contact list",
    "quotes": "With the selected quote",
    "invoices": "With the selected invoice",
    "sequences": "With the selected sequence",
    "records": "In this list",
    "leads": "With the selected lead",
    "inbox": "With the selected mail",
    "cases": "With the selected case",
    "value": "On this page",
    "insights": "On this page",
    "board": "With the selected deal",
    "pictures": "Among the pictures",
    "grid": "In the grid",
    "page": "With the selected contact",
    "list": "Moving around",
    "call": "In call mode",
    "map": "On the map",
    "app": "Everywhere",
}
_INTRODUCTIONS = {
    "today": "The list shows the day's work: ! is a promise, · a reminder, ~ a contact you are "
    "losing touch with, * a birthday or anniversary. Enter begins call mode with the selected "
    "line and those like it, or with the marked ones. Tab goes to the card. There, the up and "
    "down keys move between its lines, and Enter opens one: it calls a number, marks a reminder "
    "done, or shows the contact named.",
    "calls": "The list shows whom to call next, with the points and reasons as in `cardcrm calls`. "
    "Enter begins call mode with the selected contact. Tab goes to the card.",
    "call": "Type what was said, then > and the next step, which begins with a date: "
    "likes it > tue chase answer ! A ! at the end makes it a promise. The last > with a blank "
    "before it and a date behind it counts; in a note, leave out the blanks: 5>3. Enter logs the "
    "call, ticks off the reminder marked ▸, and turns to the next card. Letters are keys while "
    "the card has the focus.",
    "map": "A number stands for that many contacts near each other, and • for one. The card is "
    "that of the chosen contact: at first the one that was selected in the list, else one near the "
    "middle. Zooming keeps it in its place. A click chooses a contact, a double click opens its "
    "card, and the mouse wheel zooms.",
    "contacts": "A capital letter goes to the contacts that begin with it. In the search box, type "
    "words and filters (field:value), as in `cardcrm find`; Tab accepts a suggestion, Down goes to "
    "the list. On the card, the up and down keys move between its lines, and Enter opens one.",
    "value": "Recency, frequency and monetary value are scored from 1 to 5; together they make the "
    "segment. Enter opens a customer's card. In the grid, recent buyers are at the top and "
    "frequent buyers to the right; the list shows the customers of the selected cell.",
    "insights": "Pictures of the last twelve months. Enter opens the list behind a picture; there, "
    "Enter opens the contact, and the keys log, remind and sell as elsewhere.",
    "deals": "Each column is a stage with the sum of its deals, and the sum weighted by their "
    "probability (≈). ! is a deal that rots: nothing happened for longer than its stage allows; "
    "? is one without a next step. ✓ is won, ✗ is lost. Move a deal by its keys, or drag it; "
    "Undo puts it back.",
    "records": "The list shows the records of one kind. Enter edits the selected one. The card, if "
    "there is one, shows its contact.",
    "leads": "The open leads, with their age, their score (a sum of points) "
    "and the time to the first response: the first touch that went out. v also shows those that "
    "were converted or closed. Converting one makes it a deal.",
    "inbox": "The mail that waits for an answer: first that of contacts with an open promise (!), "
    "then the oldest. A later mail, call, meeting, visit or message of yours is an answer. "
    "Below are senders who are not contacts. Enter shows the whole mail, or adds the sender.",
    "cases": "The open cases: first that with the next deadline by its service level, a missed one "
    "in red. Below the list are the deadlines and what was said last. Take a case before you "
    "answer it, so that no one else does. v also shows those that are solved.",
    "quotes": "The quotes of a deal, of a contact or of all. The lines of the selected one are "
    "below the list, with what the customer was offered and paid before. A quote that was sent "
    "stays as it is; a new version takes its place.",
    "invoices": "The unpaid invoices. The payments of the selected one are below the list.",
    "sequences": "Below the list are the steps of the selected sequence: how many contacts "
    "reached each, and how many of them wait there, have left it, or skipped it.",
    "journal": "Every change, with its author and command. Undo reverts your own latest change. "
    "✗ marks a change that was undone, ↶ an undo, and ↷ a redo.",
}


class HelpScreen(ModalScreen[None]):
    """The keys of a page."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "close", show=False)
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background; }
    HelpScreen VerticalScroll {
        width: 76; max-width: 96%; height: auto; max-height: 94%;
        background: $paper; color: $ink; padding: 1 2;
        scrollbar-size-vertical: 1; scrollbar-background: $paper; scrollbar-color: $rule;
    }
    HelpScreen Static { width: 1fr; height: auto; background: $paper; }
    HelpScreen:ansi VerticalScroll { border: round ansi_default; }
    """

    def __init__(self, mode_name: str, scopes: tuple[str, ...]) -> None:
        super().__init__()
        self.mode_name, self.scopes = mode_name, scopes

    def compose(self) -> ComposeResult:
        """Yield the table of keys."""
        with VerticalScroll():
            yield Static(self._table())

    def on_click(self, event: events.Click) -> None:
        """Close the help at a click beside it."""
        if event.widget is self:
            self.dismiss()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(justify="right", no_wrap=True)
        table.add_column()
        table.add_row("", Text(f"Keys of the {self.mode_name.capitalize()} page", "bold"))
        table.add_row("", Text(_INTRODUCTIONS[self.mode_name]))
        for scope, heading in _HEADINGS.items():
            if scope not in self.scopes:
                continue
            table.add_row("", "")
            table.add_row("", Text(heading, "bold"))
            for key in keys.keys_of(*self.scopes):
                if key.scope == scope:
                    table.add_row(Text(self._display(key), "bold"), Text(key.help))
        return table

    def _display(self, key: Key) -> str:
        """Return the keys of an action, as the user has set them."""
        current = self.app._keymap.get(key.id, key.keys)  # noqa: SLF001 - there is no public way
        return " ".join(
            self.app.get_key_display(Binding(each, "", "")) for each in current.split(",")
        )
