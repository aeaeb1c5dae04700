"""The scrolling part of a form: its fields line by line, their values, and the way between them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, cast

from rich.style import Style
from textual import events, on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from cardcrm.text import cell_width
from cardcrm.tui.forms.choice_field import Choice
from cardcrm.tui.forms.fields import Field, Item, Repeated, Section, Values
from cardcrm.tui.forms.form_line import Drawing, FormLine, widget_id
from cardcrm.tui.forms.list_choice import ListChoice
from cardcrm.tui.widgets.line_input import LineInput

_LONGEST_LABEL = 22  # cells
_USUAL_LABEL = 12


def _split_sections(items: Iterable[Item]) -> list[list[Item]]:
    """Return the items of each section; labels are aligned within a section."""
    sections: list[list[Item]] = [[]]
    for item in items:
        if isinstance(item, Section):
            sections.append([])
        sections[-1].append(item)
    return sections


class FieldLayout(VerticalScroll, can_focus=False, inherit_bindings=False):
    """The fields of a form.

    ``initial`` holds the values before any edit. ``names`` are shown in place of ids such as
    ``#12``. ``fixed`` fields cannot be edited. ``widgets`` are those of the fields visited so far.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "form--label", "form--error", "form--value", "form--hint", "form--chosen",
    }  # fmt: skip
    DEFAULT_CSS = """
    FieldLayout > .form--label { color: $faint; }
    FieldLayout > .form--error { color: $late; text-style: bold; }
    FieldLayout > .form--value { color: $ink; }
    FieldLayout > .form--hint { color: $faint; background: $paper; text-style: italic; }
    FieldLayout:ansi > .form--hint { text-style: dim italic; }
    FieldLayout > .form--chosen { color: $ink; text-style: bold reverse; }
    """

    def __init__(
        self,
        items: Iterable[Item],
        values: Values,
        names: Mapping[str, str],
        fixed: Iterable[str],
    ) -> None:
        super().__init__(id="fields")
        self.items = tuple(items)
        self.fields: dict[str, Field] = {}
        self.initial: dict[str, str] = {}
        self.widgets: dict[str, Widget] = {}
        self._lines: dict[str, FormLine] = {}  # by field
        self._values = dict(values)
        self._names = dict(names)
        self._fixed = frozenset(fixed)
        self._accepted: dict[str, tuple[str, str]] = {}  # the text and id of a chosen suggestion
        self._entries: dict[str, int] = {}  # the number of entries of each repeated field
        self._label_width = _USUAL_LABEL
        self._drawn_texts: dict[str, str] = {}
        self._composed = list(self._all_lines())

    # the lines

    def compose(self) -> ComposeResult:
        """Yield the lines."""
        yield from self._composed

    def _all_lines(self) -> Iterator[Widget]:
        for section in _split_sections(self.items):
            labels = (each.label for each in section if not isinstance(each, Section))
            room = max(map(cell_width, labels), default=0) + 1
            self._label_width = max(_USUAL_LABEL, min(room, _LONGEST_LABEL))
            for item in section:
                yield from self._lines_of(item)

    def _lines_of(self, item: Item) -> Iterator[Widget]:
        if isinstance(item, Section):
            yield Static(f"{item.title} {'─' * 200}", classes="section", markup=False)
        elif isinstance(item, Field):
            yield self._line((item,), item.label)
        else:
            for number in range(item.count_entries(self._values) + 1):
                yield from self._entry_lines(item, number)

    def _entry_lines(self, item: Repeated, number: int) -> Iterator[FormLine]:
        self._entries[item.name] = number + 1
        lines = item.entry(number)
        names = [field.name for line in lines for field in line]
        is_blank = not any(self._values.get(name) for name in names)
        for index, fields in enumerate(lines):
            label = item.label if not number and not index else ""
            line = self._line(fields, label, names if not index else ())
            line.is_blank = is_blank
            yield line

    def _line(self, fields: Sequence[Field], label: str, clears: Sequence[str] = ()) -> FormLine:
        drawing = Drawing(self._drawn_texts, self._fixed, self._style)
        line = FormLine(label, self._label_width, fields, drawing, clears)
        for field in fields:
            self.fields[field.name] = field
            self._lines[field.name] = line
            self._set_initial(field)
        return line

    def _set_initial(self, field: Field) -> None:
        value = self._values.get(field.name, "")
        if field.is_choice and value not in field.choices:
            value = field.choices[0]
        self.initial[field.name] = value
        names = self._names
        shown = names.get(f"{field.name} {value}") or names.get(value, value)
        if shown != value and field.kind == "line":
            self._accepted[field.name] = (shown, value)
        self._drawn_texts[field.name] = shown if field.kind == "line" else value

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"form--{name}", partial=name != "hint")

    def on_mount(self) -> None:
        """Mount the long texts, which only a real widget wraps correctly."""
        for field in self.fields.values():
            if field.kind == "text":
                self.widget(field.name)

    def widget(self, name: str) -> Widget:
        """Return the widget of a field; mount its line if it is only drawn."""
        if name not in self.widgets:
            self._lines[name].mount_fields(self._make_widget)
        return self.widgets[name]

    def _make_widget(self, field: Field) -> Widget:
        text, id_ = self._drawn_texts[field.name], widget_id(field)
        made: Widget
        if field.kind == "choice":
            made = Choice(field.choices, text, single=field.is_mark, id=id_)
        elif field.kind == "list":
            made = ListChoice(field.choices, text, id=id_)
        elif field.kind == "text":
            made = TextArea(text, id=id_, compact=True, highlight_cursor_line=False)
        else:
            made = LineInput(
                text, placeholder=field.hint, id=id_, compact=True, select_on_focus=False
            )
            made.disabled = field.name in self._fixed
        self.widgets[field.name] = made
        self.initial[field.name] = self.value(field.name)
        return made

    def add_blank_entry(self, field: Field) -> None:
        """Add a blank entry below the last one of a repeated field, once that one has a value.

        Mounting is not awaited: keys that come meanwhile must not overtake each other.
        """
        item, number = self._last_entry_of(field)
        if item is None:
            return
        lines = [self.line_of(fields[0].name) for fields in item.entry(number)]
        for line in lines:
            line.is_blank = False
            line.mount_fields(self._make_widget)
        self._label_width = lines[0].label_width
        self.mount_all(list(self._entry_lines(item, number + 1)), after=lines[-1])

    def _last_entry_of(self, field: Field) -> tuple[Repeated | None, int]:
        """Return the repeated field whose last entry has the field, which has a value."""
        name, _, rest = field.name.partition("-")
        if name not in self._entries or not self.value(field.name):
            return None, 0
        number = int(rest.partition("-")[0])
        if number < self._entries[name] - 1:
            return None, 0
        repeated = (each for each in self.items if isinstance(each, Repeated))
        return next(each for each in repeated if each.name == name), number

    # values

    def value(self, name: str) -> str:
        """Return the value of a field; ``#12`` for a contact that was chosen."""
        widget = self.widgets.get(name)
        if widget is None:
            return self.initial.get(name, "")
        if isinstance(widget, TextArea):
            return widget.text
        assert isinstance(widget, Input | Choice)
        text, id_ = self._accepted.get(name, ("", ""))
        return id_ if text and text == widget.value else widget.value

    def text_of(self, name: str) -> str:
        """Return the text that is seen in a field of one line."""
        widget = self.widgets.get(name)
        if widget is None:
            return self._drawn_texts[name].strip()
        assert isinstance(widget, Input)
        return widget.value.strip()

    def accept_suggestion(self, name: str, id_: int, text: str) -> None:
        """Write a chosen suggestion into a field."""
        if self.fields[name].holds_id:
            self._accepted[name] = (text, f"#{id_}")
        widget = self.widget(name)
        assert isinstance(widget, Input)
        widget.value = text
        self.go(name)

    @property
    def values(self) -> dict[str, str]:
        """The values of all fields."""
        return {name: self.value(name) for name in self.fields}

    def as_text(self) -> str:
        """Return labels and values as text to be copied."""
        lines = []
        for name, field in self.fields.items():
            text = (self.text_of if field.kind == "line" else self.value)(name).strip()
            if text:
                label = field.label or self.line_of(name).label or name.split("-")[0]
                lines.append(f"{label}: {text}")
        return "\n".join(lines)

    def mark_error(self, field: Field, *, has_error: bool) -> None:
        """Highlight a field, or stop it."""
        self.line_of(field.name).mark_error(has_error=has_error)
        if has_error or field.name in self.widgets:
            self.widget(field.name).set_class(has_error, "-error")

    @on(FormLine.Cleared)
    def _on_cleared(self, event: FormLine.Cleared) -> None:
        event.stop()
        for name in event.fields:
            widget = self.widget(name)
            if isinstance(widget, Choice):
                widget.value = widget.choices[0]
            elif isinstance(widget, Input):
                widget.value = ""

    @on(FormLine.Visited)
    def _on_visited(self, event: FormLine.Visited) -> None:
        """Handle a click on a drawn field as one on its widget."""
        event.stop()
        field = self.fields[event.name]
        if not self._is_editable(field):
            return
        self.go(event.name)
        widget = self.widget(event.name)
        if isinstance(widget, Choice):
            widget.click(event.column)
        elif isinstance(widget, Input) and field.kind == "line":
            widget.cursor_position = min(event.column, len(widget.value))

    # moving

    def go(self, name: str) -> None:
        """Focus a field, with the cursor at its end."""
        widget = self.widget(name)
        self.screen.set_focus(widget)  # at once: the next key is for it
        if isinstance(widget, Input):
            widget.cursor_position = len(widget.value)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Scroll to the focused line, once a new widget has its place."""
        line = event.widget.parent
        if isinstance(line, FormLine):
            self.call_after_refresh(self.scroll_to_center, line, animate=False, origin_visible=True)

    def scroll_to_focus(self, below: int = 0, selected: int = -1) -> None:
        """Scroll as little as is needed to see the focused line and ``below`` lines after it.

        If they do not all fit, those up to line ``selected`` are shown.
        """
        if not self.is_attached:  # the form was closed before it was shown
            return
        here, height = self._focused_index(), self.size.height
        if here is None or not height:
            return
        line = self.children[here]
        top = line.virtual_region.y
        end = top + min(line.outer_size.height, height) + below
        if end - top > height:
            end = top + max(height, line.outer_size.height + selected + 1)
            top = end - height
        if top < self.scroll_y:
            self.scroll_to(y=top, animate=False, force=True)
        elif end > self.scroll_y + height:
            self.scroll_to(y=end - height, animate=False, force=True)

    def step_line(self, step: int) -> None:
        """Move to the line below or above."""
        self._go_to_line(step, lambda _line: True)

    def step_section(self, step: int) -> None:
        """Move to the next section, or the one before."""
        self._go_to_line(step, self._begins_section)

    def mount_neighbors(self) -> None:
        """Mount the lines above and below, so that Tab can focus their fields."""
        here = self._focused_index()
        if here is None:
            return
        lines = list(self.children)
        for neighbors in (reversed(lines[:here]), iter(lines[here + 1 :])):
            for line in neighbors:
                if isinstance(line, FormLine):
                    line.mount_fields(self._make_widget)
                    if any(map(self._is_editable, line.visible_fields)):
                        break

    def line_of(self, name: str) -> FormLine:
        """Return the line of a field."""
        return self._lines[name]

    def _is_editable(self, field: Field) -> bool:
        return field.name not in self._fixed

    def _begins_section(self, line: Widget) -> bool:
        lines = list(self.children)
        at = lines.index(line)
        return at in (0, len(lines) - 1) or lines[at - 1].has_class("section")

    def _focused_index(self) -> int | None:
        """Return the index of the focused line; None if the focus is elsewhere."""
        lines = list(self.children)
        here = self.screen.focused
        while here is not None and here not in lines:
            here = cast("Widget | None", here.parent)
        return None if here is None else lines.index(here)

    def _go_to_line(self, step: int, fits: Callable[[Widget], bool]) -> None:
        """Focus the first editable field of the next line that fits."""
        here = self._focused_index()
        if here is None:
            return
        lines = list(self.children)
        at = here + step
        while 0 <= at < len(lines):
            line = lines[at]
            fields = line.visible_fields if isinstance(line, FormLine) else ()
            editable = next(filter(self._is_editable, fields), None)
            if editable is not None and fits(line):
                self.go(editable.name)
                return
            at += step
