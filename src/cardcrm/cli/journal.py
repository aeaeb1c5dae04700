"""`undo`, `redo` and `journal`: what was changed, and undoing it."""

from collections.abc import Callable, Sequence
from typing import Annotated, NamedTuple

import typer

from cardcrm.cli.arguments import Yes, complete_contact, session_of
from cardcrm.cli.bulk_edit import ASK_FROM
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import CardcrmError, ConflictError, UsageError
from cardcrm.reports.journal_entries import list_entries
from cardcrm.sheet import Column, Sheet
from cardcrm.store import Store, journal
from cardcrm.store.journal import Change, Step
from cardcrm.text import shorten

app = typer.Typer()

_NAMED = 5  # commands that a question names
_LONG_STEP = 50  # changes, from which on undoing takes long enough to announce it


class NothingError(CardcrmError):
    """There is nothing to undo or redo."""

    code = "nothing"


Count = Annotated[
    int, typer.Argument(metavar="[N]", help="Number of commands.", min=1, show_default=False)
]


@app.command("undo")
def undo(ctx: typer.Context, count: Count = 1, yes: Yes = False) -> Result:
    """Undo your last command, or the last N.

    Run it again to undo the command before that. `cardcrm redo` reverts an undo. Changes by other
    users stay; an undo is refused only where they build on yours.

    Examples:
        cardcrm undo

        cardcrm undo 2

    """
    session = session_of(ctx)
    steps = _upcoming(journal.undoable(session.store(), count), count, _UNDO)
    _confirm_opt_outs(session, steps, yes=yes)
    return _repeat(session, steps, _UNDO, yes=yes)


def _confirm_opt_outs(session: Session, steps: Sequence[Step], *, yes: bool) -> None:
    """Ask before an undo lets owners of addresses be mailed who opted out by mail."""
    from cardcrm.records.mail.suppression import count_mail_opt_outs

    count = count_mail_opt_outs(session.store(), [each.id for each in steps])
    if count:
        addresses = "1 address" if count == 1 else f"{count:,} addresses"
        session.confirm(f"allow mail to {addresses} whose owners opted out by mail", yes=yes)


@app.command("redo")
def redo(ctx: typer.Context, count: Count = 1, yes: Yes = False) -> Result:
    """Redo the last command that you undid, or the last N.

    This works until you change something else.

    Example:
        cardcrm redo

    """
    session = session_of(ctx)
    steps = _upcoming(journal.redoable(session.store(), count), count, _REDO)
    return _repeat(session, steps, _REDO, yes=yes)


class _Direction(NamedTuple):
    """Undo or redo: its verb, in the forms that messages need, and what it calls."""

    verb: str
    doing: str
    done: str
    hint: str
    act: Callable[[Store, Callable[[Step], None]], Step | None]


_UNDO = _Direction("undo", "undoing", "undone", "See `cardcrm journal`.", journal.undo)
_REDO = _Direction(
    "redo", "redoing", "redone", "Only a command that you just undid can be redone.", journal.redo
)


def _upcoming(steps: Sequence[Step], count: int, direction: _Direction) -> Sequence[Step]:
    """Return the steps that will be undone or redone. Raises NothingError for too few."""
    if not steps:
        raise NothingError(f"nothing to {direction.verb}", direction.hint)
    if len(steps) < count:
        can = f"only {pluralize(len(steps), 'command')} can be {direction.done}, not {count:,}"
        raise UsageError(can, f"N is a number of commands, as in: cardcrm {direction.verb} 2")
    return steps


def _repeat(session: Session, steps: Sequence[Step], direction: _Direction, *, yes: bool) -> Result:
    """Undo or redo steps one by one; three or more after a question that names them."""
    if len(steps) >= ASK_FROM:
        commands = "; ".join(shorten(each.command, 60) for each in steps[:_NAMED])
        more = "; …" if len(steps) > _NAMED else ""
        session.confirm(f"{direction.verb} {len(steps):,} commands: {commands}{more}", yes=yes)
    done: list[Step] = []
    failure: CardcrmError | None = None
    for _ in steps:
        try:
            step = direction.act(session.store(), _announce(session, direction.doing))
        except ConflictError as error:  # the steps before it stay undone
            if not done:
                raise
            failure = error
            break
        if step is not None:
            done.append(step)
    return _report(session, direction.done, done)._replace(error=failure)


def _announce(session: Session, verb: str) -> Callable[[Step], None]:
    """Return a function that announces a step that takes long to undo or redo."""

    def announce(step: Step) -> None:
        if step.changes > _LONG_STEP:
            session.say(f"{verb}: {shorten(step.command, 200)} …")

    return announce


def _report(session: Session, verb: str, steps: Sequence[Step]) -> Result:
    store = session.store()
    lines = (
        f"{verb}: {shorten(step.command, 200)} ({_local_time(session, step.at)}, "
        f"{pluralize(step.changes, 'change')})"
        for step in steps
    )
    return Result(
        lambda: _list_steps(session, [journal.get_step(store, step.id) for step in steps]),
        "\n".join(lines),
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
    who: Annotated[
        str | None,
        typer.Option(
            metavar="WHO",
            help="Only steps that changed a contact, or what belongs to it.",
            autocompletion=complete_contact,
        ),
    ] = None,
) -> Result:
    """Show what was changed, when and by whom.

    Examples:
        cardcrm journal --limit 5

        cardcrm journal 12

        cardcrm journal --who jane

    """
    session = session_of(ctx)
    store = session.store()
    if step and who is not None:
        raise UsageError("use either a step or --who, not both")
    if step:
        found = journal.get_step(store, step)
        return Result(_list_changes(session, found, journal.changes(store, step)))
    if who is not None:
        from cardcrm.reports.contact_journal import steps_of_contact

        contact = session.find_contact(who)
        return Result(_list_steps(session, steps_of_contact(store, contact.id, limit)))
    return Result(_list_steps(session, journal.steps(store, limit)))


def _list_steps(session: Session, steps: list[Step]) -> Sheet:
    columns = (
        Column("id", "step"),
        Column("at", "when"),
        Column("author", "who"),
        Column("host", "machine", style="dim"),
        Column("change_count", "changes", "right"),
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
        Column("row", "what"),
        Column("change", "change"),
        Column("field", "field"),
        Column("old", "old", wide=True),
        Column("new", "new", wide=True),
    )
    rows = [row for change in changes for row in list_entries(change)]
    return Sheet(columns, rows, ids="row")
