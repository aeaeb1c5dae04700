"""`undo`, `redo` and `journal`: what was changed, and undoing it."""

from collections.abc import Callable
from typing import Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError
from cardcrm.reports.journal_entries import list_entries
from cardcrm.sheet import Column, Sheet
from cardcrm.store import journal
from cardcrm.store.journal import Change, Step
from cardcrm.text import shorten

app = typer.Typer()

_LONG_STEP = 50  # changes, from which on undoing takes long enough to announce it


class NothingError(CardcrmError):
    """There is nothing to undo or redo."""

    code = "nothing"


@app.command("undo")
def undo(ctx: typer.Context) -> Result:
    """Undo your last command.

    Run it again to undo the command before that. `cardcrm redo` reverts an undo. Changes by other
    users stay; an undo is refused only where they build on yours.

    Example:
        cardcrm undo

    """
    session = session_of(ctx)
    step = journal.undo(session.store(), _announce(session, "undoing"))
    if step is None:
        raise NothingError("nothing to undo", "See `cardcrm journal`.")
    return _report(session, "undone", step)


@app.command("redo")
def redo(ctx: typer.Context) -> Result:
    """Redo the last command that you undid.

    This works until you change something else.

    Example:
        cardcrm redo

    """
    session = session_of(ctx)
    step = journal.redo(session.store(), _announce(session, "redoing"))
    if step is None:
        raise NothingError("nothing to redo", "Only a command that you just undid can be redone.")
    return _report(session, "redone", step)


def _announce(session: Session, verb: str) -> Callable[[Step], None]:
    """Return a function that announces a step that takes long to undo or redo."""

    def announce(step: Step) -> None:
        if step.changes > _LONG_STEP:
            session.say(f"{verb}: {shorten(step.command, 200)} …")

    return announce


def _report(session: Session, verb: str, step: Step) -> Result:
    store = session.store()
    changes = pluralize(step.changes, "change")
    return Result(
        lambda: _list_steps(session, [journal.get_step(store, step.id)]),
        f"{verb}: {shorten(step.command, 200)} ({_local_time(session, step.at)}, {changes})",
    )


def _local_time(session: Session, instant: str) -> str:
    from cardcrm import dates

    return f"{dates.from_instant(instant, session.store().locale.zone):%Y-%m-%d %H:%M}"


@app.command("journal")
def show(
    ctx: typer.Context,
    step: Annotated[
        int,
        typer.Argument(
            metavar="[ID]", help="Step whose changes to show.", min=0, show_default=False
        ),
    ] = 0,
    limit: Annotated[int, typer.Option(metavar="N", help="Show at most N steps.", min=1)] = 20,
) -> Result:
    """Show what was changed, when and by whom.

    Examples:
        cardcrm journal --limit 5

        cardcrm journal 12

    """
    session = session_of(ctx)
    store = session.store()
    if step:
        found = journal.get_step(store, step)
        return Result(_list_changes(session, found, journal.changes(store, step)))
    return Result(_list_steps(session, journal.steps(store, limit)))


def _list_steps(session: Session, steps: list[Step]) -> Sheet:
    columns = (
        Column("id", "step"),
        Column("at", "when"),
        Column("author", "who"),
        Column("host", "machine", style="dim"),
        Column("changes", "changes", "right"),
        Column("state", ""),
        Column("command", "command", wide=True),
    )
    is_table = session.format == "table"
    rows = [
        (
            step.id,
            _local_time(session, step.at) if is_table else step.at,
            step.author,
            step.host,
            step.changes,
            "undone" if step.undone else "",
            _describe_command(step),
        )
        for step in steps
    ]
    return Sheet(columns, rows)


def _describe_command(step: Step) -> str:
    """Return the command of a step; an undo or redo names the step that it concerns."""
    if not step.target:
        return step.command
    command = f"tui: {step.kind}" if step.command == "tui" else step.command
    return f"{command} (step {step.target})"


def _list_changes(session: Session, step: Step, changes: list[Change]) -> Sheet:
    """Return the changes of a step: in words for people, else column by column."""
    at = _local_time(session, step.at)
    title = f"{step.id}: {at} {step.author}: {_describe_command(step)}"
    is_table = session.format == "table"
    sheet = _list_in_words(session, changes) if is_table else _list_by_column(changes)
    return sheet._replace(title=title)


def _list_in_words(session: Session, changes: list[Change]) -> Sheet:
    from cardcrm.reports import change_text

    store = session.store()
    rows = [
        ("" if number else heading, *fact)
        for heading, facts in change_text.describe(store, changes)
        for number, fact in enumerate(facts or [("", "", "")])
    ]
    columns = (
        Column("what", "what", wide=True, min_width=34),
        Column("field", "", style="dim"),
        Column("old", "before", wide=True),
        Column("new", "after", wide=True),
    )
    return Sheet(columns, rows)


def _list_by_column(changes: list[Change]) -> Sheet:
    columns = (
        Column("what", "what"),
        Column("change", "change"),
        Column("field", "field"),
        Column("old", "old", wide=True),
        Column("new", "new", wide=True),
    )
    rows = [row for change in changes for row in list_entries(change)]
    return Sheet(columns, rows, ids="what")
