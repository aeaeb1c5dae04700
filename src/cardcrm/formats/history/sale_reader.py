"""Read the rows of a table of orders, payments or other sales as drafts of sales."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from cardcrm.currencies import DECIMALS
from cardcrm.errors import UsageError
from cardcrm.formats.history.amounts import AmountReader, is_empty
from cardcrm.formats.history.columns import Columns
from cardcrm.formats.history.moments import MomentReader
from cardcrm.formats.history.row_cells import CellReader, Cells, Refused, Skipped, read_party
from cardcrm.formats.history.sale_lines import CHARGES, balance, read_lines, turn_back
from cardcrm.formats.history.status_words import REFUND, is_refunded, judge
from cardcrm.formats.table import Record
from cardcrm.records.importing.history_drafts import Party, ProductLine, SaleDraft
from cardcrm.text import normalize_block, normalize_line

Entry = SaleDraft | Skipped | Refused

_TOTAL: Final = re.compile(
    r"(?:grand |sub)?total\b|totals?$|summe\b|gesamt|zwischensumme|total(?:e|es)?$|somme$"
    r"|totaal|summa\b|razem\b|łącznie|suma$",
    re.IGNORECASE,
)
_MARK: Final = re.compile(r"[^\d\s.,'()+\-\u2212\u2019\u00a0\u202f]")
_AMOUNTS: Final = ("total", "amount", "net", "line_net", "line_total", "price", "formatted")
_ORDER_IN_TEXT: Final = re.compile(
    r"\b(?:order|invoice|bestellung|rechnung|commande|facture|pedido|factura|ordine|fattura)"
    r"\s*(?:no\.?|nr\.?|number|id)?\s*[:#]?\s*(#?[A-Z]{0,6}-?\d[\w/-]*)",
    re.IGNORECASE,
)


# The columns that name the contact, and those of a table of which each row is one sale.
_PARTY: Final = (
    "name", "email", "phone", "customer_id", "given", "family", "org", "other_name", "other_email",
    "org_and_name", "street", "city", "region", "postcode", "country",
)  # fmt: skip
_PLAIN: Final = frozenset((*_PARTY, "date", "amount", "currency", "ref", "text"))
_MAX_PARTIES: Final = 10_000  # contacts that are remembered


class _Plain(NamedTuple):
    """The places of the columns of a table of which each row is one sale, without details.

    ``party`` returns the cells that name the contact.
    """

    date: int
    amount: int
    currency: int | None
    ref: int | None
    text: int | None
    party: Callable[[Sequence[str]], Any]


def _find_plain(columns: Columns) -> _Plain | None:
    """Return the places of a table with nothing but plain columns, each once; None for another."""
    filled = [each.target for each in columns.columns if each.target]
    is_plain = len(filled) == len(set(filled)) and set(filled) <= _PLAIN
    party = [at for at, each in enumerate(columns.columns) if each.target in _PARTY]
    if columns.program or not (is_plain and party and {"date", "amount"} <= set(filled)):
        return None
    places = {each.target: at for at, each in enumerate(columns.columns)}
    get = places.get
    return _Plain(
        places["date"], places["amount"], get("currency"), get("ref"), get("text"),
        itemgetter(*party),
    )  # fmt: skip


class _NotPaidError(UsageError):
    """The whole amount is outstanding."""


class _Read(NamedTuple):
    """A row that was read: its line, its filled cells by meaning, its text."""

    line: int
    cells: Cells
    raw: str


class _Totals(NamedTuple):
    """The amounts of a sale in minor units."""

    currency: str
    amount: int
    lines: tuple[ProductLine, ...] = ()
    refunded: int = 0
    cost: int | None = None
    fee: int | None = None


class SaleReader:
    """The reader of the sales of one file.

    Rows of an order are read together. The rows of orders whose keys are ``scattered`` are
    apart, and are collected until the end of the file.
    """

    def __init__(
        self,
        columns: Columns,
        cells: CellReader,
        amounts: AmountReader,
        moments: MomentReader,
        scattered: frozenset[str] = frozenset(),
    ) -> None:
        self.columns, self.program = columns, columns.program
        self.cells, self.amounts, self.moments = cells, amounts, moments
        self.scattered = scattered
        self.section = ""
        self.today = moments.now.date().isoformat()
        self.target = ""  # the meaning of the cell that is being read, for a refusal
        self.is_grouped = is_grouped(columns)
        self.plain = _find_plain(columns)
        self._parties: dict[Any, Party] = {}
        self.source = self.program.name if self.program else ""

    def read(self, rows: Iterable[Record]) -> Iterator[Entry]:
        """Yield an entry for each sale, refund, row that is neither, and row that is refused."""
        group: list[_Read] = []
        apart: dict[str, list[_Read]] = {}
        last = ""
        plain = self.plain
        for line, written, raw, problem in rows:
            if problem:
                yield Refused(line, "", problem, raw)
                continue
            cells = self.cells.strip(written)
            if plain is not None and cells[plain.date] and cells[plain.amount]:
                yield self._read_plain(plain, line, cells, raw)
                continue
            if not any(cells):
                continue
            found = self.cells.read(cells)
            if self._is_heading(cells, found):
                yield from self._flush(group)
                yield from self._read_heading(line, cells)
                continue
            row = _Read(line, found, raw)
            if not self.is_grouped:
                yield from self._build([row])
                continue
            key = group_key(found)
            if key in self.scattered:
                apart.setdefault(key, []).append(row)
                continue
            if group and (key != last if key else not _continues(found)):
                yield from self._flush(group)
            last = key or last
            group.append(row)
        yield from self._flush(group)
        for collected in apart.values():
            yield from self._build(collected)

    def _read_plain(self, plain: "_Plain", line: int, cells: list[str], raw: str) -> Entry:
        """Return the entry of a row that has one amount, a contact and no more than a text."""
        try:
            self.target = "date"
            moment = self.moments.read(cells[plain.date])
            self._refuse_future(moment.day)
            code = "" if plain.currency is None else cells[plain.currency]
            cell = cells[plain.amount]
            if code:
                self.target = "currency"
                currency = self.amounts.read_code(code)
            else:
                currency = self._read_currency({"amount": cell})
            self.target = "amount"
            amount, found = self.amounts.read(cell, currency)
            if found != currency:
                self.amounts.read_in(cell, currency)
        except UsageError as error:
            return Refused(line, self.cells.header_of(self.target), error.message, raw)
        ref = "" if plain.ref is None else cells[plain.ref]
        text = "" if plain.text is None else cells[plain.text]
        party = self._parties.get(plain.party(cells)) or self._add_party(plain, cells)
        return SaleDraft(
            line, raw, party, moment.day, currency, amount,
            text and normalize_line(text),
            ref if ref.isascii() and ref.isalnum() else normalize_line(ref),
        )  # fmt: skip

    def _add_party(self, plain: "_Plain", cells: list[str]) -> Party:
        """Return the contact of a row, and remember it for further rows."""
        if len(self._parties) > _MAX_PARTIES:
            self._parties.clear()
        party = read_party(self.cells.read(cells), self.section)
        self._parties[plain.party(cells)] = party
        return party

    def _flush(self, group: list[_Read]) -> Iterator[Entry]:
        if group:
            yield from self._build(list(group))
            group.clear()

    def _is_heading(self, cells: Sequence[str], found: Cells) -> bool:
        """Return whether a row is the heading or the total of a section, not a sale."""
        if found.get("date") or found.get("paid_on"):
            return False
        first = next(cell.strip() for cell in cells if cell.strip())
        if _TOTAL.match(first) and not (found.get("email") or found.get("product")):
            return True
        return sum(1 for cell in cells if cell.strip()) == 1 and bool(cells[0].strip())

    def _read_heading(self, line: int, cells: Sequence[str]) -> Iterator[Skipped]:
        first = next(cell.strip() for cell in cells if cell.strip())
        if _TOTAL.match(first):
            yield Skipped(line, "totals")
        else:
            self.section = first
            self._parties.clear()  # a row without a contact is now of another one

    def _build(self, rows: Sequence[_Read]) -> Iterator[Entry]:
        """Yield the entries of the rows of one sale."""
        first = rows[0]
        raw = first.raw if len(rows) == 1 else "\n".join(each.raw for each in rows)
        head = first.cells if len(rows) == 1 else _merge(rows)
        verdict, reason = judge(head, self.program)
        if not verdict:
            yield Skipped(first.line, reason)
            return
        try:
            yield from self._read_sale(first.line, raw, head, rows, is_refund=verdict == REFUND)
        except _NotPaidError as error:
            yield Skipped(first.line, error.message)
        except UsageError as error:
            yield Refused(first.line, self.cells.header_of(self.target), error.message, raw)

    def _read_sale(
        self, line: int, raw: str, head: Cells, rows: Sequence[_Read], *, is_refund: bool
    ) -> Iterator[Entry]:
        day = self._read_day(head)
        totals = self._read_totals(head, rows)
        if is_refund and totals.amount > 0:
            lines = turn_back(totals.lines)
            totals = totals._replace(amount=-totals.amount, lines=lines)
        sale = self._make_draft(line, raw, head, day, totals)
        yield sale
        if totals.refunded:
            self.target = "refunded_on"
            back = head.get("refunded_on", "")
            yield self._make_refund(sale, self.moments.read(back).day if back else day, totals)

    def _read_day(self, head: Cells) -> str:
        self.target = "paid_on" if head.get("paid_on") else "date"
        text = head.get("paid_on") or head.get("date", "")
        if not text:
            raise UsageError("no date")
        moment = self.moments.read(text, head.get("time", ""), head.get("zone", ""))
        self._refuse_future(moment.day)
        return moment.day

    def _refuse_future(self, day: str) -> None:
        if day > self.today:
            raise UsageError(f"{day} is in the future")

    # Amounts

    def _read_totals(self, head: Cells, rows: Sequence[_Read]) -> _Totals:
        currency = self._read_currency(head)
        amount, currency = self._read_amount(head, currency)
        self.target = "product"
        cells = [each.cells for each in rows]
        lines = read_lines(cells, self.amounts, currency) if self._has_lines(head) else []
        if amount is None or (lines and self._is_line_amount(cells, lines, amount)):
            lines, amount = self._sum_lines(cells, lines, currency)
        refunded = self._read_refunded(head, amount, currency)
        outstanding = self._optional(head, "outstanding", currency)
        if outstanding and 0 < abs(outstanding) <= abs(amount):
            if abs(outstanding) == abs(amount):
                raise _NotPaidError("not paid yet")
            amount, lines = amount - outstanding, []
        extras = {name: self._optional(head, name, currency) or 0
                  for name in ("shipping", "tax", "tip", "discount")}  # fmt: skip
        balanced = tuple(balance(lines, amount, extras))
        cost = self._optional(head, "cost", currency)
        return _Totals(currency, amount, balanced, refunded, _with_sign(cost, amount),
                       self._read_fee(head, currency))  # fmt: skip

    def _read_currency(self, head: Cells) -> str:
        self.target = "currency"
        if code := head.get("currency", ""):
            return self.amounts.read_code(code)
        if self.columns.currency:
            return self.columns.currency
        for name in _AMOUNTS:  # “$1,234.50” is in dollars
            cell = head.get(name, "")
            if _MARK.search(cell):
                self.target = name
                return self.amounts.read(cell)[1]
        return self.amounts.currency

    def _read_amount(self, head: Cells, currency: str) -> tuple[int | None, str]:
        """Return the amount of a sale and its currency; None if its lines tell it."""
        for name in ("total", "amount"):
            cell = head.get(name, "")
            if not is_empty(cell):
                self.target = name
                return self.amounts.read(cell, currency)
        self.target = "net"
        net = self._optional(head, "net", currency)
        if net is None:
            return None, currency
        parts = (self._optional(head, name, currency) or 0 for name in ("tax", "shipping", "tip"))
        return net + sum(parts), currency

    def _optional(self, head: Cells, name: str, currency: str) -> int | None:
        cell = head.get(name, "")
        if is_empty(cell):
            return None
        self.target = name
        return self.amounts.read_in(cell, currency)

    def _has_lines(self, head: Cells) -> bool:
        return any(head.get(name) for name in ("product", "sku", "line_items", "products"))

    def _is_line_amount(
        self, cells: Sequence[Cells], lines: Sequence[ProductLine], amount: int
    ) -> bool:
        """Return whether the amounts of the rows of an order are those of its lines."""
        if len(cells) < 2 or "total" in self.columns.targets:
            return False
        filled = [each["amount"] for each in cells if each.get("amount")]
        priced = sum(each.amount for each in lines)
        return len(filled) == len(cells) and not (priced == amount and len(set(filled)) == 1)

    def _sum_lines(
        self, cells: Sequence[Cells], lines: Sequence[ProductLine], currency: str
    ) -> tuple[list[ProductLine], int]:
        """Return the lines of an order, each with the amount of its row, and their sum."""
        self.target = "price"
        found = []
        rows = [each for each in cells if each.get("product") or each.get("sku")]
        for row, line in zip(rows, lines, strict=False):
            cell = row.get("amount", "")
            paid = (
                line if is_empty(cell) else _with_amount(line, self.amounts.read_in(cell, currency))
            )
            found.append(paid)
        if not found and (price := self._optional(cells[0], "price", currency)) is not None:
            quantity = self.amounts.read_quantity(cells[0].get("quantity", "1"))
            return [], price * quantity // 1000
        if not found:
            names = ("amount", "total", "net", "price")
            self.target = next(filter(self.cells.header_of, names), "amount")
            raise UsageError("no amount")
        return found, sum(each.amount for each in found)

    def _read_refunded(self, head: Cells, amount: int, currency: str) -> int:
        refunded = abs(self._optional(head, "refunded", currency) or 0)
        if not refunded and is_refunded(head.get("status", "")):
            refunded = max(amount, 0)
        if refunded > abs(amount) > 0:
            self.target = "refunded"
            raise UsageError("more was refunded than was paid")
        return refunded if amount > 0 else 0

    def _read_fee(self, head: Cells, currency: str) -> int | None:
        """Return the fee, which services write with a minus; None for one in another currency."""
        other = head.get("fee_currency", "").upper()
        if other in DECIMALS and other != currency:
            return None
        fee = self._optional(head, "fee", currency)
        return None if not fee else -fee if self.source in ("square", "paypal") else fee

    # Drafts

    def _make_draft(self, line: int, raw: str, head: Cells, day: str, totals: _Totals) -> SaleDraft:
        party = read_party(head, self.section)
        ref, key, related = self._identify(head, totals.amount)
        payment = normalize_line(head.get("payment_ref", ""))
        if not self.program and not ref:
            ref, payment = payment, ""
        is_payment = bool(self.program and self.program.is_payments)
        return SaleDraft(
            line, raw, party, day, totals.currency, totals.amount,
            _text_of(head, totals.lines), ref, key, totals.cost, totals.fee,
            payment, related, totals.lines, is_payment,
            adds_lines=bool(self.program and self.program.adds_lines),
        )  # fmt: skip

    def _identify(self, head: Cells, amount: int) -> tuple[str, str, tuple[str, ...]]:
        """Return the reference of a sale, its key in its program, and its ids in other files."""
        ref, own = normalize_line(head.get("ref", "")), normalize_line(head.get("id", ""))
        if not self.program:
            return ref or own, "", ()
        part = normalize_line(head.get("part_id", ""))
        key = f"{self.source}:{own or ref}" if own or ref else ""
        if key and amount < 0 and (part or own):
            key = f"{key}:refund:{part}" if part else key
        related = head.get("related", "").split()
        if self.program.is_payments and (found := _ORDER_IN_TEXT.search(head.get("text", ""))):
            related.append(found[1])
        is_refund_row = amount < 0 and bool(part)
        shown = f"{ref or own} refund" if is_refund_row and (ref or own) else ref or own
        return shown, key, tuple(dict.fromkeys(related))

    def _make_refund(self, sale: SaleDraft, day: str, totals: _Totals) -> SaleDraft:
        is_whole = totals.refunded == sale.amount
        return sale._replace(
            on_date=day,
            amount=-totals.refunded,
            text=f"refund: {sale.text}" if sale.text else "refund",
            ref=f"{sale.ref} refund" if sale.ref else "",
            key=f"{sale.key}:refund" if sale.key else "",
            cost=-sale.cost if sale.cost and is_whole else None,
            fee=None,
            payment_ref="",
            lines=turn_back(sale.lines) if is_whole else (),
        )


def is_grouped(columns: Columns) -> bool:
    """Return whether several rows of a table may be one sale."""
    targets = columns.targets
    if columns.program is not None:
        return columns.program.is_grouped
    return bool(targets & {"product", "sku"}) and bool(targets & {"ref", "id"})


def group_key(cells: Cells) -> str:
    """Return what the rows of one sale have in common; "" for a further row of the one above."""
    own = cells.get("ref") or cells.get("id") or ""
    return f"{own}|{cells.get('type', '')}" if own else ""


def _continues(cells: Cells) -> bool:
    """Return whether a row without an id belongs to the order above."""
    return not (cells.get("date") or cells.get("total") or cells.get("name"))


def _merge(rows: Sequence[_Read]) -> Cells:
    """Return the first value of each meaning in the rows of an order."""
    head: dict[str, str] = {}
    for row in rows:
        for target, cell in row.cells.items():
            head.setdefault(target, cell)
    return head


def _with_amount(line: ProductLine, amount: int) -> ProductLine:
    from cardcrm.formats.history.amounts import to_parts

    quantity = -abs(line.quantity) if amount < 0 else line.quantity
    return line._replace(
        amount=amount, quantity=quantity, price=line.price or to_parts(amount, quantity)
    )


def _with_sign(cost: int | None, amount: int) -> int | None:
    return None if cost is None else -abs(cost) if amount < 0 else abs(cost)


def _text_of(head: Cells, lines: Sequence[ProductLine]) -> str:
    """Return the text of a sale: as written, else its products; a note follows."""
    text = head.get("text") or head.get("product_text") or ""
    names = dict.fromkeys(each.product for each in lines if each.product not in CHARGES)
    text = text or ", ".join(names)
    text = text or head.get("product", "")
    parts = dict.fromkeys(filter(None, (text, head.get("note", ""))))
    return normalize_line(normalize_block("; ".join(parts)).replace("\n", " "))
