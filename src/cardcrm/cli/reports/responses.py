"""`report responses`: how fast customers get an answer."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.reports.deal_sheets import Figure, build_sheet
from cardcrm.cli.reports.explanations import conclude, explain_no_deals
from cardcrm.cli.reports.report_options import ByMonth, ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session

if TYPE_CHECKING:
    from cardcrm.reports.pipeline.deal_scope import DealScope
    from cardcrm.reports.pipeline.response_times import ResponseTime
    from cardcrm.sheet import Cell

app = typer.Typer()

_FIGURES = (
    Figure("month", "month", "text"),
    Figure("user", "user", "text"),
    Figure("questions", "questions"),
    Figure("answers", "answered"),
    Figure("median_hours", "median hours", "number"),
    Figure("within_day", "within a day", "share"),
)
_UNANSWERED = "(no answer)"


@app.command("responses")
@add_options("since", "until", "where", "owner", "team", "explain")
def responses(
    ctx: typer.Context,
    options: ReportOptions,
    by_month: ByMonth = False,
    leads: Annotated[
        bool, typer.Option("--leads", help="First responses to leads instead, by their owners.")
    ] = False,
) -> Result:
    """Show how fast mails, messages and missed calls are answered, and by whom.

    The questions are those of the last 12 months, or from --from to --to. An answer is the next
    touch of the contact within 7 days. With --leads it is the first touch that went out.

    Examples:
        cardcrm report responses

        cardcrm report responses --by-month --owner me

        cardcrm report responses --leads

    """
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.response_times import read_responses

    session = session_of(ctx)
    scope = complete_days(options.read_deal_scope(session))
    if leads:
        return _show_leads(session, options, scope, by_month=by_month)
    found = read_responses(session.store(), scope, by_month=by_month)
    title = f"Times to an answer, {scope.since} to {scope.until}"
    rows = [_row(each, is_for_people=session.is_for_people) for each in found]
    sheet = build_sheet(session, _FIGURES, rows, title)
    empty = explain_no_deals(scope, "incoming mails, messages or missed calls")
    notes = ("an answer is the next touch within 7 days; entries without a time are left out",)
    return conclude(session, options, "responses", sheet, empty, notes)


_LEAD_FIGURES = (
    Figure("month", "month", "text"),
    Figure("user", "owner", "text"),
    Figure("leads_count", "leads"),
    Figure("answers", "answered"),
    Figure("median_hours", "median hours", "number"),
    Figure("slow_hours", "9 of 10 within", "number"),
    Figure("within_hour", "within an hour", "share"),
)


def _show_leads(
    session: Session, options: ReportOptions, scope: "DealScope", *, by_month: bool
) -> Result:
    """Return the first responses to leads."""
    from cardcrm.reports.leads.lead_responses import read_lead_responses

    found = read_lead_responses(session.store(), scope, by_month=by_month)
    rows: list[tuple[Cell, ...]] = [
        (
            each.month or None,
            each.owner or ("(no owner)" if session.is_for_people else None),
            each.leads,
            each.answered,
            each.median_hours,
            each.slow_hours,
            each.within_hour,
        )
        for each in found
    ]
    title = f"First responses to leads, {scope.since} to {scope.until}"
    sheet = build_sheet(session, _LEAD_FIGURES, rows, title)
    notes = ("a first response is a touch that went out; leads without a time have no hours",)
    empty = explain_no_deals(scope, "leads")
    return conclude(session, options, "responses", sheet, empty, notes)


def _row(each: "ResponseTime", *, is_for_people: bool) -> "tuple[Cell, ...]":
    return (
        each.month or None,
        each.user or (_UNANSWERED if is_for_people else None),
        each.questions,
        len(each.times),
        each.median_hours,
        each.within_day,
    )
