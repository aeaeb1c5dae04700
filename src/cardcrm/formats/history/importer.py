"""Import the rows of a table about contacts: read it twice, and store them in batches.

The first reading decides the order of dates and the decimal separator, and finds the orders whose
rows are apart; the second one yields the rows.
"""

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from cardcrm.formats.file_dates import DateOrder, decide_order
from cardcrm.formats.file_reader import TableOptions, open_table
from cardcrm.formats.history.activity_reader import ActivityReader
from cardcrm.formats.history.amounts import AmountReader, NumberOrder, decide_decimal
from cardcrm.formats.history.columns import Columns, check, map_headers
from cardcrm.formats.history.deal_reader import DealReader
from cardcrm.formats.history.given_columns import choose_columns
from cardcrm.formats.history.lead_reader import LeadReader
from cardcrm.formats.history.moments import MomentReader, split_day
from cardcrm.formats.history.order_rows import group_key, is_grouped
from cardcrm.formats.history.programs import DEALS, INTERACTIONS, LEADS, REMINDERS, SALES
from cardcrm.formats.history.row_cells import CellReader, Refused, Skipped
from cardcrm.formats.history.sale_reader import SaleReader
from cardcrm.formats.history.table_rows import read_rows
from cardcrm.formats.import_job import ColumnUse, ImportJob, ImportReport
from cardcrm.formats.table import Record, Table
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.importing.activity_import import ActivityImporter
from cardcrm.records.importing.deal_import import DealImporter
from cardcrm.records.importing.history_drafts import HistoryDraft
from cardcrm.records.importing.lead_import import LeadImporter
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UPDATED, Outcome
from cardcrm.records.importing.parties import PartyFinder
from cardcrm.records.importing.sale_import import SaleImporter
from cardcrm.store import Store

# Rows of a transaction. The sums of a contact are computed again in each one that has a sale of it.
BATCH: Final = 20_000
_DATES: Final = (
    "date",
    "paid_on",
    "due",
    "refunded_on",
    "close",
    "opened",
    "closed",
    "received",
)
_NUMBERS: Final = (
    "amount", "total", "net", "price", "line_total", "line_net", "fee", "tax", "refunded",
    "shipping", "discount", "cost",
)  # fmt: skip
_MAX_DISTINCT: Final = 20_000  # texts of a kind that are looked at
_MAX_EXAMPLES: Final = 3


class _Orders(NamedTuple):
    """The decisions of the first reading of a table."""

    dates: DateOrder | None
    numbers: NumberOrder
    scattered: frozenset[str]


class _Source(NamedTuple):
    """The table that is imported, and how."""

    store: Store
    job: ImportJob
    report: ImportReport
    table: Table
    tell: Callable[[], int]
    columns: Columns
    orders: _Orders

    def rows(self) -> Iterator[Record]:
        """Yield the rows of the table, and report the progress."""
        return read_rows(self.table, lambda: self.job.on_bytes(self.tell()))


def import_sales(store: Store, job: ImportJob, report: ImportReport) -> None:
    """Import the sales of a table. Raises UsageError for one without the columns of sales."""
    with _open(store, job, report, SALES) as source:
        cells, columns, orders = CellReader(source.columns), source.columns, source.orders
        amounts = AmountReader(orders.numbers, store.locale.currency)
        moments = _moments(store, columns, orders)
        reader = SaleReader(columns, cells, amounts, moments, orders.scattered)
        importer = SaleImporter(store, _find_parties(store, job, stage="customer"), job.mode)
        _Import(source, cells, importer).run(reader.read(source.rows()))
        report.notes += reader.notes()


def import_deals(store: Store, job: ImportJob, report: ImportReport) -> None:
    """Import the deals of a table. Raises UsageError for one without the columns of deals."""
    with _open(store, job, report, DEALS) as source:
        cells, columns = CellReader(source.columns), source.columns
        amounts = AmountReader(source.orders.numbers, store.locale.currency)
        moments = _moments(store, columns, source.orders)
        reader = DealReader(columns, cells, amounts, moments, job.source, job.owner)
        importer = DealImporter(store, _find_parties(store, job, stage="prospect"), job.mode)
        _Import(source, cells, importer).run(reader.read(source.rows()))


def import_leads(store: Store, job: ImportJob, report: ImportReport) -> None:
    """Import the leads of a table. Raises UsageError for one without a column for the contact."""
    with _open(store, job, report, LEADS) as source:
        cells, columns = CellReader(source.columns), source.columns
        moments = _moments(store, columns, source.orders)
        reader = LeadReader(columns, cells, moments, job.source, job.owner)
        importer = LeadImporter(store, _find_parties(store, job), job.mode)
        _Import(source, cells, importer).run(reader.read(source.rows()))


def import_interactions(store: Store, job: ImportJob, report: ImportReport) -> None:
    """Import the interactions of a table. Raises UsageError for one without their columns."""
    _import_activities(store, job, report, INTERACTIONS)


def import_reminders(store: Store, job: ImportJob, report: ImportReport) -> None:
    """Import the reminders of a table. Raises UsageError for one without their columns."""
    _import_activities(store, job, report, REMINDERS)


def _import_activities(store: Store, job: ImportJob, report: ImportReport, holds: str) -> None:
    with _open(store, job, report, holds) as source:
        cells, columns = CellReader(source.columns), source.columns
        reader = ActivityReader(columns, cells, _moments(store, columns, source.orders))
        importer = ActivityImporter(store, _find_parties(store, job), job.mode)
        _Import(source, cells, importer).run(reader.read(source.rows()))


@contextlib.contextmanager
def _open(store: Store, job: ImportJob, report: ImportReport, holds: str) -> Iterator[_Source]:
    region = store.locale.region
    options = TableOptions(job.encoding, job.sheet, region)
    with open_table(job.path, job.format, options) as (table, tell):
        given = choose_columns(store, job, report, table.headers, holds)
        columns = map_headers(table.headers, holds, given)
        check(columns, holds, has_customer=bool(job.customer))
        report.notes += table.notes
        orders = _decide(table, columns, region)
        yield _Source(store, job, report, table, tell, columns, orders)
        _describe_orders(report, orders)


def _find_parties(store: Store, job: ImportJob, stage: str = "") -> PartyFinder:
    nameless = resolve(store, job.customer).id if job.customer else 0
    return PartyFinder(
        store,
        known_only=job.known_only,
        nameless=nameless,
        stage=stage,
        source=job.source,
        tags=job.tags,
        owner=job.owner,
        anyway=job.anyway,
    )


def _moments(store: Store, columns: Columns, orders: _Orders) -> MomentReader:
    zone = columns.program.zone if columns.program else ""
    return MomentReader(orders.dates, store.locale.zone, zone or _header_zone(columns))


def _header_zone(columns: Columns) -> str:
    """Return the zone that the header of a date names, as in “Created (UTC)”."""
    names = (each.header for each in columns.columns if each.target in _DATES)
    return "UTC" if any("UTC" in name or "GMT" in name for name in names) else ""


# The first reading


def _decide(table: Table, columns: Columns, region: str) -> _Orders:
    """Read a table once, to decide how its dates and numbers are written."""
    dates: dict[str, int] = {}
    numbers: dict[str, int] = {}
    keys = _KeyWatch() if is_grouped(columns) else None
    date_places = [at for name in _DATES for at in columns.places(name)]
    number_places = [at for name in _NUMBERS for at in columns.places(name)]
    reader = CellReader(columns)
    for line, cells, _, problem in read_rows(table, lambda: None):
        if problem:
            continue
        _collect(dates, line, cells, date_places)
        _collect(numbers, line, cells, number_places)
        if keys is not None:
            keys.see(group_key(reader.read(reader.strip(cells))))
    days = ((line, split_day(text)) for text, line in dates.items())
    program = columns.program
    is_fixed = program is not None and program.is_month_first
    return _Orders(
        decide_order(days, "US" if is_fixed else region),
        decide_decimal(((line, text) for text, line in numbers.items()), region),
        frozenset(keys.scattered) if keys else frozenset(),
    )


def _collect(found: dict[str, int], line: int, cells: Sequence[str], places: Sequence[int]) -> None:
    """Remember each distinct text in some columns, with its first line."""
    if len(found) >= _MAX_DISTINCT:
        return
    for at in places:
        if at < len(cells) and (text := cells[at]) and text not in found:
            found[text.strip()] = line


class _KeyWatch:
    """The keys of orders whose rows are apart; a key is remembered by a number."""

    def __init__(self) -> None:
        self.scattered: set[str] = set()
        self._last = ""
        self._seen: set[int] = set()

    def see(self, key: str) -> None:
        """Note the key of the next row."""
        if not key or key == self._last:
            return
        if hash(key) in self._seen:
            self.scattered.add(key)
        self._seen.add(hash(key))
        self._last = key


# The second reading


class _Import:
    """The import of the entries of one table, in batches."""

    def __init__(self, source: _Source, cells: CellReader, importer: Any) -> None:
        self.store, self.report, self.columns = source.store, source.report, source.columns
        self.header = source.table.header
        self.cells, self.importer = cells, importer
        self.skipped: Counter[str] = Counter()
        self.examples: dict[str, list[int]] = {}
        self.notes: Counter[str] = Counter()

    def run(self, entries: Iterator[HistoryDraft | Skipped | Refused]) -> None:
        """Import all entries, and complete the report."""
        self.report.bad_header = self.header
        while batch := list(islice(entries, BATCH)):
            self._run_batch(batch)
        self._describe()

    def _run_batch(self, batch: Sequence[HistoryDraft | Skipped | Refused]) -> None:
        drafts = [each for each in batch if not isinstance(each, Skipped | Refused)]
        outcomes = iter(self.importer.run(drafts, self.report.step))
        if self.store.last_step is not None:
            self.report.step = self.store.last_step
        for entry in batch:
            if isinstance(entry, Skipped):
                self._skip(entry)
            elif isinstance(entry, Refused):
                self._refuse(entry, entry.column, entry.reason)
            else:
                self._count(entry, next(outcomes))

    def _skip(self, entry: Skipped) -> None:
        self.skipped[entry.reason] += 1
        lines = self.examples.setdefault(entry.reason, [])
        if len(lines) < _MAX_EXAMPLES:
            lines.append(entry.line)

    def _count(self, draft: HistoryDraft, outcome: Outcome) -> None:
        report = self.report
        if outcome.note:
            self.notes[outcome.note] += 1
        if outcome.status == REFUSED:
            self._refuse(draft, self._column_of(outcome.part), outcome.reason)
        elif outcome.status == CREATED:
            report.created += 1
        elif outcome.status == UPDATED:
            report.updated += 1
        else:
            report.unchanged += 1

    def _refuse(self, entry: HistoryDraft | Refused, column: str, reason: str) -> None:
        """Report a row that is not imported; that of a forgotten contact is written nowhere."""
        is_forgotten = entry.party is not None and self.importer.parties.is_forgotten(entry.party)
        self.report.refuse(entry.line, column, reason, "" if is_forgotten else entry.raw)

    def _column_of(self, part: str) -> str:
        """Return the header of the column at fault."""
        target = {"id": "customer_id"}.get(part, part)
        names = (target, "name", "email", "customer_id", "org") if part != "ref" else (target,)
        return next(filter(None, map(self.cells.header_of, names)), "")

    def _describe(self) -> None:
        report = self.report
        report.columns += list(_column_uses(self.columns, self.cells))
        for reason, count in self.skipped.items():
            lines = ", ".join(map(str, self.examples[reason]))
            more = ", …" if count > len(self.examples[reason]) else ""
            word = "row" if count == 1 else "rows"
            report.notes.append(f"left out {count:,} {word}: {reason} (line {lines}{more})")
        report.left_out = sum(self.skipped.values())
        report.extra["contacts"] = self.importer.parties.added
        if added := self.importer.parties.added:
            new = "contact is new" if added == 1 else "contacts are new"
            report.notes.append(
                f"{added:,} {new}, as no known one matched; to refuse such rows: --known-only"
            )
        if self.columns.program is not None:
            report.extra["program"] = self.columns.program.name
            report.notes.append(f"read as {self.columns.program.label}")
        report.notes += _describe_notes(self.notes)
        report.notes += self.importer.notes()


_NOTES: Final = {
    "payment": ("payment belongs to a known order", "payments belong to known orders"),
    "ref": ("sale without its reference, which another has", "sales without their references"),
    "skipped": ("row differs and was left as it is", "rows differ and were left as they are"),
}


def _describe_notes(notes: Counter[str]) -> Iterator[str]:
    for name, (one, several) in _NOTES.items():
        if count := notes[name]:
            yield f"{count:,} {one if count == 1 else several}"


_WHY: Final = "not needed here"


def _column_uses(columns: Columns, cells: CellReader) -> Iterator[ColumnUse]:
    """Yield the fate of each column."""
    known, counts = columns.program is not None, cells.counts()
    for at, column in enumerate(columns.columns):
        name, count = column.header or f"column {at + 1}", counts[at]
        if column.target:
            target = column.target.replace("_", " ")
            yield ColumnUse(name, target, count, is_guess=column.is_guess)
        else:
            why = _WHY if known else "unknown column"
            yield ColumnUse(name, "", count, is_kept=False, why=why)


def _describe_orders(report: ImportReport, orders: _Orders) -> None:
    if orders.dates is not None:
        report.notes.append(orders.dates.note.words)
        report.extra["date_order"] = f"{orders.dates.note.order} first"
    if orders.numbers.note:
        report.notes.append(orders.numbers.note)
