"""Overdue invoices in the digest of what is due."""

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.reports.due_contacts import DueContact, LastInteraction
from cardcrm.reports.due_queries import Scope, Source
from cardcrm.store import Query
from cardcrm.store.engine import Row

if TYPE_CHECKING:
    from cardcrm.money import Money


class DueInvoice(NamedTuple):
    """An invoice that was to be paid before today, with what is still ``open`` of it."""

    id: int
    number: str
    text: str
    due_on: dt.date
    amount: "Money"
    open: "Money"
    owner: str
    contact: DueContact
    last: LastInteraction | None


_SELECT = (
    "SELECT v.id, v.contact_id, v.number, v.text, v.due_on, v.amount, v.currency, "
    "v.amount - coalesce(v.paid, 0) AS open, v.owner"
)


def invoice_query(scope: Scope, today: dt.date, limit: int) -> Query[list[Row]]:
    """Build the query for the first overdue invoices, the oldest due date first."""
    source, params = invoice_source(scope, today)
    given = {**dict(scope.params), **params, "limit": limit}
    return Query(f"{_SELECT} {source} ORDER BY v.due_on, v.id LIMIT :limit", given, list)


def invoice_source(scope: Scope, today: dt.date) -> Source:
    """Return the source of overdue invoices."""
    join = " JOIN contact c ON c.id = v.contact_id" if scope.invoice else ""
    also = f" AND {scope.invoice}" if scope.invoice else ""
    where = f"FROM invoice v{join} WHERE v.paid_on IS NULL AND v.due_on < :today{also}"
    return where, {"today": today.isoformat()}


def build_invoice(row: Row, contact: DueContact, last: LastInteraction | None) -> DueInvoice:
    """Return a row as an invoice of the digest."""
    from cardcrm.money import Money

    return DueInvoice(
        row["id"],
        row["number"],
        row["text"],
        dt.date.fromisoformat(row["due_on"]),
        Money(row["amount"], row["currency"]),
        Money(row["open"], row["currency"]),
        row["owner"],
        contact,
        last,
    )
