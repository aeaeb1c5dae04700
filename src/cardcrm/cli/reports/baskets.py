"""`report baskets`: products that are bought together."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.contact_output import pluralize
from cardcrm.cli.reports.product_tables import (
    percent,
    refresh_alerts,
)
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.reports.charts import build_pair_chart
from cardcrm.reports.product_sales.baskets import BASKETS, Baskets, Pair, find_pairs
from cardcrm.sheet import Column, Sheet

if TYPE_CHECKING:
    from cardcrm.cli.session import Session

app = typer.Typer()

_WORDS = {"baskets": "basket", "sales": "sale", "customers": "customer"}


@app.command("baskets")
@add_options("limit", "since", "until", "where", "currency")
def baskets(
    ctx: typer.Context,
    options: ReportOptions,
    over: Annotated[
        str,
        typer.Option(
            metavar="WHAT",
            help="Count over baskets (what a contact bought on a day), sales or customers.",
            autocompletion=complete_from(*BASKETS),
        ),
    ] = "baskets",
    min_support: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Least share of baskets with both, such as 0.01."),
    ] = 0.0,
    min_count: Annotated[
        int, typer.Option(metavar="N", help="Least number of baskets with both.", min=1)
    ] = 2,
) -> Result:
    """List products that are bought together.

    Support is the share of baskets with both products, confidence the share with the other product
    among those with one. A lift above 1 means more often than by chance. The pairs furthest beyond
    chance come first.

    Examples:
        cardcrm report baskets

        cardcrm report baskets --over customers --min-support 0.01 --format csv

    """
    session = session_of(ctx)
    scope = options.read_scope(session, all_currencies=True)
    found = find_pairs(session.store(), scope, over, min_support=min_support, min_count=min_count)
    refresh_alerts(session)
    if not found.pairs:
        return Result(_list_pairs(()), notes=(_explain_none(found, over, min_count),))
    shown = found.pairs[: options.count_rows(session)]
    return Result(
        _lay_out(session, found, shown, over), charts=(build_pair_chart(found.pairs, over),)
    )


def _lay_out(session: "Session", found: Baskets, shown: tuple[Pair, ...], over: str) -> Sheet:
    if not session.is_for_people:
        return _list_pairs(shown)
    word = _WORDS[over]
    columns = (
        Column("product", "product", wide=True, min_width=12, wrapped=True),
        Column("other", "bought with", wide=True, min_width=12, wrapped=True),
        Column("count", "together", "right"),
        Column("expected", "by chance", "right", digits=1),
        Column("lift", "lift", "right", digits=2),
        Column("confidence", "→", "right"),
        Column("confidence_back", "←", "right"),
    )
    rows = [
        (
            each.product, each.other, each.together, each.expected, each.lift,
            percent(each.confidence), percent(each.confidence_back),
        )
        for each in shown
    ]  # fmt: skip
    more = len(found.pairs) - len(shown)
    note = (
        f"{pluralize(found.baskets, word)} with {pluralize(found.products, 'product')}. "
        f"“→” is the share of {word}s with the first product that have the other one too, “←” the "
        f"other way round; a lift above 1 is more than chance."
        + (f" … and {pluralize(more, 'more pair')}." if more else "")
    )
    return Sheet(columns, rows, f"Bought together, by {over}", note)


def _list_pairs(pairs: tuple[Pair, ...]) -> Sheet:
    columns = (
        Column("product_id", "id", "right"),
        Column("product", "product"),
        Column("other_product_id", "other id", "right"),
        Column("other_product", "bought with"),
        Column("count", "together", "right"),
        Column("support", "support", "right"),
        Column("confidence", "confidence", "right"),
        Column("confidence_back", "confidence back", "right"),
        Column("lift", "lift", "right"),
    )
    rows = [
        (
            each.product_id, each.product, each.other_id, each.other, each.together, each.support,
            each.confidence, each.confidence_back, each.lift,
        )
        for each in pairs
    ]  # fmt: skip
    return Sheet(columns, rows, ids="product_id")


def _explain_none(found: Baskets, over: str, min_count: int) -> str:
    if not found.baskets:
        return "no sales with products: cardcrm sell WHO --line “2 x Rose bouquet @ 24.50”"
    word = pluralize(found.baskets, _WORDS[over])
    return (
        f"no two products are together in at least {pluralize(min_count, _WORDS[over])} "
        f"of {word}; pairs of one need --min-count 1"
    )
