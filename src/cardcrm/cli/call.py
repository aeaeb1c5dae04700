"""`call`: record a call by its outcome."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    Source,
    complete_contact,
    parse_when,
    refuse_options,
    session_of,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.activity import call_outcome
from cardcrm.records.activity.call_outcome import BACK, NO_ANSWER, OUTCOMES, CallDraft
from cardcrm.records.activity.log_and_plan import DEFAULT_DUE, NextStep

if TYPE_CHECKING:
    from cardcrm.records.activity.call_outcome import RecordedCall
    from cardcrm.sheet import Card

app = typer.Typer()
_WORDS = [each.replace(" ", "-") for each in OUTCOMES]


@app.command("call", context_settings={"ignore_unknown_options": True})
def call(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO OUTCOME [TEXT…|WHEN…]",
            help=f"Contact; the outcome: {', '.join(_WORDS)}; then what was said, or when to call "
            "back.",
            autocompletion=complete_contact,
        ),
    ] = [],
    minutes: Annotated[int | None, typer.Option(metavar="N", help="Duration in minutes.")] = None,
    text: Annotated[
        str, typer.Option(metavar="TEXT", help="Words about the call, such as with a call back.")
    ] = "",
    next_: Annotated[
        str, typer.Option("--next", metavar="TEXT", help="Next step, which becomes a reminder.")
    ] = "",
    due: Annotated[
        str, typer.Option(metavar="WHEN", help="Due date of the next step (default: tomorrow).")
    ] = "",
    promise: Annotated[
        bool, typer.Option("--promise", help="The next step was promised to the contact.")
    ] = False,
    number: Annotated[
        str, typer.Option(metavar="NUMBER", help="The number that is wrong, if there are several.")
    ] = "",
    deal: Annotated[
        int | None,
        typer.Option(
            metavar="ID",
            help="Deal of the next step (default: the contact's only open one).",
            autocompletion=Source("ids:deal"),
        ),
    ] = None,
    done: Annotated[
        list[int],
        typer.Option("--done", metavar="ID", help="Reminder to mark as done; can be repeated."),
    ] = [],
) -> Result:
    """Record a call by its outcome: it is logged, and the next step is planned.

    reached: calls that were due are done, and a lead is in process. no-answer: the next try is
    planned, one day later, then two, then a week. wrong-number: the number is marked as invalid.
    not-interested: a lead is dead. back: a call back is planned. One undo reverts all.

    Examples:
        cardcrm call jane reached likes the offer --next "send it" --due fri

        cardcrm call jane no-answer

        cardcrm call jane back tuesday 14:00

    """
    session = session_of(ctx)
    refuse_options(ctx, words)
    if not words:
        raise UsageError("whom was the call with?", "For example: cardcrm call jane no-answer")
    contact, rest = session.split_contact(words)
    if not rest:
        raise UsageError("no outcome given", f"Add one: {', '.join(_WORDS)}.")
    outcome, said = _split_outcome(rest)
    store = session.store()
    back = None
    if outcome == BACK:
        if not said:
            raise UsageError(
                "when to call back?", f"For example: cardcrm call {contact.id} back tue"
            )
        back, said = parse_when(session, " ".join(said)), []
    if said and text:
        raise UsageError("use either a text or --text, not both")
    if due and not next_:
        raise UsageError("no next step given", 'Add it: --next "send quote"')
    step = NextStep(next_, parse_when(session, due or DEFAULT_DUE), promise) if next_ else None
    due_now = call_outcome.list_due(store, contact.id)
    draft = CallDraft(
        outcome, " ".join(said) or text, minutes, back, step,
        _read_hour(session, contact.id) if outcome == NO_ANSWER else None, number, tuple(done),
        about=next((each.id for each in due_now if each.id not in done), None), deal_id=deal,
    )  # fmt: skip
    colleagues = session.warn_of_colleagues(contact)
    recorded = call_outcome.record_call(store, contact, draft)
    return Result(
        lambda: _show(session, recorded),
        _describe(session, recorded),
        notes=tuple(_list_notes(session, recorded)),
        warnings=colleagues,
    )


def _list_notes(session: Session, recorded: "RecordedCall") -> Iterator[str]:
    """List the reminders still due, and the deals that the next step may belong to."""
    if due := call_outcome.list_due(session.store(), recorded.contact.id):
        texts = ", ".join(each.text for each in due)
        yield f"still due: {texts}; cardcrm done {' '.join(str(each.id) for each in due)}"
    if recorded.deals:
        ids = ", ".join(map(str, recorded.deals))
        yield (
            f"{len(recorded.deals)} open deals, so the next step belongs to none; to tie it to "
            f"one of {ids}: cardcrm undo, then the same call with --deal {recorded.deals[0]}"
        )


def _split_outcome(words: Sequence[str]) -> tuple[str, list[str]]:
    """Return the outcome of one or two words, and the words after it. Raises UsageError."""
    if len(words) > 1:
        two = f"{words[0]} {words[1]}".lower()
        if two in OUTCOMES or two == "call back":
            return call_outcome.parse_outcome(two), list(words[2:])
    return call_outcome.parse_outcome(words[0]), list(words[1:])


def _read_hour(session: Session, contact_id: int) -> int | None:
    """Return the hour at which a contact answers best, for the next try."""
    from cardcrm.reports.behavior.best_times import read_best_hour

    return read_best_hour(session.store(), contact_id)


def _describe(session: Session, recorded: "RecordedCall") -> str:
    return "; ".join(_list_parts(session, recorded))


def _list_parts(session: Session, recorded: "RecordedCall") -> Iterator[str]:
    from cardcrm.cli.remind import describe_due

    done, contact = recorded.interaction, recorded.contact
    minutes = f", {done.minutes} min" if done.minutes else ""
    text = f": {done.text}" if done.text != done.outcome else ""
    yield f"logged call {done.id} with {contact.id} {contact.name}, {done.outcome}{minutes}{text}"
    if recorded.invalid:
        yield f"marked {recorded.invalid} as invalid"
    for each in recorded.done:
        yield f"done {each.id} {each.text}"
    for each in recorded.planned:
        deal = f" (deal {each.deal_id})" if each.deal_id is not None else ""
        yield f"next step {each.id}, {describe_due(session, each)}: {each.text}{deal}"
    if recorded.lead is not None:
        yield f"lead {recorded.lead.id} is {recorded.lead.status}"


def _show(session: Session, recorded: "RecordedCall") -> "Card":
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records
    from cardcrm.records.activity.interaction_type import INTERACTION
    from cardcrm.records.activity.reminder_type import REMINDER

    store = session.store()
    card = show_record(store, records.get(store, INTERACTION, recorded.interaction.id))
    lists = {
        name: [records.json_of(records.get(store, REMINDER, each.id)) for each in found]
        for name, found in (("planned", recorded.planned), ("completed", recorded.done))
    }
    lead = recorded.lead
    found = {"lead_id": lead and lead.id, "lead_status": lead and lead.status}
    return card._replace(data={**card.data, **lists, **found})
