"""The paper of a form: its fields, line by line, what stands in them, and how one goes about."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from cardcrm.text import clean, width
from cardcrm.tui.forms.fields import Choice, Cross, Field, Piece, Section, Several, Values

_LABEL = 22  # cells of the longest label
_USUAL_LABEL = 12


def _parts(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces of a form from section to section: labels stand in line within each."""
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, Section):
            parts.append([])
        parts[-1].append(piece)
    return parts


class Paper(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields, which scroll. ``given`` is what stood in them at first; ``names`` tells how
    ``#12`` is shown; ``fixed`` fields cannot be written in.
    """

    def __init__(
        self,
        pieces: Iterable[Piece],
        values: Values,
        names: Mapping[str, str],
        fixed: Iterable[str],
    ) -> None:
        super().__init__(id="fields")
        self.pieces = tuple(pieces)
        self.fields: dict[str, Field] = {}
        self.given: dict[str, str] = {}
        self.widgets: dict[str, Widget] = {}
        self.labels: dict[str, Static] = {}
        self._values = dict(values)
        self._names = dict(names)  # of cards, by the #12 that stands for them
        self._fixed = frozenset(fixed)
        self._chosen: dict[str, tuple[str, str]] = {}  # how a card is shown, and its #12
        self._rows: dict[str, int] = {}  # of each `Several`, how many there are
        self._label_room = _USUAL_LABEL

    # the lines

    def compose(self) -> ComposeResult:
        """Part by part."""
        for part in _parts(self.pieces):
            labels = (each.label for each in part if not isinstance(each, Section))
            room = max(map(width, labels), default=0) + 2
            self._label_room = max(_USUAL_LABEL, min(room, _LABEL))
            for piece in part:
                yield from self._lines(piece)

    def _lines(self, piece: Piece) -> Iterator[Widget]:
        if isinstance(piece, Section):
            yield Static(f"{piece.title} {'─' * 200}", classes="section", markup=False)
        elif isinstance(piece, Field):
            yield self._line((piece,), piece.label)
        else:
            last = 1 + max(
                (
                    int(name.split("-")[1])
                    for name, value in self._values.items()
                    if name.startswith(f"{piece.name}-") and value
                ),
                default=-1,
            )
            for number in range(last + 1):
                yield from self._row(piece, number)

    def _row(self, piece: Several, number: int) -> Iterator[Widget]:
        """The lines of one of several."""
        self._rows[piece.name] = number + 1
        lines = piece.numbered(number)
        names = [field.name for line in lines for field in line]
        is_blank = not any(self._values.get(name) for name in names)
        for place, line in enumerate(lines):
            label = piece.label if not number and not place else ""
            row = self._line(line, label, names if not place else ())
            row.set_class(is_blank, "-blank")
            yield row

    def _line(self, fields: Iterable[Field], label: str, crossed: Iterable[str] = ()) -> Widget:
        shown = Static(clean(label), classes="label", markup=False)
        shown.styles.width = self._label_room
        widgets: list[Widget] = [shown]
        for field in fields:
            self.fields[field.name] = field
            self.labels[field.name] = shown
            widget = self._widget(field)
            if field.cells:
                widget.styles.width = field.cells
            widgets.append(widget)
        if crossed:
            widgets.append(Cross(tuple(crossed)))
        return Horizontal(*widgets, classes="row")

    def _widget(self, field: Field) -> Widget:
        value = self._values.get(field.name, "")
        id_ = f"field-{field.name}"
        made: Widget
        if field.kind == "choice":
            made = Choice(field.choices, value, single=bool(field.cells), id=id_)
        elif field.kind == "text":
            made = TextArea(value, id=id_, compact=True, highlight_cursor_line=False)
        else:
            shown = self._names.get(value, value)
            if shown != value:
                self._chosen[field.name] = (shown, value)
            made = Input(shown, placeholder=field.hint, id=id_, compact=True, select_on_focus=False)
            made.disabled = field.name in self._fixed
        self.widgets[field.name] = made
        self.given[field.name] = self.value(field.name)
        return made

    def one_more(self, field: Field) -> None:
        """Below the last of several another blank one stands, once that is written in.

        It is not waited for: keys that come meanwhile must not overtake each other.
        """
        several, _, rest = field.name.partition("-")
        if several not in self._rows or not self.value(field.name):
            return
        number = int(rest.partition("-")[0])
        if number < self._rows[several] - 1:
            return
        piece = next(
            each for each in self.pieces if isinstance(each, Several) and each.name == several
        )
        lines = [self.line_of(line[0].name) for line in piece.numbered(number)]
        for line in lines:
            line.remove_class("-blank")
        room = self.labels[field.name].styles.width
        self._label_room = int(room.value) if room is not None else _USUAL_LABEL
        self.mount_all(self._row(piece, number + 1), after=lines[-1])

    # what is written

    def value(self, name: str) -> str:
        """What stands in a field; ``#12`` for a card that was chosen."""
        widget = self.widgets.get(name)
        if widget is None:
            return ""
        if isinstance(widget, TextArea):
            return widget.text
        assert isinstance(widget, Input | Choice)
        shown, id_ = self._chosen.get(name, ("", ""))
        return id_ if shown and shown == widget.value else widget.value

    def text_of(self, name: str) -> str:
        """What is seen in a field of one line."""
        widget = self.widgets[name]
        assert isinstance(widget, Input)
        return widget.value.strip()

    def put_card(self, name: str, id_: int, shown: str) -> None:
        """Write a card that was chosen into a field."""
        if self.fields[name].by_id:
            self._chosen[name] = (shown, f"#{id_}")
        widget = self.widgets[name]
        assert isinstance(widget, Input)
        widget.value = shown
        self.go(name)

    @property
    def values(self) -> dict[str, str]:
        """What stands in all fields."""
        return {name: self.value(name) for name in self.fields}

    def written(self) -> str:
        """All that stands in the form, as text to be copied."""
        told = []
        for name, field in self.fields.items():
            widget = self.widgets[name]
            text = widget.value.strip() if isinstance(widget, Input) else self.value(name).strip()
            if text:
                label = field.label or str(self.labels[name].content) or name.split("-")[0]
                told.append(f"{label}: {text}")
        return "\n".join(told)

    def mark_wrong(self, field: Field, *, is_wrong: bool) -> None:
        """Set a field off, or no longer."""
        for widget in (self.labels[field.name], self.widgets[field.name]):
            widget.set_class(is_wrong, "-wrong")

    @on(Cross.Clicked)
    def _crossed(self, event: Cross.Clicked) -> None:
        event.stop()
        for name in event.cross.fields:
            widget = self.widgets[name]
            if isinstance(widget, Choice):
                widget.value = widget.choices[0]
            elif isinstance(widget, Input):
                widget.value = ""

    # going about

    def go(self, name: str) -> None:
        """Go to a field, with the cursor at its end."""
        widget = self.widgets[name]
        widget.focus()
        if isinstance(widget, Input):
            widget.cursor_position = len(widget.value)

    def step(self, step: int) -> None:
        """To the line below or above."""
        self._go_to_line(step, lambda _line: True)

    def step_part(self, step: int) -> None:
        """To the next section, or the one before."""
        self._go_to_line(step, self._begins_section)

    def line_of(self, name: str) -> Widget:
        """The line that a field stands in."""
        line = self.widgets[name].parent
        assert isinstance(line, Widget)
        return line

    def _begins_section(self, line: Widget) -> bool:
        lines = list(self.children)
        at = lines.index(line)
        return at in (0, len(lines) - 1) or lines[at - 1].has_class("section")

    def _go_to_line(self, step: int, fits: Callable[[Widget], bool]) -> None:
        lines = list(self.children)
        here = self.screen.focused
        while here is not None and here not in lines:
            here = cast("Widget | None", here.parent)
        if here is None:
            return
        at = lines.index(here) + step
        while 0 <= at < len(lines):
            fields = [each for each in lines[at].children if each.focusable]
            if fields and fits(lines[at]):
                assert fields[0].id is not None
                self.go(fields[0].id.removeprefix("field-"))
                return
            at += step
