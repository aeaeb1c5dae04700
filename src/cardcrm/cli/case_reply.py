"""`case reply`: a quick command, which loads no other command of the group."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    complete_from,
    parse_when,
    read_text,
    refuse_options,
    session_of,
)
from cardcrm.cli.case_which import CaseId, parse_case, result_of
from cardcrm.cli.result import Result
from cardcrm.records.activity.interactions import Details
from cardcrm.records.service import cases

if TYPE_CHECKING:
    from cardcrm.cli.session import Session

app = typer.Typer()

_KINDS = ("mail", "call", "message", "meeting", "visit")
_LONGEST = 200_000  # characters of a text that is typed

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
    """Log an answer to the customer, which the card of the contact shows as well.

    A case that no one looks after becomes yours. Without a text, $EDITOR opens, or the text comes
    from a pipe. With --mail, `cardcrm mail run` sends it, and logs it then.

    Examples:
        cardcrm case reply 12 please send a photo of the label --wait

        cardcrm case reply 12 --kind call the engineer comes on Friday

    """
    session = session_of(ctx)
    refuse_options(ctx, text)
    case_id = parse_case(which)
    store = session.store()
    words = " ".join(text) or read_text(session, _LONGEST)
    status = "waiting-customer" if wait else ""
    if mail:
        from cardcrm.cli.case_mail import queue_reply

        return queue_reply(session, case_id, words, status)
    details = parse_details(session, kind, on, minutes)
    answered = cases.reply(store, case_id, words, details, status=status)
    return result_of(session, f"logged {kind} {answered.interaction_id} in", answered)
