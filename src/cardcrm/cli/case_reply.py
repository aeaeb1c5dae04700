"""`case reply`: a quick command, which loads no other command of the group."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    Source,
    complete_from,
    parse_when,
    read_text,
    refuse_options,
    session_of,
)
from cardcrm.cli.case_reference import CaseId, parse_case, result_of
from cardcrm.cli.mail_options import SetValues
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.records.activity.interactions import Details
from cardcrm.records.service import cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.cli.session import Session

app = typer.Typer()

_KINDS = ("mail", "call", "message", "meeting", "visit")
_MAX_TEXT = 200_000  # characters of a text that is typed

Kind = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="Kind: mail, call, message, meeting or visit.",
        autocompletion=complete_from(*_KINDS),
    ),
]
Minutes = Annotated[int | None, typer.Option(metavar="N", help="Minutes that it took.")]
On = Annotated[str, typer.Option(metavar="WHEN", help="When it was, if not now.")]


def parse_details(
    session: "Session", kind: str, on: str, minutes: int | None, direction: str = ""
) -> Details:
    """Return the details of an interaction of a case as typed. Raises UsageError."""
    when = parse_when(session, on, past=True) if on else None
    return Details(kind, when, direction, minutes)


@app.command("reply", context_settings={"ignore_unknown_options": True})
def reply(
    ctx: typer.Context,
    which: CaseId,
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="Text of the reply.")] = [],
    answer: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Canned answer instead of a text.",
            autocompletion=Source("names:answer"),
        ),
    ] = "",
    set_: SetValues = [],
    recording: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Recording to send as a link.",
            autocompletion=Source("names:recording"),
        ),
    ] = "",
    kind: Kind = "message",
    mail: Annotated[
        bool, typer.Option("--mail", help="Queue it as a mail to the customer.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="The case then waits for the customer.")
    ] = False,
    on: On = "",
    minutes: Minutes = None,
) -> Result:
    """Log an answer to the customer; it is also on the contact's card.

    A case without an owner becomes yours. Without a text, $EDITOR opens, or the text is read from a
    pipe. With --mail, the answer is queued; `cardcrm mail run` sends and logs it.

    Examples:
        cardcrm case reply 12 please send a photo of the label --wait

        cardcrm case reply 12 --kind call the engineer comes on Friday

        cardcrm case reply 12 --answer sorry --set day=Friday --mail

    """
    session = session_of(ctx)
    refuse_options(ctx, text)
    case_id = parse_case(which)
    _refuse_note(kind, case_id)
    store = session.store()
    status = "waiting-customer" if wait else ""
    details = parse_details(session, kind, on, minutes)
    words, answer_id = _compose(session, case_id, " ".join(text), answer, set_, recording)
    if mail:
        from cardcrm.cli.case_mail import queue_reply

        result = queue_reply(session, case_id, words, status)
    else:
        answered = cases.reply(store, case_id, words, details, status=status)
        result = result_of(session, f"logged {kind} {answered.interaction_id} in", answered)
    if answer_id is not None:
        from cardcrm.records.knowledge.answers import note_use

        note_use(store, answer_id, case_id, store.last_step)
    return result


def _refuse_note(kind: str, case_id: int) -> None:
    """Raise UsageError for a note, which the customer does not get."""
    if kind.strip().lower() == "note":
        raise UsageError("a note is not a reply", f"To log it: cardcrm case note {case_id} TEXT")


def _compose(
    session: "Session",
    case_id: int,
    words: str,
    answer: str,
    pairs: "Sequence[str]",
    recording: str,
) -> "tuple[str, int | None]":
    """Return the text of a reply, and the number of the canned answer in it, if any."""
    if not (answer or recording or pairs):
        return words or read_text(session, _MAX_TEXT), None
    from cardcrm.cli.case_answer import compose

    return compose(session, case_id, words, answer, pairs, recording)
