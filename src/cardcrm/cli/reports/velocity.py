"""`report velocity`: how much money the deals bring a day."""

from typing import TYPE_CHECKING

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.deal_sheets import CURRENCY, Figure, build_sheet, to_money
from cardcrm.cli.reports.explanations import conclude, explain_no_deals
from cardcrm.cli.reports.report_options import DealGroup, ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.velocity import Velocity
    from cardcrm.sheet import Cell

app = typer.Typer()


def _figures(group: str) -> tuple[Figure, ...]:
    return (
        Figure("group", group, "text"),
        CURRENCY,
        Figure("open_deals", "open"),
        Figure("won", "won"),
        Figure("lost", "lost"),
        Figure("mean_won", "mean won", "money"),
        Figure("win_rate", "win rate", "share"),
        Figure("mean_days", "days", "number"),
        Figure("velocity", "a day", "money"),
        Figure("reason", "", "text"),
    )


@app.command("velocity")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def velocity(ctx: typer.Context, options: ReportOptions, by: DealGroup = "all") -> Result:
    """Show how much money the deals bring a day.

    It is the number of open deals × mean won amount × win rate / mean days to the close. The deals
    are those closed in the last 12 months, or from --from to --to, and the open ones of today; with
    --by month the open ones at the end of each month.

    Examples:
        cardcrm report velocity

        cardcrm report velocity --by month --pipeline sales

    """
    from cardcrm.reports.pipeline.deal_groups import parse_group
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.velocity import read_velocity

    session = session_of(ctx)
    group = parse_group(by)
    scope = complete_days(options.read_deal_scope(session))
    found = read_velocity(session.store(), scope, group)
    title = f"Velocity, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _figures(group), map(_row, found), title)
    reasons = {f"no velocity: {each.reason}" for each in found if each.reason}
    empty = explain_no_deals(scope, "deals open or closed")
    notes = ("a day: open × mean won × win rate / days from the opening to the close",)
    return conclude(session, options, "velocity", sheet, empty, (*notes, *sorted(reasons)))


def _row(each: "Velocity") -> "tuple[Cell, ...]":
    return (
        each.group,
        each.currency,
        each.open,
        each.closed.won,
        each.closed.lost,
        to_money(each.closed.mean_amount, each.currency),
        each.closed.rate,
        each.closed.mean_days,
        to_money(each.value, each.currency),
        each.reason or None,
    )
