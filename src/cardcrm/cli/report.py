"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

from importlib import import_module

import typer

from cardcrm.cli.commands import REPORTS

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in REPORTS:
    app.add_typer(import_module(f"cardcrm.cli.reports.{_subject}").app)
