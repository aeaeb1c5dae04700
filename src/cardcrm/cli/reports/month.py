"""`report month`: a month on one page."""

import datetime as dt
from typing import Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.store import Store

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
    days = _parse_month(store, month, today) if month.strip() else choose_month(store, code, today)
    summary = summarize_month(store, code, days, today)
    return Result(build_month_card(summary), notes=note_currencies(store, code))


def _parse_month(store: Store, text: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of a month as typed. Raises UsageError."""
    from cardcrm import dates
    from cardcrm.dates.periods import find_end
    from cardcrm.records.query_sql.date_periods import parse_past_period

    first, last = parse_past_period(text, dates.now(store.locale.zone))
    if first.day != 1 or last != find_end("month", first):
        raise UsageError(f"“{text}” is not a month", "Write it like 2026-10 or october.")
    if first > today:
        raise UsageError(f"{first:%Y-%m} has not begun", "Choose a month with sales.")
    return first, last
