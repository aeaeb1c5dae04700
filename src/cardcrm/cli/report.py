"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

import typer

from cardcrm.cli.reports import (
    baskets,
    cohorts,
    forecast,
    margins,
    market,
    month,
    retention,
    revenue,
    rfm,
)

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in (baskets, cohorts, forecast, margins, market, month, retention, revenue, rfm):
    app.add_typer(_subject.app)
