"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

import typer

from cardcrm.cli.reports import (
    at_risk,
    baskets,
    channels,
    clusters,
    cohorts,
    drivers,
    forecast,
    margins,
    market,
    month,
    pricing,
    products,
    repeat,
    retention,
    revenue,
    rfm,
    sources,
    subscriptions,
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
    clusters,
    cohorts,
    drivers,
    forecast,
    margins,
    market,
    pricing,
    products,
    month,
    repeat,
    retention,
    revenue,
    rfm,
    sources,
    subscriptions,
    touches,
):
    app.add_typer(_subject.app)
