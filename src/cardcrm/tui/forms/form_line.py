"""A line of a form: its label, and its fields, which are only drawn until one goes to them.

A widget that can be written in costs some milliseconds to make, and the form of a card has a
hundred. So a line draws what stands in it, and becomes widgets when the cursor or a click gets
there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
_NARROW = 30  # cells of a line whose label gives way
_SHORT_LABEL = 9
_LEAST = 8  # cells to write in; where there are fewer, the words beside them give way


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
        self.label, self._label_room = label, room
        self.fields = tuple(fields)
        self.crossed = tuple(crossed)
        self.is_blank = False
        self.is_wrong = False
        self.shown: Mapping[str, str] = {}  # by field, as long as it is only drawn
        self.fixed: frozenset[str] = frozenset()
        self.drawing: Callable[[], Drawing] | None = None
        self.set_class(any(field.kind == "text" for field in fields), "-text")

    @property
    def label_room(self) -> int:
        """The cells of the label."""
        is_narrow = 0 < self.size.width < _NARROW
        return min(self._label_room, _SHORT_LABEL) if is_narrow else self._label_room

    @property
    def there(self) -> tuple[Field, ...]:
        """The fields that are there: a blank line has nothing to mark, a narrow one no room."""
        if not (self.is_blank or self._is_tight):
            return self.fields
        return tuple(field for field in self.fields if not _is_mark(field))

    @property
    def _is_tight(self) -> bool:
        """Whether hardly anything could be written beside what has cells of its own."""
        fixed = sum(field.cells for field in self.fields)
        return 0 < self.size.width < self._around(self.fields) + fixed + _LEAST

    def _around(self, fields: Sequence[Field]) -> int:
        """The cells of a line that are no field's."""
        gaps = sum(_GAP for field in fields if field.kind != "choice")
        return self.label_room + gaps + (_CROSS if self.crossed else 0)

    def _cells(self) -> dict[str, int]:
        """The cells of each field that is there: what has none of its own gets what is left.

        Where that is hardly anything, all have the same.
        """
        there = self.there
        room = self.size.width - self._around(there) - self._kept_free
        share = max(room // len(there), 1)
        is_even = self._is_tight and room < sum(field.cells for field in there) + _LEAST
        fixed = {
            field.name: min(field.cells, share) if is_even else field.cells
            for field in there
            if field.cells
        }
        rest = max(room - sum(fixed.values()), 0)
        return {field.name: fixed.get(field.name, rest) for field in there}

    @property
    def _kept_free(self) -> int:
        """The cells that a blank line leaves free, as if there were something to mark."""
        is_kept = self.is_blank and not self._is_tight
        return sum(field.cells for field in self.fields if _is_mark(field)) if is_kept else 0

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
        start, cells = self.label_room, self._cells()
        for field in self.there:
            yield Spot(field, start, cells[field.name])
            start += cells[field.name] + (0 if field.kind == "choice" else _GAP)
        if self.crossed and not self.is_blank:
            yield Spot(None, start, _CROSS)

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
        widgets = [there.get(_id(field)) or make(field) for field in self.fields_to_fill]
        if self.crossed and not self.is_blank:
            widgets.append(
                next((each for each in self.children if isinstance(each, Cross)), None)
                or Cross(self.crossed)
            )
        missing = [each for each in widgets if each.parent is None]
        self._place(widgets)
        if missing:
            self.mount(*missing)
            self.refresh()

    @property
    def fields_to_fill(self) -> tuple[Field, ...]:
        """The fields that become widgets, though there may be no room for all at this moment."""
        return self.there if self.is_blank else self.fields

    def _place(self, widgets: Iterable[Widget]) -> None:
        """Put the widgets of fields where they were drawn."""
        made = {each.id: each for each in widgets}
        there, cells = self.there, self._cells()
        for field in self.fields:
            if (widget := made.get(_id(field))) is None:
                continue
            widget.display = field in there or widget.has_focus
            if field.cells and field in there:
                widget.styles.width = cells[field.name]
            right = 0 if field.kind in ("choice", "text") else _GAP
            if field == there[-1] and self.is_blank:
                right += self._kept_free + (_CROSS if self.crossed else 0)
            widget.styles.margin = (0, right, 0, 0 if field != there[0] else self.label_room)

    def on_resize(self) -> None:
        """Another width, another place for each."""
        if self.is_filled:
            self._place(self.children)


def _is_mark(field: Field) -> bool:
    """Whether a field says but a word about the one beside it."""
    return field.kind == "choice" and bool(field.cells)


def _id(field: Field) -> str:
    return f"field-{field.name}"
