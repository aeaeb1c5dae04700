"""Yes or no, asked on a slip of paper."""

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from cardcrm.text import clean

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

MANY = 3  # cards; a change to so many asks first


class Confirm(ModalScreen[None]):
    """A question; ``answer`` is awaited for y or n."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "say(True)", "yes"),
        Binding("n,escape,q", "say(False)", "no"),
    ]
    DEFAULT_CSS = """
    Confirm { align: center middle; background: $background 60%; }
    Confirm Vertical {
        width: auto; max-width: 90%; height: auto; background: $paper; color: $ink; padding: 1 3;
    }
    Confirm Static { width: auto; max-width: 70; background: $paper; color: $ink; }
    Confirm #keys { color: $faint; padding: 1 0 0 0; }
    Confirm:ansi Vertical { border: round ansi_default; }
    """

    def __init__(self, question: str) -> None:
        super().__init__()
        self.question = question
        self.answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def compose(self) -> ComposeResult:
        """The slip."""
        with Vertical():
            yield Static(clean(self.question, newlines=True), markup=False)
            yield Static(
                "[@click=screen.say(True)]y yes[/]   [@click=screen.say(False)]n no[/]", id="keys"
            )

    def action_say(self, yes: bool) -> None:
        """The answer."""
        if not self.answer.done():
            self.answer.set_result(yes)
        self.dismiss()

    async def leave_for_good(self) -> bool:
        """Leaving the program while being asked is a no to the question."""
        if not self.answer.done():
            self.answer.set_result(False)
        return True


async def confirm(app: "CardApp", question: str) -> bool:
    """Ask; whether the answer was yes."""
    slip = Confirm(question)
    app.push_screen(slip)
    return await slip.answer
