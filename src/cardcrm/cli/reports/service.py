"""`report service`: how quickly and how well cases are answered and solved."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.report_options import ReportOptions, add_options, read_days
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.sheet import Cell, Column, Sheet
from cardcrm.text import find_similar

if TYPE_CHECKING:
    from cardcrm.reports.service.service_report import ServiceRow

app = typer.Typer()

_GROUPS = ("all", "type", "priority", "product", "cause", "owner", "channel", "customer", "month")
_DAYS = 365
_COLUMNS = (
    Column("group", "group", wide=True, wrapped=True),
    Column("cases", "cases", "right"),
    Column("solved_cases", "solved", "right"),
    Column("breached_cases", "late", "right"),
    Column("reopened_cases", "reopened", "right"),
    Column("first_response_median", "answer", "right", digits=1),
    Column("first_response_p90", "90%", "right", digits=1),
    Column("solution_median", "solution", "right", digits=1),
    Column("solution_p90", "90%", "right", digits=1),
    Column("open_1_day", "open <1d", "right"),
    Column("open_3_days", "<3d", "right"),
    Column("open_7_days", "<7d", "right"),
    Column("open_older", "older", "right"),
    Column("ratings", "rated", "right"),
    Column("satisfaction", "rating", "right", digits=2),
    Column("minutes_spent", "minutes", "right"),
)
_REVENUE = Column("revenue", "revenue", "right", currency="currency")

By = Annotated[
    str,
    typer.Option(
        metavar="GROUP",
        help="Group by type, priority, product, cause, owner, channel, customer or month.",
        autocompletion=complete_from(*_GROUPS),
    ),
]


@app.command("service")
@add_options("since", "until")
def service(ctx: typer.Context, options: ReportOptions, by: By = "all") -> Result:
    """Show how quickly and how well cases are answered and solved.

    The cases are those opened in the last 12 months, or from --from to --to. Times are in working
    minutes: the median, and the time that 9 of 10 cases do not exceed. The time in which a case
    waited for the customer does not count. With --by customer, the revenue is shown beside the
    minutes spent.

    Examples:
        cardcrm report service --by product

        cardcrm report service --by owner --from 2026-10 --to 2026-10

    """
    import datetime as dt

    from cardcrm import dates
    from cardcrm.reports.service.service_report import build_service_report

    session = session_of(ctx)
    store = session.store()
    if by not in _GROUPS:
        near = find_similar(by, _GROUPS, limit=1)
        hint = f"Did you mean {near[0]}?" if near else f"Use {', '.join(_GROUPS)}."
        raise UsageError(f"unknown group “{by}”", hint)
    first, last = read_days(session, options.since, options.until)
    last = last or dates.today(store.locale.zone)
    first = first or last - dt.timedelta(days=_DAYS)
    rows = build_service_report(store, first, last, by)
    columns = (*_COLUMNS, _REVENUE) if by == "customer" else _COLUMNS
    title = f"Cases opened from {first} to {last}, times in working minutes"
    sheet = Sheet(columns, [_cells(each)[: len(columns)] for each in rows], title, ids="group")
    empty = f"no cases were opened from {first} to {last}"
    return Result(sheet, notes=() if rows else (empty,))


def _cells(row: "ServiceRow") -> tuple[Cell, ...]:
    return (
        row.group, row.cases, row.solved, row.late, row.reopened, row.first_median, row.first_p90,
        row.solution_median, row.solution_p90, *row.backlog, row.rated, row.rating, row.minutes,
        row.revenue,
    )  # fmt: skip
