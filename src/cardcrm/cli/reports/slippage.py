"""`report slippage`: how often the expected close of deals was moved."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.deal_sheets import Figure, build_sheet
from cardcrm.cli.reports.explanations import conclude, explain_no_deals
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.slippage import Slippage
    from cardcrm.sheet import Cell

app = typer.Typer()


def _figures(group: str) -> tuple[Figure, ...]:
    return (
        Figure("group", group, "text"),
        Figure("deals", "deals"),
        Figure("moved_deals", "moved"),
        Figure("share", "share", "share"),
        Figure("moves", "moves"),
        Figure("later_moves", "later"),
        Figure("median_days", "median days", "number"),
    )


@app.command("slippage")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def slippage(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="GROUP",
            help="Group by month (of the moves), owner, source or pipeline.",
            autocompletion=complete_from("month", "owner", "source", "pipeline", "all"),
        ),
    ] = "all",
) -> Result:
    """Show how often the expected close of deals was moved, and how far.

    The moves are those made in the last 12 months, or from --from to --to, to deals that are open
    or were closed in these days.

    Examples:
        cardcrm report slippage

        cardcrm report slippage --by owner

        cardcrm report slippage --by month --from 2026

    """
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.slippage import parse_slippage_group, read_slippage

    session = session_of(ctx)
    group = parse_slippage_group(by)
    scope = complete_days(options.read_deal_scope(session))
    found = read_slippage(session.store(), scope, group)
    title = f"Moves of the expected close, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _figures(group), map(_row, found), title)
    empty = explain_no_deals(scope, "deals with an expected close")
    notes = ("later: moves to a later day; median days: of all moves, more is later",)
    return conclude(session, options, "slippage", sheet, empty, notes)


def _row(each: "Slippage") -> "tuple[Cell, ...]":
    return (
        each.group,
        each.deals,
        len(each.moved),
        each.share,
        each.moves,
        each.later,
        each.median_days,
    )
