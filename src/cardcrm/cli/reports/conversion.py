"""`report conversion`: how many deals go on from each stage, by two definitions."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.deal_sheets import Figure, build_sheet
from cardcrm.cli.reports.explanations import conclude, explain_no_deals
from cardcrm.cli.reports.report_options import ByMonth, ReportOptions, add_options
from cardcrm.cli.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cardcrm.reports.pipeline.stage_conversion import Step
    from cardcrm.sheet import Cell

app = typer.Typer()

_BOTH = "both"
_SIDE_BY_SIDE = (
    Figure("pipeline", "pipeline", "heading"),
    Figure("month", "opened", "text"),
    Figure("stage", "stage", "text"),
    Figure("any_deals", "any"),
    Figure("any_rate", "next", "share"),
    Figure("any_cumulative", "of all", "share"),
    Figure("strict_deals", "strict"),
    Figure("strict_rate", "next", "share"),
    Figure("strict_cumulative", "of first", "share"),
    Figure("open_deals", "still"),
    Figure("lost", "lost"),
)
_FIGURES = (
    Figure("pipeline", "pipeline", "heading"),
    Figure("month", "opened", "text"),
    Figure("stage", "stage", "text"),
    Figure("definition", "by", "text"),
    Figure("deals", "deals"),
    Figure("next_deals", "went on"),
    Figure("next_rate", "rate", "share"),
    Figure("low", "low", "share"),
    Figure("high", "high", "share"),
    Figure("cumulative_rate", "of all", "share"),
    Figure("open_deals", "still"),
    Figure("lost", "lost"),
)


@app.command("conversion")
@add_options("since", "until", "where", "currency", "pipeline", "owner", "team", "explain")
def conversion(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            "--definition",
            metavar="NAME",
            help="any (was in the stage), strict (passed all stages in order), or both.",
            autocompletion=complete_from("any", "strict", "both"),
        ),
    ] = _BOTH,
    closed: Annotated[
        bool, typer.Option("--closed", help="Only deals that are won or lost.")
    ] = False,
    by_month: ByMonth = False,
) -> Result:
    """Show how many deals go on from each stage, and how many are lost there.

    The deals are those opened in the last 12 months, or from --from to --to. “any” counts a deal
    in each stage that it was in, and it went on if it was in a later one afterwards. “strict”
    counts it only as far as it passed all stages in their order.

    Examples:
        cardcrm report conversion

        cardcrm report conversion --definition strict --closed --from 2026

        cardcrm report conversion --by-month --definition any

    """
    from cardcrm.choices import parse_choice
    from cardcrm.reports.pipeline.deal_scope import complete_days
    from cardcrm.reports.pipeline.stage_conversion import DEFINITIONS, read_conversion

    session = session_of(ctx)
    wanted = parse_choice(by, (*DEFINITIONS, _BOTH), "definition")
    scope = complete_days(options.read_deal_scope(session))
    found = read_conversion(session.store(), scope, is_closed=closed, by_month=by_month)
    rows = [_row(each) for each in found.steps if wanted in (_BOTH, each.definition)]
    title = f"Conversion of deals opened {scope.since} to {scope.until}"
    if session.is_for_people and wanted == _BOTH:
        sheet = build_sheet(session, _SIDE_BY_SIDE, _pair(found.steps), title)
    else:
        sheet = build_sheet(session, _FIGURES, rows, title)
    notes = [
        "any: deals that were in the stage; strict: those that passed all stages in order; next: "
        "share that went on; still: deals that are there",
    ]
    if found.left_out:
        notes.append(f"left out: {pluralize(found.left_out, 'deal')} without an open stage")
    empty = explain_no_deals(scope, "deals opened")
    return conclude(session, options, "conversion", sheet, empty, notes)


def _pair(steps: "Sequence[Step]") -> "Iterator[tuple[Cell, ...]]":
    """Yield a row with both definitions for each stage."""
    strict = {
        (each.pipeline, each.month, each.stage): each
        for each in steps
        if each.definition == "strict"
    }
    for each in steps:
        if each.definition == "any":
            other = strict[each.pipeline, each.month, each.stage]
            yield (
                each.pipeline,
                each.month or None,
                each.stage,
                each.deals,
                each.rate,
                each.cumulative,
                other.deals,
                other.rate,
                other.cumulative,
                None if each.is_last else each.open,
                None if each.is_last else each.lost,
            )


def _row(each: "Step") -> "tuple[Cell, ...]":
    low, high = each.interval or (None, None)
    going = None if each.is_last else each.next
    return (
        each.pipeline,
        each.month or None,
        each.stage,
        each.definition,
        each.deals,
        going,
        each.rate,
        low,
        high,
        each.cumulative,
        None if each.is_last else each.open,
        None if each.is_last else each.lost,
    )
