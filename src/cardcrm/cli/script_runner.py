"""Walk through a call script: show each step, read the answer, and log the call at its end."""

import sys
from typing import TYPE_CHECKING, Any, Final

from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.records.knowledge import script_runs
from cardcrm.records.knowledge.script_runs import Answered, Script, ScriptRun
from cardcrm.records.knowledge.script_tree import BACK, STOP, Step, choose
from cardcrm.text import normalize_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cardcrm.cli.session import Session
    from cardcrm.records.activity.interactions import Details
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.sheet import Card

_INTERRUPTED: Final = 130
_MAX_ANSWER: Final = 2_000  # characters of an answer


class Call:
    """A call with a contact by a script."""

    def __init__(
        self, session: "Session", script: Script, contact: "Contact", details: "Details"
    ) -> None:
        self._session, self._script, self._contact = session, script, contact
        self._details = details
        self._store = session.store()
        self._fields: Mapping[str, Any] = {}  # that the texts of the script show
        self._journal_step: int | None = None

    def walk(self, run: ScriptRun) -> Result:
        """Go on with a call until it ends, is stopped, or is interrupted."""
        from cardcrm.mail.answer_text import gather_fields

        self._fields = gather_fields(
            self._store, self._contact.id, run.case_id, self._session.config
        )
        if run.path:
            self._session.say(f"{_count(run)} so far; --restart begins again")
        while True:
            step = script_runs.current_step(run, self._script)
            self._show(step)
            if step.is_end:
                return self.finish(run)
            try:
                typed = self._read(step)
            except KeyboardInterrupt:
                sys.stderr.write("\n")
                return self._keep(run, _INTERRUPTED)
            if typed is None:
                return self._keep(run, 1)
            if typed == STOP:
                return self.finish(run)
            run = self._go(run, step, typed)

    def _go(self, run: ScriptRun, step: Step, typed: str) -> ScriptRun:
        """Return the call after an answer, which is stored; a wrong one changes nothing."""
        if typed == BACK:
            moved = script_runs.go_back(self._store, run, self._journal_step)
        elif (chosen := self._choose(step, typed)) is None:
            return run
        else:
            answer, to = chosen
            said = Answered(step.name, self._fill(step.ask or step.say, step), answer)
            moved = script_runs.store_answer(self._store, run, said, to, self._journal_step)
        self._journal_step = self._store.last_step or self._journal_step
        return moved

    def _choose(self, step: Step, typed: str) -> tuple[str, str] | None:
        """Return the answer that was typed and the next step; None, and why, for a wrong one."""
        if not step.choices:
            if step.ask and not typed:
                self._session.say("type the answer")
                return None
            return typed, step.to
        choice = choose(step, typed)
        if choice is None:
            self._session.say(f"unknown answer “{typed}”; type a key or a number")
            return None
        return choice.text, choice.to

    def _show(self, step: Step) -> None:
        for text in filter(None, (step.say, step.ask)):
            self._session.say(self._fill(text, step))
        for number, each in enumerate(step.choices, 1):
            text = "" if each.text == each.key else f"  {each.text}"
            self._session.say(f"  {number}  {each.key}{text}")

    def _fill(self, text: str, step: Step) -> str:
        from cardcrm.mail.answer_text import fill_script_text

        return fill_script_text(text, self._fields, f"step {step.name}")

    def _read(self, step: Step) -> str | None:
        """Return the answer that is typed or piped in; None where the input has ended."""
        if self._session.can_ask:
            prompt = "> " if step.choices or step.ask else "(Enter continues) > "
            line = self._session.ask(prompt)
        else:
            line = sys.stdin.readline()
        if not line:
            return None
        return normalize_line(line)[:_MAX_ANSWER]

    def _keep(self, run: ScriptRun, exit_code: int) -> Result:
        """Report an interrupted call, and how it goes on."""
        name = f"{self._script.name} {self._contact.id}"
        if not run.path:
            return Result(
                None, "nothing was answered, and nothing was changed", exit_code=exit_code
            )
        return Result(
            lambda: self._show_run(run),
            f"kept {_count(run)} of {self._contact.name}; to continue: cardcrm script run {name}; "
            f"to log them: cardcrm script run {name} --stop",
            exit_code=exit_code,
        )

    def _show_run(self, run: ScriptRun) -> "Card":
        from cardcrm.cli.record_output import show_record
        from cardcrm.records import records
        from cardcrm.records.knowledge.script_type import SCRIPT_RUN

        return show_record(self._store, records.get(self._store, SCRIPT_RUN, run.id))

    def finish(self, run: ScriptRun) -> Result:
        """Log a call as far as it went. Raises UsageError for one without answers."""
        step = self._script.tree.steps.get(run.step)
        if not run.path and not (step is not None and step.is_end):
            raise UsageError("nothing was answered yet", "Answer a question first.")
        logged = script_runs.finish(
            self._store, run, self._script, self._details, self._journal_step
        )
        message = (
            f"logged {self._details.kind} {logged} with {self._contact.id} {self._contact.name} "
            f"by script {self._script.name}: {_count(run)}"
        )
        return Result(lambda: self._show_logged(logged, run), message)

    def _show_logged(self, logged: int, run: ScriptRun) -> "Card":
        from cardcrm.cli.record_output import show_record
        from cardcrm.records import records
        from cardcrm.records.activity.interaction_type import INTERACTION

        card = show_record(self._store, records.get(self._store, INTERACTION, logged))
        path = [each._asdict() for each in run.path]
        return card._replace(data={**card.data, "script": self._script.name, "path_taken": path})


def _count(run: ScriptRun) -> str:
    count = sum(bool(each.answer) for each in run.path)
    return f"{count:,} answer{'s' * (count != 1)}"
