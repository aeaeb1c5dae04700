"""`report lost-reasons`: why deals are lost."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.deal_sheets import CURRENCY, Figure, build_sheet, to_money
from cardcrm.cli.reports.explanations import conclude, explain_no_deals
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.lost_reasons import LostReason
    from cardcrm.sheet import Cell

app = typer.Typer()


def _figures(group: str) -> tuple[Figure, ...]:
    return (
        Figure("group", group, "text"),
        Figure("lost_reason", "reason", "text"),
        CURRENCY,
        Figure("deals", "deals"),
        Figure("share", "share", "share"),
        Figure("lost_amount", "amount", "money"),
    )


@app.command("lost-reasons")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def lost_reasons(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="GROUP",
            help="Group by month, year, owner, source, competitor, pipeline or stage (the last).",
            autocompletion=complete_from(
                "month", "year", "owner", "source", "competitor", "pipeline", "stage", "all"
            ),
        ),
    ] = "all",
) -> Result:
    """Show why deals were lost, the most frequent reason first.

    The deals are those lost in the last 12 months, or from --from to --to.

    Examples:
        cardcrm report lost-reasons

        cardcrm report lost-reasons --by stage

        cardcrm report lost-reasons --by competitor --from 2026-07

    """
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.lost_reasons import parse_lost_group, read_lost_reasons

    session = session_of(ctx)
    group = parse_lost_group(by)
    scope = complete_days(options.read_deal_scope(session))
    found = read_lost_reasons(session.store(), scope, group)
    title = f"Reasons of lost deals, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _figures(group), map(_row, found), title)
    empty = explain_no_deals(scope, "deals lost")
    notes = ("share: of the lost deals of the group",)
    return conclude(session, options, "lost-reasons", sheet, empty, notes)


def _row(each: "LostReason") -> "tuple[Cell, ...]":
    return (
        each.group,
        each.reason or "(none)",
        each.currency,
        each.deals,
        each.share,
        to_money(each.amount, each.currency),
    )
