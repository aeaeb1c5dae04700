"""Write the rows of a noun into a file."""

import csv
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from cardcrm.errors import file_exists
from cardcrm.formats.atomic_write import write_atomically
from cardcrm.formats.csv.cell_values import escape_formula
from cardcrm.formats.record_files.layout import (
    Texts,
    contact_fields,
    find_ending,
    to_json,
    uid_key,
)
from cardcrm.money import Money, UnitPrice, format_decimal
from cardcrm.query import Node
from cardcrm.records import records
from cardcrm.records.fields import Field, MoneyAmount, Reference, References
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, Selection
from cardcrm.store import Store
from cardcrm.text import drop_controls


class Written(NamedTuple):
    """The number of rows that were written, and of those that were written without their lines."""

    rows: int
    without_lines: int = 0


def write_rows(
    store: Store, type_: RecordType, node: Node, path: Path, *, replace: bool = False
) -> Written:
    """Write the rows that a query finds. Raises UsageError, and ConflictError for a known file."""
    ending = find_ending(path)
    rows = records.select(store, type_, Selection(node, sort="id"))
    try:
        with write_atomically(path, replace=replace, is_binary=ending == ".xlsx") as stream:
            if ending == ".csv":
                return _write_csv(store, type_, rows, stream)
            if ending == ".xlsx":
                return _write_xlsx(store, type_, rows, stream)
            return Written(_write_json(store, rows, stream))
    except FileExistsError:
        raise file_exists(path) from None


def _contact_uids(store: Store, record: Record, field: Reference | References) -> list[str]:
    if isinstance(field, References):
        ids = field.ids(record.columns)
    else:
        ids = [record.columns[field.column]] if record.columns[field.column] else []
    return [records.uid_of(store, "contact", each) for each in ids]


def _written_fields(type_: RecordType) -> list[Field]:
    """Return the fields of a table, which has no lines."""
    return [each for each in type_.fields if each.columns or each in type_.links]


def _write_csv(store: Store, type_: RecordType, rows: Iterable[Record], stream: Any) -> Written:
    fields = _written_fields(type_)
    pen = csv.DictWriter(stream, _header(type_, fields), lineterminator="\n")
    pen.writeheader()
    count = _LineCount(type_)
    for record in rows:
        cells: Texts = {}
        for field in fields:
            cells |= _cells(store, record, field)
        pen.writerow(cells | _uid_cells(store, record))
        count.add(record)
    return count.written


def _uid_cells(store: Store, record: Record) -> Texts:
    """Return the permanent ids of the contacts that a row names."""
    return {
        uid_key(each): drop_controls(" ".join(_contact_uids(store, record, each)))
        for each in contact_fields(record.type)
    }


class _LineCount:
    """Counts rows, and those among them whose lines a table leaves out."""

    def __init__(self, type_: RecordType) -> None:
        tables = {each.table_name for each in type_.line_types}
        self._from_lines = [
            each for each in type_.fields if isinstance(each, References) and each.via in tables
        ]
        self.written = Written(0)

    def add(self, record: Record) -> None:
        """Count a row."""
        has_lines = any(each.ids(record.columns) for each in self._from_lines)
        rows, without_lines = self.written
        self.written = Written(rows + 1, without_lines + has_lines)


def _write_xlsx(store: Store, type_: RecordType, rows: Iterable[Record], stream: Any) -> Written:
    from cardcrm.formats.xlsx.writer import SheetWriter

    fields = _written_fields(type_)
    header = _header(type_, fields)
    count = _LineCount(type_)
    with SheetWriter(stream, type_.plural, header) as sheet:
        for record in rows:
            cells: dict[str, Any] = {}
            for field in fields:
                cells |= _typed_cells(store, record, field)
            cells |= _uid_cells(store, record)
            sheet.write_row(cells.get(key) for key in header)
            count.add(record)
    return count.written


def _typed_cells(store: Store, record: Record, field: Field) -> dict[str, Any]:
    """Return the cells of a field with numbers and dates of their own type."""
    value = record.values[field.key]
    if isinstance(value, Money | UnitPrice):
        amount = Decimal(format_decimal(value))
        return {field.key: amount, field.currency: value.currency}  # type: ignore[attr-defined]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, dt.date) or (is_number and field.json_type in ("integer", "number")):
        return {field.key: value}
    if isinstance(field, Reference | References):
        return {field.key: value or ""}
    return {field.key: field.to_text(value, store)}


def _header(type_: RecordType, fields: Sequence[Field]) -> list[str]:
    """Return the keys of the columns; that of a currency comes after its first amount."""
    keys: list[str] = []
    for field in fields:
        keys.append(field.key)
        if isinstance(field, MoneyAmount):
            keys.append(field.currency)
    return list(dict.fromkeys([*keys, *map(uid_key, contact_fields(type_))]))


def _cells(store: Store, record: Record, field: Field) -> Texts:
    value = record.values[field.key]
    if isinstance(value, Money | UnitPrice):
        amount = to_json(value)
        return {field.key: amount["amount"], field.currency: amount["currency"]}  # type: ignore[attr-defined]
    is_name = isinstance(field, Reference | References)
    if isinstance(value, dt.datetime):
        return {field.key: field.to_json(value)}
    text = drop_controls(str((value or "") if is_name else field.to_text(value, store)))
    is_number = field.is_number or isinstance(value, int | float)
    return {field.key: text if is_number else escape_formula(text)}


def _write_json(store: Store, rows: Iterable[Record], stream: Any) -> int:
    written = 0
    for record in rows:
        data = records.json_with_lines(store, record)
        for field in contact_fields(record.type):
            uids = _contact_uids(store, record, field)
            is_list = isinstance(field, References)
            data[uid_key(field)] = uids if is_list else "".join(uids)
        stream.write(json.dumps(_clean(data), ensure_ascii=False, default=to_json) + "\n")
        written += 1
    return written


def _clean(value: Any) -> Any:
    """Return a value without the control characters that earlier versions may have stored."""
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return list(map(_clean, value))
    return drop_controls(value) if isinstance(value, str) else value
