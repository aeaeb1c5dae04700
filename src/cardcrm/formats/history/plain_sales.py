"""Read tables of which each row is one sale without details, at several times the speed."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.formats.history.columns import Columns
from cardcrm.formats.history.moments import MomentReader
from cardcrm.formats.history.row_cells import CellReader, Refused, read_party
from cardcrm.formats.history.sale_totals import TotalsReader
from cardcrm.records.importing.history_drafts import Party, SaleDraft
from cardcrm.text import normalize_line

# The columns that name the contact, and those of a table of which each row is one sale.
_PARTY: Final = (
    "name", "email", "phone", "customer_id", "given", "family", "org", "other_name", "other_email",
    "org_and_name", "street", "city", "region", "postcode", "country",
)  # fmt: skip
_PLAIN: Final = frozenset((*_PARTY, "date", "amount", "currency", "ref", "text"))
_MAX_PARTIES: Final = 10_000  # contacts that are remembered


class PlainColumns(NamedTuple):
    """The places of the columns of a table of which each row is one sale, without details.

    ``party`` returns the cells that name the contact.
    """

    date: int
    amount: int
    currency: int | None
    ref: int | None
    text: int | None
    party: Callable[[Sequence[str]], Any]


def find_plain_columns(columns: Columns) -> PlainColumns | None:
    """Return the places of a table with nothing but plain columns, each once; None for another."""
    filled = [each.target for each in columns.columns if each.target]
    is_plain = len(filled) == len(set(filled)) and set(filled) <= _PLAIN
    party = [at for at, each in enumerate(columns.columns) if each.target in _PARTY]
    if columns.program or not (is_plain and party and {"date", "amount"} <= set(filled)):
        return None
    places = {each.target: at for at, each in enumerate(columns.columns)}
    get = places.get
    return PlainColumns(
        places["date"], places["amount"], get("currency"), get("ref"), get("text"),
        itemgetter(*party),
    )  # fmt: skip


class PlainSaleReader:
    """The reader of the rows that have one amount, a contact and no more than a text."""

    def __init__(
        self, columns: PlainColumns, cells: CellReader, totals: TotalsReader, moments: MomentReader
    ) -> None:
        self.columns, self.cells = columns, cells
        self.totals, self.amounts, self.moments = totals, totals.amounts, moments
        self._parties: dict[tuple[str, Any], Party] = {}

    def is_sale(self, cells: Sequence[str]) -> bool:
        """Return whether a row has a date and an amount."""
        return bool(cells[self.columns.date] and cells[self.columns.amount])

    def read(self, line: int, cells: Sequence[str], raw: str, section: str) -> SaleDraft | Refused:
        """Return the entry of a row below the heading of a section."""
        columns, reader = self.columns, self.cells
        cell = cells[columns.amount]
        try:
            reader.target = "date"
            day = self.moments.read_past(cells[columns.date]).day
            reader.target = "currency"
            code = "" if columns.currency is None else cells[columns.currency]
            currency = self.amounts.read_code(code) if code else self._find_currency(cell)
            reader.target = "amount"
            amount = self.amounts.read_in(cell, currency)
        except UsageError as error:
            party = self._read_party(cells, section)
            return reader.refuse(line, error.message, raw, party)
        ref = "" if columns.ref is None else cells[columns.ref]
        text = "" if columns.text is None else cells[columns.text]
        return SaleDraft(
            line, raw, self._read_party(cells, section), day, currency, amount,
            text and normalize_line(text),
            ref if ref.isascii() and ref.isalnum() else normalize_line(ref),
        )  # fmt: skip

    def _find_currency(self, cell: str) -> str:
        """Return the currency of an amount without one in a column of its own."""
        return self.totals.read_currency({"amount": cell})

    def _read_party(self, cells: Sequence[str], section: str) -> Party:
        """Return the contact of a row, and remember it for further rows."""
        key = (section, self.columns.party(cells))
        if party := self._parties.get(key):
            return party
        if len(self._parties) > _MAX_PARTIES:
            self._parties.clear()
        party = self._parties[key] = read_party(self.cells.read(cells), section)
        return party
