"""The form of a sale, as far as it is not declared."""

from collections.abc import Iterable
from typing import ClassVar

from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money, parse_money
from cardcrm.records import record_diff
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.sales import sales
from cardcrm.records.sales.sales import Sale, parse_line
from cardcrm.store import Locale, Store
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.completers import complete_product
from cardcrm.tui.forms.declared_form import NounForm, repeated
from cardcrm.tui.forms.fields import Check, Field, Item, Values


class SaleForm(NounForm):
    """The form of a sale or a refund; its product lines are texts such as ``2 x Vase @ 8``."""

    order = ("amount", "text", "lines", "on", "cost", "ref")
    hints: ClassVar = {
        "amount": "49.50; -12 is a refund",
        "text": "what was sold",
        "on": "today; or yesterday, 3 nov",
        "cost": "what it cost you",
        "ref": "invoice number",
    }
    required: ClassVar = {"amount": ""}  # the lines may add up to it
    future_hint = "Record a sale once it is paid."
    is_of_contact = True
    new_title = "Sale to {}"
    verb = "sell"

    def item(self, context: AppContext, key: str) -> Item:
        """Return one field; the product lines are not declared."""
        if key != "lines":
            return super().item(context, key)
        line = Field(
            "text",
            hint="2 x Rose bouquet @ 24.50 -10%",
            check=_line_check(context.locale),
            complete=complete_product(context),
        )
        return repeated("lines", "product", line)

    def texts(self, store: Store, row_id: int) -> dict[str, str]:
        """Return a sale as texts. Raises NotFoundError."""
        return record_diff.sale_texts(store, sales.get(store, row_id))

    def add(self, store: Store, contact_id: int, texts: Values) -> tuple[Sale, bool]:
        """Record a sale; return it, and whether it is new. Raises UsageError."""
        locale = store.locale
        amount, on, cost = (texts[key].strip() for key in ("amount", "on", "cost"))
        lines = [parse_line(each, locale.currency) for each in texts["lines"].split("\n") if each]
        if not amount and not lines:
            raise UsageError(
                "an amount is missing", "Fill in an amount, or a product with a price."
            )
        return sales.sell(
            store,
            contact_id,
            parse_money(amount, locale.currency, negative=True) if amount else None,
            text=texts["text"],
            when=validators.parse_date(locale, on, past=True) if on else None,
            cost=parse_money(cost, locale.currency) if cost else None,
            lines=lines,
            ref=texts["ref"],
        )

    def revise(self, store: Store, row_id: int, before: Values, after: Values) -> None:
        """Write what differs between two versions. Raises EditConflictError, UsageError."""
        record_diff.revise_sale(store, row_id, before, after)

    def command_words(self, texts: Values) -> Iterable[str]:
        """Return the amount, and what was sold."""
        return texts["amount"], texts["text"] or texts["lines"]

    def describe_added(
        self, context: AppContext, contact: Contact | None, added: tuple[Sale, bool]
    ) -> str:
        """Return the message about a new sale or refund."""
        del context
        sale, is_new = added
        verb = "Refunded" if sale.amount.minor < 0 else "Sold to"
        amount = Money(abs(sale.amount.minor), sale.amount.currency)
        known = "" if is_new else " (already recorded; no change)"
        return f"{verb} {contact.name if contact else ''}: {format_money(amount)}{known}"


def _line_check(locale: Locale) -> Check:
    """Return a check that shows the product line understood."""

    def check(text: str) -> str:
        line = parse_line(text, locale.currency)
        price = format_money(line.price) if line.price else "the catalog price"
        return f"{line.quantity / 1000:g} × {line.product} at {price}"

    return check
