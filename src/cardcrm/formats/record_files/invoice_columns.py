"""Read the invoices of Stripe, QuickBooks and other programs: their headers and what they imply.

A row of another kind, and an invoice that was never sent or was canceled, is left out. The paid
amount follows from the balance where no column has it.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.formats.record_files.layout import Texts
from cardcrm.money import parse_number, to_unambiguous

_HEADERS: Final = {
    "number": "invoice number | invoice no | invoice | num | no | doc number | number",
    "email": "customer email | billing email | email",
    "contact": "customer name | customer | customer full name | name | client | contact | bill to",
    "on": "invoice date | date utc | created utc | created date utc | finalized at utc | date | on",
    "due": "due date | due date utc | due | due on",
    "amount": "total | amount | invoice amount | total amount | grand total",
    "amount_due": "amount due",
    "balance": "open balance | balance | balance due | amount remaining | outstanding",
    "paid": "amount paid | paid | paid amount",
    "paid_on": "paid on | paid date | paid at utc | date paid",
    "tax": "tax | sales tax | total tax | vat | tax amount",
    "text": "memo description | memo | description | text | for",
    "currency": "currency",
    "status": "status",
    "type": "transaction type | type",
}
_KEYS: Final = {word.strip(): key for key, words in _HEADERS.items() for word in words.split("|")}
_NOT_SENT: Final = ("draft", "void", "deleted", "cancel")  # beginnings of statuses
_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}.*$")
_NEEDED: Final = frozenset(("number", "on"))


def is_header(cells: Sequence[str]) -> bool:
    """Return whether a row has the headers of invoices, so that those above it are a preamble."""
    return {_KEYS.get(_simplify(each)) for each in cells} >= _NEEDED


def adapt(texts: Texts) -> Texts | None:
    """Return the row of another program under our keys, None for one of another kind.

    A row with our own keys stays as it is.
    """
    if {"number", "contact"} <= texts.keys():
        return texts
    found: dict[str, str] = {}
    for header, text in texts.items():
        key = _KEYS.get(_simplify(header))
        if key and not found.get(key):
            found[key] = text.strip()
    if not _is_invoice(found):
        return None
    return {key: text for key, text in _complete(found).items() if text}


def _simplify(header: str) -> str:
    return " ".join(re.sub(r"[^a-z]+", " ", header.lower()).split())


def _is_invoice(found: Texts) -> bool:
    kind = found.get("type", "").lower()
    if kind and "invoice" not in kind:
        return False
    return bool(found.get("number")) and not found.get("status", "").lower().startswith(_NOT_SENT)


def _complete(found: Texts) -> Texts:
    amount = found.get("amount") or found.get("amount_due", "")
    row = {
        "number": found["number"],
        "contact": found.get("email") or found.get("contact", ""),
        "on": _TIME.sub("", found.get("on", "")),
        "due": _TIME.sub("", found.get("due", "")),
        "amount": amount,
        "paid": _find_paid(found, amount),
        "paid_on": _TIME.sub("", found.get("paid_on", "")),
        "tax": found.get("tax", ""),
        "text": found.get("text", ""),
        "currency": found.get("currency", "").upper(),
    }
    return row | {key: "" for key in ("paid", "tax") if _is_zero(row[key])}


def _find_paid(found: Texts, amount: str) -> str:
    """Return what was paid: as stated, by a word such as true, or the amount less the balance."""
    paid = found.get("paid", "")
    word = paid.lower()
    if word in ("true", "yes"):
        return amount
    if word in ("false", "no"):
        paid = ""
    if paid or not found.get("balance"):
        return paid
    difference = _to_decimal(amount) - _to_decimal(found["balance"])
    return to_unambiguous(f"{difference}")


def _to_decimal(text: str) -> Decimal:
    figures = re.sub(r"[^0-9.,\-]", "", text)
    return Decimal(str(parse_number(figures, "amount"))) if figures else Decimal()


def _is_zero(text: str) -> bool:
    try:
        return bool(text) and not _to_decimal(text)
    except UsageError:
        return False
