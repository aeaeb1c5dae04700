"""A form: fields on a sheet of paper, each checked as one types with the shell's own messages."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult, RenderResult, SuspendNotSupported
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from cardcrm.errors import CardError, NotFoundError, ServiceError, UsageError
from cardcrm.text import clean
from cardcrm.tui.keys import bindings
from cardcrm.tui.work import begin

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

Values = Mapping[str, str]
Check = Callable[[str], str]
Save = Callable[[Values], Awaitable[str]]
Look = Callable[[Values], Awaitable[str]]


class Field(NamedTuple):
    """One field. ``kind`` is ``line``, ``text`` (many lines) or ``choice``; ``check`` says how a
    value is understood and raises UsageError for one that makes no sense.
    """

    name: str
    label: str
    kind: str = "line"
    hint: str = ""
    choices: tuple[str, ...] = ()
    check: Check | None = None
    must: str = ""  # what is said while it is empty; "" where it may be


class Choice(Widget, can_focus=True):
    """One of a few words, side by side: left and right, a first letter or a click choose."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--chosen", "choice--other"}
    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; color: $ink; background: $paper; }
    Choice:focus { background: $spot; }
    Choice > .choice--chosen { text-style: bold reverse; }
    Choice > .choice--other { color: $faint; }
    """

    value = reactive("")

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, choice: "Choice") -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, choices: tuple[str, ...], value: str, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.choices = choices
        self.set_reactive(Choice.value, value if value in choices else choices[0])

    def watch_value(self) -> None:
        """Tell the form."""
        self.post_message(self.Changed(self))

    def _width(self, word: str) -> int:
        return len(word) + 2

    def render(self) -> RenderResult:
        """The words; from the chosen one on where not all fit."""
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        for word in self.choices[self._first() :]:
            name = "choice--chosen" if word == self.value else "choice--other"
            line.append(f" {word or '–'} ", self.get_component_rich_style(name, partial=True))
        return line

    def _first(self) -> int:
        """The first word that is shown."""
        here = self.choices.index(self.value)
        total, first = 0, here
        for place in range(here, -1, -1):
            total += self._width(self.choices[place])
            if total > self.size.width:
                break
            first = place
        whole = sum(self._width(word) for word in self.choices)
        return 0 if whole <= self.size.width else first

    def on_key(self, event: events.Key) -> None:
        """Left, right, space, or the first letter of a word."""
        at = self.choices.index(self.value)
        if event.key in ("left", "right", "space"):
            step = -1 if event.key == "left" else 1
            self.value = self.choices[(at + step) % len(self.choices)]
        elif event.key == "enter":
            self.screen.call_later(self.screen.run_action, "save")
        elif event.character and event.character.isalpha():
            turned = self.choices[at + 1 :] + self.choices[: at + 1]
            fitting = [word for word in turned if word.startswith(event.character.lower())]
            if not fitting:
                return
            self.value = fitting[0]
        else:
            return
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """A click on a word."""
        at = 0
        for word in self.choices[self._first() :]:
            if at <= event.x < at + self._width(word):
                self.value = word
            at += self._width(word)


class Form(ModalScreen[bool]):
    """Fields to fill in. ``save`` makes the change and says what was done; ``look`` says what there
    is to know while one types, such as cards that may be doubles.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("form")]
    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Form { align: center middle; background: $background 60%; }
    Form #sheet {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        background: $paper; color: $ink; padding: 0 2;
    }
    Form #fields {
        height: auto; max-height: 100vh; background: $paper;
        scrollbar-size-vertical: 1; scrollbar-background: $paper; scrollbar-color: $spot;
        scrollbar-background-hover: $paper; scrollbar-color-hover: $faint;
    }
    Form:ansi #sheet { border: round ansi_default; }
    Form #title { text-style: bold; color: $ink; width: 1fr; padding: 1 0 0 0; }
    Form #red { color: $head; width: 1fr; height: 1; }
    Form .row { height: auto; min-height: 1; }
    Form .label { width: 12; color: $faint; }
    Form .label.-wrong { color: $late; text-style: bold; }
    Form Input { height: 1; border: none; padding: 0; width: 1fr; background: $paper; color: $ink; }
    Form Input:focus { background: $spot; border: none; }
    Form Input > .input--placeholder { color: $faint 70%; }
    Form TextArea {
        height: 4; border: none; padding: 0; width: 1fr; background: $paper; color: $ink;
        scrollbar-size-vertical: 1;
    }
    Form TextArea:focus { background: $spot; border: none; }
    Form TextArea .text-area--cursor-line { background: transparent; }
    Form #said { color: $faint; height: auto; min-height: 1; width: 1fr; }
    Form #said.-wrong { color: $late; text-style: bold; }
    Form #known { color: $soon; height: auto; width: 1fr; }
    Form #keys { color: $faint; width: 1fr; padding: 0 0 1 0; }
    """

    def __init__(
        self,
        title: str,
        fields: Iterable[Field],
        save: Save,
        *,
        values: Values | None = None,
        look: Look | None = None,
    ) -> None:
        super().__init__()
        self.heading = title
        self.fields = {field.name: field for field in fields}
        self.given = {name: (values or {}).get(name, "") for name in self.fields}
        for name, field in self.fields.items():
            if field.kind == "choice" and self.given[name] not in field.choices:
                self.given[name] = field.choices[0]
        self._save = save
        self._look = look
        self._busy = False

    @property
    def crm(self) -> "CardApp":
        """The app, which has the desk."""
        return cast("CardApp", self.app)

    def compose(self) -> ComposeResult:
        """The sheet."""
        with Vertical(id="sheet"):
            yield Static(clean(self.heading), id="title", markup=False)
            yield Static("━" * 200, id="red")
            with VerticalScroll(id="fields", can_focus=False):
                for field in self.fields.values():
                    with Horizontal(classes="row"):
                        yield Static(field.label, classes="label", id=f"label-{field.name}")
                        yield self._widget(field)
            yield Static(id="said", markup=False)
            if self._look is not None:
                yield Static(id="known", markup=False)
            yield Static(self._keys(), id="keys", markup=False)

    def _keys(self) -> str:
        has_text = any(field.kind == "text" for field in self.fields.values())
        names = ("save", "leave", *(("editor",) if has_text else ()))
        shown = {key.id: key for key in bindings("form") if key.id in names}
        told = [
            f"{self.app.get_key_display(shown[name])} {shown[name].description}" for name in names
        ]
        return " · ".join([*(("enter saves",) if not has_text else ()), *told, "tab goes on"])

    def _widget(self, field: Field) -> Widget:
        value = self.given[field.name]
        name = f"field-{field.name}"
        if field.kind == "choice":
            return Choice(field.choices, value, id=name)
        if field.kind == "text":
            return TextArea(value, id=name, compact=True, highlight_cursor_line=False)
        return Input(value, placeholder=field.hint, id=name, compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        """Begin in the first field."""
        first = self.query_one(f"#field-{next(iter(self.fields))}")
        first.focus()

    # what is written

    def value(self, name: str) -> str:
        """What stands in a field."""
        widget = self.query_one(f"#field-{name}")
        if isinstance(widget, TextArea):
            return widget.text
        assert isinstance(widget, Input | Choice)
        return widget.value

    @property
    def values(self) -> dict[str, str]:
        """What stands in all fields."""
        return {name: self.value(name) for name in self.fields}

    @property
    def is_changed(self) -> bool:
        """Whether anything was written."""
        return self.values != self.given

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _written(self, event: Message) -> None:
        event.stop()
        widget = getattr(event, "choice", None) or event._sender  # noqa: SLF001
        if isinstance(widget, Widget) and widget.id and self.is_mounted:
            field = self.fields[widget.id.removeprefix("field-")]
            if self.value(field.name) != self.given[field.name]:
                self.check(field)
            if self._look is not None:
                begin(self, self._look_up, group="look")

    async def _look_up(self) -> None:
        assert self._look is not None
        try:
            known = await self._look(self.values)
        except CardError:
            known = ""
        self.query_one("#known", Static).update(clean(known, newlines=True))

    def check(self, field: Field, *, whole: bool = False) -> bool:
        """Say how a field is understood, or what is wrong with it; whether it is right."""
        value = self.value(field.name).strip()
        try:
            if whole and field.must and not value:
                raise UsageError(field.must)
            words = field.check(value) if field.check and value else ""
        except CardError as error:
            self.say_wrong(error, field)
            return False
        self.query_one(f"#label-{field.name}").remove_class("-wrong")
        self._say(words)
        return True

    def _say(self, words: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(clean(words))

    def say_wrong(self, error: CardError, field: Field | None = None) -> None:
        """Say what is wrong, in the shell's words."""
        near = f" Did you mean {', '.join(error.near)}?" if (
            isinstance(error, NotFoundError) and error.near
        ) else ""  # fmt: skip
        self._say(" ".join(filter(None, (error.message + near, error.hint))), wrong=True)
        if field is not None:
            self.query_one(f"#label-{field.name}").add_class("-wrong")

    # saving and leaving

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        """Save, if all fields are right; else go to the first that is not."""
        for field in self.fields.values():
            if not self.check(field, whole=True):
                self.query_one(f"#field-{field.name}").focus()
                return
        if not self._busy:
            self._busy = True
            begin(self, self._saving, group="save", exclusive=False)

    async def _saving(self) -> None:
        try:
            said = await self._save(self.values)
        except CardError as error:
            self.say_wrong(error)  # what was typed stays
        else:
            self.dismiss(result=True)
            if said:
                self.crm.say(said)
        finally:
            self._busy = False

    def action_leave(self) -> None:
        """Leave; what was typed is not thrown away without a word."""
        begin(self, self._leaving, group="leave")

    async def _leaving(self) -> None:
        if await self.leave_for_good():
            self.dismiss(result=False)

    async def leave_for_good(self) -> bool:
        """Whether one may go, asked where something was written."""
        if not self.is_changed:
            return True
        from cardcrm.tui.forms.ask import confirm

        return await confirm(self.crm, "Throw away what you wrote?")

    def action_editor(self) -> None:
        """Write the long text in the user's editor."""
        field = next((each for each in self.fields.values() if each.kind == "text"), None)
        if field is None:
            return
        area = self.query_one(f"#field-{field.name}", TextArea)
        with self.crm.telling():
            area.text = self._edited(area.text)
        area.focus()

    def _edited(self, text: str) -> str:
        editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
        with tempfile.NamedTemporaryFile("w+", suffix=".txt", encoding="utf-8") as file:
            file.write(f"{text}\n" if text else "")
            file.flush()
            try:
                with self.app.suspend():
                    subprocess.run([*shlex.split(editor), file.name], check=True)
            except (OSError, ValueError, subprocess.CalledProcessError) as error:
                raise ServiceError(f"the editor “{editor}” failed: {error}") from error
            except SuspendNotSupported as error:
                raise ServiceError("an editor cannot be opened here") from error
            with open(file.name, encoding="utf-8", errors="replace") as written:
                return written.read().rstrip("\n")
