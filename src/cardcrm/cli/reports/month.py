"""`report month`: a month on one page."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options, read_month
from cardcrm.cli.result import Result

app = typer.Typer()


@app.command("month")
@add_options("currency")
def month(
    ctx: typer.Context,
    options: ReportOptions,
    month: Annotated[
        str,
        typer.Option(
            metavar="MONTH",
            help="A month such as 2026-10 (default: the last one over; the first one with sales "
            "until it is over).",
        ),
    ] = "",
) -> Result:
    """Show a month on one page: figures, customers, products, and what to do.

    Revenue is compared with the month and the year before; in an unfinished month, only the same
    days are compared. The customers who slip away and the things to do are those at the end of the
    month, without what was done since. With `--html` the page goes into one file, with charts, that
    needs no network: mail or print it.

    Examples:
        cardcrm report month

        cardcrm report month --month 2026-10 --html october.html

    """
    from cardcrm import dates
    from cardcrm.reports.month.card import build_month_card
    from cardcrm.reports.month.summary import choose_month, summarize_month
    from cardcrm.reports.scope import choose_currency

    session = session_of(ctx)
    store = session.store()
    code = choose_currency(store, options.currency)
    today = dates.today(store.locale.zone)
    days = read_month(store, month, today) if month.strip() else choose_month(store, code, today)
    summary = summarize_month(store, code, days, today)
    return Result(build_month_card(summary), notes=note_currencies(store, code))
