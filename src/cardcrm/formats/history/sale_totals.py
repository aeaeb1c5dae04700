"""Read the amounts of a sale: its total, its lines, and what was refunded."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from cardcrm.currencies import DECIMALS
from cardcrm.errors import UsageError
from cardcrm.formats.history.amounts import AmountReader, is_empty, to_parts
from cardcrm.formats.history.columns import Columns
from cardcrm.formats.history.row_cells import CellReader, Cells
from cardcrm.formats.history.sale_lines import balance, read_lines
from cardcrm.formats.history.status_words import is_refunded
from cardcrm.money import divide_half_up, parse_percent
from cardcrm.records.importing.history_drafts import ProductLine

_MARK: Final = re.compile(r"[^\d\s.,'()+\-\u2212\u2019\u00a0\u202f]")
_AMOUNTS: Final = ("total", "amount", "net", "line_net", "line_total", "price", "formatted")
_ONE_PERCENT: Final = 1000  # thousandths
_NEGATIVE_FEES: Final = ("square", "paypal")  # services that write fees with a minus


class NotPaidError(UsageError):
    """The whole amount is outstanding."""


class Totals(NamedTuple):
    """The amounts of a sale in minor units."""

    currency: str
    amount: int
    lines: tuple[ProductLine, ...] = ()
    refunded: int = 0
    cost: int | None = None
    fee: int | None = None
    tax: int | None = None
    tax_rate: int | None = None


class TotalsReader:
    """The reader of the amounts of the sales of one file."""

    def __init__(self, columns: Columns, cells: CellReader, amounts: AmountReader) -> None:
        self.columns, self.cells, self.amounts = columns, cells, amounts
        self.program = columns.program

    def read(self, head: Cells, cells: Sequence[Cells]) -> Totals:
        """Return the amounts of a sale: of its ``head`` and the cells of each of its rows.

        Raises UsageError, and NotPaidError for a sale that is outstanding.
        """
        currency = self.read_currency(head)
        amount, currency = self._read_amount(head, currency)
        self.cells.target = "product"
        lines = read_lines(cells, self.amounts, currency) if self._has_lines(head) else []
        is_by_line = bool(lines) and amount is not None and self._is_by_line(cells, lines, amount)
        if amount is None or is_by_line:
            lines, amount = self._sum_lines(cells, lines, currency)
        parts = cells if is_by_line else [head]  # the rows whose costs, fees and taxes add up
        refunded = self._read_refunded(head, amount, currency)
        outstanding = self._optional(head, "outstanding", currency)
        if outstanding and 0 < abs(outstanding) <= abs(amount):
            if abs(outstanding) == abs(amount):
                raise NotPaidError("not paid yet")
            amount, lines = amount - outstanding, []
        extras = {name: self._optional(head, name, currency) or 0
                  for name in ("shipping", "tax", "tip", "discount")}  # fmt: skip
        balanced = tuple(balance(lines, amount, extras))
        cost = _add_known(self._optional(each, "cost", currency) for each in parts)
        fees = [fee for each in parts if (fee := self._read_fee(each, currency)) is not None]
        totals = Totals(currency, amount, balanced, refunded, _with_sign(cost, amount),
                        sum(fees) if fees else None)  # fmt: skip
        if outstanding:
            return totals
        stated = _add_known(self._optional(each, "tax", currency) for each in parts)
        return levy(totals, stated, self._read_rate(cells))

    def _read_rate(self, cells: Sequence[Cells]) -> int | None:
        """Return the tax rate of a sale, in thousandths of a percent; None if its rows differ."""
        self.cells.target = "tax_rate"
        rates = {each["tax_rate"] for each in cells if not is_empty(each.get("tax_rate", ""))}
        return read_rate(rates.pop()) if len(rates) == 1 else None

    def read_currency(self, head: Cells) -> str:
        """Return the currency of a sale. Raises UsageError for an unknown one."""
        self.cells.target = "currency"
        if code := head.get("currency", ""):
            return self.amounts.read_code(code)
        if self.columns.currency:
            return self.columns.currency
        for name in _AMOUNTS:  # “$1,234.50” is in dollars
            cell = head.get(name, "")
            if _MARK.search(cell):
                self.cells.target = name
                return self.amounts.read(cell)[1]
        return self.amounts.currency

    def _read_amount(self, head: Cells, currency: str) -> tuple[int | None, str]:
        """Return the amount of a sale and its currency; None if its lines tell it."""
        for name in ("total", "amount"):
            cell = head.get(name, "")
            if not is_empty(cell):
                self.cells.target = name
                return self.amounts.read(cell, currency)
        self.cells.target = "net"
        net = self._optional(head, "net", currency)
        if net is None:
            return None, currency
        parts = (self._optional(head, name, currency) or 0 for name in ("tax", "shipping", "tip"))
        return net + sum(parts), currency

    def _optional(self, head: Cells, name: str, currency: str) -> int | None:
        cell = head.get(name, "")
        if is_empty(cell):
            return None
        self.cells.target = name
        return self.amounts.read_in(cell, currency)

    def _has_lines(self, head: Cells) -> bool:
        return any(head.get(name) for name in ("product", "sku", "line_items", "products"))

    def _is_by_line(
        self, cells: Sequence[Cells], lines: Sequence[ProductLine], amount: int
    ) -> bool:
        """Return whether the amounts of the rows of an order are those of its lines.

        A total that is the same in all rows is that of the order, unless each line has cost as
        much. In the export of a known program a total is always that of the order.
        """
        name = self._amount_column
        if len(cells) < 2 or (name == "total" and self.program is not None):
            return False
        filled = [each[name] for each in cells if each.get(name)]
        if len(filled) != len(cells):
            return False
        if len(set(filled)) > 1:
            return True
        if name == "total":
            return amount != 0 and all(each.amount == amount for each in lines)
        return sum(each.amount for each in lines) != amount

    @property
    def _amount_column(self) -> str:
        """The meaning of the column of amounts: that of a total goes first."""
        return "total" if "total" in self.columns.targets else "amount"

    def _sum_lines(
        self, cells: Sequence[Cells], lines: Sequence[ProductLine], currency: str
    ) -> tuple[list[ProductLine], int]:
        """Return the lines of an order, each with the amount of its row, and their sum."""
        self.cells.target = "price"
        found = []
        rows = [each for each in cells if each.get("product") or each.get("sku")]
        for row, line in zip(rows, lines, strict=False):
            cell = row.get(self._amount_column, "")
            paid = (
                line if is_empty(cell) else _with_amount(line, self.amounts.read_in(cell, currency))
            )
            found.append(paid)
        if not found and (price := self._optional(cells[0], "price", currency)) is not None:
            quantity = self.amounts.read_quantity(cells[0].get("quantity", "1"))
            return [], price * quantity // 1000
        if not found:
            names = ("amount", "total", "net", "price")
            self.cells.target = next(filter(self.cells.header_of, names), "amount")
            raise UsageError("no amount")
        return found, sum(each.amount for each in found)

    def _read_refunded(self, head: Cells, amount: int, currency: str) -> int:
        refunded = abs(self._optional(head, "refunded", currency) or 0)
        if not refunded and is_refunded(head.get("status", "")):
            refunded = max(amount, 0)
        return refunded if amount >= 0 else 0

    def _read_fee(self, head: Cells, currency: str) -> int | None:
        """Return the fee, which services write with a minus; None for one in another currency."""
        other = head.get("fee_currency", "").upper()
        if other in DECIMALS and other != currency:
            return None
        fee = self._optional(head, "fee", currency)
        is_negative = self.program is not None and self.program.name in _NEGATIVE_FEES
        return None if not fee else -fee if is_negative else fee


def _with_amount(line: ProductLine, amount: int) -> ProductLine:
    quantity = -abs(line.quantity) if amount < 0 else line.quantity
    return line._replace(
        amount=amount, quantity=quantity, price=line.price or to_parts(amount, quantity)
    )


def _add_known(values: Iterable[int | None]) -> int | None:
    """Return the sum of values; None if one of them is unknown."""
    found = list(values)
    known = [each for each in found if each is not None]
    return sum(known) if len(known) == len(found) else None


def _with_sign(cost: int | None, amount: int) -> int | None:
    return None if cost is None else -abs(cost) if amount < 0 else abs(cost)


def read_rate(text: str) -> int:
    """Return a tax rate in thousandths of a percent: ``20%``, ``20`` or, as a fraction, ``0.2``."""
    rate = parse_percent(text)
    return rate * 100 if 0 < rate < _ONE_PERCENT and "%" not in text else rate


def levy(totals: Totals, stated: int | None, rate: int | None) -> Totals:
    """Return the amounts of a sale with its tax: as stated, or else by its rate.

    A stated tax that is larger than the amount is left out.
    """
    lines = tuple(
        each._replace(tax_rate=rate, tax=_tax_in(each.amount, rate)) for each in totals.lines
    )
    tax = _tax_in(totals.amount, rate)
    if lines and rate is not None:
        tax = sum(each.tax or 0 for each in lines)
    if stated is not None and abs(stated) <= abs(totals.amount):
        tax = -abs(stated) if totals.amount < 0 else abs(stated)
    return totals._replace(tax=tax, tax_rate=rate, lines=lines)


def _tax_in(amount: int, rate: int | None) -> int | None:
    return None if rate is None else divide_half_up(amount * rate, 100_000 + rate)
