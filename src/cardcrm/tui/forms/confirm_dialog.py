"""A question with a few answers."""

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from cardcrm.text import sanitize
from cardcrm.tui.context import AppContext

MANY = 3  # contacts; a change to that many asks first
MAX_LINE = 40  # cells for answers side by side; longer ones are listed
YES_NO = {"y": "yes", "n": "no"}


class Answer(Static):
    """An answer with its key; a click gives it."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(f"{key} {sanitize(text)}", markup=False)
        self.key = key

    def on_click(self) -> None:
        """Give the answer."""
        assert isinstance(self.screen, ConfirmDialog)
        self.screen.action_answer(self.key)


class ConfirmDialog(ModalScreen[None]):
    """A question; ``answer`` resolves to the key of an answer, for Escape the last one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "answer('')", "no"),
        Binding("escape", "answer('')", "no"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (10, "-usual")]  # noqa: RUF012
    DEFAULT_CSS = """
    ConfirmDialog { align: center middle; background: transparent; }
    ConfirmDialog #sheet {
        width: auto; height: auto; background: $paper; color: $ink; padding: 1 3;
        border: round $faint;
    }
    ConfirmDialog Static { width: auto; max-width: 70; background: $paper; color: $ink; }
    ConfirmDialog #keys { width: auto; height: auto; margin: 1 0 0 0; }
    ConfirmDialog Answer { color: $faint; margin: 0 3 0 0; }
    ConfirmDialog:ansi #sheet { border: round ansi_default; }
    ConfirmDialog.-tiny #sheet { padding: 0 1; border: none; }
    ConfirmDialog.-tiny #keys { margin: 0; }
    """

    def __init__(self, question: str, answers: Mapping[str, str] = YES_NO) -> None:
        super().__init__()
        self.question = question
        self.answers = dict(answers)
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def compose(self) -> ComposeResult:
        """Yield the question and the answers."""
        answers = [Answer(key, text) for key, text in self.answers.items()]
        is_long = sum(len(text) + 5 for text in self.answers.values()) > MAX_LINE
        with Vertical(id="sheet"):
            yield Static(sanitize(self.question, newlines=True), markup=False)
            with (Vertical if is_long else Horizontal)(id="keys"):
                yield from answers

    def on_resize(self, event: events.Resize) -> None:
        """Wrap long texts in a narrow terminal."""
        for each in self.query(Static):
            each.styles.max_width = max(min(event.size.width - 8, 70), 10)

    def on_key(self, event: events.Key) -> None:
        """Give the answer of a key."""
        if event.key in self.answers:
            event.stop()
            self.action_answer(event.key)

    def action_answer(self, key: str) -> None:
        """Give an answer; the last one for ""."""
        if not self.answer.done():
            self.answer.set_result(key or list(self.answers)[-1])
        self.dismiss()

    async def may_close(self) -> bool:
        """Answer with the last answer when the user quits."""
        if not self.answer.done():
            self.answer.set_result(list(self.answers)[-1])
        return True


async def ask(context: AppContext, question: str, answers: Mapping[str, str]) -> str:
    """Ask a question; return the key of the answer, the last one for Escape."""
    dialog = ConfirmDialog(question, answers)
    context.push_screen(dialog)
    return await dialog.answer


async def confirm(context: AppContext, question: str) -> bool:
    """Ask a question; return whether the answer is yes."""
    return await ask(context, question, YES_NO) == "y"
