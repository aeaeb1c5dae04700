"""The widget of a long choice: its words one below the other."""

from rich.text import Text
from textual import events
from textual.app import RenderResult

from cardcrm.text import fold, sanitize, shorten
from cardcrm.tui.forms.choice_field import Choice

MOST_ROWS = 8


def count_rows(choices: tuple[str, ...]) -> int:
    """Return how many lines a choice takes."""
    return min(len(choices), MOST_ROWS)


class ListChoice(Choice):
    """A choice by up and down, by typing the beginning of a word, or by click."""

    DEFAULT_CSS = """
    ListChoice { height: 1fr; }
    """

    def __init__(self, choices: tuple[str, ...], value: str, *, id: str) -> None:  # noqa: A002
        super().__init__(choices, value, id=id)
        self._typed = ""

    @property
    def _first(self) -> int:
        """The index of the first word to show, so that the chosen one is in sight."""
        rows = self.size.height or count_rows(self.choices)
        here, last = self.choices.index(self.value), len(self.choices) - rows
        return max(0, min(here - rows // 2, last))

    def render(self) -> RenderResult:
        """Return the words; an ellipsis beside the last line stands for more of them."""
        chosen = self.get_component_rich_style("choice--chosen", partial=True)
        other = self.get_component_rich_style("choice--other", partial=True)
        first, rows = self._first, self.size.height
        lines = []
        for word in self.choices[first : first + rows]:
            shown = shorten(sanitize(word), max(self.size.width - 3, 1))
            lines.append(Text(f" {shown} ", chosen if word == self.value else other))
        if first + rows < len(self.choices):
            lines[-1].append("…", other)
        return Text("\n", no_wrap=True, end="").join(lines)

    def move(self, step: int) -> bool:
        """Choose the next word or the one before; return whether there is one."""
        self._typed = ""
        at = self.choices.index(self.value) + step
        if not 0 <= at < len(self.choices):
            return False
        self.value = self.choices[at]
        return True

    def on_key(self, event: events.Key) -> None:
        """Choose the word that begins with what was typed; other keys are those of a choice."""
        if event.key in ("left", "right", "backspace"):
            self._typed = ""
        elif event.is_printable and event.character and self._choose_by_text(event.character):
            event.stop()
            event.prevent_default()  # the handler of a choice of a few words

    def _choose_by_text(self, letter: str) -> bool:
        """Choose by one more letter; return whether a word fits. A first blank does not count."""
        typed = fold(f"{self._typed}{letter}")
        if not typed.strip():
            return False
        words = {fold(word): word for word in reversed(self.choices)}
        found = [word for key, word in words.items() if key.startswith(typed)]
        found = found or [word for key, word in words.items() if typed in key]
        if found:
            self._typed = typed
            self.value = min(found, key=self.choices.index)
        return True

    def click(self, column: int) -> None:
        """Leave the word as it is: a click on the drawn field tells no row."""

    def on_click(self, event: events.Click) -> None:
        """Choose the word that was clicked."""
        event.prevent_default()
        at = self._first + event.y
        if at < len(self.choices):
            self.value = self.choices[at]
