"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

import typer

from cardcrm.cli.reports import (
    at_risk,
    baskets,
    cohorts,
    margins,
    retention,
    revenue,
    rfm,
)

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in (
    revenue,
    retention,
    cohorts,
    rfm,
    at_risk,
    margins,
    baskets,
):
    app.add_typer(_subject.app)
