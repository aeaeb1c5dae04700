"""Call mode: one card after the other, each with a line for what was said and what comes next.

The line has the focus, so letters are text; outcomes have function keys, which work with a note in
the line and without one. On the card, which Tab focuses, a letter does the same.
"""

import time
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records.activity.call_line import EXAMPLE
from cardcrm.records.activity.call_outcome import BACK, REACHED
from cardcrm.text import cell_width, sanitize
from cardcrm.tui import call_reading, keys
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.call_session import CallSession, CallTask, arrange
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.activity_forms import format_day_time
from cardcrm.tui.forms.confirm_dialog import confirm
from cardcrm.tui.keys import bindings
from cardcrm.tui.messages import one_line_text
from cardcrm.tui.screens.call_keys import SNOOZE, CallKeys
from cardcrm.tui.widgets.call_card import CallCard
from cardcrm.tui.widgets.call_input import CallInput, OutcomeKeys
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.header_footer import Footer
from cardcrm.tui.widgets.line_list import Span, fit
from cardcrm.tui.widgets.span_lines import SpanLines

_PROMPTS = {BACK: "call back when? tue 14:00", SNOOZE: "snooze until? tue, 2w"}
_MINUTE = 60


class CallScreen(CallKeys):
    """The cards of a session. ``asks`` names what the line is for, if not for the note."""

    mode_name = "call"
    scopes = ("call",)
    heading = "Calls"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("call")]
    DEFAULT_CSS = """
    CallScreen { background: $background; layout: vertical; }
    CallScreen #call-head { height: 1; background: $surface; }
    CallScreen #line { height: 1; border: none; padding: 0 1; background: $surface; }
    CallScreen #preview { height: 1; }
    CallScreen.-problem #preview { height: 2; }
    CallScreen.-ended #line, CallScreen.-ended OutcomeKeys { display: none; }
    """

    def __init__(self, tasks: Sequence[CallTask]) -> None:
        super().__init__()
        self.session = CallSession(list(tasks))
        self.head = SpanLines(id="call-head")
        self.card = CallCard()
        self.line = CallInput(placeholder=EXAMPLE, id="line")
        self.preview = SpanLines(id="preview")

    @property
    def footer_ids(self) -> tuple[str, ...]:
        """The ids of the actions in the footer."""
        return keys.footer_ids(self.mode_name, "list" if self.session.task else "end")

    def compose(self) -> ComposeResult:
        """Yield the head, the card, the outcomes, the line and its preview, and the keys."""
        yield self.head
        yield self.card
        yield OutcomeKeys()
        yield self.line
        yield self.preview
        yield Footer()

    def on_mount(self) -> None:
        """Show the first card, and the time of the call from now on."""
        self.set_interval(1.0, self.show_head)
        self.line.focus()

    # the card

    async def show_card(self) -> None:
        """Read the card of the session's place, and show it with its line in one painting."""
        is_ended, draft = self.session.task is None, self.session.draft
        self.asks, self.view = "", None
        self.started = time.monotonic()
        await self._show_place()
        self.line.placeholder = EXAMPLE
        self.line.value = draft
        self.set_class(is_ended, "-ended")
        self.set_focus(self.card if is_ended else self.line)
        self.show_head()
        self._show_preview()

    async def _show_place(self) -> None:
        if self.session.task is None:
            self.card.show_texts(self.session.describe_end())
            return
        try:
            await self._read()
        except CardcrmError as error:
            self.card.show_texts([self.session.task.name, "", one_line_text(error)])

    async def _read(self) -> None:
        """Read the card of the session's place; a card that was turned meanwhile is left."""
        place, task = self.session.place, self.session.task
        assert task is not None
        days = self.context.colleague_days
        view = await self.context.database.read(
            lambda store: call_reading.read_call(store, task, days)
        )
        if place != self.session.place:
            return
        if view.screen_card is not None:
            contact = view.screen_card.card.details.contact
            self.session.replace_contact(contact.id, contact.name)
        self.view = view
        self.card.show(view, task, self.session.result)

    def reload_soon(self) -> None:
        """Read the card again after others' changes."""
        start_task(self, self._reload, group="reload")

    async def _reload(self) -> None:
        if self.session.task is not None and not self.is_busy:
            with self.context.errors_shown():
                await self._read()

    def on_line_list_picked(self, event: CallCard.Picked) -> None:
        """Go from the card to the line; at the end, leave."""
        event.stop()
        if self.session.task is None:
            self.action_leave()
        else:
            self.line.focus()

    def show_head(self) -> None:
        """Show the place, what came of the last card, and the time."""
        session = self.session
        total = len(session.tasks)
        place = f" {session.place + 1} of {total} " if session.task else " The end "
        clock = f" {self.seconds // _MINUTE}:{self.seconds % 60:02} " if session.task else ""
        words = f"  {sanitize(session.last_words)}"
        room = self.size.width - cell_width(place) - cell_width(clock)
        self.head.update(
            [Span(place, "title"), Span(fit(words, room), "good"), Span(clock, "bold")]
        )

    # the line

    @on(Input.Changed, "#line")
    def _on_changed(self, event: Input.Changed) -> None:
        event.stop()
        if not self.asks:
            self.session.keep_draft(self.line.value)  # of the card that is shown by now
        self._show_preview()

    def _show_preview(self) -> None:
        """Show how the line is understood, or why it is not."""
        try:
            text = self._describe_line(self.line.value)
        except UsageError as error:
            self.show_problem(error)
        else:
            self.remove_class("-problem")
            self.preview.update([Span(f" {sanitize(text)}", "dim")])

    def show_problem(self, error: CardcrmError) -> None:
        """Show an error below the line."""
        lines = wrap(sanitize(one_line_text(error)), self.size.width - 2)
        self.set_class(len(lines) > 1, "-problem")
        self.preview.update([Span(f" {each}", "late") for each in lines])

    def _describe_line(self, line: str) -> str:
        if self.session.task is None:
            undo = self.context.key_of("call-undo")
            return f"Enter leaves; {undo} undoes the last card and turns back to it"
        if self.asks and not line.strip():
            return f"{self._name_day()}: when?"
        if self.asks:
            return f"{self._name_day()}: {format_day_time(self.context, self.parse_day(line))}"
        if not line.strip():
            return f"Enter logs what you type: {EXAMPLE}"
        note, step = self.parse(line)
        if step is None:
            return f"Log: {note}"
        mark = " (promise)" if step.promise else ""
        day = format_day_time(self.context, step.due)
        return f"Log: {note or REACHED} · Next: {day} {step.text}{mark}"

    def _name_day(self) -> str:
        return "Call back" if self.asks == BACK else "Snooze until"

    # turning and leaving

    def ask_day(self, what: str) -> None:
        """Let the line ask for a day; the note stays as it was typed."""
        if not self.asks:
            self.note = self.line.value
        self.asks = what
        self.line.placeholder = _PROMPTS[what]
        self.line.value = ""
        self.line.focus()
        self._show_preview()

    def _stop_asking(self) -> None:
        self.asks = ""
        self.line.placeholder = EXAMPLE
        self.line.value = self.note
        self._show_preview()

    def action_scroll_card(self, step: int) -> None:
        """Scroll the card."""
        self.card.action_move(step)

    def action_switch_focus(self) -> None:
        """Go from the line to the card, where letters are keys, or back."""
        if self.session.task is not None:
            self.set_focus(self.card if self.line.has_focus else self.line)

    def action_help(self) -> None:
        """Show the keys."""
        from cardcrm.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.mode_name, self.scopes))

    def action_leave(self) -> None:
        """Leave the question for a day, or call mode, after asking about text."""
        if self.asks:
            self._stop_asking()
        else:
            self.context.start(self._leave())

    async def _leave(self) -> None:
        if await self.may_close():
            self.dismiss()
            self.context.refresh_data()

    async def may_close(self) -> bool:
        """Return whether the screen may close, after asking about text that would be lost."""
        names = self.session.names_of_drafts
        if not names:
            return True
        others = f" and {len(names) - 2} others" if len(names) > 2 else ""
        question = f"Discard what you typed for {' and '.join(names[:2])}{others}?"
        return await confirm(self.context, question)

    # text when the program is ended

    @property
    def is_changed(self) -> bool:
        """Return whether a card holds text that is not recorded."""
        return bool(self.session.drafts)

    def as_text(self) -> str:
        """Return the text of each card."""
        drafts = sorted(self.session.drafts.items())
        return "\n".join(f"{self.session.tasks[at].name}: {text}" for at, text in drafts)


async def start_calls(
    context: AppContext, tasks: Sequence[CallTask], first: int | None = None
) -> None:
    """Open call mode on tasks, beginning with that of a contact."""
    screen = CallScreen(arrange(tasks, first))
    await context.push_screen(screen)
    await screen.show_card()
