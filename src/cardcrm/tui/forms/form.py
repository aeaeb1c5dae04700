"""A form: fields on a sheet of paper, each checked as one types with the shell's own messages."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.css.scalar import Scalar
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from cardcrm.errors import AmbiguousError, CardError, NotFoundError, UsageError
from cardcrm.text import clean
from cardcrm.tui.forms.completion_popup import Offering
from cardcrm.tui.forms.field_layout import Paper
from cardcrm.tui.forms.fields import Choice, Field, Offers, Piece, Section, Several, Values
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.page import Page
from cardcrm.tui.tasks import begin

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

__all__ = ["Field", "Form", "Section", "Several", "Values"]

Save = Callable[[Values], Awaitable[str]]
Look = Callable[[Values], Awaitable[str]]

TINY = 10  # lines; below, keys and red line make room for the fields
_GOING = ("line-above", "line-below", "part-above", "part-below")


class Form(ModalScreen[bool]):
    """Fields to fill in. ``save`` makes the change and says what was done; ``look`` says what there
    is to know while one types, such as cards that may be doubles. ``names`` tells how ``#12`` is
    shown; ``at`` is the field one begins in, else the first. ``then`` is done when it was saved,
    unless one has gone on to other things meanwhile.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *[each for each in bindings("form") if each.id not in _GOING],
        # Heard before the field is: what is typed right after belongs into the next one.
        *[each for each in bindings("form", priority=True) if each.id in _GOING],
        Binding("tab", "next_field(1)", "the next field", show=False, priority=True),
        Binding("shift+tab", "next_field(-1)", "the one before", show=False, priority=True),
    ]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-small"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (TINY, "-usual")]  # noqa: RUF012
    DEFAULT_CSS = """
    Form { align: center middle; background: $background 60%; }
    Form #sheet {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        background: $paper; color: $ink; padding: 0 2;
    }
    Form.-wide #sheet { width: 96; }
    Form.-narrow #sheet { padding: 0; }
    Form #fields {
        height: auto; background: $paper; scrollbar-gutter: stable;
        scrollbar-size-vertical: 1; scrollbar-background: $paper; scrollbar-color: $spot;
        scrollbar-background-hover: $paper; scrollbar-color-hover: $faint;
        scrollbar-background-active: $paper; scrollbar-color-active: $faint;
    }
    Form:ansi #sheet { border: round ansi_default; }
    Form #title { text-style: bold; color: $ink; width: 1fr; padding: 1 0 0 0; max-height: 4; }
    Form #red { color: $head; width: 1fr; height: 1; }
    Form .section { color: $link; text-style: bold; width: 1fr; height: 2; padding: 1 0 0 0;
        text-wrap: nowrap; text-overflow: clip;
    }
    Form .row { height: 1; background: $paper; }
    Form .row.-text { height: 4; }
    Form Input {
        height: 1; border: none; padding: 0; width: 1fr;
        background: $paper; color: $ink;
    }
    Form Input:focus { background: $spot; border: none; }
    Form Input:disabled { color: $faint; }
    Form Input.-wrong { color: $late; }
    Form Input > .input--placeholder { color: $faint 70%; }
    Form TextArea {
        height: 4; border: none; padding: 0; width: 1fr; background: $paper; color: $ink;
        scrollbar-size-vertical: 1;
    }
    Form.-wide .row.-text, Form.-wide TextArea { height: 6; }
    Form TextArea:focus { background: $spot; border: none; }
    Form TextArea .text-area--cursor-line { background: transparent; }
    Form #said { color: $faint; height: auto; min-height: 1; max-height: 3; width: 1fr; }
    Form #said.-wrong { color: $late; text-style: bold; }
    Form #known { color: $soon; height: auto; max-height: 2; width: 1fr; }
    Form #keys { color: $faint; width: 1fr; padding: 0 0 1 0; }
    Form.-tiny #red, Form.-tiny #keys { display: none; }
    Form.-tiny #title { padding: 0; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Form.-tiny #said { min-height: 0; max-height: 1; }
    Form.-tiny #known { max-height: 1; }
    Form.-tiny .row.-text, Form.-tiny TextArea { height: 2; }
    """

    def __init__(
        self,
        title: str,
        fields: Iterable[Piece],
        save: Save,
        *,
        values: Values | None = None,
        names: Mapping[str, str] | None = None,
        fixed: Iterable[str] = (),
        look: Look | None = None,
        at: str = "",
        then: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self.heading = title
        self.paper = Paper(fields, values or {}, names or {}, fixed)
        self.offering = Offering(self.paper)
        self._save = save
        self._look = look
        self._at = at
        self._then = then
        self._is_aside = False
        self._busy = False
        self._is_saved = False

    @property
    def crm(self) -> "CardApp":
        """The app, which has the desk."""
        return cast("CardApp", self.app)

    # the sheet

    def compose(self) -> ComposeResult:
        """The sheet."""
        with Vertical(id="sheet"):
            yield Static(clean(self.heading), id="title", markup=False)
            yield Static("━" * 200, id="red")
            yield self.paper
            yield Static(id="said", markup=False)
            if self._look is not None:
                yield Static(id="known", markup=False)
            yield Static(self._keys(), id="keys", markup=False)

    def _keys(self) -> str:
        fields = [piece for piece in self.paper.pieces if isinstance(piece, Field)]
        has_text = any(field.kind == "text" for field in fields)
        names = ("save", "leave", *(("editor",) if has_text else ()))
        shown = {key.id: key for key in bindings("form") if key.id in names}
        told = [
            f"{self.app.get_key_display(shown[name])} {shown[name].description}" for name in names
        ]
        return " · ".join([*(() if has_text else ("enter saves",)), *told, "tab and ↓ go on"])

    def on_mount(self) -> None:
        """Begin in the first field, or the one that was asked for."""
        self._fit()
        first = self._at if self._at in self.paper.fields else next(iter(self.paper.fields))
        self.go(first)

    def on_resize(self) -> None:
        """As many lines of fields as there is room for."""
        self._fit()

    def _fit(self) -> None:
        """Leave the fields what the lines around them do not need, now and once these are known."""
        self._leave_room()
        self.call_after_refresh(self._leave_room)

    def _leave_room(self) -> None:
        around = self.paper.parent
        if not isinstance(around, Widget) or not self.size:
            return
        others = (each for each in around.children if each is not self.paper and each.display)
        edges = 2 if self.crm.theme == "plain" else 0
        room = self.size.height - edges - sum(each.outer_size.height for each in others)
        if self.paper.styles.max_height != Scalar.from_number(max(room, 2)):
            self.paper.styles.max_height = max(room, 2)
            self.call_after_refresh(self.offering.reveal)

    def go(self, name: str) -> None:
        """Go to a field, with the cursor at its end."""
        self.paper.go(name)

    # what is written

    def value(self, name: str) -> str:
        """What stands in a field; ``#12`` for a card that was chosen."""
        return self.paper.value(name)

    @property
    def values(self) -> dict[str, str]:
        """What stands in all fields."""
        return self.paper.values

    @property
    def is_changed(self) -> bool:
        """Whether anything was written that is not saved."""
        return not self._is_saved and self.values != self.paper.given

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _written(self, event: Message) -> None:
        event.stop()
        widget = getattr(event, "choice", None) or event._sender  # noqa: SLF001
        if not (isinstance(widget, Widget) and widget.id and self.is_mounted):
            return
        field = self.paper.fields.get(widget.id.removeprefix("field-"))
        if field is None:
            return
        self.paper.one_more(field)
        is_new = self.value(field.name) != self.paper.given[field.name]
        if is_new or self.paper.line_of(field.name).is_wrong:
            self.check(field)
        if is_new and field.find is not None and widget.has_focus:
            begin(self, self.offering.look, field, group="offers")
        if self._look is not None:
            begin(self, self._look_up, group="look")

    async def _look_up(self) -> None:
        assert self._look is not None
        try:
            known = await self._look(self.values)
        except CardError:
            known = ""
        self.query_one("#known", Static).update(clean(known, newlines=True))
        self.call_after_refresh(self._leave_room)

    def check(self, field: Field, *, whole: bool = False) -> bool:
        """Say how a field is understood, or what is wrong with it; whether it is right."""
        value = self.value(field.name).strip()
        try:
            if whole and field.must and not value:
                raise UsageError(field.must)
            words = self._understood(field, value) if value else ""
        except CardError as error:
            self.say_wrong(error, field)
            return False
        self.paper.mark_wrong(field, is_wrong=False)
        self._say(words)
        return True

    def _understood(self, field: Field, value: str) -> str:
        if field.among:
            return field.among(value, field.name, self.values)
        return field.check(value) if field.check else ""

    def _say(self, words: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "-wrong")
        said.update(clean(words))
        self.call_after_refresh(self._leave_room)

    def say_wrong(self, error: CardError, field: Field | None = None) -> None:
        """Say what is wrong, in the shell's words."""
        more = ""
        if isinstance(error, NotFoundError) and error.near:
            more = f" Did you mean {', '.join(error.near)}?"
        if isinstance(error, AmbiguousError):
            more = ": " + ", ".join(f"#{id_} {name}" for id_, name, _ in error.candidates[:5])
        said = error.message + more
        if error.hint:
            said += f"{'' if said.endswith(('.', '?', '!', '…')) else '.'} {error.hint}"
        self._say(said, wrong=True)
        if field is not None:
            self.paper.mark_wrong(field, is_wrong=True)

    # cards and products that are found while one types

    @on(Offers.Chosen)
    def _clicked_offer(self, event: Offers.Chosen) -> None:
        event.stop()
        self.offering.choose(event.number)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """What was offered for another field goes."""
        if event.widget is not self.paper.widgets.get(self.offering.field):
            self.offering.close()

    # about the sheet

    def action_row(self, step: int) -> None:
        """To the line below or above, or among what is offered."""
        if self.offering.move(step):
            return
        area = self.focused
        if isinstance(area, TextArea):
            edge = area.cursor_at_first_line if step < 0 else area.cursor_at_last_line
            if not edge:
                raise SkipAction  # the text has lines of its own
        self.paper.step(step)

    def action_next_field(self, step: int) -> None:
        """To the next field or the one before, which are made widgets if they are not."""
        self.paper.make_ready()
        (self.focus_next if step > 0 else self.focus_previous)()

    def action_part(self, step: int) -> None:
        """To the next section, or the one before; in a text that is longer, to its next page."""
        area = self.focused
        if isinstance(area, TextArea) and area.wrapped_document.height > area.size.height:
            raise SkipAction
        self.paper.step_part(step)

    # saving and leaving

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if self.offering.is_chosen:
            self.offering.choose()
            self._hand_on(goes_on=True)
        else:
            self.action_save()

    def action_save(self) -> None:
        """Save, if all fields are right; else go to the first that is not."""
        for field in list(self.paper.fields.values()):
            is_new = self.value(field.name) != self.paper.given[field.name]
            if (is_new or field.must) and not self.check(field, whole=True):
                self._hand_on(goes_on=False)
                self.go(field.name)
                return
        if not self._busy:
            self._busy = True
            self.crm.held.saving(self)
            begin(self, self._saving, group="save", exclusive=False)

    async def _saving(self) -> None:
        try:
            said = await self._save(self.values)
        except CardError as error:
            await self.come_back()
            self.say_wrong(error)  # what was typed stays
        else:
            self._close()
            self._hand_on(goes_on=True)
            if said:
                self.crm.say(said)
        finally:
            self._busy = False
            self._hand_on(goes_on=False)

    def saves_with(self, key: str) -> bool:
        """Whether a key saves what is written, so that no later one is meant for it."""
        if key == "enter":
            return isinstance(self.focused, Input | Choice) and not self.offering.is_chosen
        active = self.active_bindings.get(key)
        return active is not None and active.binding.id == "save"

    def let_go(self) -> None:
        """Where nothing is saved after all, keys go again where the cursor is."""
        if not self._busy:
            self._hand_on(goes_on=False)

    def _hand_on(self, *, goes_on: bool) -> None:
        """What was pressed while it was saved goes to what one sees now, or to nobody."""
        self.crm.held.saved(self, self.crm.call_later, goes_on=goes_on)

    def _close(self) -> None:
        self._is_saved = True
        if self._is_aside:
            self._is_aside = False
            self.crm.writing -= 1
            self.crm.call_later(self._throw_away)
            return
        self._go(saved=True)
        if self._then is not None:
            self.crm.call_later(self._then)

    def _go(self, *, saved: bool) -> None:
        self.dismiss(result=saved)
        if self.crm.is_screen_installed(self):
            self.crm.call_later(self._throw_away)

    async def _throw_away(self) -> None:
        """What was put aside once does not go by itself."""
        self.crm.uninstall_screen(self)
        await self.remove()

    # waiting

    def put_aside(self) -> None:
        """Make room: what was written here waits for its turn."""
        if not self._is_aside and self.crm.screen is self:
            self._is_aside = True
            self.crm.writing += 1
            if not self.crm.is_screen_installed(self):
                self.crm.install_screen(self, f"aside-{id(self)}")  # else it would be thrown away
            self.crm.pop_screen()
            self._hand_on(goes_on=True)

    async def come_back(self) -> None:
        """Stand there again, when nothing else is being written; nothing that was typed is lost."""
        if not self._is_aside:
            return
        while not (isinstance(self.crm.screen, Page) or self.crm.is_leaving):  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # no event tells of it
        self._is_aside = False
        self.crm.push_screen(self)
        self.crm.writing -= 1

    def action_leave(self) -> None:
        """Leave; what was typed is not thrown away without a word."""
        if self.offering.is_open:
            self.offering.close()
            return
        begin(self, self._leaving, group="leave")

    async def _leaving(self) -> None:
        if await self.leave_for_good():
            self._go(saved=False)

    async def leave_for_good(self) -> bool:
        """Whether one may go, asked where something was written."""
        if not self.is_changed:
            return True
        from cardcrm.tui.forms.confirm_dialog import confirm

        return await confirm(self.crm, "Throw away what you wrote?")

    def action_editor(self) -> None:
        """Write the long text in the user's editor."""
        from cardcrm.tui.forms.external_editor import edited

        field = next((each for each in self.paper.fields.values() if each.kind == "text"), None)
        if field is None:
            return
        area = self.paper.widget(field.name)
        assert isinstance(area, TextArea)
        with self.crm.telling():
            area.text = edited(self.crm, area.text)
        area.focus()
