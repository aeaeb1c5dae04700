"""Read the invoices that a contact has not paid."""

from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.store import Query
from cardcrm.store.engine import Row


class OpenInvoice(NamedTuple):
    """An invoice that is not paid, with what is still open of it; days are ISO days.

    ``level`` is that of dunning, 0 without a notice.
    """

    id: int
    number: str
    contact_id: int
    text: str
    due_on: str
    amount: Money
    open: Money
    disputed: int
    level: int


SELECT = (
    "SELECT v.id, v.number, v.contact_id, v.text, v.due_on, v.amount, v.currency, "
    "v.amount - coalesce(v.paid, 0) AS open, v.disputed, coalesce((SELECT max(n.level) "
    "FROM dunning_notice n WHERE n.invoice_id = v.id), 0) AS level FROM invoice v"
)


def to_invoice(row: Row) -> OpenInvoice:
    """Return a row of `SELECT` as an invoice."""
    values = {name: row[name] for name in OpenInvoice._fields}
    amounts = {name: Money(values[name], row["currency"]) for name in ("amount", "open")}
    return OpenInvoice(**{**values, **amounts})


def contact_query(contact_id: int) -> Query[list[OpenInvoice]]:
    """Build the query for the open invoices of a contact, the next due first."""
    return Query(
        f"{SELECT} WHERE v.contact_id = :id AND v.paid_on IS NULL ORDER BY v.due_on, v.id",
        {"id": contact_id},
        lambda rows: [to_invoice(row) for row in rows],
    )
