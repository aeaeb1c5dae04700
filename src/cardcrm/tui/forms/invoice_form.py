"""The form of an invoice, as far as it is not declared."""

from collections.abc import Iterable
from typing import Any, ClassVar

from cardcrm.money import format_money
from cardcrm.records.contacts.contacts import Contact
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.declared_form import NounForm
from cardcrm.tui.forms.fields import Values


class InvoiceForm(NounForm):
    """The form of an invoice; one for a quote takes contact, amount and tax from that."""

    order = (
        "quote", "contact", "amount", "tax", "text", "due", "on", "number", "paid_on", "owner",
        "disputed",
    )  # fmt: skip
    hints: ClassVar = {
        "quote": "number; fills the fields that you leave empty",
        "contact": "name or #id (default: of the quote)",
        "amount": "amount of the quote, or a part of it",
        "tax": "tax in the amount (default: of the quote)",
        "text": "roof, deposit",
        "due": "30 days after the date",
        "on": "today",
        "number": "the next one: R-0012",
        "paid_on": "empty while an amount is open",
    }
    required: ClassVar = {"contact": "", "amount": ""}  # a quote may give them

    def new_values(self) -> dict[str, str]:
        """Return the values that the form for a new invoice begins with."""
        found = {each.key: each.default for each in self.type.editable if each.key in self.order}
        return found | {"disputed": "no"}

    def texts(self, store: Any, row_id: int) -> dict[str, str]:
        """Return an invoice as texts. Raises NotFoundError."""
        texts = super().texts(store, row_id)
        return {key: texts[key] for key in self.order}

    def command_words(self, texts: Values) -> Iterable[str]:
        """Return the number, or the contact and the amount, for the journal."""
        return texts["number"], texts["contact"] or texts["quote"], texts["amount"]

    def describe_added(self, context: AppContext, contact: Contact | None, added: Any) -> str:
        """Return the message about a new invoice."""
        del context, contact
        values = added.values
        return f"Added invoice {values['number']}: {format_money(values['amount'])}"
