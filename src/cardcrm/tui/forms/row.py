"""A line of a form: its label, and its fields, which are only drawn until one goes to them.

A widget that can be written in costs some milliseconds to make, and the form of a card has a
hundred. So a line draws what stands in it, and becomes widgets when the cursor or a click gets
there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from cardcrm.text import clean, shorten
from cardcrm.tui.forms.fields import Field, choice_line

_GAP = 1  # cells between two fields that are written in
_CROSS = 2


class Cross(Static):
    """Empties the fields of its line."""

    DEFAULT_CSS = """
    Cross { width: 2; color: $faint; background: $paper; padding: 0 0 0 1; }
    Cross:hover { color: $late; text-style: bold; }
    """

    class Clicked(Message):
        """It was clicked; ``fields`` are to be emptied."""

        def __init__(self, fields: Sequence[str]) -> None:
            super().__init__()
            self.fields = tuple(fields)

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__("×", markup=False)
        self.fields = tuple(fields)

    def on_click(self) -> None:
        """Tell the form."""
        self.post_message(self.Clicked(self.fields))


class Spot(NamedTuple):
    """Where a field (None for the cross) stands in its line: its first column and its cells."""

    field: Field | None
    start: int
    cells: int


class Drawing(NamedTuple):
    """How a form draws what is no widget yet."""

    label: Style
    wrong: Style
    value: Style
    fixed: Style
    chosen: Style
    hint: Style


class Row(Horizontal):
    """A line. ``crossed`` are the fields that its cross empties; ``is_blank`` while there is
    nothing to mark or to empty, so that neither is shown.
    """

    class Wanted(Message):
        """A field that is only drawn was clicked, in a column of its own."""

        def __init__(self, name: str, column: int) -> None:
            super().__init__()
            self.name, self.column = name, column

    def __init__(
        self, label: str, room: int, fields: Sequence[Field], crossed: Sequence[str] = ()
    ) -> None:
        super().__init__(classes="row")
        self.label, self.label_room = label, room
        self.fields = tuple(fields)
        self.crossed = tuple(crossed)
        self.is_blank = False
        self.is_wrong = False
        self.shown: Mapping[str, str] = {}  # by field, as long as it is only drawn
        self.fixed: frozenset[str] = frozenset()
        self.drawing: Callable[[], Drawing] | None = None
        self.set_class(any(field.kind == "text" for field in fields), "-text")

    @property
    def there(self) -> tuple[Field, ...]:
        """The fields that are there: a blank line has nothing to mark."""
        return tuple(
            field
            for field in self.fields
            if not (self.is_blank and field.kind == "choice" and field.cells)
        )

    @property
    def is_filled(self) -> bool:
        """Whether it holds widgets."""
        return bool(self.children)

    def mark_wrong(self, *, is_wrong: bool) -> None:
        """Set its label off, or no longer."""
        if is_wrong != self.is_wrong:
            self.is_wrong = is_wrong
            self.refresh()

    # drawn

    def spots(self) -> Iterator[Spot]:
        """Where its fields stand, in the order of the line: as the layout will place them."""
        cross = _CROSS if self.crossed else 0
        gaps = {field.name: 0 if field.kind == "choice" else _GAP for field in self.fields}
        fixed = sum(field.cells for field in self.fields) + sum(gaps.values()) + cross
        rest = max(self.size.width - self.label_room - fixed, 0)
        start = self.label_room
        for field in self.there:
            cells = field.cells or rest
            yield Spot(field, start, cells)
            start += cells + gaps[field.name]
        if cross and not self.is_blank:
            yield Spot(None, start, cross)

    def render(self) -> RenderResult:
        """The label; and what stands in the fields, as long as they are only drawn."""
        if self.drawing is None:
            return Text()
        how = self.drawing()
        line = Text(no_wrap=True, overflow="crop", end="")
        label = shorten(clean(self.label), self.label_room - 1)
        line.append(label, how.wrong if self.is_wrong else how.label)
        for spot in () if self.is_filled else self.spots():
            line.append(" " * max(spot.start - line.cell_len, 0))
            line.append_text(self._drawn(spot, how))
        return line

    def _drawn(self, spot: Spot, how: Drawing) -> Text:
        field = spot.field
        if field is None:
            return Text(" ×", how.label)
        value = self.shown.get(field.name, "")
        if field.kind == "choice":
            single = bool(field.cells)
            chosen = how.label if single else how.chosen
            line = choice_line(field.choices, value, spot.cells, chosen, how.label, single=single)
        elif value:
            is_fixed = field.name in self.fixed
            line = Text(clean(value), how.fixed if is_fixed else how.value)
        else:
            line = Text(field.hint, how.hint)
        line.truncate(spot.cells, overflow="crop")
        return line

    def on_click(self, event: events.Click) -> None:
        """A click on what is only drawn."""
        if self.is_filled:
            return
        for spot in self.spots():
            if spot.start <= event.x < spot.start + spot.cells:
                event.stop()
                if spot.field is None:
                    self.post_message(Cross.Clicked(self.crossed))
                else:
                    self.post_message(self.Wanted(spot.field.name, event.x - spot.start))

    # filled

    def fill(self, make: Callable[[Field], Widget]) -> None:
        """Become widgets, or those that are still missing."""
        there = {each.id: each for each in self.children}
        widgets = [there.get(f"field-{field.name}") or make(field) for field in self.there]
        for place, (field, widget) in enumerate(zip(self.there, widgets, strict=True)):
            if field.cells:
                widget.styles.width = field.cells
            right = 0 if field.kind in ("choice", "text") else _GAP
            if place == len(widgets) - 1:
                right += self._left_out
            widget.styles.margin = (0, right, 0, 0 if place else self.label_room)
        if self.crossed and not self.is_blank:
            widgets.append(
                next((each for each in self.children if isinstance(each, Cross)), None)
                or Cross(self.crossed)
            )
        missing = [each for each in widgets if each.parent is None]
        if missing:
            self.mount(*missing)
            self.refresh()

    @property
    def _left_out(self) -> int:
        """The cells of what a blank line does without."""
        cross = _CROSS if self.crossed else 0
        without = sum(each.cells for each in self.fields if each not in self.there)
        return without + cross if self.is_blank else 0
