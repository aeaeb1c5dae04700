"""The form for a sale."""

from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money, parse_money
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.sales import sales
from cardcrm.records.sales.sales import Sale, parse_line
from cardcrm.store import Locale, Store
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.activity_forms import journal_command
from cardcrm.tui.forms.completers import complete_product
from cardcrm.tui.forms.fields import Check, Field, Item, Repeated, Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import save_on_contact


def sale_fields(context: AppContext) -> tuple[Item, ...]:
    """Return the fields of a sale."""
    locale = context.locale
    line = Field(
        "text",
        hint="2 x Rose bouquet @ 24.50 -10%",
        check=_line_check(locale),
        complete=complete_product(context),
    )
    on_check = validators.date_check(
        locale, past=True, future_hint="Record a sale once it is paid."
    )
    return (
        Field(
            "amount",
            "amount",
            hint="49.50; -12 is a refund",
            check=validators.amount_check(locale),
        ),
        Field("text", "for", hint="what was sold"),
        Repeated("line", "product", ((line,),)),
        Field("on", "on", hint="today; or yesterday, 3 nov", check=on_check),
        Field("cost", "cost", hint="what it cost you", check=validators.cost_check(locale)),
        Field("ref", "reference", hint="invoice number"),
    )


def _line_check(locale: Locale) -> Check:
    """Return a check that shows the product line understood."""

    def check(text: str) -> str:
        line = parse_line(text, locale.currency)
        price = format_money(line.price) if line.price else "the catalog price"
        return f"{line.quantity / 1000:g} × {line.product} at {price}"

    return check


def split_lines(texts: Values) -> dict[str, str]:
    """Return a sale's texts as form values: a field for each product line."""
    lines = filter(None, texts["lines"].split("\n"))
    return {**texts, **{f"line-{number}-text": line for number, line in enumerate(lines)}}


def join_lines(values: Values) -> dict[str, str]:
    """Return form values as a sale's texts, with the product lines joined in ``lines``."""
    lines = [text.strip() for name, text in values.items() if name.startswith("line-")]
    texts = {name: text.strip() for name, text in values.items() if "-" not in name}
    return {**texts, "lines": "\n".join(filter(None, lines))}


async def sell(context: AppContext, contact: Contact) -> None:
    """Open the form to record a sale or a refund."""

    def describe(result: tuple[Sale, bool]) -> str:
        sale, is_new = result
        verb = "refunded" if sale.amount.minor < 0 else "sold for"
        amount = Money(abs(sale.amount.minor), sale.amount.currency)
        known = "" if is_new else " (already recorded; no change)"
        return f"{contact.name}: {verb} {format_money(amount)}{known}"

    async def save(values: Values) -> str:
        texts = join_lines(values)
        what = texts["text"] or texts["lines"]
        return await save_on_contact(
            context,
            contact,
            journal_command("sell", contact.id, texts["amount"], what),
            lambda store, contact_id: record_sale(store, contact_id, values),
            describe,
        )

    await context.push_screen(Form(f"Sale to {contact.name}", sale_fields(context), save))


def record_sale(store: Store, contact_id: int, values: Values) -> tuple[Sale, bool]:
    """Record a sale from form values; return it, and whether it is new. Raises UsageError."""
    locale = store.locale
    texts = join_lines(values)
    lines = [parse_line(line, locale.currency) for line in filter(None, texts["lines"].split("\n"))]
    if not texts["amount"] and not lines:
        raise UsageError("an amount is missing", "Fill in an amount, or a product with a price.")
    return sales.sell(
        store,
        contact_id,
        validators.parse_amount(locale, texts["amount"]) if texts["amount"] else None,
        text=texts["text"],
        when=validators.parse_date(locale, texts["on"], past=True) if texts["on"] else None,
        cost=parse_money(texts["cost"], locale.currency) if texts["cost"] else None,
        lines=lines,
        ref=texts["ref"],
    )
