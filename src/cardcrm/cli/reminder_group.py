"""`reminder`: list, show, edit and remove reminders."""

from inspect import getdoc
from typing import Annotated

import typer

from cardcrm.cli.arguments import parse_when, refuse_options, session_of
from cardcrm.cli.record_group import add_command
from cardcrm.cli.reminder import (
    Due,
    Every,
    Owner,
    Priority,
    Promise,
    describe_due,
    list_reminders,
    remind,
)
from cardcrm.cli.results import Result
from cardcrm.cli.session import Session
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminder_type import REMINDER
from cardcrm.records.activity.reminders import Reminder

app = typer.Typer()

_NOT_RECURRING = {"once": "", "none": "", "never": ""}

app.command(
    "add",
    help=(getdoc(remind) or "").replace("cardcrm remind ", "cardcrm reminder add "),
    context_settings={"ignore_unknown_options": True},
)(remind)
add_command(app, REMINDER, "list")
add_command(app, REMINDER, "show")


@app.command("edit", context_settings={"ignore_unknown_options": True})
def edit(
    ctx: typer.Context,
    id: Annotated[int, typer.Argument(metavar="ID", help="The number of a reminder.")],
    what: Annotated[list[str], typer.Argument(metavar="WHAT…", help="Task, if it changes.")] = [],
    due: Due = "",
    every: Every = "",
    promise: Promise = None,
    priority: Priority = None,
    owner: Owner = "",
) -> Result:
    """Edit a reminder: its text or its options.

    Example:
        cardcrm reminder edit 12 send two quotes --due thu

    """
    session = session_of(ctx)
    refuse_options(ctx, what)
    before = reminders.get(session.store(), id)
    after = reminders.edit(
        session.store(),
        id,
        text=" ".join(what).strip() or None,
        due=parse_when(session, due) if due else None,
        every=_NOT_RECURRING.get(every.strip().lower(), every) if every else None,
        promise=promise,
        priority=priority,
        owner=owner or None,
    )
    return _report_edit(session, before, after)


def _report_edit(session: Session, before: Reminder, after: Reminder) -> Result:
    """Report an edited reminder, and whether it was changed."""
    state = "changed" if after != before else "no change to"
    return Result(
        lambda: list_reminders([after]),
        f"{state} reminder {after.id} for {after.contact}, {describe_due(session, after)}: "
        f"{after.text}",
    )


for _name in ("rm", "export"):
    add_command(app, REMINDER, _name)
