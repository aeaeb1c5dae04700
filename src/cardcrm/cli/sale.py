"""`sale`: add, list, show, edit and remove sales."""

from collections.abc import Callable, Sequence
from inspect import getdoc
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import refuse_options, session_of
from cardcrm.cli.bulk_edit import (
    DryRun,
    Yes,
    choose,
    edit_many,
    is_given,
    refuse_no_change,
)
from cardcrm.cli.record_group import add_command
from cardcrm.cli.record_options import where_option
from cardcrm.cli.result import Result
from cardcrm.cli.sell import (
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

if TYPE_CHECKING:
    from cardcrm.records.sales.sales import Sale

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
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ID [AMOUNT] [WHAT…]",
            help="The number of a sale, unless --where is given; amount and text, if they change.",
        ),
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
    where: Annotated[str, where_option(SALE)] = "",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Edit a sale, or several at once: amount, text, lines or options.

    Examples:
        cardcrm sale edit 17 14.50 flowers

        cardcrm sale edit --where who:jane --on 2026-11-02 --dry-run

    """
    session = session_of(ctx)
    refuse_options(ctx, words)
    chosen = choose(session, SALE, words, where, yes=yes, dry=dry_run)
    if not chosen.words:
        refuse_no_change(ctx, SALE, Options._fields)
    options = Options(product, qty, price, discount, line, on, cost, currency, ref, refund)
    given_ref = ref if is_given(ctx, "ref") else None

    def change(sale_id: int) -> "Sale":
        return _edit(session, sale_id, chosen.words, options, given_ref)

    if chosen.one is None:
        return edit_many(session, SALE, chosen, change)
    return _report_edit(session, chosen.one, change)


def _edit(
    session: Session, sale_id: int, words: Sequence[str], options: Options, ref: str | None
) -> "Sale":
    """Edit a sale; an empty reference clears it."""
    from cardcrm.records.sales import sales

    store = session.store()
    before = sales.get(store, sale_id)
    read = parse_options(session, words, options, before.amount.currency, required=False)
    return sales.edit(
        store,
        sale_id,
        amount=read.amount,
        text=read.text or None,
        when=read.when,
        cost=read.cost,
        lines=read.lines or None,
        ref=ref,
        refund=options.refund,
    )


def _report_edit(session: Session, sale_id: int, change: "Callable[[int], Sale]") -> Result:
    """Edit a sale, and report whether it was changed."""
    from cardcrm.records.contacts import contacts
    from cardcrm.records.sales import sales

    store = session.store()
    before = sales.get(store, sale_id)
    after = change(sale_id)
    name = contacts.get(store, after.contact_id).name
    state = "changed" if after != before else "no change to"
    return Result(
        lambda: sale_card(session, after, is_new=False),
        f"{state} sale {sale_id}: {describe_sale(session, after, name)}",
    )


for _name in ("rm", "export"):
    add_command(app, SALE, _name)
