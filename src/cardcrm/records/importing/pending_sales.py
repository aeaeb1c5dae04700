"""Collect the sales that a batch adds and changes, and write them at its end."""

from collections.abc import Mapping
from typing import Any, Final

from cardcrm import dates
from cardcrm.money import UNIT_SCALE
from cardcrm.records.contacts.uids import new_uids
from cardcrm.records.importing.history_drafts import OTHER_CHARGES, ProductLine, SaleDraft, charge
from cardcrm.records.importing.known_sales import KnownSale, KnownSales
from cardcrm.records.importing.product_import import ProductFinder
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks

_COLUMNS: Final = (
    "id", "uid", "contact_id", "on_date", "currency", "amount", "cost", "fee", "text", "ref",
    "payment_ref", "channel", "tax", "tax_rate", "promotion_id", "author", "created_at",
)  # fmt: skip
_MAY_BE_EMPTY: Final = (
    "cost", "fee", "text", "ref", "payment_ref", "channel", "tax", "tax_rate",
    "promotion_id",
)  # fmt: skip
_LINE_COLUMNS: Final = (
    "id", "sale_id", "product_id", "quantity", "price", "price_rest", "cost", "cost_rest",
    "discount", "amount", "tax_rate", "tax",
)  # fmt: skip


class PendingSales:
    """The rows of a batch: new sales, their lines, and the contacts who paid."""

    def __init__(self, store: Store, products: ProductFinder, count: int) -> None:
        self.store, self.products = store, products
        self._new: list[tuple[Any, ...]] = []
        self._new_from: list[int] = []
        self._new_lines: list[tuple[int, ProductLine]] = []
        self._payers: set[int] = set()
        self._now, self._author = dates.current_instant(), store.author.name
        self._next_id = store.reserve("sale", count)
        self._free_uids = iter(new_uids(count))
        self.known = KnownSales(store, self._new)

    def line_of(self, sale: KnownSale) -> int:
        """Return the line of the file that has brought a new sale."""
        return self._new_from[sale.at]

    def add(
        self, draft: SaleDraft, uid: str, contact_id: int, promotion_id: int | None = None
    ) -> bool:
        """Add a sale; return whether it got its reference, which no other one may have."""
        uid = uid or next(self._free_uids)
        known, ref = self.known, draft.ref or None
        number, place = self._next_id, -1 - len(self._new)
        if ref in known.by_ref:
            ref = None
        elif ref:
            known.by_ref[ref] = place
        if draft.payment_ref:
            known.by_payment[draft.payment_ref] = place
        known.by_uid[uid] = place
        self._new.append((
            number, uid, contact_id, draft.on_date, draft.currency, draft.amount, draft.cost,
            draft.fee, draft.text, ref, draft.payment_ref or None, draft.channel,
            draft.tax, draft.tax_rate, promotion_id, self._author, self._now,
        ))  # fmt: skip
        self._new_from.append(draft.line)
        self._next_id = number + 1
        if draft.lines:
            self._new_lines += [(number, line) for line in draft.lines]
        if draft.amount > 0:
            self._payers.add(contact_id)
        return ref is not None or not draft.ref

    def change(self, known: KnownSale, changes: Mapping[str, Any]) -> None:
        """Change columns of a known sale."""
        if known.is_new:
            row = {**dict(zip(_COLUMNS, self._new[known.at], strict=True)), **changes}
            self._new[known.at] = tuple(row.values())
        else:
            self.store.update("sale", known.id, **changes)
            self.known.remember([known._replace(**changes)])

    def replace_lines(self, known: KnownSale, draft: SaleDraft) -> None:
        """Give a stored sale the lines of a draft."""
        self.store.delete_where("sale_line", "sale_id", known.id)
        self._new_lines += [(known.id, line) for line in draft.lines]
        if draft.adds_lines:
            self._add_rest(known, known.amount - sum(line.amount for line in draft.lines))

    def balance_lines(self, known: KnownSale, amount: int) -> None:
        """Let the lines of a sale, if it has any, add up to its new amount."""
        sql = "SELECT sum(amount) FROM sale_line WHERE sale_id = :id"
        paid = self.store.value(sql, id=known.id)
        if paid is not None:
            self._add_rest(known, amount - int(paid))

    def _add_rest(self, known: KnownSale, rest: int) -> None:
        """Add a line for what the lines of a sale leave over, such as a tip."""
        if rest:
            self._new_lines.append((known.id, charge(OTHER_CHARGES, rest)))

    def write(self) -> None:
        """Write all rows."""
        store = self.store
        self._write_sales()
        if self._new_lines:
            found = self.products.find(line for _, line in self._new_lines)
            first = store.reserve("sale_line", len(self._new_lines))
            rows = [
                _line_row(number, sale_id, found[self.products.key_of(line)], line)
                for number, (sale_id, line) in enumerate(self._new_lines, first)
            ]
            store.load("sale_line", _LINE_COLUMNS, rows)
        self._promote()

    def _write_sales(self) -> None:
        """Insert the new sales, without the columns that are empty in all of them."""
        if not self._new:
            return
        columns = dict(zip(_COLUMNS, zip(*self._new, strict=True), strict=True))
        # A cost or tax of 0 is known; only None is not.
        empty = [
            name for name in _MAY_BE_EMPTY if not any(columns[name]) and 0 not in columns[name]
        ]
        filled = {name: column for name, column in columns.items() if name not in empty}
        self.store.load("sale", list(filled), list(zip(*filled.values(), strict=True)), empty)

    def _promote(self) -> None:
        """Let leads, prospects and lapsed customers who paid become customers."""
        sql = "SELECT id FROM contact WHERE stage IN ('lead', 'prospect', 'lapsed') AND id IN ({})"
        for marks, params in chunks(self._payers):
            for row in self.store.rows(sql.format(marks), **params):
                self.store.update("contact", row[0], stage="customer")


def _line_row(number: int, sale_id: int, product_id: int, line: ProductLine) -> tuple[Any, ...]:
    price, price_rest = divmod(line.price, UNIT_SCALE)
    cost, cost_rest = (None, 0) if line.cost is None else divmod(line.cost, UNIT_SCALE)
    return (
        number, sale_id, product_id, line.quantity, price, price_rest, cost, cost_rest, 0,
        line.amount, line.tax_rate, line.tax,
    )  # fmt: skip
