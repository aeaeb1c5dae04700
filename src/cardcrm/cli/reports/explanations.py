"""The definitions of the figures in a report about deals."""

from cardcrm.cli.reports.report_options import ReportOptions
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Column, Sheet


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
