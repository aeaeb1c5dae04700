"""A form: fields on a sheet of paper, each checked while the user types, as in the shell."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import ClassVar

from textual import events, on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import NULL_REGION
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.context import AppContext, context_of
from cardcrm.tui.forms import form_css
from cardcrm.tui.forms.choice_field import Choice
from cardcrm.tui.forms.completion_popup import CompletionList, CompletionPopup
from cardcrm.tui.forms.field_layout import FieldLayout
from cardcrm.tui.forms.fields import Field, Item, Values
from cardcrm.tui.forms.form_sheet import FormSheet
from cardcrm.tui.forms.list_choice import ListChoice
from cardcrm.tui.keys import bindings
from cardcrm.tui.messages import one_line_text

Save = Callable[[Values], Awaitable[str]]
Warn = Callable[[Values], Awaitable[str]]

TINY = 10  # lines; below, the keys and the red line make room for the fields
_DISCARD = {"y": "yes", "n": "no, keep editing (or Esc)"}
_MOVING = ("line-above", "line-below", "section-above", "section-below")


class Form(ModalScreen[bool]):
    """A form to fill in.

    ``save`` makes the change and returns a message about it. ``warn`` returns a note while the
    user types, such as possible duplicates or a total; the ``note`` is shown from the beginning.
    ``names`` are shown in place of ids such as ``#12``. ``start_at`` is the field to begin with.
    ``on_saved`` is called after saving, unless the form was put aside meanwhile. A form that
    ``docks`` covers the list, so that the card beside it stays in sight; without a card it is in
    the middle, as other forms are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *[each for each in bindings("form") if each.id not in _MOVING],
        # Handled before the field: keys typed right after are for the next field.
        *[each for each in bindings("form", priority=True) if each.id in _MOVING],
        Binding("tab", "next_field(1)", "next field", show=False, priority=True),
        Binding("shift+tab", "next_field(-1)", "previous field", show=False, priority=True),
    ]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (40, "-small"), (120, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (TINY, "-usual")]  # noqa: RUF012
    DEFAULT_CSS = form_css.CSS

    def __init__(
        self,
        title: str,
        fields: Iterable[Item],
        save: Save,
        *,
        values: Values | None = None,
        names: Mapping[str, str] | None = None,
        fixed: Iterable[str] = (),
        warn: Warn | None = None,
        note: str = "",
        start_at: str = "",
        on_saved: Callable[[], None] | None = None,
        docks: bool = True,
    ) -> None:
        super().__init__()
        self.heading = title
        self.fields = FieldLayout(fields, values or {}, names or {}, fixed)
        self.completion = CompletionPopup(self.fields)
        self._save = save
        self._warn = warn
        self._note = note
        self._start_at = start_at
        self._on_saved = on_saved
        self._docks = docks
        self._place = NULL_REGION  # the list's, while the form is docked
        self._sheet = FormSheet(self.heading, self.fields, has_warning=bool(warn or note))
        self._is_aside = False
        self._is_saving = False
        self._is_saved = False

    @property
    def context(self) -> AppContext:
        """The parts of the app that a form may use."""
        return context_of(self)

    # layout

    def compose(self) -> ComposeResult:
        """Yield the sheet, and what covers the page below it unless the sheet is docked.

        The background of the form itself is transparent, so that the page below is laid out at
        a resize and the form can be docked again.
        """
        yield Static(id="cover")
        yield self._sheet

    def on_mount(self) -> None:
        """Focus the field to begin with, and show the note."""
        if self._note:
            self._sheet.show_warning(self._note)
        self._fit()
        first = next(iter(self.fields.fields))
        self.go(self._start_at if self._start_at in self.fields.fields else first)

    def on_resize(self) -> None:
        """Show as many fields as there is room for."""
        self._fit()

    def _fit(self) -> None:
        """Dock the sheet and limit the height of the fields, again once all is laid out."""
        self._dock()
        self._limit_height()
        self.call_after_refresh(self._limit_height)

    def fit_to_page(self) -> None:
        """Dock the sheet again after the page below was laid out for another size."""
        if self._docks and self.context.list_region != self._place:
            self._fit()

    def _dock(self) -> None:
        """Cover the list of the page below, if its card is beside or below the list."""
        self._place = self.context.list_region if self._docks and self.size else NULL_REGION
        self.set_class(bool(self._place), "-docked")
        self._sheet.place_on(self._place)

    def _limit_height(self) -> None:
        if self.size and self._sheet.limit_height(self._place.height or self.size.height):
            self.call_after_refresh(self.completion.scroll_into_view)

    # values

    def value(self, name: str) -> str:
        """Return the value of a field; ``#12`` for a contact that was chosen."""
        return self.fields.value(name)

    @property
    def values(self) -> dict[str, str]:
        """The values of all fields."""
        return self.fields.values

    @property
    def is_changed(self) -> bool:
        """Return whether the form holds text that is not saved."""
        return not self._is_saved and self.values != self.fields.initial

    def as_text(self) -> str:
        """Return the form's labels and values as text."""
        return self.fields.as_text()

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _on_edited(self, event: Message) -> None:
        event.stop()
        widget = getattr(event, "choice", None) or event._sender  # noqa: SLF001
        if not (isinstance(widget, Widget) and widget.id and self.is_mounted):
            return
        field = self.fields.fields.get(widget.id.removeprefix("field-"))
        if field is None:
            return
        self.fields.add_blank_entry(field)
        is_new = self.value(field.name) != self.fields.initial[field.name]
        if is_new or self.fields.line_of(field.name).has_error:
            self.check(field)
        if is_new and field.complete is not None and widget.has_focus:
            start_task(self, self.completion.update, field, group="completion")
        if self._warn is not None:
            start_task(self, self._update_warning, group="warning")

    async def _update_warning(self) -> None:
        assert self._warn is not None
        try:
            warning = await self._warn(self.values)
        except CardcrmError:
            warning = ""
        self._sheet.show_warning("\n".join(filter(None, (self._note, warning))))
        self.call_after_refresh(self._limit_height)

    # checks

    def check(self, field: Field, *, is_final: bool = False) -> bool:
        """Show how a field is understood, or its error; return whether it is valid.

        An empty field is checked only with ``is_final``.
        """
        value = self.value(field.name).strip()
        try:
            if is_final and field.required and not value:
                raise UsageError(field.required)
            understood = self._understand(field, value) if value else ""
        except CardcrmError as error:
            self.show_error(error, field)
            return False
        self.fields.mark_error(field, has_error=False)
        self._show_feedback(understood)
        return True

    def _understand(self, field: Field, value: str) -> str:
        if field.check_in_form:
            return field.check_in_form(value, field.name, self.values)
        return field.check(value) if field.check else ""

    def _show_feedback(self, text: str, *, is_error: bool = False) -> None:
        self._sheet.show_feedback(text, is_error=is_error)
        self.call_after_refresh(self._limit_height)

    def show_error(self, error: CardcrmError, field: Field | None = None) -> None:
        """Show an error below the fields, and highlight its field."""
        self._show_feedback(one_line_text(error), is_error=True)
        if field is not None:
            self.fields.mark_error(field, has_error=True)

    # moving

    def go(self, name: str) -> None:
        """Focus a field, with the cursor at its end."""
        self.fields.go(name)

    @on(CompletionList.OptionSelected)
    def _on_suggestion_clicked(self, event: CompletionList.OptionSelected) -> None:
        event.stop()
        self.completion.choose(event.option_index)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Close the suggestions for another field."""
        if event.widget is not self.fields.widgets.get(self.completion.field):
            self.completion.close()

    def action_line(self, step: int) -> None:
        """Move to the line below or above, or among the suggestions."""
        if self.completion.move(step):
            return
        area = self.focused
        if isinstance(area, ListChoice) and area.move(step):
            return
        if isinstance(area, TextArea):
            is_edge = area.cursor_at_first_line if step < 0 else area.cursor_at_last_line
            if not is_edge:
                raise SkipAction  # the text has lines of its own
        self.fields.step_line(step)

    def action_next_field(self, step: int) -> None:
        """Move to the next field or the one before."""
        self.fields.mount_neighbors()
        (self.focus_next if step > 0 else self.focus_previous)()

    def action_section(self, step: int) -> None:
        """Move to the next section or the one before; in a longer text, to its next page."""
        area = self.focused
        if isinstance(area, TextArea) and area.wrapped_document.height > area.size.height:
            raise SkipAction
        self.fields.step_section(step)

    def action_editor(self) -> None:
        """Edit the long text in the user's editor."""
        from cardcrm.tui.forms.external_editor import edit_text

        fields = self.fields.fields.values()
        field = next((each for each in fields if each.kind == "text"), None)
        if field is None:
            return
        area = self.fields.widget(field.name)
        assert isinstance(area, TextArea)
        with self.context.errors_shown():
            area.text = edit_text(self.context, area.text)
        area.focus()

    # saving

    @on(Input.Submitted)
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.completion.is_open:
            self.completion.choose()
            self._release_keys(is_closing=True)
        else:
            self.action_save()

    def action_save(self) -> None:
        """Save if all fields are valid, else go to the first that is not."""
        for field in list(self.fields.fields.values()):
            is_new = self.value(field.name) != self.fields.initial[field.name]
            if (is_new or field.required) and not self.check(field, is_final=True):
                self._release_keys(is_closing=False)
                self.go(field.name)
                return
        if not self._is_saving:
            self._is_saving = True
            self.context.key_buffer.begin_save(self)
            start_task(self, self._save_and_close, group="save", exclusive=False)

    async def _save_and_close(self) -> None:
        try:
            message = await self._save(self.values)
        except CardcrmError as error:
            await self.come_back()
            self.show_error(error)  # the values stay
        else:
            self._close_saved()
            self._release_keys(is_closing=True)
            if message:
                self.context.show_message(message)
        finally:
            self._is_saving = False
            self._release_keys(is_closing=False)

    def is_saved_by(self, key: str) -> bool:
        """Return whether a key saves the form, so that later keys are not for it."""
        if key == "enter":
            is_line = isinstance(self.focused, Input | Choice)
            return is_line and not self.completion.is_open
        active = self.active_bindings.get(key)
        return active is not None and active.binding.id == "save"

    def release_keys(self) -> None:
        """Deliver keys to the form again if it is not being saved after all."""
        if not self._is_saving:
            self._release_keys(is_closing=False)

    def _release_keys(self, *, is_closing: bool) -> None:
        self.context.key_buffer.end_save(self, self.app.call_later, is_closing=is_closing)

    def _close_saved(self) -> None:
        self._is_saved = True
        if self._is_aside:
            self._is_aside = False
            self.context.pending_saves -= 1
            self.app.call_later(self._uninstall)
            return
        self._close(saved=True)
        if self._on_saved is not None:
            self.app.call_later(self._on_saved)

    def _close(self, *, saved: bool) -> None:
        self.dismiss(result=saved)
        if self.app.is_screen_installed(self):
            self.app.call_later(self._uninstall)

    async def _uninstall(self) -> None:
        """Remove a form that was put aside, which Textual does not do by itself."""
        self.app.uninstall_screen(self)
        await self.remove()

    # waiting for a long job

    def put_aside(self) -> None:
        """Hide the form while its change waits."""
        if not self._is_aside and self.app.screen is self:
            self._is_aside = True
            self.context.pending_saves += 1
            if not self.app.is_screen_installed(self):
                self.app.install_screen(self, f"aside-{id(self)}")  # else it would be removed
            self.app.pop_screen()
            self._release_keys(is_closing=True)

    async def come_back(self) -> None:
        """Show the form again, once no other form is open."""
        if not self._is_aside:
            return
        while not (self.context.is_on_page or self.context.is_leaving):  # noqa: ASYNC110
            await asyncio.sleep(0.1)  # no event reports it
        self._is_aside = False
        self.app.push_screen(self)
        self.context.pending_saves -= 1

    # closing

    def action_cancel(self) -> None:
        """Close the suggestions, else the form, after asking about unsaved text."""
        if self.completion.is_open:
            self.completion.close()
            return
        start_task(self, self._cancel, group="cancel")

    async def _cancel(self) -> None:
        if await self.may_close():
            self._close(saved=False)

    async def may_close(self) -> bool:
        """Return whether the form may be closed, after asking about unsaved text."""
        if not self.is_changed:
            return True
        from cardcrm.tui.forms.confirm_dialog import ask

        return await ask(self.context, "Discard changes?", _DISCARD) == "y"
