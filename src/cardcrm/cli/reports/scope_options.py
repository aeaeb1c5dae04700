"""The options that reports share, and the sales that they select."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_query
from cardcrm.cli.session import Session

if TYPE_CHECKING:
    import datetime as dt

    from cardcrm.reports.scope import Scope

Where = Annotated[
    str,
    typer.Option(
        metavar="QUERY",
        help="Only sales to contacts that match a query, and to the people of organizations.",
        autocompletion=complete_query,
    ),
]
Currency = Annotated[
    str, typer.Option(metavar="CODE", help="Only sales in this currency, such as EUR.")
]
Since = Annotated[
    str, typer.Option("--from", metavar="DATE", help="First day, or a month or year: 2026-03.")
]
Until = Annotated[
    str, typer.Option("--to", metavar="DATE", help="Last day, or a month or year: 2026-03.")
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Write a page with charts to a file.", dir_okay=False
    ),
]


def read_scope(
    session: Session, currency: str = "", where: str = "", since: str = "", until: str = ""
) -> "Scope":
    """Return the sales that the options of a report select. Raises UsageError."""
    from cardcrm import dates
    from cardcrm.errors import UsageError
    from cardcrm.reports.scope import Scope, choose_currency

    store = session.store()
    first, last = _read_day(session, since, 0), _read_day(session, until, 1)
    if first and last and first > last:
        raise UsageError(
            f"--from {first} is later than --to {last}", "Swap the two, or leave one out."
        )
    node = None
    if where.strip():
        from cardcrm.records.query_sql import contact_query

        node = contact_query.parse(store, where)
    today = dates.today(store.locale.zone)
    return Scope(choose_currency(store, currency), today, first, last, node)


def _read_day(session: Session, text: str, end: int) -> "dt.date | None":
    """Return the first (0) or last (1) day of a period as typed; None for no text."""
    if not text.strip():
        return None
    from cardcrm import dates
    from cardcrm.records.query_sql.date_periods import parse_period

    return parse_period(text, dates.now(session.store().locale.zone), past=True)[end]
