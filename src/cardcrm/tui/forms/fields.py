"""What a form is made of: its fields, some several times, and the widgets that show them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from cardcrm.text import cell_width, sanitize, shorten

Values = Mapping[str, str]
Check = Callable[[str], str]
Among = Callable[[str, str, Values], str]
Offer = tuple[int, str, str]  # a card: id (0 for what is no card), name, what tells it apart
Find = Callable[[str], Awaitable[Sequence[Offer]]]


class Field(NamedTuple):
    """One field. ``kind`` is ``line``, ``text`` (many lines) or ``choice``; ``check`` says how a
    value is understood and raises UsageError for one that makes no sense, and so does ``among``,
    which is told the field's name and what stands in the whole form, too; ``find`` looks for cards,
    or products, while one types. The value of one ``by_id`` is ``#12`` once a card was chosen.
    """

    name: str
    label: str = ""
    kind: str = "line"
    hint: str = ""
    choices: tuple[str, ...] = ()
    check: Check | None = None
    among: Among | None = None
    must: str = ""  # what is said while it is empty; "" where it may be
    find: Find | None = None
    by_id: bool = False
    cells: int = 0  # how wide it is; 0 shares what is left


class Section(NamedTuple):
    """A ruled line with a title."""

    title: str


class Several(NamedTuple):
    """Fields that come as often as they are needed: a blank one stands below the last.

    Each is called ``NAME-3-FIELD``. ``lines`` are its fields, in one or more lines of the form.
    """

    name: str
    label: str
    lines: tuple[tuple[Field, ...], ...]

    def numbered(self, number: int) -> tuple[tuple[Field, ...], ...]:
        """The fields of the one with that number."""
        return tuple(
            tuple(each._replace(name=f"{self.name}-{number}-{each.name}") for each in line)
            for line in self.lines
        )


Piece = Field | Section | Several


def choice_line(
    choices: Sequence[str], value: str, room: int, chosen: Style, other: Style, *, single: bool
) -> Text:
    """The words of a choice side by side; a single one stands alone."""
    line = Text(no_wrap=True, overflow="ellipsis", end="")
    for word in [value] if single else choices[_first(choices, value, room) :]:
        shown = sanitize(word) or ("ok" if single else "–")
        line.append(f" {shown} ", chosen if word == value else other)
    return line


def word_at(choices: Sequence[str], value: str, room: int, x: int) -> str:
    """The word of a choice that stands in a column; its value where none does."""
    at = 0
    for word in choices[_first(choices, value, room) :]:
        if at <= x < at + _cells(word):
            return word
        at += _cells(word)
    return value


def _cells(word: str) -> int:
    return max(cell_width(word), 1) + 2


def _first(choices: Sequence[str], value: str, room: int) -> int:
    """The first word that is shown."""
    here = choices.index(value)
    total, first = 0, here
    for place in range(here, -1, -1):
        total += _cells(choices[place])
        if total > room:
            break
        first = place
    return 0 if sum(map(_cells, choices)) <= room else first


class Choice(Widget, can_focus=True):
    """One of a few words, side by side: left and right, a first letter or a click choose."""

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
        """Tell the form."""
        self.post_message(self.Changed(self))

    def render(self) -> RenderResult:
        """The words; from the chosen one on where not all fit. A single one stands alone."""
        style = self.get_component_rich_style
        return choice_line(
            self.choices,
            self.value,
            self.size.width,
            style("choice--chosen", partial=True),
            style("choice--other", partial=True),
            single=self.single,
        )

    def step(self, step: int) -> None:
        """The next word or the one before."""
        at = self.choices.index(self.value)
        self.value = self.choices[(at + step) % len(self.choices)]

    def on_key(self, event: events.Key) -> None:
        """Left, right, space, or the first letter of a word."""
        at = self.choices.index(self.value)
        if event.key in ("left", "right", "space"):
            self.step(-1 if event.key == "left" else 1)
        elif event.key == "enter":
            self.screen.call_later(self.screen.run_action, "save")
        elif event.character and event.character.isalpha():
            turned = self.choices[at + 1 :] + self.choices[: at + 1]
            letter = event.character.lower()
            fitting = [word for word in turned if word.lower().startswith(letter)]
            if not fitting:
                return
            self.value = fitting[0]
        else:
            return
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """A click on a word; on a single one the next."""
        self.click(event.x)

    def click(self, column: int) -> None:
        """What a click in a column chooses."""
        if self.single:
            self.step(1)
        else:
            room = self.size.width or column + 1  # it may just have been made
            self.value = word_at(self.choices, self.value, room, column)


class Offers(Widget):
    """Cards or products that what one types may mean, below its field.

    Down and enter, or a click, choose one.
    """

    DEFAULT_CSS = """
    Offers { height: auto; color: $link; background: $paper; }
    """

    class Chosen(Message):
        """One was clicked."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, indent: int) -> None:
        super().__init__(id="offers")
        self.styles.margin = (0, 0, 0, indent)
        self.cards: list[Offer] = []
        self.at = -1

    def take(self, cards: Sequence[Offer]) -> None:
        """Show cards, none of them chosen yet."""
        self.cards, self.at = list(cards), -1
        self.refresh(layout=True)

    def move(self, step: int) -> None:
        """To the next or the one before; above the first one is back in the field."""
        self.at = max(-1, min(self.at + step, len(self.cards) - 1))
        self.refresh()

    def render(self) -> RenderResult:
        """A line each."""
        text = Text(no_wrap=True, overflow="crop")
        room = max(self.size.width - 2, 0)
        for number, (id_, name, apart) in enumerate(self.cards):
            words = filter(None, (name, f"#{id_}" if id_ else "", apart))
            line = shorten(sanitize("  ".join(words)), room)
            end = "\n" if number < len(self.cards) - 1 else ""
            text.append(f" {line} ", "reverse" if number == self.at else "")
            text.append(end)
        return text

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as there are cards."""
        return len(self.cards)

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        event.stop()
        if event.y < len(self.cards):
            self.post_message(self.Chosen(event.y))
