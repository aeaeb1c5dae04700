"""`report month`: a month on one page."""

import datetime as dt
from typing import Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError

app = typer.Typer()


@app.command("month")
@add_options("currency")
def month(
    ctx: typer.Context,
    options: ReportOptions,
    month: Annotated[
        str,
        typer.Option(metavar="MONTH", help="A month such as 2026-10 (default: the last one over)."),
    ] = "",
) -> Result:
    """Show a month on one page: figures, customers, products, and what to do.

    Revenue is compared with the month and the year before; in an unfinished month, only the same
    days are compared. The customers who slip away and the things to do are those of today. With
    `--html` the page goes into one file, with charts, that needs no network: mail or print it.

    Examples:
        cardcrm report month

        cardcrm report month --month 2026-10 --html october.html

    """
    from cardcrm.reports.month.card import build_month_card
    from cardcrm.reports.month.summary import summarize_month
    from cardcrm.reports.scope import choose_currency

    session = session_of(ctx)
    store = session.store()
    days, today = _read_month(session, month)
    code = choose_currency(store, options.currency)
    summary = summarize_month(store, code, days, today)
    notes = note_currencies(store, code)
    return Result(build_month_card(summary), notes=notes)


def _read_month(session: Session, text: str) -> tuple[tuple[dt.date, dt.date], dt.date]:
    """Return the first and last day of the month, and today. Raises UsageError."""
    from cardcrm import dates
    from cardcrm.records.query_sql.date_periods import month_days, parse_period

    now = dates.now(session.store().locale.zone)
    today = now.date()
    last_month = today.replace(day=1) - dt.timedelta(days=1)
    first, last = (
        parse_period(text, now, past=True)
        if text.strip()
        else month_days(last_month.year, last_month.month)
    )
    if (first, last) != month_days(first.year, first.month):
        raise UsageError(f"“{text}” is not a month", "Write it like 2026-10 or october.")
    if first > today:
        raise UsageError(f"{first:%Y-%m} has not begun", "Choose a month with sales.")
    return (first, last), today
