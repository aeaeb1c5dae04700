"""`sell`: record sales and refunds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cardcrm.cli.arguments import (
    Source,
    complete_contact,
    parse_when,
    refuse_options,
    session_of,
)
from cardcrm.cli.result import Result
from cardcrm.cli.sale_amount import refuse_split_options, split_amount
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.money import (
    Money,
    UnitPrice,
    format_money,
    format_quantity,
    parse_money,
    parse_percent,
    parse_quantity,
    parse_unit_price,
)
from cardcrm.store import Store
from cardcrm.text import join_command

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.records.sales.sales import LineDraft, Sale
    from cardcrm.sheet import Card

app = typer.Typer()

LINES = "Products"


On = Annotated[str, typer.Option(metavar="WHEN", help="Date (default: today).")]
Cost = Annotated[str, typer.Option(metavar="AMOUNT", help="Cost to the firm, without a sign.")]
Currency = Annotated[
    str, typer.Option(metavar="CODE", help="Currency of the amounts, such as EUR.")
]
Ref = Annotated[
    str, typer.Option(metavar="TEXT", help="External reference; a repeated one changes nothing.")
]
Refund = Annotated[
    bool, typer.Option("--refund", help="Record a refund, as a negative amount does.")
]
Channel = Annotated[
    str,
    typer.Option(
        metavar="TEXT",
        help="Where it was sold, such as web, shop, phone or market.",
        autocompletion=Source("field:sale.channel"),
    ),
]
Tax = Annotated[
    str,
    typer.Option(
        metavar="PERCENT",
        help="Rate of the tax in the amount, such as 20% (default: of the products).",
    ),
]
Code = Annotated[
    str,
    typer.Option(
        metavar="CODE",
        help="Code of a promotion, whose discount is taken off the products.",
        autocompletion=Source("names:promotion"),
    ),
]
Product = Annotated[
    list[str],
    typer.Option(
        metavar="NAME",
        help="Product, by name or article number; can be repeated.",
        rich_help_panel=LINES,
    ),
]
Qty = Annotated[
    str, typer.Option(metavar="N", help="Quantity (default: 1).", rich_help_panel=LINES)
]
Price = Annotated[
    str,
    typer.Option(
        metavar="AMOUNT", help="Unit price (default: from the catalog).", rich_help_panel=LINES
    ),
]
Discount = Annotated[
    str, typer.Option(metavar="PERCENT", help="Discount, such as 10%.", rich_help_panel=LINES)
]
Line = Annotated[
    list[str],
    typer.Option(
        metavar="LINE",
        help="Line, such as “2 x Rose bouquet @ 24.50 -10%”; can be repeated.",
        rich_help_panel=LINES,
    ),
]


@app.command("sell", context_settings={"ignore_unknown_options": True})
def sell(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="Customer.", autocompletion=complete_contact)
    ] = "",
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[AMOUNT] [WHAT…]",
            help="Amount, unless it follows from products; then what it was for.",
        ),
    ] = [],
    on: On = "",
    cost: Cost = "",
    currency: Currency = "",
    ref: Ref = "",
    refund: Refund = False,
    channel: Channel = "",
    tax: Tax = "",
    code: Code = "",
    product: Product = [],
    qty: Qty = "",
    price: Price = "",
    discount: Discount = "",
    line: Line = [],
) -> Result:
    """Record a sale or a refund.

    The stage of a lead or prospect becomes customer. To correct a sale, use `cardcrm sale edit`.

    Examples:
        cardcrm sell jane 12.50 flowers

        cardcrm sell jane --product "Rose bouquet" --qty 2 --discount 10%

        cardcrm sell acme --line "2 x Rose bouquet @ 24.50" --line Vase

        cardcrm sell jane 24 flowers --channel market --tax 20%

        cardcrm sell jane 45 flowers --code SPRING10

        cardcrm sell jane -12 wilted, money back

    """
    session = session_of(ctx)
    typed = [who, *words]
    refuse_options(ctx, typed if who else words)
    options = Options(
        product, qty, price, discount, line, on, cost, currency, ref, refund, channel, tax, code
    )
    return _sell(session, typed, options)


class Options(NamedTuple):
    """Options about a sale as typed."""

    product: Sequence[str]
    qty: str
    price: str
    discount: str
    line: Sequence[str]
    on: str
    cost: str
    currency: str
    ref: str
    refund: bool
    channel: str = ""
    tax: str = ""
    code: str = ""


class SaleValues(NamedTuple):
    """Values of a sale parsed from words and options."""

    amount: Money | None
    text: str
    when: "DayTime | None"
    cost: Money | None
    lines: "list[LineDraft]"
    tax_rate: int | None


def parse_options(
    session: Session, words: Sequence[str], options: Options, currency: str, *, required: bool
) -> SaleValues:
    """Parse words and options, in a currency unless they name another.

    An amount is ``required`` if there are no lines to compute it from. Raises UsageError.
    """
    default = (options.currency or currency).upper()
    lines = _parse_lines(options, default)
    amount, text = split_amount(words, default, required=required and not lines)
    refuse_split_options(text, options.cost, options.price, options.qty)
    cost = parse_money(options.cost, default) if options.cost else None
    if options.currency:
        _refuse_other_currency(default, [amount, *(each.price for each in lines), cost])
    day = parse_when(session, options.on, past=True) if options.on else None
    rate = parse_percent(options.tax) if options.tax.strip() else None
    return SaleValues(amount, text, day, cost, lines, rate)


def _sell(session: Session, words: Sequence[str], options: Options) -> Result:
    """Record a sale, and report it with the products that are new in the catalog."""
    from cardcrm.records.sales import sales

    contact, rest = session.split_contact(words)
    store = session.store()
    values = parse_options(session, rest, options, store.locale.currency, required=True)
    new_products = find_new_products(session, options)
    colleagues = session.warn_of_colleagues(contact)
    sale, is_new = sales.sell(
        store,
        contact.id,
        **values._asdict(),
        ref=options.ref,
        refund=options.refund,
        channel=options.channel,
        code=options.code,
    )
    return Result(
        lambda: _show_sale(store, sale, is_new=is_new),
        _describe_sale(session, sale, contact.name, options.code)
        if is_new
        else f"no change: sale {sale.id} already has the reference {sale.ref}",
        warnings=tuple(
            [
                *describe_new_products(session, new_products),
                *_name_missing_product(store, sale),
                *colleagues,
            ]
            if is_new
            else ()
        ),
    )


def _name_missing_product(store: Store, sale: "Sale") -> list[str]:
    """Return a warning where the text of a sale is the name of a product that it does not count."""
    from cardcrm.records.sales import products
    from cardcrm.records.sales.sales import lines_of

    product = products.find(store, sale.text) if sale.text else None
    if product is None or lines_of(store, sale.id):
        return []
    return [
        f"recorded without the product {product.name}; to count it: "
        f"cardcrm sale edit {sale.id} --product {join_command([product.name])} --qty N"
    ]


def _refuse_other_currency(currency: str, amounts: Sequence[Money | UnitPrice | None]) -> None:
    for amount in amounts:
        if amount is not None and amount.currency != currency:
            raise UsageError(
                f"{format_money(amount)} is not in {currency}", "Leave out one of the currencies."
            )


def _parse_lines(options: Options, currency: str) -> "list[LineDraft]":
    """Return a line for each --product and --line. Raises UsageError."""
    from cardcrm.records.sales.sales import LineDraft, parse_line

    names = [name for name in options.product if name.strip()]
    has_details = options.qty or options.price or options.discount
    if has_details and not names:
        raise UsageError("no product given", "--qty, --price and --discount need a --product.")
    if has_details and len(names) > 1:
        raise UsageError(
            "--qty, --price and --discount apply to one product only",
            'Give each product a line: --line "2 x Rose bouquet -10%" --line Vase',
        )
    details = parse_line_options(options._replace(product=()), currency)
    simple = [LineDraft(name, **details) for name in names]
    return simple + [parse_line(each, currency) for each in options.line]


def parse_line_options(options: Options, currency: str) -> dict[str, Any]:
    """Return the values of `LineDraft` that the options about one product give."""
    values: dict[str, Any] = {}
    if options.product:
        values["product"] = options.product[0]
    if options.qty:
        values["quantity"] = parse_quantity(options.qty)
    if options.price:
        values["price"] = parse_unit_price(options.price, currency)
    if options.discount:
        values["discount"] = parse_percent(options.discount)
    return values


def find_new_products(session: Session, options: Options) -> dict[str, list[str]]:
    """Return the products that are not in the catalog yet, each with similar names."""
    from cardcrm.records.sales import products

    store = session.store()
    lines = _parse_lines(options._replace(qty="", price="", discount=""), store.locale.currency)
    names = dict.fromkeys(" ".join(line.product.split()) for line in lines)
    return {
        name: products.similar_names(store, name)
        for name in names
        if products.find(store, name) is None
    }


def describe_new_products(session: Session, new: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a line for each product that a sale added to the catalog."""
    from cardcrm.records.sales import products

    lines = []
    for name, like in new.items():
        similar = f"; if you meant {' or '.join(like[:3])}: cardcrm undo" if like else ""
        lines.append(f"added product {products.get(session.store(), name).id} {name}{similar}")
    return lines


def _describe_sale(session: Session, sale: "Sale", name: str, code: str) -> str:
    """Return a sale in a sentence, with the code of a promotion that it redeemed."""
    from cardcrm import dates
    from cardcrm.records.sales.sales import lines_of

    lines = [
        f"{format_quantity(abs(line.quantity))} x {line.product}"
        + (f" -{format_quantity(line.discount)}%" if line.discount else "")
        for line in lines_of(session.store(), sale.id)
    ]
    amount = format_money(Money(abs(sale.amount.minor), sale.amount.currency))
    done = f"refunded {amount} to" if sale.amount.minor < 0 else f"sold {amount} to"
    what = ", ".join(lines) or sale.text
    tax = f", tax {format_money(Money(abs(sale.tax.minor), sale.tax.currency))}" if sale.tax else ""
    day = dates.format_day(
        dt.date.fromisoformat(sale.on_date), dates.today(session.store().locale.zone)
    )
    return (
        f"{done} {sale.contact_id} {name} on {day}"
        + (f": {what}" if what else "")
        + f" (sale {sale.id}{tax}{_name_code(session.store(), code)})"
    )


def _name_code(store: Store, code: str) -> str:
    from cardcrm.records.promotions.redemption import find_promotion

    return f", code {find_promotion(store, code).code}" if code.strip() else ""


def _show_sale(store: Store, sale: "Sale", *, is_new: bool) -> "Card":
    """Return a sale with its lines, and in JSON whether it is new."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records
    from cardcrm.records.sales.sale_type import SALE

    card = show_record(store, records.get(store, SALE, sale.id))
    return card._replace(data={**card.data, "is_new": is_new})
