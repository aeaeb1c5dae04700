"""The form for a sale."""

from typing import TYPE_CHECKING

from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money, parse_money
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.sales import sales
from cardcrm.records.sales.sales import Sale, parse_line
from cardcrm.store import Store
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import command_words
from cardcrm.tui.forms.completers import product_finder
from cardcrm.tui.forms.fields import Piece
from cardcrm.tui.forms.form import Field, Form, Several, Values
from cardcrm.tui.forms.gone_dialog import on_card

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


def fields(app: "CardApp") -> tuple[Piece, ...]:
    """What is noted of a sale."""
    locale = app.desk.locale

    def a_line(text: str) -> str:
        line = parse_line(text, locale.currency)
        price = format_money(line.price) if line.price else "the catalogue's price"
        return f"{line.quantity / 1000:g} × {line.product} at {price}"

    def a_cost(text: str) -> str:
        return format_money(parse_money(text, locale.currency))

    a_day = validators.a_date(locale, past=True, hint="A sale is money that was paid.")
    find = product_finder(app)
    line = Field("text", hint="2 x Rose bouquet @ 24.50 -10%", check=a_line, find=find)
    return (
        Field(
            "amount", "amount", hint="49.50; -12 is a refund", check=validators.an_amount(locale)
        ),
        Field("text", "for", hint="what it was for"),
        Several("line", "product", ((line,),)),
        Field("on", "on", hint="today; or yesterday, 3 nov", check=a_day),
        Field("cost", "cost", hint="what it cost you", check=a_cost),
        Field("ref", "reference", hint="number of the invoice"),
    )


def shown(texts: Values) -> dict[str, str]:
    """The texts of a sale as the form shows them: a field for each line."""
    lines = filter(None, texts["lines"].split("\n"))
    return {**texts, **{f"line-{number}-text": line for number, line in enumerate(lines)}}


def said(values: Values) -> dict[str, str]:
    """The form's values as texts of a sale."""
    lines = [text.strip() for name, text in values.items() if name.startswith("line-")]
    texts = {name: text.strip() for name, text in values.items() if "-" not in name}
    return {**texts, "lines": "\n".join(filter(None, lines))}


async def sell(app: "CardApp", contact: Contact) -> None:
    """Note a sale or a refund."""

    def told(made: tuple[Sale, bool]) -> str:
        sale, new = made
        is_back = sale.amount.minor < 0
        word = "refunded" if is_back else "sold for"
        amount = Money(abs(sale.amount.minor), sale.amount.currency)
        known = "" if new else " (known already; nothing was changed)"
        return f"{contact.name}: {word} {format_money(amount)}{known}"

    async def save(values: Values) -> str:
        texts = said(values)
        what = texts["text"] or texts["lines"]
        command = command_words("sell", contact.id, texts["amount"], what)
        return await on_card(
            app, contact, command, lambda store, id_: sold(store, id_, values), told
        )

    await app.push_screen(Form(f"A sale to {contact.name}", fields(app), save))


def sold(store: Store, contact_id: int, values: Values) -> tuple[Sale, bool]:
    """Note the sale that the form tells of. Raises UsageError."""
    locale = store.locale
    texts = said(values)
    told = filter(None, texts["lines"].split("\n"))
    lines = [parse_line(line, locale.currency) for line in told]
    if not texts["amount"] and not lines:
        raise UsageError("how much was it?", "Give an amount, or a product with a price.")
    return sales.sell(
        store,
        contact_id,
        validators.amount(locale, texts["amount"]) if texts["amount"] else None,
        text=texts["text"],
        when=validators.when(locale, texts["on"], past=True) if texts["on"] else None,
        cost=parse_money(texts["cost"], locale.currency) if texts["cost"] else None,
        lines=lines,
        ref=texts["ref"],
    )
