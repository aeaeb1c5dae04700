"""`reminder`: add, list, show, edit and remove reminders."""

from functools import partial
from inspect import getdoc
from typing import Annotated

import typer

from cardcrm.cli.arguments import parse_when, refuse_options, session_of
from cardcrm.cli.bulk_edit import (
    DryRun,
    Yes,
    choose,
    edit_many,
    is_given,
    refuse_no_change,
)
from cardcrm.cli.record_group import add_command
from cardcrm.cli.record_options import where_option
from cardcrm.cli.remind import (
    Due,
    Every,
    Owner,
    Priority,
    Promise,
    describe_due,
    list_reminders,
    remind,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
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
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID [WHAT…]",
            help="The number of a reminder, unless --where is given; its task, if it changes.",
        ),
    ] = [],
    due: Due = "",
    every: Every = "",
    promise: Promise = None,
    priority: Priority = None,
    owner: Owner = "",
    where: Annotated[str, where_option(REMINDER)] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Edit a reminder, or several at once: the task or the options.

    An empty value clears an option that may be empty.

    Examples:
        cardcrm reminder edit 12 send two quotes --due thu

        cardcrm reminder edit --where owner:ann --for bob --dry-run

    """
    session = session_of(ctx)
    refuse_options(ctx, words)
    chosen = choose(session, REMINDER, words, where, yes=yes, dry=dry_run)
    if not chosen.words:
        refuse_no_change(ctx, REMINDER, ("due", "every", "promise", "priority", "owner"))
    if is_given(ctx, "due") and not due.strip():
        raise UsageError("a reminder needs a due date", "For example: --due fri")
    store = session.store()
    change = partial(
        reminders.edit,
        store,
        text=" ".join(chosen.words).strip() or None,
        due=parse_when(session, due) if due else None,
        every=_NOT_RECURRING.get(every.strip().lower(), every) if is_given(ctx, "every") else None,
        promise=promise,
        priority=priority,
        owner=owner if is_given(ctx, "owner") else None,
    )
    if chosen.one is None:
        return edit_many(session, REMINDER, chosen, change)
    before = reminders.get(store, chosen.one)
    return _report_edit(session, before, change(chosen.one))


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
