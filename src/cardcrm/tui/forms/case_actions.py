"""Changes of cases on the screen: whose they are, what is answered, and their status."""

from collections.abc import Callable

from cardcrm.records.activity.interactions import Details
from cardcrm.records.records import Record
from cardcrm.records.service import cases
from cardcrm.records.service.case_status import WAITING_CUSTOMER
from cardcrm.records.service.cases import Answered
from cardcrm.store import Store
from cardcrm.text import shorten
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form

_KINDS = ("message", "mail", "call", "meeting", "visit")
_MAX_TITLE = 40  # cells of a request in a title
_REPLY = Field("text", "text", "text", "what you say to the customer", required="Write a text.")
_SOLUTION = Field("text", "text", "text", "last answer to the customer; may stay empty")


async def claim(context: AppContext, case: Record) -> None:
    """Give a case to the user. Raises ConflictError if another user has it."""

    def change(store: Store) -> Answered:
        return cases.assign(store, [case.id], store.author.name, force=False)[0]

    await _change(context, case, "claim", change, "is yours")


async def wait(context: AppContext, case: Record) -> None:
    """Let a case wait for the customer."""

    def change(store: Store) -> Answered:
        return cases.set_status(store, case.id, WAITING_CUSTOMER)

    await _change(context, case, "wait", change, "waits for the customer")


async def _change(
    context: AppContext, case: Record, verb: str, change: Callable[[Store], Answered], state: str
) -> None:
    done: Answered = await context.change(journal_command("case", verb, case.id), change)
    undo = context.key_of("undo")
    context.show_message(f"Case {case.id} of {done.case.contact} {state}; {undo} undoes it")


async def reply(context: AppContext, case: Record) -> None:
    """Open the form for an answer."""
    await _answer(context, case, "reply", cases.reply, _REPLY)


async def solve(context: AppContext, case: Record) -> None:
    """Open the form for the solution, with a last answer if there is one."""
    await _answer(context, case, "solve", cases.solve, _SOLUTION)


async def _answer(
    context: AppContext,
    case: Record,
    verb: str,
    change: Callable[[Store, int, str, Details], Answered],
    text: Field,
) -> None:
    async def save(values: Values) -> str:
        words, kind = values["text"].strip(), values["kind"]
        done: Answered = await context.change(
            journal_command("case", verb, case.id, words, "--kind", kind),
            lambda store: change(store, case.id, words, Details(kind)),
        )
        return f"Case {case.id} of {done.case.contact} is {done.case.status}"

    fields = (text, Field("kind", "kind", "choice", choices=_KINDS))
    request = shorten(" ".join(case.values["text"].split()), _MAX_TITLE)
    title = f"{verb.capitalize()}: case {case.id}, {request}"
    await context.push_screen(Form(title, fields, save, values={"kind": _KINDS[0]}))
