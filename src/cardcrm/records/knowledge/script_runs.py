"""Runs of call scripts: each answer is stored at once, and the end is logged as an interaction.

A call that was interrupted goes on where it was. All answers of one command belong to one step of
the journal.
"""

import json
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interactions import Details
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.knowledge.script_tree import Step, Tree, parse_tree
from cardcrm.records.service import cases
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import shorten

_SAID: Final = 200  # cells of a question in the log
_MAX_ANSWERS: Final = 1_000  # answers of a call


class Answered(NamedTuple):
    """A step of a call with its question and its answer."""

    step: str
    question: str
    answer: str


class Script(NamedTuple):
    """A stored script with its tree."""

    id: int
    name: str
    tree: Tree


class ScriptRun(NamedTuple):
    """A call by a script that has not ended: where it is, and the way there."""

    id: int
    script_id: int
    contact_id: int
    case_id: int | None
    step: str
    path: tuple[Answered, ...]
    started_at: str


def find_script(store: Store, name: str) -> Script:
    """Return the script that a name or number stands for. Raises NotFoundError and UsageError."""
    from cardcrm.records import records

    found = records.find(store, "script", name)
    return Script(found.id, found.values["name"], parse_tree(found.values["tree"]))


def find_run(store: Store, script_id: int, contact_id: int) -> ScriptRun | None:
    """Return the latest run of a script with a contact that has not ended, if there is one."""
    sql = (
        "SELECT id, script_id, contact_id, case_id, step, answers, started_at FROM script_run "
        "WHERE script_id = :script AND contact_id = :id ORDER BY id DESC LIMIT 1"
    )
    row = store.row(sql, script=script_id, id=contact_id)
    if row is None:
        return None
    path = tuple(Answered(*each) for each in json.loads(row["answers"] or "[]"))
    id_, script, contact, case, step, _, started_at = tuple(row)
    return ScriptRun(id_, script, contact, case, step, path, started_at)


def current_step(run: ScriptRun, script: Script) -> Step:
    """Return the step at which a run goes on.

    Raises ConflictError if the script has lost it meanwhile.
    """
    step = script.tree.steps.get(run.step)
    if step is None:
        raise ConflictError(
            f"the script {script.name} has changed: the step “{run.step}” no longer exists",
            "To log the answers, add --stop; to begin again, add --restart.",
        )
    return step


def begin(store: Store, script: Script, contact_id: int, case_id: int | None) -> ScriptRun:
    """Return a new call, which is stored with its first answer.

    Raises UsageError for a case of another contact.
    """
    if case_id is not None and cases.get_current(store, case_id).contact_id != contact_id:
        raise UsageError(
            f"case {case_id} belongs to another contact",
            "Name the contact of the case, or leave out --case.",
        )
    at = dates.current_instant()
    return ScriptRun(0, script.id, contact_id, case_id, script.tree.start, (), at)


def store_answer(
    store: Store, run: ScriptRun, said: Answered, to: str, journal_step: int | None
) -> ScriptRun:
    """Store what was answered, and go to the next step. Raises UsageError after too many."""
    if len(run.path) >= _MAX_ANSWERS:
        raise UsageError(f"a call has at most {_MAX_ANSWERS:,} answers", "To end it, add --stop.")
    question = shorten(" ".join(said.question.split()), _SAID)
    return _move(store, run, to, (*run.path, said._replace(question=question)), journal_step)


def go_back(store: Store, run: ScriptRun, journal_step: int | None) -> ScriptRun:
    """Take the last answer back; a call without answers stays where it is."""
    if not run.path:
        return run
    return _move(store, run, run.path[-1].step, run.path[:-1], journal_step)


@retry_transaction
def _move(
    store: Store, run: ScriptRun, step: str, path: tuple[Answered, ...], journal_step: int | None
) -> ScriptRun:
    moved = run._replace(step=step, path=path)
    columns = {
        "case_id": run.case_id,
        "step": step,
        "answers": json.dumps(path, ensure_ascii=False) if path else "",
        "started_at": run.started_at,
    }
    with store.continue_step(journal_step):
        if run.id:
            store.update("script_run", run.id, **columns)
            return moved
        whole = {"script_id": run.script_id, "contact_id": run.contact_id, **columns}
        own = {"uid": new_uid(), "author": store.author.name}
        return moved._replace(id=store.insert("script_run", **own, **whole))


@retry_transaction
def finish(
    store: Store,
    run: ScriptRun,
    script: Script,
    details: Details,
    journal_step: int | None,
) -> int:
    """Log a call with the path that was taken, and remove the run; return the interaction.

    The outcome is that of the last step, unless the details have one.
    """
    step = script.tree.steps.get(run.step)
    is_ended = step is not None and step.is_end
    outcome = details.outcome or (step.outcome if step is not None and is_ended else "")
    details = details._replace(outcome=outcome)
    text = write_log(run, script, is_ended=is_ended)
    with store.continue_step(journal_step):
        logged = _log(store, run, text, details)
        if run.id:
            store.delete("script_run", run.id)
    return logged


def _log(store: Store, run: ScriptRun, text: str, details: Details) -> int:
    if run.case_id is not None:
        noted = cases.note(store, run.case_id, text, details)
        assert noted.interaction_id is not None
        return noted.interaction_id
    found = interactions.log(store, [run.contact_id], text, **details._asdict())
    return found.id


def write_log(run: ScriptRun, script: Script, *, is_ended: bool) -> str:
    """Return a call in words: the script, then each question with its answer."""
    title = f": {script.tree.title}" if script.tree.title else ""
    lines = [f"script {script.name}{title}"]
    lines += [f"{each.question} → {each.answer}" for each in run.path if each.answer]
    if not is_ended:
        lines.append("stopped early")
    return "\n".join(lines)
