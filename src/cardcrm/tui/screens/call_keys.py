"""The actions of call mode: outcomes, snooze, undo, and turning; keys typed meanwhile wait.

Each action of a card is one step in the journal.
"""

import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from textual import on
from textual.screen import ModalScreen
from textual.widgets import Input

from cardcrm import dates
from cardcrm.errors import CardcrmError, UsageError
from cardcrm.records.activity.call_line import AGAIN, CallLine, parse_line
from cardcrm.records.activity.call_outcome import (
    BACK,
    NO_ANSWER,
    REACHED,
    WRONG_NUMBER,
    CallDraft,
    RecordedCall,
)
from cardcrm.store import Store
from cardcrm.tui import call_reading
from cardcrm.tui.bulk_jobs import journal_command, refuse_second_job
from cardcrm.tui.call_session import CallResult, CallSession
from cardcrm.tui.context import AppContext, context_of
from cardcrm.tui.forms.activity_forms import format_day_time, format_due
from cardcrm.tui.forms.confirm_dialog import ask
from cardcrm.tui.widgets.call_input import CallInput

if TYPE_CHECKING:
    from cardcrm.tui.call_reading import CallView

T = TypeVar("T")

SNOOZE = "snooze"
_MINUTE = 60
_HOLDING = frozenset((
    "reached", "no-answer", "call-back", "not-interested", "wrong-number", "call-snooze",
    "call-undo", "skip", "turn-back",
))  # fmt: skip


class CallKeys(ModalScreen[None]):
    """A screen with cards to call. ``asks`` names what the line is for, if not for the note."""

    session: CallSession
    line: CallInput
    view: "CallView | None" = None
    asks = ""
    note = ""  # the line of the note, while the line asks for a day
    started = 0.0  # when the card was turned
    is_busy = False  # while a change is written

    @property
    def context(self) -> AppContext:
        """The parts of the app that the screen may use."""
        return context_of(self)

    async def show_card(self) -> None:
        """Read the card of the session's place and show it."""
        raise NotImplementedError

    def show_head(self) -> None:
        """Show the place in the session, and the time."""
        raise NotImplementedError

    def ask_day(self, what: str) -> None:
        """Let the line ask for a day; the note stays as it was typed."""
        raise NotImplementedError

    def show_problem(self, error: CardcrmError) -> None:
        """Show an error below the line."""
        raise NotImplementedError

    @property
    def seconds(self) -> int:
        """The seconds since the card was turned, or since the number was dialed."""
        return int(time.monotonic() - self.started)

    def restart_time(self) -> None:
        """Count the time of the call from now on."""
        self.started = time.monotonic()
        self.show_head()

    @property
    def _minutes(self) -> int | None:
        return round(self.seconds / _MINUTE) or None

    def parse(self, line: str) -> CallLine:
        """Return the note and the next step of a line. Raises UsageError."""
        return parse_line(line, dates.now(self.context.locale.zone))

    def parse_day(self, text: str) -> dates.DayTime:
        """Return the day that a text means. Raises UsageError."""
        return dates.parse_date(text, dates.now(self.context.locale.zone))

    # work that holds the keys typed meanwhile, for the next card

    def is_saved_by(self, key: str) -> bool:
        """Return whether a key ends the card, so that later keys are for the next one."""
        if key == "enter":
            return self.line.has_focus
        if self.focused is self.line and len(key) == 1:
            return False
        active = self.active_bindings.get(key)
        return active is not None and active.binding.id in _HOLDING

    def release_keys(self) -> None:
        """Deliver keys again if the key before ran no action after all."""
        if not self.is_busy:
            self.context.key_buffer.end_save(self, self.context.call_later, is_closing=True)

    def run_held(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work on the card; a refusal is shown below the line, whose text stays."""
        if self.is_busy:
            work.close()
            return
        self.is_busy = True
        self.context.start(self._run_held(work))

    async def _run_held(self, work: Coroutine[Any, Any, None]) -> None:
        is_done = False
        try:
            await work
            is_done = True
        except CardcrmError as error:
            self.show_problem(error)
        finally:
            self.is_busy = False
            self.context.key_buffer.end_save(self, self.context.call_later, is_closing=is_done)

    # outcomes

    @on(Input.Submitted, "#line")
    def _on_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.asks == SNOOZE:
            self.run_held(self._snooze(event.value))
        elif self.asks == BACK:
            self.run_held(self._call_back(event.value))
        else:
            self.run_held(self._log(event.value))

    async def _log(self, line: str) -> None:
        """Log a call that reached the contact, with the note and the next step of the line."""
        if not line.strip():
            reached = self.context.key_of("reached")
            raise UsageError(
                "nothing to log", f"Type what was said; {reached} logs without a note."
            )
        note, step = self.parse(line)
        await self._record(CallDraft(REACHED, note, self._minutes, step=step), line)

    def action_outcome(self, outcome: str) -> None:
        """Record an outcome, with the note in the line; ask when to call back."""
        if self.session.task is not None:
            self.run_held(self._choose(outcome))

    async def _choose(self, outcome: str) -> None:
        line = self.note if self.asks else self.line.value
        note, step = self.parse(line)
        if outcome == BACK:
            if step is None or step.text != AGAIN:
                self.ask_day(BACK)
                return
            draft = CallDraft(BACK, note, self._minutes, back=step.due)
        else:
            minutes = None if outcome in (NO_ANSWER, WRONG_NUMBER) else self._minutes
            draft = CallDraft(outcome, note, minutes, step=step)
        if outcome == WRONG_NUMBER:
            number = await self._choose_number("Which number is wrong?")
            draft = draft._replace(number=number if self._is_own(number) else "")
        await self._record(draft, line)

    async def _call_back(self, text: str) -> None:
        note, step = self.parse(self.note)
        back = self.parse_day(text)
        await self._record(CallDraft(BACK, note, self._minutes, back, step), self.note)

    async def _choose_number(self, question: str) -> str:
        """Return the number of the contact, after asking if there are several."""
        facts = self.view.facts if self.view else None
        numbers = [each.value for each in facts.to_call] if facts else []
        if not numbers:
            raise UsageError(
                f"{self._contact_name} has no number to call", "Skip this card instead."
            )
        if len(numbers) == 1:
            return numbers[0]
        answers = {str(at): each for at, each in enumerate(numbers[:9], 1)}
        answer = await ask(self.context, question, {**answers, "q": "cancel (or Esc)"})
        if answer not in answers:
            raise UsageError("nothing was recorded")
        return answers[answer]

    def _is_own(self, number: str) -> bool:
        """Return whether a number is that of the contact, not of its organization."""
        facts = self.view.facts if self.view else None
        return facts is not None and any(each.value == number for each in facts.own)

    @property
    def _contact_name(self) -> str:
        return self.session.task.name if self.session.task else ""

    def _contact_id(self) -> int:
        """Return the contact of the card. Raises UsageError if it is gone."""
        task = self.session.task
        if task is None or self.view is None or self.view.screen_card is None:
            raise UsageError("this contact is gone", "Skip this card.")
        return task.contact_id

    @property
    def _about(self) -> int | None:
        facts = self.view.facts if self.view else None
        return facts.about.id if facts is not None and facts.about is not None else None

    async def _record(self, draft: CallDraft, line: str) -> None:
        contact_id = self._contact_id()
        draft = draft._replace(about=self._about)
        recorded, step_id = await self._change(
            journal_command("call", contact_id, draft.outcome, draft.text),
            lambda store: call_reading.record(store, contact_id, draft),
        )
        planned = tuple(self._describe_planned(recorded))
        after = f" · Next: {planned[0].partition(': ')[2]}" if planned else ""
        note = f": {draft.text}" if draft.text else ""
        words = f"{self._contact_name} {recorded.interaction.outcome}{note}{after}"
        await self._finish_card(CallResult(step_id, line, words, planned))

    def _describe_planned(self, recorded: RecordedCall) -> list[str]:
        """Return a line for each reminder that was planned."""
        return [
            f"{recorded.contact.name}: {format_due(self.context, each)} {each.text}"
            f"{' (promise)' if each.promise else ''}"
            for each in recorded.planned
        ]

    async def _finish_card(self, result: CallResult, draft: str = "") -> None:
        self.session.finish_card(result, draft)
        await self.show_card()

    async def _change(self, command: str, act: Callable[[Store], T]) -> tuple[T, int]:
        """Make a change without reading the page below, which is read at the end."""
        refuse_second_job(self.context)
        return await self.context.database.read(
            lambda store: call_reading.change(store, command, act)
        )

    # snooze, undo, number

    def action_snooze(self) -> None:
        """Ask for the day until which the reminder is snoozed."""
        if self.session.task is not None:
            self.run_held(self._ask_snooze())

    async def _ask_snooze(self) -> None:
        self._contact_id()
        self.ask_day(SNOOZE)

    async def _snooze(self, text: str) -> None:
        contact_id, about, due = self._contact_id(), self._about, self.parse_day(text)
        words = (about,) if about is not None else (contact_id, "--touch")
        what, step_id = await self._change(
            journal_command("snooze", *words, text),
            lambda store: call_reading.snooze(store, contact_id, about, due),
        )
        day = format_day_time(self.context, due)
        result = f"{self._contact_name} snoozed until {day}: {what}"
        await self._finish_card(CallResult(step_id, self.note, result), self.note)

    def action_undo(self) -> None:
        """Undo the last card, and turn back to it."""
        self.run_held(self._undo())

    async def _undo(self) -> None:
        last = self.session.last_result
        if last is None:
            raise UsageError("nothing to undo in this session")
        refuse_second_job(self.context)
        await self.context.database.read(lambda store: call_reading.undo_step(store, last.step_id))
        self.session.reopen_last()
        await self.show_card()

    def action_dial(self) -> None:
        """Dial the number, and start the time again."""
        if self.session.task is not None:
            self.context.start(self._dial())

    async def _dial(self) -> None:
        from cardcrm.tui.open_url import open_contact_point

        try:
            number = await self._choose_number("Which number?")
        except UsageError as error:
            self.show_problem(error)
            return
        self.restart_time()
        await open_contact_point(self.context, "phone", number)

    def action_turn(self, step: int) -> None:
        """Turn to the next card or the one before; what was typed stays on its card."""
        self.run_held(self._turn(step))

    async def _turn(self, step: int) -> None:
        if self.session.turn(step):
            await self.show_card()
