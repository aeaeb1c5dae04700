"""The form for a sale."""

from typing import TYPE_CHECKING

from cardcrm.errors import UsageError
from cardcrm.money import format_money, parse_money
from cardcrm.records import sales
from cardcrm.records.contacts import Contact
from cardcrm.records.sales import LineDraft, Sale, parse_line
from cardcrm.store import Store
from cardcrm.tui.forms import checks
from cardcrm.tui.forms.day import command_words
from cardcrm.tui.forms.form import Field, Form, Values

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp


async def sell(app: "CardApp", contact: Contact) -> None:
    """Note a sale or a refund."""
    customs = app.desk.customs

    def a_line(text: str) -> str:
        line = parse_line(text, customs.currency)
        price = format_money(line.price) if line.price else "the catalogue's price"
        return f"{line.quantity / 1000:g} × {line.product} at {price}"

    def a_cost(text: str) -> str:
        return format_money(parse_money(text, customs.currency))

    async def save(values: Values) -> str:
        sale, new = await app.change(
            command_words("sell", contact.id, values["amount"], values["text"] or values["line"]),
            lambda store: _sold(store, contact.id, values),
        )
        word = "refunded" if sale.amount.minor < 0 else "sold for"
        known = "" if new else " (known already; nothing was changed)"
        return f"{contact.name}: {word} {format_money(sale.amount)}{known}"

    fields = (
        Field("amount", "amount", hint="49.50; -12 is a refund", check=checks.an_amount(customs)),
        Field("text", "for", hint="what it was for"),
        Field("line", "product", hint="2 x Rose bouquet @ 24.50 -10%", check=a_line),
        Field(
            "on", "on", hint="today; or yesterday, 3 nov", check=checks.a_date(customs, past=True)
        ),
        Field("cost", "cost", hint="what it cost you", check=a_cost),
        Field("ref", "reference", hint="number of the invoice"),
    )
    await app.push_screen(Form(f"A sale to {contact.name}", fields, save))


def _sold(store: Store, contact_id: int, values: Values) -> tuple[Sale, bool]:
    customs = store.customs
    said = {name: text.strip() for name, text in values.items()}
    lines: tuple[LineDraft, ...] = (
        (parse_line(said["line"], customs.currency),) if said["line"] else ()
    )
    if not said["amount"] and not lines:
        raise UsageError("how much was it?", "Give an amount, or a product with a price.")
    return sales.sell(
        store,
        contact_id,
        checks.amount(customs, said["amount"]) if said["amount"] else None,
        text=said["text"],
        when=checks.when(customs, said["on"], past=True) if said["on"] else None,
        cost=parse_money(said["cost"], customs.currency) if said["cost"] else None,
        lines=lines,
        ref=said["ref"],
    )
