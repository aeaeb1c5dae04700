"""The page of invoices, with their payments."""

from typing import ClassVar

from textual.binding import BindingType

from cardcrm.money import Money, format_money
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.invoices.payments import list_payments
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.tui.forms import invoice_actions
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.detail_page import DetailPage


class InvoicesPage(DetailPage):
    """The invoices: those that are not paid, or all."""

    mode_name = "invoices"
    scopes = ("app", "page", "records", "invoices", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("invoices")]

    def __init__(self) -> None:
        super().__init__(INVOICE)

    def details(self, store: Store, record: Record) -> list[str]:
        """Return the payments of an invoice, and what is still open of it."""
        values = record.values
        currency = values["amount"].currency
        paid = [
            f"{each.on_date}  {format_money(Money(each.amount, currency))} paid"
            for each in list_payments(store, record.id)
        ]
        still = values["open"]
        rest = f"{format_money(still)} open, due {values['due'].isoformat()}" if still.minor else ""
        return [*paid, rest] if rest else paid

    def action_pay(self) -> None:
        """Record a payment of the invoice."""
        self.with_record(invoice_actions.pay)
