"""Payments of invoices, and the open invoices of a contact."""

from typing import TYPE_CHECKING, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, UsageError
from cardcrm.money import Money, format_money
from cardcrm.records import records
from cardcrm.records.invoices.dunning_run import withdraw
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.invoices.payments import sum_payments
from cardcrm.records.records import Record
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

if TYPE_CHECKING:
    from cardcrm.dates import DayTime


class Payment(NamedTuple):
    """An invoice after a payment, what was paid now, and how many dunning notices are moot."""

    record: Record
    amount: Money
    withdrawn: int


class Excess(NamedTuple):
    """A quote by its number, its amount, and the higher sum of its invoices."""

    number: str
    offered: Money
    billed: Money


def find_excess(store: Store, quote_id: int) -> Excess | None:
    """Return the quote if the invoices for all its versions add up to more than its amount."""
    row = store.row(
        "SELECT q.number, q.amount, q.currency, (SELECT sum(v.amount) FROM invoice v "
        "JOIN quote o ON o.id = v.quote_id WHERE o.number = q.number "
        "AND v.currency = q.currency) AS billed FROM quote q "
        "WHERE q.id = :id",
        id=quote_id,
    )
    if row is None or row["amount"] is None or int(row["billed"] or 0) <= row["amount"]:
        return None
    currency = row["currency"]
    return Excess(
        row["number"], Money(row["amount"], currency), Money(int(row["billed"]), currency)
    )


@retry_transaction
def pay(
    store: Store,
    invoice_id: int,
    amount: Money | None = None,
    when: "DayTime | None" = None,
) -> Payment:
    """Record a payment of an invoice: all that is open, or a part of it.

    Raises ConflictError for an invoice that is paid, and UsageError for another currency, for
    nothing, and for more than is open.
    """
    with store.transaction():
        values = records.get(store, INVOICE, invoice_id).values
        still: Money = values["open"]
        if values["paid_on"] is not None:
            raise ConflictError(
                f"invoice {values['number']} was already paid on {values['paid_on'].isoformat()}",
                f'To open it again: cardcrm invoice edit {values["number"]} --paid-on ""',
            )
        now = still if amount is None else amount
        _refuse(values["number"], still, now)
        today = dates.today(store.locale.zone)
        day = today if when is None else when.day
        if day > today:
            raise UsageError(
                f"{day.isoformat()} is in the future", "Enter a payment once it has come in."
            )
        invoiced = values["on"]
        if invoiced is not None and day < invoiced:
            raise UsageError(
                f"invoice {values['number']} has the date {invoiced.isoformat()}, "
                f"after the payment on {day.isoformat()}",
                "Give a later day: --on today",
            )
        _write_payment(store, invoice_id, now.minor, day.isoformat())
        withdrawn = withdraw(store, invoice_id)
    return Payment(records.get(store, INVOICE, invoice_id), now, withdrawn)


def _write_payment(store: Store, invoice_id: int, amount: int, day: str) -> None:
    """Add a payment; an invoice over nothing is paid without one."""
    if not amount:
        store.update("invoice", invoice_id, paid_on=day)
        return
    store.insert("payment", invoice_id=invoice_id, amount=amount, on_date=day)
    sum_payments(store, invoice_id)


def _refuse(number: str, still: Money, now: Money) -> None:
    if now.currency != still.currency:
        raise UsageError(
            f"invoice {number} is in {still.currency}, the payment in {now.currency}",
            f"Give the amount in {still.currency}.",
        )
    if now.minor <= 0 < still.minor:
        raise UsageError("a payment must be above 0", "Leave out the amount to pay all of it.")
    if now.minor > still.minor:
        raise UsageError(
            f"{format_money(now)} is more than the {format_money(still)} that is open",
            "Leave out the amount to pay all of it.",
        )
