"""`tui`: the screen."""

import sys

import typer

from cardcrm.cli.common import session_of
from cardcrm.errors import UsageError

app = typer.Typer()


@app.command("tui")
def tui(ctx: typer.Context) -> None:
    """Open the screen: the day's work, the cards, value and journal.

    The same as `cardcrm` alone on a terminal. The keys of the screen one is on stand in its last
    line, ? explains them, ctrl+p finds any action by name, and q leaves.

    Example:
        cardcrm tui

    """
    session = session_of(ctx)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the screen needs a terminal", "In a script, use `cardcrm due` and others."
        )
    from cardcrm.tui.desk import Desk

    settings = session.config
    desk = Desk(session.another_store)  # opens the box while the screen is being loaded
    try:
        from cardcrm.tui.app import CardApp

        desk.wait()
        screen = CardApp(
            desk,
            box=session.location.stem,
            theme=settings.get("theme"),
            keymap=settings.keys(),
            open_command=settings.get("open-command"),
            ahead=int(settings.number("due-days")),
        )
        screen.run()
    finally:
        desk.close()
    if screen.fault is not None:
        raise screen.fault
    raise typer.Exit(screen.return_code or 0)
