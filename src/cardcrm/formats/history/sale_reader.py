"""Read the rows of a table of orders, payments or other sales as drafts of sales."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.formats.history.amounts import AmountReader
from cardcrm.formats.history.columns import Columns
from cardcrm.formats.history.moments import MomentReader
from cardcrm.formats.history.order_rows import (
    OrderRow,
    continues_order,
    group_key,
    is_grouped,
    merge_cells,
)
from cardcrm.formats.history.plain_sales import PlainSaleReader, find_plain_columns
from cardcrm.formats.history.row_cells import CellReader, Cells, Refused, Skipped, read_party
from cardcrm.formats.history.sale_drafts import SaleDraftBuilder
from cardcrm.formats.history.sale_lines import turn_back
from cardcrm.formats.history.sale_totals import NotPaidError, TotalsReader
from cardcrm.formats.history.status_words import REFUND, judge
from cardcrm.formats.table import Record
from cardcrm.records.importing.history_drafts import SaleDraft

Entry = SaleDraft | Skipped | Refused

_TOTAL: Final = re.compile(
    r"(?:grand |sub)?total\b|totals?$|summe\b|gesamt|zwischensumme|total(?:e|es)?$|somme$"
    r"|totaal|summa\b|razem\b|łącznie|suma$",
    re.IGNORECASE,
)

_MAX_EXAMPLES: Final = 3


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
        self.program = columns.program
        self.cells, self.moments = cells, moments
        self.totals = TotalsReader(columns, cells, amounts)
        self.drafts = SaleDraftBuilder(columns.program)
        self.scattered = scattered
        self.section = ""
        self.large_refunds: list[int] = []  # the lines of orders of which more was refunded
        self.is_grouped = is_grouped(columns)
        plain = find_plain_columns(columns)
        self.plain = PlainSaleReader(plain, cells, self.totals, moments) if plain else None

    def read(self, rows: Iterable[Record]) -> Iterator[Entry]:
        """Yield an entry for each sale, refund, row that is neither, and row that is refused."""
        group: list[OrderRow] = []
        apart: dict[str, list[OrderRow]] = {}
        last = ""
        plain = self.plain
        for line, written, raw, problem in rows:
            if problem:
                yield Refused(line, "", problem, raw)
                continue
            cells = self.cells.strip(written)
            if plain is not None and plain.is_sale(cells):
                yield plain.read(line, cells, raw, self.section)
                continue
            if not any(cells):
                continue
            found = self.cells.read(cells)
            if self._is_heading(cells, found):
                yield from self._flush(group)
                yield from self._read_heading(line, cells)
                continue
            row = OrderRow(line, found, raw)
            if not self.is_grouped:
                yield from self._build([row])
                continue
            key = group_key(found)
            if key in self.scattered:
                apart.setdefault(key, []).append(row)
                continue
            if group and (key != last if key else not continues_order(found)):
                yield from self._flush(group)
            last = key or last
            group.append(row)
        yield from self._flush(group)
        for collected in apart.values():
            yield from self._build(collected)

    def notes(self) -> Iterator[str]:
        """Yield sentences about what was read."""
        if lines := self.large_refunds:
            what = "1 refund is" if len(lines) == 1 else f"{len(lines):,} refunds are"
            first = ", ".join(map(str, lines[:_MAX_EXAMPLES]))
            more = ", …" if len(lines) > _MAX_EXAMPLES else ""
            yield f"{what} larger than the amount paid (line {first}{more})"

    def _flush(self, group: list[OrderRow]) -> Iterator[Entry]:
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

    def _build(self, rows: Sequence[OrderRow]) -> Iterator[Entry]:
        """Yield the entries of the rows of one sale."""
        first = rows[0]
        raw = first.raw if len(rows) == 1 else "\n".join(each.raw for each in rows)
        head = first.cells if len(rows) == 1 else merge_cells(rows)
        verdict, reason = judge(head, self.program)
        if not verdict:
            yield Skipped(first.line, reason)
            return
        try:
            yield from self._read_sale(first.line, raw, head, rows, is_refund=verdict == REFUND)
        except NotPaidError as error:
            yield Skipped(first.line, error.message)
        except UsageError as error:
            party = read_party(head, self.section)
            yield self.cells.refuse(first.line, error.message, raw, party)

    def _read_sale(
        self, line: int, raw: str, head: Cells, rows: Sequence[OrderRow], *, is_refund: bool
    ) -> Iterator[Entry]:
        day = self._read_day(head)
        totals = self.totals.read(head, [each.cells for each in rows])
        if is_refund and totals.amount > 0:
            lines = turn_back(totals.lines)
            tax = None if totals.tax is None else -totals.tax
            totals = totals._replace(amount=-totals.amount, lines=lines, tax=tax)
        sale = self.drafts.build(line, raw, read_party(head, self.section), head, day, totals)
        yield sale
        if totals.refunded:
            self.cells.target = "refunded_on"
            back = head.get("refunded_on", "")
            refund_day = self.moments.read(back).day if back else day
            if totals.refunded > totals.amount:
                self.large_refunds.append(line)
            yield self.drafts.build_refund(sale, refund_day, totals.refunded)

    def _read_day(self, head: Cells) -> str:
        self.cells.target = "paid_on" if head.get("paid_on") else "date"
        text = head.get("paid_on") or head.get("date", "")
        if not text:
            raise UsageError("no date")
        return self.moments.read_past(text, head.get("time", ""), head.get("zone", "")).day
