"""`tui`: open the full-screen interface. `cardcrm.cli.run` opens it without the parser."""

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.open_tui import open_screen
from cardcrm.cli.result import Result

app = typer.Typer()


@app.command("tui")
def tui(ctx: typer.Context) -> Result:
    """Open the full-screen interface.

    `cardcrm` alone on a terminal does the same. The bottom line lists the keys of the current
    screen; ? explains them, Ctrl+P finds anything, and q quits.

    Example:
        cardcrm tui

    """
    return Result(exit_code=open_screen(session_of(ctx)))
