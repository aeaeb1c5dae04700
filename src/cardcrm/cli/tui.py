"""`tui`: the screen, as a command with help; `cardcrm.cli.run` opens it without the parser."""

import typer

from cardcrm.cli.common import session_of

app = typer.Typer()


@app.command("tui")
def tui(ctx: typer.Context) -> None:
    """Open the screen: the day's work, the cards, value and journal.

    The same as `cardcrm` alone on a terminal. The keys of the screen one is on stand in its last
    line, ? explains them, ctrl+p finds any action by name, and q leaves.

    Example:
        cardcrm tui

    """
    from cardcrm.cli.open_tui import open_screen

    raise typer.Exit(open_screen(session_of(ctx)))
