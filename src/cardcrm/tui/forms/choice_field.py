"""The widget of a choice field: its words side by side."""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from cardcrm.text import cell_width, sanitize

_MORE = "…"  # in place of words for which there is no room


def choice_line(
    choices: Sequence[str], value: str, room: int, chosen: Style, other: Style, *, single: bool
) -> Text:
    """Return the words of a choice side by side, or with ``single`` only the chosen one.

    Words beyond the room are replaced by an ellipsis.
    """
    line = Text(no_wrap=True, overflow="ellipsis", end="")
    first = 0 if single else _first_shown(choices, value, room)
    if first:
        line.append(_MORE, other)
    for word in [value] if single else choices[first:]:
        is_last = single or word == choices[-1]
        if word != value and line.cell_len + _cells(word) + (0 if is_last else len(_MORE)) > room:
            line.append(_MORE, other)
            break
        shown = sanitize(word) or ("ok" if single else "–")
        line.append(f" {shown} ", chosen if word == value else other)
    return line


def word_at(choices: Sequence[str], value: str, room: int, column: int) -> str:
    """Return the word in a column; the value if there is none."""
    first = _first_shown(choices, value, room)
    start = len(_MORE) if first else 0
    for word in choices[first:]:
        if start <= column < start + _cells(word):
            return word
        start += _cells(word)
    return value


def _cells(word: str) -> int:
    return max(cell_width(word), 1) + 2


def _first_shown(choices: Sequence[str], value: str, room: int) -> int:
    """Return the index of the first word to show, so that the chosen one is visible."""
    if sum(map(_cells, choices)) <= room:
        return 0
    first = here = choices.index(value)
    total = 2 * len(_MORE)  # at either end
    for index in range(here, -1, -1):
        total += _cells(choices[index])
        if total > room:
            break
        first = index
    return first


class Choice(Widget, can_focus=True):
    """A choice of a few words, by left and right, by first letter or by click.

    With ``single`` only the chosen word is shown.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--chosen", "choice--other"}
    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; color: $ink; background: $paper; }
    Choice:focus { background: $spot; }
    Choice > .choice--chosen { text-style: bold reverse; }
    Choice > .choice--other { color: $faint; }
    Choice.-single > .choice--chosen { text-style: none; color: $faint; }
    """

    value = reactive("")

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

    def __init__(
        self,
        choices: tuple[str, ...],
        value: str,
        *,
        single: bool = False,
        id: str,  # noqa: A002
    ) -> None:
        super().__init__(id=id, classes="-single" if single else "")
        self.choices = choices
        self.single = single
        self.set_reactive(Choice.value, value if value in choices else choices[0])

    def watch_value(self) -> None:
        """Report the change to the form."""
        self.post_message(self.Changed(self))

    def render(self) -> RenderResult:
        """Return the words."""
        return choice_line(
            self.choices,
            self.value,
            self.size.width,
            self.get_component_rich_style("choice--chosen", partial=True),
            self.get_component_rich_style("choice--other", partial=True),
            single=self.single,
        )

    def step(self, step: int) -> None:
        """Choose the next word or the one before."""
        at = self.choices.index(self.value)
        self.value = self.choices[(at + step) % len(self.choices)]

    def on_key(self, event: events.Key) -> None:
        """Choose by left, right, space, or the first letter of a word; save by Enter."""
        if event.key in ("left", "right", "space"):
            self.step(-1 if event.key == "left" else 1)
        elif event.key == "enter":
            self.screen.call_later(self.screen.run_action, "save")
        elif not self._choose_by_letter(event.character or ""):
            return
        event.stop()

    def _choose_by_letter(self, letter: str) -> bool:
        """Choose the next word that begins with a letter; return whether there is one."""
        if not letter.isalpha():
            return False
        at = self.choices.index(self.value)
        rotated = self.choices[at + 1 :] + self.choices[: at + 1]
        found = next((word for word in rotated if word.lower().startswith(letter.lower())), None)
        if found is not None:
            self.value = found
        return found is not None

    def on_click(self, event: events.Click) -> None:
        """Choose the word that was clicked; a single word switches to the next."""
        self.click(event.x)

    def click(self, column: int) -> None:
        """Choose as a click in a column does."""
        if self.single:
            self.step(1)
        else:
            room = self.size.width or column + 1  # a new widget has no size yet
            self.value = word_at(self.choices, self.value, room, column)
