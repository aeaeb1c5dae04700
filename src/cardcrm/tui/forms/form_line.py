"""A line of a form, whose fields are drawn as text until one of them is visited.

Thirty real inputs take 300 ms to mount, and a contact's form has a hundred fields. So a line draws
its fields, and mounts widgets when the cursor or a click gets there.
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

from cardcrm.text import sanitize, shorten
from cardcrm.tui.forms.choice_field import choice_line
from cardcrm.tui.forms.fields import Field
from cardcrm.tui.forms.list_choice import count_rows

_GAP = 1  # cells between two inputs
_BUTTON_WIDTH = 2
_NARROW = 30  # cells below which the label is shortened
_SHORT_LABEL = 9
_LEAST_INPUT = 8  # cells to write in; if there are fewer, marks are left out


class Spot(NamedTuple):
    """The columns of a field in its line; ``field`` is None for the button."""

    field: Field | None
    start: int
    cells: int


class Drawing(NamedTuple):
    """The texts of drawn fields by name, the fields that are fixed, and styles by name."""

    texts: Mapping[str, str]
    fixed: frozenset[str]
    style: Callable[[str], Style]


class FormLine(Horizontal):
    """A line with a label and one or more fields.

    ``clears`` names the fields that its button empties. While ``is_blank``, the line has neither
    marks nor a button.
    """

    class Visited(Message):
        """A drawn field was clicked, in a column of its own."""

        def __init__(self, name: str, column: int) -> None:
            super().__init__()
            self.name, self.column = name, column

    class Cleared(Message):
        """The button was clicked; ``fields`` are to be emptied."""

        def __init__(self, fields: Sequence[str]) -> None:
            super().__init__()
            self.fields = tuple(fields)

    def __init__(
        self,
        label: str,
        label_width: int,
        fields: Sequence[Field],
        drawing: Drawing,
        clears: Sequence[str] = (),
    ) -> None:
        super().__init__(classes="line")
        self.label, self._label_width = label, label_width
        self.fields = tuple(fields)
        self.clears = tuple(clears)
        self.is_blank = False
        self.has_error = False
        self._drawing = drawing
        self.set_class(any(field.kind == "text" for field in fields), "-text")
        lists = [count_rows(each.choices) for each in fields if each.kind == "list"]
        if lists:
            self.styles.height = max(lists)

    # layout

    @property
    def label_width(self) -> int:
        """The cells of the label."""
        is_narrow = 0 < self.size.width < _NARROW
        return min(self._label_width, _SHORT_LABEL) if is_narrow else self._label_width

    @property
    def visible_fields(self) -> tuple[Field, ...]:
        """The fields without marks, if the line is blank or has no room for them."""
        if not (self.is_blank or self._is_tight):
            return self.fields
        return tuple(field for field in self.fields if not field.is_mark)

    @property
    def _is_tight(self) -> bool:
        """Return whether hardly anything could be written beside the fields of fixed width."""
        fixed = sum(field.width for field in self.fields)
        return 0 < self.size.width < self._other_cells(self.fields) + fixed + _LEAST_INPUT

    def _other_cells(self, fields: Sequence[Field]) -> int:
        """Return the cells of the label, the gaps and the button."""
        gaps = sum(_GAP for field in fields if not field.is_choice)
        return self.label_width + gaps + (_BUTTON_WIDTH if self.clears else 0)

    def _cells_by_field(self) -> dict[str, int]:
        """Return the cells of each visible field: fixed, or the rest of the line.

        If the rest is hardly anything, all fields get the same share.
        """
        visible = self.visible_fields
        room = self.size.width - self._other_cells(visible) - self._reserved
        share = max(room // len(visible), 1)
        is_even = self._is_tight and room < sum(each.width for each in visible) + _LEAST_INPUT
        fixed = {
            field.name: min(field.width, share) if is_even else field.width
            for field in visible
            if field.width
        }
        rest = max(room - sum(fixed.values()), 0)
        return {field.name: fixed.get(field.name, rest) for field in visible}

    @property
    def _reserved(self) -> int:
        """The cells that a blank line reserves for its marks."""
        is_reserved = self.is_blank and not self._is_tight
        return sum(field.width for field in self.fields if field.is_mark) if is_reserved else 0

    @property
    def is_mounted_line(self) -> bool:
        """Return whether the line holds widgets."""
        return bool(self.children)

    def mark_error(self, *, has_error: bool) -> None:
        """Highlight the label, or stop it."""
        if has_error != self.has_error:
            self.has_error = has_error
            self.refresh()

    # drawn

    def spots(self) -> Iterator[Spot]:
        """Yield the columns of the fields, as the layout will place their widgets."""
        start, cells = self.label_width, self._cells_by_field()
        for field in self.visible_fields:
            yield Spot(field, start, cells[field.name])
            start += cells[field.name] + (0 if field.is_choice else _GAP)
        if self.clears and not self.is_blank:
            yield Spot(None, start, _BUTTON_WIDTH)

    def render(self) -> RenderResult:
        """Return the label, the button, and the fields while they are drawn."""
        line = Text(no_wrap=True, overflow="crop", end="")
        label = shorten(sanitize(self.label), self.label_width - 1)
        line.append(label, self._drawing.style("error" if self.has_error else "label"))
        for spot in self.spots():
            if spot.field is None or not self.is_mounted_line:
                line.append(" " * max(spot.start - line.cell_len, 0))
                line.append_text(self._draw(spot))
        return line

    def _draw(self, spot: Spot) -> Text:
        field, (texts, fixed, style) = spot.field, self._drawing
        if field is None:
            return Text(" ×", style("label"))
        value = texts.get(field.name, "")
        if field.is_choice:
            chosen, other = style("label" if field.is_mark else "chosen"), style("label")
            line = choice_line(
                field.choices, value, spot.cells, chosen, other, single=field.is_mark
            )
        elif value:
            line = Text(sanitize(value), style("label" if field.name in fixed else "value"))
        else:
            line = Text(field.hint, style("hint"))
        line.truncate(spot.cells, overflow="crop")
        return line

    def on_click(self, event: events.Click) -> None:
        """Visit the drawn field that was clicked, or empty the fields of the button."""
        here = (each for each in self.spots() if each.start <= event.x < each.start + each.cells)
        spot = next(here, None)
        if spot is None or (spot.field is not None and self.is_mounted_line):
            return
        event.stop()
        if spot.field is None:
            self.post_message(self.Cleared(self.clears))
        else:
            self.post_message(self.Visited(spot.field.name, event.x - spot.start))

    # mounted

    def mount_fields(self, make: Callable[[Field], Widget]) -> None:
        """Mount the widgets that are missing."""
        mounted = {each.id: each for each in self.children}
        # A line that is not blank mounts its marks, even if there is too little room at the moment.
        fields = self.visible_fields if self.is_blank else self.fields
        widgets = [mounted.get(widget_id(field)) or make(field) for field in fields]
        missing = [each for each in widgets if each.parent is None]
        self._place(widgets)
        if missing:
            self.mount(*missing)
        self.refresh()

    def _place(self, widgets: Iterable[Widget]) -> None:
        """Place the widgets where their fields were drawn."""
        made = {each.id: each for each in widgets}
        visible, cells = self.visible_fields, self._cells_by_field()
        for field in self.fields:
            if (widget := made.get(widget_id(field))) is None:
                continue
            widget.display = field in visible or widget.has_focus
            if field.width and field in visible:
                widget.styles.width = cells[field.name]
            right = 0 if field.is_choice or field.kind == "text" else _GAP
            if field == visible[-1]:
                right += self._reserved + (_BUTTON_WIDTH if self.clears else 0)
            left = 0 if field != visible[0] else self.label_width
            widget.styles.margin = (0, right, 0, left)

    def on_resize(self) -> None:
        """Place the widgets for another width."""
        if self.is_mounted_line:
            self._place(self.children)


def widget_id(field: Field) -> str:
    """Return the id of a field's widget."""
    return f"field-{field.name}"
