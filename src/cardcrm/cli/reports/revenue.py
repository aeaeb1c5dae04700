"""`report revenue`: revenue by period, product, customer or another group, and the time before."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.currency_notes import note_currencies
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.text import with_article

if TYPE_CHECKING:
    from cardcrm.reports.revenue_report.build import RevenueRequest
    from cardcrm.reports.revenue_report.grouping import Grouping
    from cardcrm.reports.scope import Scope
    from cardcrm.store import Store

app = typer.Typer()

_CUSTOMERS = 20  # that are listed unless --limit says otherwise
# Named here, as importing the groupings costs 10 ms.
_GROUPS = (
    "day", "week", "month", "quarter", "year", "product", "category", "customer", "channel",
    "segment", "currency", "weekday", "city", "region", "country", "source", "owner", "stage",
    "organization", "tag", "rfm", "kind", "gender", "age", "language",
)  # fmt: skip


By = Annotated[
    str,
    typer.Option(
        metavar="WHAT",
        help="Group by day, week, month, quarter, year, product, category, customer, channel, "
        "segment, currency, weekday, city, owner, source or any field of contacts.",
        autocompletion=complete_from(*_GROUPS),
    ),
]
Last = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="The last N periods; for other groups N months (default: 12).",
        min=1,
        max=4000,
    ),
]
Compare = Annotated[
    str,
    typer.Option(
        metavar="WAY",
        help="Compare with the previous time of the same length, or with the year before.",
        autocompletion=complete_from("previous", "year"),
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Show at most N groups; 0 shows all (default: all, and 20 customers).",
        min=0,
    ),
]


@app.command("revenue")
@add_options("since", "until", "where", "currency")
def revenue(
    ctx: typer.Context,
    options: ReportOptions,
    by: By = "month",
    last: Last = None,
    compare: Compare = "previous",
    limit: Limit = None,
) -> Result:
    """Show revenue by period, product or any other group, beside the time before.

    A refund lowers the period of its own date. The column before has the revenue of the time
    before; an unfinished period is compared with as many days. The margin counts sales whose
    cost is known.

    Examples:
        cardcrm report revenue --by month

        cardcrm report revenue --by product --from 2026-01 --to 2026-06

        cardcrm report revenue --by quarter --last 8 --compare year

    """
    from cardcrm.reports.revenue_report.build import RevenueRequest
    from cardcrm.reports.revenue_report.comparison import parse_way
    from cardcrm.reports.revenue_report.grouping import parse_grouping

    session = session_of(ctx)
    store, scope = session.store(), options.read_scope(session)
    grouping = parse_grouping(store, by, scope.today)
    if last is not None and options.since:
        raise UsageError("--last and --from both name the first day", "Leave out one of them.")
    request = RevenueRequest(grouping, last, parse_way(compare), _read_limit(grouping, limit))
    build = _by_currency if grouping.kind == "currency" else _by_group
    return build(store, scope, request, is_for_people=session.is_for_people)


def _read_limit(grouping: "Grouping", limit: int | None) -> int | None:
    """Return the number of groups to list, None for all. Raises UsageError where all are listed."""
    from cardcrm.reports.revenue_report.grouping import PERIOD

    if limit and grouping.kind in (PERIOD, "weekday", "currency"):
        hint = "Use --last." if grouping.kind == PERIOD else "Leave it out."
        raise UsageError(f"--limit does not apply to {with_article(grouping.name)}", hint)
    if limit is None:
        limit = _CUSTOMERS if grouping.kind == "customer" else 0
    return limit or None


def _by_group(
    store: "Store", scope: "Scope", request: "RevenueRequest", *, is_for_people: bool
) -> Result:
    from cardcrm.cli.reports import revenue_output as output
    from cardcrm.reports.conversion import convert_scope
    from cardcrm.reports.revenue_report.build import build_report
    from cardcrm.reports.scope import list_other_currencies

    report = build_report(store, scope, request)
    if report is None or output.is_empty(report):
        empty = output.to_sheet((), request.grouping)
        nothing = output.describe_nothing(store, scope, report)
        return Result(empty, notes=(nothing, *note_currencies(store, scope.currency)))
    others = list_other_currencies(store, scope.currency)
    converted = convert_scope(store, scope, *report.comparison.now) if others else None
    if is_for_people:
        sheet = output.to_table(report.rows, request.grouping, scope.currency)
    else:
        sheet = output.to_sheet(report.rows, request.grouping)
    return Result(
        sheet,
        notes=output.explain(report, request, others, converted),
        charts=output.draw(report, request.grouping),
    )


def _by_currency(
    store: "Store", scope: "Scope", request: "RevenueRequest", *, is_for_people: bool
) -> Result:
    from cardcrm.cli.reports import revenue_by_currency as output
    from cardcrm.reports.revenue_report.by_currency import sum_currencies

    report = sum_currencies(store, scope, request)
    if report is None or not report.rows:
        return Result(output.to_sheet(()), notes=(output.explain_none(report),))
    sheet = output.to_table(report) if is_for_people else output.to_sheet(report.rows)
    return Result(sheet, notes=output.explain(report), charts=output.draw(report))
