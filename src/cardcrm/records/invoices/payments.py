"""The payments of an invoice, kept consistent with what the invoice says was paid."""

from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.store import Store


class _Payment(NamedTuple):
    id: int
    amount: int
    on_date: str


def list_payments(store: Store, invoice_id: int) -> list[_Payment]:
    """Return the payments of an invoice, the first one first."""
    sql = "SELECT id, amount, on_date FROM payment WHERE invoice_id = :id ORDER BY on_date, id"
    return [_Payment(*row) for row in store.rows(sql, id=invoice_id)]


def sum_payments(store: Store, invoice_id: int) -> None:
    """Write the sum of the payments of an invoice, and the day of the last if that is all."""
    known = list_payments(store, invoice_id)
    paid = sum(each.amount for each in known)
    is_all = bool(known) and paid >= _row(store, invoice_id)["amount"]
    paid_on = known[-1].on_date if is_all else None
    store.update("invoice", invoice_id, paid=paid or None, paid_on=paid_on)


def follow_invoice(store: Store, invoice_id: int) -> None:
    """Make the payments add up to what an edited invoice says was paid.

    More than before is a payment of its last day; less shortens the last payments.
    """
    row = _row(store, invoice_id)
    known = list_payments(store, invoice_id)
    missing = (row["paid"] or 0) - sum(each.amount for each in known)
    day = row["paid_on"] or dates.today(store.locale.zone).isoformat()
    if missing > 0:
        store.insert("payment", invoice_id=invoice_id, amount=missing, on_date=day)
    elif missing < 0:
        _shorten(store, known, -missing)
    if row["paid_on"]:
        _date_last(store, invoice_id, row["paid_on"])


def _row(store: Store, invoice_id: int) -> Any:
    row = store.row("SELECT amount, paid, paid_on FROM invoice WHERE id = :id", id=invoice_id)
    assert row is not None
    return row


def _shorten(store: Store, known: list[_Payment], excess: int) -> None:
    """Take an excess off the last payments."""
    for each in reversed(known):
        if excess >= each.amount:
            store.delete("payment", each.id)
        elif excess:
            store.update("payment", each.id, amount=each.amount - excess)
        excess -= min(excess, each.amount)


def _date_last(store: Store, invoice_id: int, day: str) -> None:
    """Give the last payment the day on which all was paid; none is later than that."""
    known = list_payments(store, invoice_id)
    for each in known:
        if each.on_date > day or each is known[-1]:
            store.update("payment", each.id, on_date=day)
