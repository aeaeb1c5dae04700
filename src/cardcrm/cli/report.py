"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

from importlib import import_module

import typer

_SUBJECTS = (
    "activity",
    "at_risk",
    "baskets",
    "channels",
    "clusters",
    "cohorts",
    "conversion",
    "drivers",
    "forecast",
    "lost_reasons",
    "margins",
    "market",
    "performance",
    "pipeline",
    "pricing",
    "products",
    "month",
    "repeat",
    "responses",
    "retention",
    "revenue",
    "rfm",
    "slippage",
    "sources",
    "stage_times",
    "subscriptions",
    "touches",
    "velocity",
    "winrate",
)

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in _SUBJECTS:
    app.add_typer(import_module(f"cardcrm.cli.reports.{_subject}").app)
