"""`sale`: list, show, edit and remove sales."""

from collections.abc import Sequence
from inspect import getdoc
from typing import Annotated

import typer

from cardcrm.cli.arguments import refuse_options, session_of
from cardcrm.cli.record_group import add_command
from cardcrm.cli.results import Result
from cardcrm.cli.sale import (
    Cost,
    Currency,
    Discount,
    Line,
    On,
    Options,
    Price,
    Product,
    Qty,
    Ref,
    Refund,
    describe_sale,
    parse_options,
    sale_card,
    sell,
)
from cardcrm.cli.session import Session
from cardcrm.records.sales.sale_type import SALE

app = typer.Typer()

app.command(
    "add",
    help=(getdoc(sell) or "").replace("cardcrm sell ", "cardcrm sale add "),
    context_settings={"ignore_unknown_options": True},
)(sell)
add_command(app, SALE, "list")
add_command(app, SALE, "show")


@app.command("edit", context_settings={"ignore_unknown_options": True})
def edit(
    ctx: typer.Context,
    id: Annotated[int, typer.Argument(metavar="ID", help="The number of a sale.")],
    words: Annotated[
        list[str],
        typer.Argument(metavar="[AMOUNT] [WHAT…]", help="Amount and text, if they change."),
    ] = [],
    on: On = "",
    cost: Cost = "",
    currency: Currency = "",
    ref: Ref = "",
    refund: Refund = False,
    product: Product = [],
    qty: Qty = "",
    price: Price = "",
    discount: Discount = "",
    line: Line = [],
) -> Result:
    """Edit a sale: its amount, its text, its lines or its options.

    Example:
        cardcrm sale edit 17 14.50 flowers

    """
    refuse_options(ctx, words)
    options = Options(product, qty, price, discount, line, on, cost, currency, ref, refund)
    return _edit(session_of(ctx), id, words, options)


def _edit(session: Session, sale_id: int, words: Sequence[str], options: Options) -> Result:
    """Edit a sale, and report it."""
    from cardcrm.records.contacts import contacts
    from cardcrm.records.sales import sales

    store = session.store()
    before = sales.get(store, sale_id)
    read = parse_options(session, words, options, before.amount.currency, required=False)
    after = sales.edit(
        store,
        sale_id,
        amount=read.amount,
        text=read.text or None,
        when=read.when,
        cost=read.cost,
        lines=read.lines or None,
        ref=options.ref or None,
        refund=options.refund,
    )
    name = contacts.get(store, after.contact_id).name
    state = "changed" if after != before else "no change to"
    return Result(
        lambda: sale_card(session, after, is_new=False),
        f"{state} sale {sale_id}: {describe_sale(session, after, name)}",
    )


for _name in ("rm", "export"):
    add_command(app, SALE, _name)
