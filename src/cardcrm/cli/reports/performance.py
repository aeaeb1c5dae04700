"""`report performance`: what each user wins in a month, against the target."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.deal_sheets import CURRENCY, Figure, build_sheet, to_money
from cardcrm.cli.reports.explanations import conclude, explain_no_deals, explain_teams
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.deal_scope import DealScope
    from cardcrm.reports.pipeline.performance import Performance
    from cardcrm.sheet import Cell

app = typer.Typer()

By = Annotated[
    str,
    typer.Option(
        metavar="GROUP", help="Group by user or team.", autocompletion=complete_from("user", "team")
    ),
]
_FIGURES = (
    Figure("user", "user", "text"),
    CURRENCY,
    Figure("target_amount", "target", "money"),
    Figure("won_amount", "won", "money"),
    Figure("attainment", "of it", "share"),
    Figure("missing_amount", "", "money"),
    Figure("won", "won deals"),
    Figure("lost"),
    Figure("open_deals", ""),
    Figure("open_amount", "open", "money"),
    Figure("weighted", "", "money"),
    Figure("expected_amount", "", "money"),
    Figure("coverage", "cover", "number"),
    Figure("touches", "touches"),
)


@app.command("performance")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def performance(ctx: typer.Context, options: ReportOptions, by: By = "user") -> Result:
    """Compare what each user won with the target, the open deals and the touches.

    It is about this month, or the months from --from to --to. Set targets with `target set`.

    Examples:
        cardcrm report performance

        cardcrm report performance --from 2026-01 --owner ann

        cardcrm report performance --by team

    """
    from cardcrm.choices import parse_choice
    from cardcrm.reports.charts import build_performance_charts
    from cardcrm.reports.pipeline.performance import read_performance
    from cardcrm.reports.pipeline.team_scopes import TEAM, read_performance_by_team

    session = session_of(ctx)
    names = {"owner": "user", "owners": "user", "users": "user", "teams": TEAM}
    is_by_team = parse_choice(by, ("user", TEAM), "group", names) == TEAM
    scope = _complete_months(options.read_deal_scope(session))
    read = read_performance_by_team if is_by_team else read_performance
    found = read(session.store(), scope)
    title = f"Performance, {scope.since} to {scope.until}"
    has_users = len({each.user for each in found}) > 1
    figures = (Figure("month", "month", "heading" if has_users else "text"), *_FIGURES)
    sheet = build_sheet(session, figures, map(_row, found), title)
    notes = [
        "of it: won / target; open: deals that should close in the month; cover: open / what is "
        "missing"
    ]
    if scope.is_part:
        notes.append("targets are for all deals of a user: left out with --pipeline and --where")
    elif all(each.target is None for each in found):
        notes.append("no targets: cardcrm target set USER MONTH AMOUNT")
    if is_by_team:
        notes += explain_teams(session, scope)
    empty = explain_no_deals(scope, "deals, touches or targets")
    return conclude(
        session, options, "performance", sheet, empty, notes, build_performance_charts(found)
    )


def _complete_months(scope: "DealScope") -> "DealScope":
    """Return a scope of whole months: that of today, or those of the days given."""
    from cardcrm.dates.periods import find_end, find_start

    since = scope.since or min(scope.today, scope.until or dt.date.max)
    until = scope.until or max(scope.today, since)
    return replace(scope, since=find_start("month", since), until=find_end("month", until))


def _row(each: "Performance") -> "tuple[Cell, ...]":
    return (
        each.month,
        each.user,
        each.currency,
        to_money(each.target, each.currency),
        to_money(each.won_amount, each.currency),
        each.attainment,
        to_money(each.missing, each.currency),
        each.won,
        each.lost,
        each.open,
        to_money(each.open_amount, each.currency),
        to_money(each.weighted, each.currency),
        to_money(each.expected, each.currency),
        each.coverage,
        each.touches,
    )
