"""Read contacts from tables of any program: CSV files, and sheets of workbooks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Final, TextIO

from cardcrm.formats.csv.cell_values import unescape_formula
from cardcrm.formats.csv.column_counter import ColumnCounter
from cardcrm.formats.csv.column_mapping import ColumnMapping, map_columns
from cardcrm.formats.csv.headers import Target
from cardcrm.formats.csv.row_checks import find_remark, repeats_header
from cardcrm.formats.csv.table import CsvTable
from cardcrm.formats.file_dates import DateReader, decide_order, is_field_of
from cardcrm.formats.import_entries import BadEntry, ContactEntry, Entry, FileNote
from cardcrm.formats.table import Table

_UNNAMED: Final = "this row has no name, organization, email or phone"
_HEADER: Final = "this row repeats the header"
_BATCH: Final = 500  # rows whose filled cells are counted together


@dataclass(frozen=True)
class ReadRules:
    """The rules by which the contacts of a file are read.

    ``region`` decides on the order of numbers in dates where the file does not, and ``date_fields``
    are the names of custom fields of dates. ``targets`` are the meanings that were given to columns
    by their folded headers.
    """

    region: str = ""
    date_fields: frozenset[str] = frozenset()
    targets: Mapping[str, Target] = field(default_factory=lambda: MappingProxyType({}))


def read_csv(
    stream: TextIO, region: str = "", date_fields: frozenset[str] = frozenset()
) -> Iterator[Entry]:
    """Yield the entries of a stream that was opened with ``newline=""``; see `read_table`."""
    return read_table(CsvTable(stream), ReadRules(region, date_fields))


def read_table(table: Table, rules: ReadRules) -> Iterator[Entry]:
    """Yield an entry for each row of a table; empty rows are skipped.

    A first entry says how dates were read, if there are any in numbers, and the last one what
    became of the columns. Raises UsageError if no column names a contact.
    """
    mapping = map_columns(table.headers, rules.targets)
    order = None
    fields = [at for at, name in enumerate(mapping.names) if is_field_of(name, rules.date_fields)]
    if places := (*mapping.days, *fields):
        order = decide_order(_read_days(table, places), rules.region, mapping.usual_order)
    if order is not None:
        yield order.note
    yield from map(FileNote, mapping.notes)
    dates = DateReader(order, rules.date_fields)
    counter = ColumnCounter(mapping.columns, mapping.fillers)
    rows = _read_rows(table, mapping, dates if order or rules.date_fields else None, counter)
    while batch := list(islice(rows, _BATCH)):
        counter.flush()
        yield from batch
    yield from counter.notes()
    yield counter.report()


def _read_rows(
    table: Table, mapping: ColumnMapping, dates: DateReader | None, counter: ColumnCounter
) -> Iterator[Entry]:
    draft, width, rows, first = mapping.draft, mapping.width, counter.rows, table.headers[0]
    for record in table.read_rows():
        line, cells, raw, problem = record
        cells = list(map(str.strip, cells))
        if "'" in raw or "=" in raw:
            cells = [unescape_formula(cell) for cell in cells]
        if problem:
            yield BadEntry(line, problem, raw)
        elif len(cells) > width and any(cells[width:]):
            yield BadEntry(line, f"{len(cells)} cells, but the header has {width}", raw)
        elif cells[0] == first and repeats_header(cells, table.headers):
            yield BadEntry(line, _HEADER, raw, is_remark=True)
        elif contact := draft(cells):
            if not contact.points and (other := find_remark(cells)):
                yield BadEntry(line, other, raw, is_remark=True)
                continue
            rows.append(cells)
            yield ContactEntry(line, dates.apply(contact) if dates else contact, raw)
        elif any(cells):
            other = find_remark(cells)
            yield BadEntry(line, other or _UNNAMED, raw, is_remark=bool(other))
        else:
            counter.count_empty(record)


def _read_days(table: Table, places: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yield the dates in some columns of the rows of a table, each with its line."""
    for line, cells, _, problem in table.read_rows():
        for at in places:
            if not problem and at < len(cells) and (cell := unescape_formula(cells[at].strip())):
                yield line, cell
