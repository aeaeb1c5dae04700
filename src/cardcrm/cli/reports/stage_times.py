"""`report stage-times`: how long deals stay in each stage."""

from typing import TYPE_CHECKING

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.deal_sheets import Figure, build_sheet
from cardcrm.cli.reports.explanations import conclude, explain_no_deals
from cardcrm.cli.reports.report_options import ByMonth, ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.stage_times import StageTime
    from cardcrm.sheet import Cell

app = typer.Typer()

_FIGURES = (
    Figure("pipeline", "pipeline", "heading"),
    Figure("stage", "stage", "text"),
    Figure("month", "month", "text"),
    Figure("stays", "stays"),
    Figure("mean_days", "mean days", "number"),
    Figure("median_days", "median", "number"),
    Figure("open_deals", "now"),
    Figure("open_days", "days so far", "number"),
)


@app.command("stage-times")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def stage_times(ctx: typer.Context, options: ReportOptions, by_month: ByMonth = False) -> Result:
    """Show how many days deals stay in each stage.

    The stays are those that ended in the last 12 months, or from --from to --to. The deals that
    are in the stage now are shown beside them.

    Examples:
        cardcrm report stage-times

        cardcrm report stage-times --by-month --pipeline sales

    """
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.stage_times import read_stage_times

    session = session_of(ctx)
    scope = complete_days(options.read_deal_scope(session))
    found = read_stage_times(session.store(), scope, by_month=by_month)
    title = f"Days in each stage, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _FIGURES, map(_row, found), title)
    empty = explain_no_deals(scope, "deals left a stage")
    notes = ("stays: times that a deal left the stage",)
    return conclude(session, options, "stage-times", sheet, empty, notes)


def _row(each: "StageTime") -> "tuple[Cell, ...]":
    return (
        each.pipeline,
        each.stage,
        each.month or None,
        each.stays,
        each.mean_days,
        each.median_days,
        None if each.month else each.now,
        each.mean_now,
    )
