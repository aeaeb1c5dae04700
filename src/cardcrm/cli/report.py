"""`report`: reports about all contacts; each subject has a module in `cardcrm.cli.reports`."""

import typer

from cardcrm.cli.reports import baskets, margins, pricing, products, revenue

app = typer.Typer()


@app.callback()
def report() -> None:
    """Show reports about all contacts."""


for _subject in (revenue, products, margins, baskets, pricing):
    app.add_typer(_subject.app)
