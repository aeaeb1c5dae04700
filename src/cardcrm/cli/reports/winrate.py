"""`report winrate`: the share of deals that are won, by count and by value."""

from typing import TYPE_CHECKING

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.deal_sheets import CURRENCY, Figure, build_sheet, to_money
from cardcrm.cli.reports.explanations import conclude, explain_no_deals, explain_teams
from cardcrm.cli.reports.report_options import ClosedGroup, ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.closed_deals import ClosedDeals
    from cardcrm.sheet import Cell

app = typer.Typer()


def _figures(group: str) -> tuple[Figure, ...]:
    return (
        Figure("group", group, "text"),
        CURRENCY,
        Figure("won", "won"),
        Figure("lost", "lost"),
        Figure("win_rate", "win rate", "share"),
        Figure("low", "low", "share"),
        Figure("high", "high", "share"),
        Figure("won_amount", "won amount", "money"),
        Figure("lost_amount", "lost amount", "money"),
        Figure("value_rate", "by value", "share"),
        Figure("without_amount"),
        Figure("mean_days", "days", "number"),
    )


@app.command("winrate")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def winrate(ctx: typer.Context, options: ReportOptions, by: ClosedGroup = "all") -> Result:
    """Show the share of closed deals that are won, by count and by value.

    The deals are those closed in the last 12 months, or from --from to --to. Open deals do not
    count.

    Examples:
        cardcrm report winrate

        cardcrm report winrate --by source

        cardcrm report winrate --by month --owner ann

    """
    from cardcrm.reports.pipeline.closed_deals import read_closed
    from cardcrm.reports.pipeline.deal_groups import parse_group
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.team_scopes import TEAM, read_closed_by_team

    session = session_of(ctx)
    store = session.store()
    scope = complete_days(options.read_deal_scope(session))
    is_by_team = by.strip().lower() in ("team", "teams")
    group = TEAM if is_by_team else parse_group(by)
    found = read_closed_by_team(store, scope) if is_by_team else read_closed(store, scope, group)
    title = f"Win rate, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _figures(group), map(_row, found), title)
    empty = explain_no_deals(scope, "deals closed")
    notes: tuple[str, ...] = (
        "win rate: won / (won + lost), with its 95% interval; by value: of the amounts",
    )
    if is_by_team:
        notes = (*notes, *explain_teams(session, scope))
    return conclude(session, options, "winrate", sheet, empty, notes)


def _row(each: "ClosedDeals") -> "tuple[Cell, ...]":
    low, high = each.interval or (None, None)
    return (
        each.group,
        each.currency,
        each.won,
        each.lost,
        each.rate,
        low,
        high,
        to_money(each.won_amount, each.currency),
        to_money(each.lost_amount, each.currency),
        each.value_rate,
        each.closed - each.won_valued - each.lost_valued,
        each.mean_days,
    )
