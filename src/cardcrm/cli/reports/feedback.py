"""`report feedback`: what customers wish and complain about, and what they are worth."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_from, session_of
from cardcrm.cli.reports.report_options import ReportOptions, add_options
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.sheet import Cell, Column, Sheet

if TYPE_CHECKING:
    from cardcrm.reports.feedback.feedback_values import FeedbackValue, ProductValue

app = typer.Typer()

_KINDS = ("wish", "complaint")
_GROUPS = ("product",)
_VALUES = (
    Column("customers", "customers", "right"),
    Column("revenue", "revenue", "right", currency="currency"),
    Column("future_value", "expected", "right", currency="currency"),
)
_COLUMNS = (
    Column("id", "id", "right"),
    Column("kind", "kind"),
    Column("product", "product", wide=True),
    Column("text", "what", wide=True, wrapped=True),
    Column("status", "status"),
    *_VALUES,
)
_BY_PRODUCT = (
    Column("product", "product", wide=True),
    Column("wishes", "wishes", "right"),
    Column("complaints", "complaints", "right"),
    *_VALUES,
)


@app.command("feedback")
@add_options("limit")
def feedback(
    ctx: typer.Context,
    options: ReportOptions,
    by: Annotated[
        str,
        typer.Option(
            metavar="GROUP", help="Group by product.", autocompletion=complete_from(*_GROUPS)
        ),
    ] = "",
    kind: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help="Only this kind: wish or complaint.",
            autocompletion=complete_from(*_KINDS),
        ),
    ] = "",
    all_: Annotated[bool, typer.Option("--all", help="Include done and declined ones.")] = False,
) -> Result:
    """Show wishes and complaints, the highest value first.

    The value is what the customers of a wish have paid so far, plus what the model of `cardcrm
    value model` expects them to pay in five years. The value of an organization includes that of
    its people.

    Examples:
        cardcrm report feedback

        cardcrm report feedback --by product --kind complaint

    """
    from cardcrm.reports.feedback.feedback_values import rank_feedback, rank_products

    session = session_of(ctx)
    _check("group", by, _GROUPS)
    _check("kind", kind, _KINDS)
    store, most = session.store(), options.count_rows(session)
    if by:
        products = rank_products(store, kind, all_statuses=all_)
        sheet = Sheet(_BY_PRODUCT, list(map(_product_cells, products))[:most], ids="product")
        return _result(sheet, products)
    found = rank_feedback(store, kind, all_statuses=all_)
    return _result(Sheet(_COLUMNS, list(map(_cells, found))[:most]), found)


def _check(what: str, text: str, allowed: tuple[str, ...]) -> None:
    if text and text not in allowed:
        raise UsageError(f"unknown {what} “{text}”", f"Use {' or '.join(allowed)}.")


def _cells(value: "FeedbackValue") -> tuple[Cell, ...]:
    return (
        value.id, value.kind, value.product or None, value.text, value.status, value.customers,
        value.revenue, value.future,
    )  # fmt: skip


def _product_cells(value: "ProductValue") -> tuple[Cell, ...]:
    return (value.product or None, *value[1:])


def _result(sheet: Sheet, found: "list[FeedbackValue] | list[ProductValue]") -> Result:
    if not found:
        return Result(sheet, notes=("no feedback yet: cardcrm feedback add WHO PRODUCT TEXT",))
    if found[0].future is None:
        return Result(sheet, notes=("for expected sales, fit the model: cardcrm value model",))
    return Result(sheet)
