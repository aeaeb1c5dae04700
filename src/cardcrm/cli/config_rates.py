"""`config rates`: load and show the rates by which sums of several currencies are added."""

from pathlib import Path
from typing import Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result


def rates(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="CSV file with rates to load.")
    ] = None,
) -> Result:
    """Show the exchange rates, or load them from a CSV file.

    The file has the columns date, currency, rate and base: one of the currency is worth the rate in
    the base, which is the currency of the database if the column is missing. A rate holds until the
    day of the next one. Without rates, sums of several currencies are shown by currency.

    Examples:
        cardcrm config rates

        cardcrm config rates rates.csv

    """
    from cardcrm.cli.record_output import list_records
    from cardcrm.records.records import Selection
    from cardcrm.records.sales import rates as records
    from cardcrm.records.sales.rate_type import RATE

    session = session_of(ctx)
    store = session.store()
    if file is not None:
        found = records.read_file(file, store.locale.currency)
        changed = records.load(store, found)
        return Result(
            lambda: list_records(session, RATE, Selection()),
            f"read {RATE.counted(len(found))}, {changed:,} of them new or different",
        )
    hint = "no rates: load them with `cardcrm config rates FILE`"
    is_empty = not store.count_rows(RATE.table_name)
    return Result(list_records(session, RATE, Selection()), notes=(hint,) if is_empty else ())
