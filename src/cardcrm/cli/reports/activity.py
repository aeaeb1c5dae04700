"""`report activity`: how often deals are won, by the touches that they got."""

from typing import TYPE_CHECKING

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.deal_sheets import Figure, build_sheet
from cardcrm.cli.reports.explanations import conclude, explain_no_deals
from cardcrm.cli.reports.report_options import ByMonth, ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.activity_effect import ActivityEffect, TouchBand
    from cardcrm.sheet import Cell

app = typer.Typer()

_FIGURES = (
    Figure("month", "month", "heading"),
    Figure("touch_count", "touches", "text"),
    Figure("won", "won"),
    Figure("lost", "lost"),
    Figure("win_rate", "win rate", "share"),
    Figure("low", "low", "share"),
    Figure("high", "high", "share"),
)


@app.command("activity")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def activity(ctx: typer.Context, options: ReportOptions, by_month: ByMonth = False) -> Result:
    """Compare how often deals are won by the touches that they got.

    The deals are those closed in the last 12 months, or from --from to --to.

    Examples:
        cardcrm report activity

        cardcrm report activity --owner ann --from 2026

        cardcrm report activity --by-month

    """
    from cardcrm.reports.pipeline.activity_effect import read_activity
    from cardcrm.reports.pipeline.deal_scope import complete_days

    session = session_of(ctx)
    scope = complete_days(options.read_deal_scope(session))
    found = read_activity(session.store(), scope, by_month=by_month)
    title = f"Touches and win rate, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _FIGURES, map(_row, found.bands), title)
    empty = explain_no_deals(scope, "deals closed")
    return conclude(session, options, "activity", sheet, empty, _describe(found))


def _describe(found: "ActivityEffect") -> tuple[str, ...]:
    means = ", ".join(
        f"{mean:.1f} of {status} deals"
        for status, mean in (("won", found.won_mean), ("lost", found.lost_mean))
        if mean is not None
    )
    return (
        f"mean touches: {means}",
        "a comparison and no effect: who wants to buy is also called more often",
    )


def _row(each: "TouchBand") -> "tuple[Cell, ...]":
    return (
        each.month or None,
        each.name,
        each.won,
        each.lost,
        each.rate,
        *(each.interval or (None, None)),
    )
