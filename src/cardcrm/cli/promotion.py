"""`promotion`: codes and offers, and what they brought."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import Source, session_of
from cardcrm.cli.record_group import build
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.records.promotions.promotion_type import PROMOTION

app = build(PROMOTION)
_NONE_YET = "no promotions yet: cardcrm promotion add CODE --discount 10%"


@app.command("results")
@add_options("since", "until", "where", "currency")
def results(
    ctx: typer.Context,
    options: ReportOptions,
    code: Annotated[
        str,
        typer.Argument(
            metavar="CODE",
            help="Code of a promotion; all of them without it.",
            autocompletion=Source("names:promotion"),
        ),
    ] = "",
) -> Result:
    """Show what promotions brought: sales, new customers, discount and margin.

    A customer is new whose first sale redeemed the code. The margin is that after the discount.

    Examples:
        cardcrm promotion results

        cardcrm promotion results SPRING10 --json

        cardcrm promotion results --from 2026-03 --to 2026-05

    """
    from cardcrm.cli.promotion_output import explain_unknown, list_results, show_results
    from cardcrm.cli.reports.currency_notes import note_currencies
    from cardcrm.records import records
    from cardcrm.reports.promotions.results import load_promotion_results

    session = session_of(ctx)
    store = session.store()
    scope = options.read_scope(session)
    promotion_id = records.find(store, "promotion", code).id if code else None
    found = load_promotion_results(store, scope, promotion_id)
    if not found:
        return Result(list_results(found), notes=(_NONE_YET,))
    notes = (
        *explain_unknown(found),
        *note_currencies(store, scope.currency),
    )
    data = show_results(found) if session.is_for_people else list_results(found)
    return Result(data, notes=notes)
