"""The tax of a sale that is written by its fields: computed from its rate, or stated as an amount.

The amount of a sale contains its tax. One with lines has the sum of their taxes.
"""

from collections.abc import Mapping
from typing import Any

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.records.sales.sale_lines import compute_tax
from cardcrm.store import Store

_UNKNOWN = {"tax": None, "tax_rate": None}


def complete_tax(store: Store, columns: dict[str, Any], sale_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited sale with the tax that follows from them.

    A rate that is given applies to all lines of the sale. A tax that is given as an amount makes
    the rates unknown, and a new amount without a known rate makes the tax unknown. Raises
    UsageError for a tax above the amount.
    """
    given = {name: columns[name] for name in _UNKNOWN if name in columns}
    if not given and "amount" not in columns:
        return columns
    sale = _read(store, sale_id) | columns
    if given.get("tax") is not None:
        return columns | _state(store, sale, sale_id, given.get("tax_rate"))
    if not given or given.get("tax_rate") is not None:
        return columns | _compute(store, sale, sale_id)
    _write_lines(store, sale_id, None)
    return columns | _UNKNOWN


def _read(store: Store, sale_id: int) -> dict[str, Any]:
    sql = "SELECT amount, currency, tax_rate FROM sale WHERE id = :id"
    row = store.row(sql, id=sale_id) if sale_id else None
    return dict(zip(("amount", "currency", "tax_rate"), row, strict=True)) if row else {}


def _state(store: Store, sale: Mapping[str, Any], sale_id: int, rate: int | None) -> dict[str, Any]:
    """Return the columns of a tax that is stated, with the sign of the amount."""
    tax = abs(sale["tax"])
    if tax > abs(sale["amount"]):
        raise UsageError("the tax is larger than the amount", "The amount contains the tax.")
    if rate is None:
        _write_lines(store, sale_id, None)
    return {"tax": -tax if sale["amount"] < 0 else tax, "tax_rate": rate}


def _compute(store: Store, sale: Mapping[str, Any], sale_id: int) -> dict[str, Any]:
    """Return the columns of a tax by its rate: the sum of the taxes of the lines, if any."""
    rate = sale.get("tax_rate")
    taxes = _write_lines(store, sale_id, rate)
    tax = compute_tax(Money(sale["amount"], sale["currency"]), rate)
    return {"tax": sum(taxes) if taxes else tax and tax.minor, "tax_rate": rate}


def _write_lines(store: Store, sale_id: int, rate: int | None) -> list[int]:
    """Write the rate into the lines of a stored sale; return their taxes, if it is known."""
    sql = "SELECT id, amount FROM sale_line WHERE sale_id = :id ORDER BY id"
    taxes = []
    for line in store.rows(sql, id=sale_id) if sale_id else ():
        tax = compute_tax(Money(line["amount"], ""), rate)
        store.update("sale_line", line["id"], tax_rate=rate, tax=tax and tax.minor)
        taxes += [tax.minor] if tax else []
    return taxes
