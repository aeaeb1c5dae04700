"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

import typer

from cardcrm.cli.reports import (
    at_risk,
    baskets,
    channels,
    cohorts,
    forecast,
    margins,
    market,
    month,
    retention,
    revenue,
    rfm,
    sources,
    touches,
)

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in (
    at_risk,
    baskets,
    channels,
    cohorts,
    forecast,
    margins,
    market,
    month,
    retention,
    revenue,
    rfm,
    sources,
    touches,
):
    app.add_typer(_subject.app)
