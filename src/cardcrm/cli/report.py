"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

import typer

from cardcrm.cli.reports import (
    channels,
    clusters,
    drivers,
    forecast,
    market,
    revenue,
    sources,
    touches,
)

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in (revenue, forecast, market, channels, touches, sources, drivers, clusters):
    app.add_typer(_subject.app)
