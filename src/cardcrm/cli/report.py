"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

from importlib import import_module

import typer

_SUBJECTS = (
    "at_risk",
    "baskets",
    "channels",
    "clusters",
    "cohorts",
    "drivers",
    "forecast",
    "margins",
    "market",
    "pricing",
    "products",
    "month",
    "repeat",
    "retention",
    "revenue",
    "rfm",
    "sources",
    "subscriptions",
    "touches",
)

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in _SUBJECTS:
    app.add_typer(import_module(f"cardcrm.cli.reports.{_subject}").app)
