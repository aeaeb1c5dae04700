"""Read the rows of a table of leads, such as the entries of a web form, as drafts.

Answers to unknown questions follow the request, as “question: answer”.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from cardcrm.errors import UsageError
from cardcrm.formats.history.columns import TEXT_LINE, Columns
from cardcrm.formats.history.lead_headers import STATUS_WORDS
from cardcrm.formats.history.moments import MomentReader
from cardcrm.formats.history.row_cells import CellReader, Cells, Refused, Skipped, read_party
from cardcrm.formats.table import Record
from cardcrm.records.importing.history_drafts import LeadDraft, Party
from cardcrm.records.leads.lead_type import LEAD
from cardcrm.text import fold, normalize_block, normalize_line

Entry = LeadDraft | Skipped | Refused


class LeadReader:
    """The reader of the leads of one file; ``source`` and ``owner`` are those of rows without."""

    def __init__(
        self,
        columns: Columns,
        cells: CellReader,
        moments: MomentReader,
        source: str = "",
        owner: str = "",
    ) -> None:
        self.columns, self.cells, self.moments = columns, cells, moments
        self.source, self.owner = source, owner
        self.questions = [(at, columns.columns[at].header) for at in columns.places(TEXT_LINE)]
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
            answers = self._read_answers(stripped)
            party = read_party(found)
            try:
                yield self._read_row(line, found, answers, raw, party)
            except UsageError as error:
                yield self.cells.refuse(line, error.message, raw, party)

    def _read_answers(self, cells: Sequence[str]) -> str:
        """Return the answers of a row to unknown questions, one per line."""
        found = ((header, normalize_line(cells[at])) for at, header in self.questions)
        return "\n".join(f"{header}: {answer}" for header, answer in found if answer)

    def _read_row(self, line: int, cells: Cells, answers: str, raw: str, party: Party) -> LeadDraft:
        self.cells.target = "text"
        request = cells.get("text", "")
        parts = filter(None, (normalize_block(request), answers))
        text = str(LEAD.normalize(text="\n".join(parts))["text"])
        day, at = self._read_moment(cells)
        return LeadDraft(
            line, raw, party, text,
            party.source or self.source,
            normalize_line(cells.get("owner", "")) or self.owner,
            self._read_status(cells),
            normalize_line(cells.get("reason", "")),
            day, at,
            normalize_line(cells.get("ref", "")),
            self._key(cells, request, party),
        )  # fmt: skip

    def _read_moment(self, cells: Cells) -> tuple[str, str | None]:
        self.cells.target = "received"
        written = cells.get("received", "")
        if not written:
            return "", None
        moment = self.moments.read_past(written, "", "")
        return moment.day, moment.at

    def _read_status(self, cells: Cells) -> str:
        self.cells.target = "status"
        text = normalize_line(cells.get("status", ""))
        if not text:
            return ""
        key = " ".join(re.sub(r"[\W_]+", " ", fold(text)).split())
        return str(LEAD.normalize(status=STATUS_WORDS.get(key, text))["status"])

    def _key(self, cells: Cells, text: str, party: Party) -> str:
        if own := normalize_line(cells.get("id", "")):
            return f"{self.program}:lead:{own}"
        if ref := normalize_line(cells.get("ref", "")):
            return f"{self.program}:lead-ref:{ref}"
        return "?" + "\x1f".join((text, *party[:7], cells.get("received", "")))
