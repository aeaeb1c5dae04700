"""`sale`: the generic group; its rows are added as by `sell`, and edited with their lines."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from cardcrm.cli.arguments import is_numbers, parse_when, refuse_options, session_of
from cardcrm.cli.record_edit import edit_rows, refuse_two_texts, run_rm
from cardcrm.cli.record_group import add_command, build
from cardcrm.cli.record_options import choose, read_texts, which_param
from cardcrm.cli.removal_effects import find_of_sales
from cardcrm.cli.result import Result
from cardcrm.cli.sell import (
    Currency,
    Discount,
    Line,
    Options,
    Price,
    Product,
    Qty,
    Refund,
    SaleValues,
    describe_new_products,
    find_new_products,
    parse_line_options,
    parse_options,
    sell,
)
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.record_type import RecordType
from cardcrm.records.sales.sale_type import SALE

if TYPE_CHECKING:
    from cardcrm.records.sales.sales import Sale

app = build(SALE, add=sell, without=("edit", "rm"))

_WHICH = which_param(SALE, takes_text=True, before_text="[AMOUNT] ")
_LINE_PARAMS = [
    Param("currency", Currency, ""),
    Param("refund", Refund, False),
    Param("product", Product, []),
    Param("qty", Qty, ""),
    Param("price", Price, ""),
    Param("discount", Discount, ""),
    Param("line", Line, []),
]


def _refuse_two_numbers(words: Sequence[str]) -> None:
    """Raise UsageError for a second whole number, which may be a sale or an amount."""
    if len(words) > 1 and all(map(is_numbers, words[:2])):
        raise UsageError(
            f"“{words[1]}” may be the number of a sale or an amount",
            f"Write {words[0]},{words[1]} for several sales, or --amount {words[1]}.",
        )


def _edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Edit sales: the amounts together with the lines that add up to them."""
    from cardcrm.records.sales import sales

    session = session_of(ctx)
    refuse_options(ctx, values["which"])
    _refuse_two_numbers(values["which"])
    ids, words = choose(session, type_, values, takes_text=True)
    texts = read_texts(session, type_, values)
    # An empty amount or cost is a text like any other: it is refused, or clears the cost.
    own_keys = ("amount", "cost", "tax_rate")
    given = {key: texts.pop(key) for key in own_keys if texts.get(key, "").strip()}
    words = [*filter(None, [given.get("amount", "")]), *words]
    more = {each.name: values[each.name] for each in _LINE_PARAMS}
    options = Options(**more, on="", cost=given.get("cost", ""), ref="")
    options = options._replace(tax=given.get("tax_rate", ""))

    has_own = bool(words or any(options))
    # Checked together with the amount: a code must be valid for the sale as it will be.
    code = texts.pop("promotion", None) if has_own else None
    day = texts.pop("on") if code and texts.get("on", "").strip() else ""
    when = parse_when(session, day, past=True) if day else None

    def change(sale_id: int) -> None:
        before = sales.get(session.store(), sale_id)
        read = _read_options(session, words, options, before)
        if read.text:
            refuse_two_texts(type_, texts)
        sales.edit(
            session.store(),
            sale_id,
            amount=read.amount,
            text=read.text or None,
            cost=read.cost,
            lines=read.lines or None,
            tax_rate=read.tax_rate,
            refund=options.refund,
            when=when,
            code=code,
        )

    own = change if has_own else None
    new_products = find_new_products(session, options)
    result = edit_rows(session, type_, ids, values, texts, change=own)
    added = describe_new_products(session, new_products) if not values["dry_run"] else ()
    deals = [f"{each} unchanged" for each in find_of_sales(session.store(), ids).lines]
    return result._replace(warnings=(*result.warnings, *added, *deals))


def _read_options(
    session: Session, words: Sequence[str], options: Options, sale: "Sale"
) -> SaleValues:
    """Parse words and options; without --line they are about the only line of the sale."""
    from cardcrm.records.sales import sales

    currency = sale.amount.currency
    if options.line or len(options.product) > 1:
        return parse_options(session, words, options, currency, required=False)
    plain = options._replace(product=(), qty="", price="", discount="")
    read = parse_options(session, words, plain, currency, required=False)
    changes = parse_line_options(options, (options.currency or currency).upper())
    if not changes:
        return read
    if not sales.lines_of(session.store(), sale.id):
        return parse_options(session, words, options, currency, required=False)
    line = sales.draft_line(session.store(), sale.id, **changes)
    if read.amount is not None and "price" not in changes:
        line = replace(line, amount=None, price=None)
    return read._replace(lines=[line])


add_command(app, SALE, "rm", run=partial(run_rm, find_effects=find_of_sales))
add_command(
    app, SALE, "edit", more=[_WHICH, *_LINE_PARAMS], run=_edit, examples=["edit 17 14.50 flowers"]
)
