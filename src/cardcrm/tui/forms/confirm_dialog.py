"""A question with a few answers, asked on a slip of paper."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from cardcrm.text import clean

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

MANY = 3  # cards; a change to so many asks first
BESIDE = 40  # cells that answers may take in one line; longer ones stand below each other
YES_NO = {"y": "yes", "n": "no"}


class Answer(Static):
    """An answer with its key; a click gives it."""

    def __init__(self, key: str, word: str) -> None:
        super().__init__(f"{key} {clean(word)}", markup=False)
        self.key = key

    def on_click(self) -> None:
        """It was clicked."""
        assert isinstance(self.screen, Confirm)
        self.screen.action_say(self.key)


class Confirm(ModalScreen[None]):
    """A question; ``answer`` is awaited for the key of an answer, the last one for escape."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "say('')", "no")]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-usual")]  # noqa: RUF012
    DEFAULT_CSS = """
    Confirm { align: center middle; background: $background 60%; }
    Confirm #slip {
        width: auto; height: auto; background: $paper; color: $ink; padding: 1 3;
    }
    Confirm Static { width: auto; max-width: 70; background: $paper; color: $ink; }
    Confirm #keys { width: auto; height: auto; margin: 1 0 0 0; }
    Confirm Answer { color: $faint; margin: 0 3 0 0; }
    Confirm:ansi #slip { border: round ansi_default; }
    Confirm.-tiny #slip { padding: 0 1; border: none; }
    Confirm.-tiny #keys { margin: 0; }
    """

    def __init__(self, question: str, answers: Mapping[str, str] = YES_NO) -> None:
        super().__init__()
        self.question = question
        self.answers = dict(answers)
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def compose(self) -> ComposeResult:
        """The slip."""
        answers = [Answer(key, word) for key, word in self.answers.items()]
        is_long = sum(len(word) + 5 for word in self.answers.values()) > BESIDE
        with Vertical(id="slip"):
            yield Static(clean(self.question, newlines=True), markup=False)
            with (Vertical if is_long else Horizontal)(id="keys"):
                yield from answers

    def on_resize(self, event: events.Resize) -> None:
        """Long words are wrapped where the terminal is narrow."""
        for each in self.query(Static):
            each.styles.max_width = max(min(event.size.width - 8, 70), 10)

    def on_key(self, event: events.Key) -> None:
        """The key of an answer."""
        if event.key in self.answers:
            event.stop()
            self.action_say(event.key)

    def action_say(self, key: str) -> None:
        """The answer."""
        if not self.answer.done():
            self.answer.set_result(key or list(self.answers)[-1])
        self.dismiss()

    async def leave_for_good(self) -> bool:
        """Leaving the program while being asked is a no to the question."""
        if not self.answer.done():
            self.answer.set_result(list(self.answers)[-1])
        return True


async def choose(app: "CardApp", question: str, answers: Mapping[str, str]) -> str:
    """Ask; the key of the answer, that of the last one where somebody wants none."""
    slip = Confirm(question, answers)
    app.push_screen(slip)
    return await slip.answer


async def confirm(app: "CardApp", question: str) -> bool:
    """Ask; whether the answer was yes."""
    return await choose(app, question, YES_NO) == "y"
