"""The paper of a form: its fields, line by line, what stands in them, and how one goes about."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, cast

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from cardcrm.text import width
from cardcrm.tui.forms.fields import Choice, Field, Piece, Section, Several, Values
from cardcrm.tui.forms.form_line import Cross, Drawing, Row
from cardcrm.tui.widgets.line_input import Box

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
    ``#12`` is shown; ``fixed`` fields cannot be written in; ``widgets`` are of the fields that one
    has been to.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paper--label", "paper--wrong", "paper--value", "paper--hint", "paper--chosen",
    }  # fmt: skip
    DEFAULT_CSS = """
    Paper > .paper--label { color: $faint; }
    Paper > .paper--wrong { color: $late; text-style: bold; }
    Paper > .paper--value { color: $ink; }
    Paper > .paper--hint { color: $faint 70%; background: $paper; }
    Paper > .paper--chosen { color: $ink; text-style: bold reverse; }
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
        self._lines_of: dict[str, Row] = {}  # by field
        self._values = dict(values)
        self._names = dict(names)  # of cards, by the #12 that stands for them
        self._fixed = frozenset(fixed)
        self._chosen: dict[str, tuple[str, str]] = {}  # how a card is shown, and its #12
        self._rows: dict[str, int] = {}  # of each `Several`, how many there are
        self._label_room = _USUAL_LABEL
        self._shown: dict[str, str] = {}
        self._made = list(self._all_lines())

    # the lines

    def compose(self) -> ComposeResult:
        """Part by part."""
        yield from self._made

    def _all_lines(self) -> Iterator[Widget]:
        for part in _parts(self.pieces):
            labels = (each.label for each in part if not isinstance(each, Section))
            room = max(map(width, labels), default=0) + 1
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

    def _row(self, piece: Several, number: int) -> Iterator[Row]:
        """The lines of one of several."""
        self._rows[piece.name] = number + 1
        lines = piece.numbered(number)
        names = [field.name for line in lines for field in line]
        is_blank = not any(self._values.get(name) for name in names)
        for place, line in enumerate(lines):
            label = piece.label if not number and not place else ""
            row = self._line(line, label, names if not place else ())
            row.is_blank = is_blank
            yield row

    def _line(self, fields: Sequence[Field], label: str, crossed: Sequence[str] = ()) -> Row:
        row = Row(label, self._label_room, fields, crossed)
        row.shown, row.fixed, row.drawing = self._shown, self._fixed, self._drawing
        for field in fields:
            self.fields[field.name] = field
            self._lines_of[field.name] = row
            self._put_down(field)
        return row

    def _put_down(self, field: Field) -> None:
        """What stands in a field at first."""
        value = self._values.get(field.name, "")
        if field.kind == "choice" and value not in field.choices:
            value = field.choices[0]
        self.given[field.name] = value
        shown = self._names.get(value, value)
        if shown != value and field.kind == "line":
            self._chosen[field.name] = (shown, value)
        self._shown[field.name] = shown if field.kind == "line" else value

    def _drawing(self) -> Drawing:
        def style(name: str) -> Style:
            return self.get_component_rich_style(f"paper--{name}", partial=name != "hint")

        return Drawing(
            label=style("label"),
            wrong=style("wrong"),
            value=style("value"),
            fixed=style("label"),
            chosen=style("chosen"),
            hint=style("hint"),
        )

    def on_mount(self) -> None:
        """A long text is one widget, and wraps as only that can."""
        for field in self.fields.values():
            if field.kind == "text":
                self.widget(field.name)

    def widget(self, name: str) -> Widget:
        """The widget of a field; from now on it is one."""
        if name not in self.widgets:
            self._lines_of[name].fill(self._widget)
        return self.widgets[name]

    def _widget(self, field: Field) -> Widget:
        shown = self._shown[field.name]
        id_ = f"field-{field.name}"
        made: Widget
        if field.kind == "choice":
            made = Choice(field.choices, shown, single=bool(field.cells), id=id_)
        elif field.kind == "text":
            made = TextArea(shown, id=id_, compact=True, highlight_cursor_line=False)
        else:
            made = Box(shown, placeholder=field.hint, id=id_, compact=True, select_on_focus=False)
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
            line.is_blank = False
            line.fill(self._widget)
        self._label_room = lines[0].label_room
        self.mount_all(list(self._row(piece, number + 1)), after=lines[-1])

    # what is written

    def value(self, name: str) -> str:
        """What stands in a field; ``#12`` for a card that was chosen."""
        widget = self.widgets.get(name)
        if widget is None:
            return self.given.get(name, "")
        if isinstance(widget, TextArea):
            return widget.text
        assert isinstance(widget, Input | Choice)
        shown, id_ = self._chosen.get(name, ("", ""))
        return id_ if shown and shown == widget.value else widget.value

    def text_of(self, name: str) -> str:
        """What is seen in a field of one line."""
        widget = self.widgets.get(name)
        if widget is None:
            return self._shown[name].strip()
        assert isinstance(widget, Input)
        return widget.value.strip()

    def put_card(self, name: str, id_: int, shown: str) -> None:
        """Write a card that was chosen into a field."""
        if self.fields[name].by_id:
            self._chosen[name] = (shown, f"#{id_}")
        widget = self.widget(name)
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
            text = (self.text_of if field.kind == "line" else self.value)(name).strip()
            if text:
                label = field.label or self.line_of(name).label or name.split("-")[0]
                told.append(f"{label}: {text}")
        return "\n".join(told)

    def mark_wrong(self, field: Field, *, is_wrong: bool) -> None:
        """Set a field off, or no longer."""
        self.line_of(field.name).mark_wrong(is_wrong=is_wrong)
        if is_wrong or field.name in self.widgets:
            self.widget(field.name).set_class(is_wrong, "-wrong")

    @on(Cross.Clicked)
    def _crossed(self, event: Cross.Clicked) -> None:
        event.stop()
        for name in event.fields:
            widget = self.widget(name)
            if isinstance(widget, Choice):
                widget.value = widget.choices[0]
            elif isinstance(widget, Input):
                widget.value = ""

    @on(Row.Wanted)
    def _wanted(self, event: Row.Wanted) -> None:
        """A click on what was only drawn is one on the widget that it becomes."""
        event.stop()
        field = self.fields[event.name]
        if event.name in self._fixed:
            return
        self.go(event.name)
        widget = self.widget(event.name)
        if isinstance(widget, Choice):
            widget.click(event.column)
        elif isinstance(widget, Input) and field.kind == "line":
            widget.cursor_position = min(event.column, len(widget.value))

    # going about

    def go(self, name: str) -> None:
        """Go to a field, with the cursor at its end."""
        widget = self.widget(name)
        self.screen.set_focus(widget)  # at once: the next key is meant for it
        if isinstance(widget, Input):
            widget.cursor_position = len(widget.value)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Show the line one is in: what has only just become a widget has no place yet."""
        line = event.widget.parent
        if isinstance(line, Row):
            self.call_after_refresh(self.scroll_to_center, line, animate=False, origin_visible=True)

    def reveal(self, below: int = 0, at: int = -1) -> None:
        """Scroll as little as is needed to see the line one is in, with so many lines below it.

        Where there is no room for them all, those up to line ``at`` of them come first.
        """
        if not self.is_attached:  # the form was left before it was shown
            return
        here, height = self._here(), self.size.height
        if here is None or not height:
            return
        line = self.children[here]
        top = line.virtual_region.y
        end = top + min(line.outer_size.height, height) + below
        if end - top > height:
            end = top + max(height, line.outer_size.height + at + 1)
            top = end - height
        if top < self.scroll_y:
            self.scroll_to(y=top, animate=False, force=True)
        elif end > self.scroll_y + height:
            self.scroll_to(y=end - height, animate=False, force=True)

    def step(self, step: int) -> None:
        """To the line below or above."""
        self._go_to_line(step, lambda _line: True)

    def step_part(self, step: int) -> None:
        """To the next section, or the one before."""
        self._go_to_line(step, self._begins_section)

    def make_ready(self) -> None:
        """Make widgets of the lines above and below, so that the next field is there to go to."""
        at = self._here()
        if at is None:
            return
        lines = list(self.children)
        for step in (-1, 1):
            for line in lines[at + step :: step] if at + step >= 0 else ():
                if isinstance(line, Row):
                    line.fill(self._widget)
                    if any(self._is_free(field) for field in line.there):
                        break

    def line_of(self, name: str) -> Row:
        """The line that a field stands in."""
        return self._lines_of[name]

    def _is_free(self, field: Field) -> bool:
        return field.name not in self._fixed

    def _begins_section(self, line: Widget) -> bool:
        lines = list(self.children)
        at = lines.index(line)
        return at in (0, len(lines) - 1) or lines[at - 1].has_class("section")

    def _here(self) -> int | None:
        """The number of the line that one is in."""
        lines = list(self.children)
        here = self.screen.focused
        while here is not None and here not in lines:
            here = cast("Widget | None", here.parent)
        return None if here is None else lines.index(here)

    def _go_to_line(self, step: int, fits: Callable[[Widget], bool]) -> None:
        at = self._here()
        if at is None:
            return
        lines = list(self.children)
        at += step
        while 0 <= at < len(lines):
            line = lines[at]
            free = (
                [each for each in line.there if self._is_free(each)]
                if isinstance(line, Row)
                else []
            )
            if free and fits(line):
                self.go(free[0].name)
                return
            at += step
