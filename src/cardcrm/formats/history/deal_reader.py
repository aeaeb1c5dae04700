"""Read the rows of a table of deals as drafts."""

import re
from collections.abc import Iterable, Iterator

from cardcrm.errors import UsageError
from cardcrm.formats.history.amounts import AmountReader, is_empty
from cardcrm.formats.history.columns import Columns
from cardcrm.formats.history.moments import MomentReader
from cardcrm.formats.history.row_cells import CellReader, Cells, Refused, Skipped, read_party
from cardcrm.formats.table import Record
from cardcrm.money import parse_percent
from cardcrm.records.deals.deal_type import REASON
from cardcrm.records.importing.history_drafts import DealDraft, Party
from cardcrm.text import normalize_line

Entry = DealDraft | Skipped | Refused

_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHARE = 1  # a probability up to this, with a decimal point, is a part of one: 0.4


class DealReader:
    """The reader of the deals of one file; ``source`` and ``owner`` are those of rows without."""

    def __init__(
        self,
        columns: Columns,
        cells: CellReader,
        amounts: AmountReader,
        moments: MomentReader,
        source: str = "",
        owner: str = "",
    ) -> None:
        self.columns, self.cells, self.amounts, self.moments = columns, cells, amounts, moments
        self.source, self.owner = source, owner
        self.program = columns.program.name if columns.program else columns.holds

    def read(self, rows: Iterable[Record]) -> Iterator[Entry]:
        """Yield an entry for each row that is not empty."""
        for line, cells, raw, problem in rows:
            if problem:
                yield Refused(line, "", problem, raw)
                continue
            stripped = self.cells.strip(cells)
            if not any(stripped):
                continue
            found = self.cells.read(stripped)
            party = read_party(found)
            try:
                yield self._read_row(line, found, raw, party)
            except UsageError as error:
                yield self.cells.refuse(line, error.message, raw, party)

    def _read_row(self, line: int, cells: Cells, raw: str, party: Party) -> DealDraft:
        title = normalize_line(cells.get("title", ""))
        if not title:
            self.cells.target = "title"
            raise UsageError("no title")
        amount, currency = self._read_amount(cells)
        reason, note = self._read_reason(cells)
        stage, status = (normalize_line(cells.get(each, "")) for each in ("stage", "status"))
        return DealDraft(
            line, raw, party, title, amount, currency,
            stage or status,
            normalize_line(cells.get("pipeline", "")),
            self._read_probability(cells),
            self._read_day(cells, "close"),
            self._read_day(cells, "opened", is_past=True),
            self._read_day(cells, "closed", is_past=True),
            party.source or self.source,
            normalize_line(cells.get("competitor", "")),
            reason,
            note,
            normalize_line(cells.get("owner", "")) or self.owner,
            normalize_line(cells.get("ref", "")),
            self._key(cells, title, party),
            _read_uid(cells.get("id", "")),
            status,
            normalize_line(cells.get("partner", "")),
        )  # fmt: skip

    def _read_amount(self, cells: Cells) -> tuple[int | None, str]:
        self.cells.target = "currency"
        code = cells.get("currency", "")
        currency = self.amounts.read_code(code) if code else self.columns.currency
        self.cells.target = "amount"
        text = cells.get("amount", "")
        if is_empty(text):
            return None, ""
        minor, found = self.amounts.read(text, currency)
        if minor < 0:
            raise UsageError("the amount is negative")
        return minor, found

    def _read_probability(self, cells: Cells) -> int | None:
        self.cells.target = "probability"
        text = cells.get("probability", "")
        if is_empty(text):
            return None
        percent = parse_percent(text.replace(" ", ""))
        is_share = "%" not in text and "." in text and percent <= _SHARE * 1000
        return percent * 100 if is_share else percent

    def _read_day(self, cells: Cells, name: str, *, is_past: bool = False) -> str:
        self.cells.target = name
        text = cells.get(name, "")
        if not text:
            return ""
        return (self.moments.read_past if is_past else self.moments.read)(text, "", "").day

    def _read_reason(self, cells: Cells) -> tuple[str, str]:
        """Return the reason of a loss and a note; another reason than the known ones is a note."""
        text = normalize_line(cells.get("reason", ""))
        note = normalize_line(cells.get("note", ""))
        try:
            return REASON.normalize(text), note
        except UsageError:
            return "other", "; ".join(filter(None, (text, note)))

    def _key(self, cells: Cells, title: str, party: Party) -> str:
        if own := normalize_line(cells.get("id", "")):
            return f"{self.program}:deal:{own}"
        if ref := normalize_line(cells.get("ref", "")):
            return f"{self.program}:deal-ref:{ref}"
        return "?" + "\x1f".join((title, *party[:7], cells.get("opened", "")))


def _read_uid(text: str) -> str:
    """Return an id that is a UUID, in lower case; else an empty text."""
    uid = text.strip().lower()
    return uid if _UUID.fullmatch(uid) else ""
