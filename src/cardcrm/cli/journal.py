"""`undo`, `redo` and `journal`: what was changed, and taking it back."""

from typing import Annotated

import typer

from cardcrm.cli.common import Session, session_of
from cardcrm.errors import CardError
from cardcrm.reports.journal_entries import lines
from cardcrm.sheet import Column, Sheet
from cardcrm.store import journal
from cardcrm.store.journal import Change, Step
from cardcrm.text import shorten

app = typer.Typer()


class NothingError(CardError):
    """There is nothing to take back or to do again."""

    code = "nothing"


@app.command("undo")
def undo(ctx: typer.Context) -> None:
    """Take back your last command.

    Again takes back the one before it; `cardcrm redo` does what was taken back once more. What
    others did is not touched, and stands in the way only where they have built upon yours.

    Example:
        cardcrm undo

    """
    session = session_of(ctx)
    step = journal.undo(session.store(), _teller(session, "taking back"))
    if step is None:
        raise NothingError("nothing to undo", "See `cardcrm journal`.")
    _tell(session, "took back", step)


@app.command("redo")
def redo(ctx: typer.Context) -> None:
    """Do again what was undone.

    Possible until you change something else.

    Example:
        cardcrm redo

    """
    session = session_of(ctx)
    step = journal.redo(session.store(), _teller(session, "doing again"))
    if step is None:
        raise NothingError("nothing to redo", "Only what was undone last can be done again.")
    _tell(session, "did again", step)


def _teller(session: Session, words: str) -> journal.Begun:
    """What takes a while says so when it begins; a change may be of a thousand rows."""

    def tell(step: Step) -> None:
        if step.changes > 50:
            session.say(f"{words} {shorten(step.command, 200)} …")

    return tell


def _tell(session: Session, words: str, step: Step) -> None:
    changes = f"{step.changes:,} change{'s' * (step.changes != 1)}"
    session.answer(
        f"{words}: {shorten(step.command, 200)} ({_local(session, step.at)}, {changes})",
        lambda: _steps(session, [journal.step_of(session.store(), step.id)]),
    )


def _local(session: Session, instant: str) -> str:
    from cardcrm import dates

    return f"{dates.from_instant(instant, session.store().locale.zone):%Y-%m-%d %H:%M}"


@app.command("journal")
def show(
    ctx: typer.Context,
    step: Annotated[
        int,
        typer.Argument(
            metavar="[ID]", help="A step, to see its changes.", min=0, show_default=False
        ),
    ] = 0,
    limit: Annotated[
        int, typer.Option(metavar="N", help="Show at most so many steps.", min=1)
    ] = 20,
) -> None:
    """Show what was changed, when and by whom.

    Examples:
        cardcrm journal --limit 5

        cardcrm journal 12

    """
    session = session_of(ctx)
    store = session.store()
    if step:
        told = journal.step_of(store, step)
        session.show(_changes(session, told, journal.changes(store, step)))
        return
    session.show(_steps(session, journal.steps(store, limit)))


def _steps(session: Session, steps: list[Step]) -> Sheet:
    columns = (
        Column("id", "step"),
        Column("at", "when"),
        Column("author", "who"),
        Column("host", "machine", style="dim"),
        Column("changes", "changes", "right"),
        Column("state", ""),
        Column("command", "command", wide=True),
    )
    people = session.format == "table"
    rows = [
        (
            step.id,
            _local(session, step.at) if people else step.at,
            step.author,
            step.host,
            step.changes,
            "undone" if step.undone else "",
            _command(step),
        )
        for step in steps
    ]
    return Sheet(columns, rows)


def _command(step: Step) -> str:
    """What was done; a step that takes back another or does it again names it."""
    if not step.target:
        return step.command
    command = f"tui: {step.kind}" if step.command == "tui" else step.command
    return f"{command} (step {step.target})"


def _changes(session: Session, step: Step, changes: list[Change]) -> Sheet:
    """What a step changed: in words for people, else column by column."""
    title = f"{step.id}: {_local(session, step.at)} {step.author}: {_command(step)}"
    told = _in_words(session, changes) if session.format == "table" else _by_columns(changes)
    return told._replace(title=title)


def _in_words(session: Session, changes: list[Change]) -> Sheet:
    from cardcrm.reports import change_text

    store = session.store()
    rows = [
        ("" if number else heading, *fact)
        for heading, facts in change_text.describe(store, changes)
        for number, fact in enumerate(facts or [("", "", "")])
    ]
    columns = (
        Column("what", "what", wide=True, least=34),
        Column("field", "", style="dim"),
        Column("old", "before", wide=True),
        Column("new", "afterwards", wide=True),
    )
    return Sheet(columns, rows)


def _by_columns(changes: list[Change]) -> Sheet:
    columns = (
        Column("what", "what"),
        Column("change", "change"),
        Column("field", "field"),
        Column("old", "old", wide=True),
        Column("new", "new", wide=True),
    )
    rows = [row for change in changes for row in lines(change)]
    return Sheet(columns, rows, ids="what")
