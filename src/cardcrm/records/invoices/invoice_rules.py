"""The rules of an invoice that is written by its fields, in a form, a file or an edit."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from cardcrm import dates
from cardcrm.errors import ConflictError, UsageError
from cardcrm.money import Money, divide_half_up, format_money, parse_money
from cardcrm.records import records
from cardcrm.records.invoices.payments import list_payments
from cardcrm.records.quotes import number_series
from cardcrm.records.quotes.find_quote import find_quote
from cardcrm.records.quotes.quote_rules import refuse_void
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.store import Store

_TERM: Final = dt.timedelta(days=30)
_COPIED: Final = ("contact", "amount", "tax")  # of a quote
_LATE: Final = ("number", "due_on")  # columns that get a value where an empty text was given


def complete_texts(store: Store, texts: Mapping[str, str], before: Any) -> Mapping[str, str]:
    """Return the texts of a new invoice with the contact, amount and tax of its quote.

    Another amount than that of the quote, such as a deposit, has the same share of its tax.
    """
    name = texts.get("quote", "").strip()
    if not name:
        return texts
    quote = records.get(store, QUOTE, find_quote(store, name))
    if before is not None:
        return {**texts, "quote": f"#{quote.id}"}
    refuse_void(store, quote.columns)
    known = {key: records.text_of(store, quote, _field(key)) for key in _COPIED}
    known["text"] = quote.values["title"]
    given = {key: text for key, text in texts.items() if text.strip() or key not in known}
    if "amount" in given:
        known["tax"] = _share_tax(store, quote.values, given["amount"])
    return known | given | {"quote": f"#{quote.id}"}


def _share_tax(store: Store, quote: Mapping[str, Any], text: str) -> str:
    """Return the tax in a part of a quote, in proportion; "" if it is unknown."""
    whole, tax = quote["amount"], quote["tax"]
    part = parse_money(text, store.locale.currency)
    if tax is None or not whole.minor or part.currency != whole.currency:
        return ""
    share = divide_half_up(part.minor * tax.minor, whole.minor)
    return format_money(Money(share, whole.currency))


def _field(key: str) -> Any:
    return QUOTE.field(key)


def complete_invoice(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited invoice with what follows from the others.

    Raises UsageError for a due date before the date, and for more paid than the amount.
    """
    before = store.row("SELECT * FROM invoice WHERE id = :id", id=row_id) if row_id else None
    found = {name: value for name, value in columns.items() if value or name not in _LATE}
    now = {**(dict(zip(before.keys(), before, strict=True)) if before else {}), **found}
    _refuse_taken(store, found.get("number"), row_id)
    if not now.get("number"):
        found["number"] = number_series.take_number(store, number_series.INVOICES)
    if not now.get("due_on"):
        now["due_on"] = found["due_on"] = _add_term(now["on_date"])
    _refuse_due(now["on_date"], now["due_on"])
    return found | _settle(store, now, found)


def _refuse_taken(store: Store, number: str | None, row_id: int) -> None:
    """Raise ConflictError for the number of another invoice, in letters of any case."""
    sql = "SELECT id FROM invoice WHERE lower(number) = lower(:number) AND id <> :id"
    if number and store.rows(sql, number=number, id=row_id):
        raise ConflictError(f"the invoice {number} already exists", "Give another number.")


def _add_term(day: str) -> str:
    try:
        return (dt.date.fromisoformat(day) + _TERM).isoformat()
    except OverflowError:
        return dt.date.max.isoformat()


def _refuse_due(on_date: str, due_on: str) -> None:
    if due_on < on_date:
        raise UsageError(
            f"the due date {due_on} is before the date of the invoice, {on_date}",
            "Give a later day: --due 30d",
        )


def _settle(store: Store, now: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was paid, and the day of that, so that they agree. Raises UsageError."""
    if not {"amount", "paid", "paid_on"} & given.keys():
        return {}
    amount, paid = now["amount"], now.get("paid") or 0
    is_closed = bool(now.get("paid_on"))
    if given.get("paid_on") and given.get("paid") is None:
        return {"paid": amount}
    if "paid_on" in given and not is_closed and not given.get("paid") and paid >= amount > 0:
        return {"paid": _earlier_paid(store, now["id"]), "paid_on": None}  # opened again
    refuse_too_much(Money(amount, now["currency"]), Money(paid, now["currency"]))
    if paid < amount:
        return {"paid_on": None}
    return {"paid_on": now.get("paid_on") or _find_last_day(store, now, paid)} if paid else {}


def _find_last_day(store: Store, now: Mapping[str, Any], paid: int) -> str:
    """Return the day of the last payment if the payments add up to what was paid, else today."""
    known = list_payments(store, now.get("id", 0))
    if known and sum(each.amount for each in known) == paid:
        return known[-1].on_date
    return dates.today(store.locale.zone).isoformat()


def _earlier_paid(store: Store, invoice_id: int) -> int | None:
    """Return what was paid before the last payment."""
    return sum(each.amount for each in list_payments(store, invoice_id)[:-1]) or None


def refuse_too_much(amount: Money, paid: Money) -> None:
    """Raise UsageError for more paid than the amount."""
    if paid.minor > amount.minor:
        raise UsageError(
            f"{format_money(paid)} paid is more than the amount, {format_money(amount)}",
            "Correct one of them; record an overpayment as a sale or a refund.",
        )
