"""The result of a report about deals, with the definitions of its figures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.cli.reports.report_options import ReportOptions
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from cardcrm.chart import Chart
    from cardcrm.reports.pipeline.deal_scope import DealScope


def conclude(
    session: Session,
    options: ReportOptions,
    name: str,
    sheet: Sheet,
    empty: str,
    notes: Sequence[str] = (),
    charts: "Sequence[Chart]" = (),
) -> Result:
    """Return the result of a report; a sentence says why there are no rows."""
    if sheet.rows:
        result = Result(sheet, notes=tuple(notes), charts=tuple(charts))
    else:
        result = Result(None if session.is_for_people else sheet, notes=(empty,))
    return explain(session, options, name, result)


def explain_no_deals(scope: "DealScope", missing: str) -> str:
    """Return why a report on the days of a scope has no rows."""
    return f"no {missing} from {scope.since} to {scope.until}"


def explain_teams(session: Session, scope: "DealScope") -> list[str]:
    """Return what the rows of teams count twice, or how to add a team."""
    from cardcrm.records.teamwork.teams import list_teams
    from cardcrm.reports.pipeline.team_scopes import find_shared

    if not list_teams(session.store()):
        return ["no teams: cardcrm team add NAME --member USER"]
    shared = find_shared(session.store(), scope)
    names = ", ".join(shared)
    return [f"in several teams, counted in each: {names}"] if shared else []


def explain(session: Session, options: ReportOptions, name: str, result: Result) -> Result:
    """Return a result with the definition of each figure, if `--explain` asks for them.

    People get them below the figures, programs in place of these.
    """
    if not options.explain:
        return result
    from cardcrm.reports.pipeline.definitions import DEFINITIONS

    found = DEFINITIONS[name]
    if session.is_for_people:
        lines = (f"{figure}: {text}" for figure, text in found.items())
        return result._replace(notes=(*result.notes, *lines))
    columns = (Column("figure", "figure"), Column("definition", "definition", wide=True))
    return Result(Sheet(columns, list(found.items()), ids="figure"))
