"""Rows of any noun as CSV, XLSX or JSON lines, written and read by its declaration.

A contact is named by its permanent id as well as by its name, so that a file can be read into
another database. A row that is known there, by its own permanent id or by its name, is changed, not
added again. JSON lines also carry the lines that a row consists of.
"""

import csv
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from cardcrm.errors import (
    CardcrmError,
    MissingValueError,
    NotFoundError,
    UsageError,
    file_exists,
    missing_file,
)
from cardcrm.formats.atomic_write import write_atomically
from cardcrm.formats.file_dates import decide_order
from cardcrm.money import Money, UnitPrice, format_decimal, to_unambiguous
from cardcrm.query import Node
from cardcrm.records import links, records
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.fields import Day, Field, Instant, MoneyAmount, Reference, References
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, Selection
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction
from cardcrm.text import drop_controls

ENDINGS: Final = (".csv", ".xlsx", ".jsonl")
_FORMULA: Final = "=+-@\t\r\n"  # the first characters of formulas in spreadsheets
_FIGURES = re.compile(r"[-+]?[0-9][0-9., ]*")  # an amount without its currency

Texts = dict[str, str]


class _Line(NamedTuple):
    """One row of a file: its texts by their keys, and those of the lines that it consists of."""

    number: int
    texts: Texts
    lines: Sequence[Texts] = ()


class Written(NamedTuple):
    """The number of rows that were written, and of those that were written without their lines."""

    rows: int
    without_lines: int = 0


def write(
    store: Store, type_: RecordType, node: Node, path: Path, *, replace: bool = False
) -> Written:
    """Write the rows that a query finds. Raises UsageError, and ConflictError for a known file."""
    ending = _find_ending(path)
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


def _find_ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"unknown file format “{path.name}”", "Use .csv, .xlsx or .jsonl.")
    return ending


def _contact_fields(type_: RecordType) -> list[Reference | References]:
    """Return the fields that name contacts and can be read back."""
    return [each for each in type_.contact_fields if each.columns or each in type_.links]


def _uid_key(field: Reference | References) -> str:
    return f"{field.key}_uid{'s' * isinstance(field, References)}"


def _contact_uids(store: Store, record: Record, field: Reference | References) -> list[str]:
    if isinstance(field, References):
        ids = field.ids(record.columns)
    else:
        ids = [record.columns[field.column]] if record.columns[field.column] else []
    return [records.uid_of(store, "contact", each) for each in ids]


# writing


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
        _uid_key(each): drop_controls(" ".join(_contact_uids(store, record, each)))
        for each in _contact_fields(record.type)
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
    return list(dict.fromkeys([*keys, *map(_uid_key, _contact_fields(type_))]))


def _cells(store: Store, record: Record, field: Field) -> Texts:
    value = record.values[field.key]
    if isinstance(value, Money | UnitPrice):
        amount = _to_json(value)
        return {field.key: amount["amount"], field.currency: amount["currency"]}  # type: ignore[attr-defined]
    is_name = isinstance(field, Reference | References)
    if isinstance(value, dt.datetime):
        return {field.key: field.to_json(value)}
    text = drop_controls(str((value or "") if is_name else field.to_text(value, store)))
    is_number = field.is_number or isinstance(value, int | float)
    return {field.key: f"'{text}" if text[:1] in _FORMULA and text and not is_number else text}


def _write_json(store: Store, rows: Iterable[Record], stream: Any) -> int:
    written = 0
    for record in rows:
        data = records.json_with_lines(store, record)
        for field in _contact_fields(record.type):
            uids = _contact_uids(store, record, field)
            is_list = isinstance(field, References)
            data[_uid_key(field)] = uids if is_list else "".join(uids)
        stream.write(json.dumps(_clean(data), ensure_ascii=False, default=_to_json) + "\n")
        written += 1
    return written


def _clean(value: Any) -> Any:
    """Return a value without the control characters that earlier versions may have stored."""
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return list(map(_clean, value))
    return drop_controls(value) if isinstance(value, str) else value


def _to_json(value: Any) -> dict[str, str]:
    if not isinstance(value, Money | UnitPrice):
        raise TypeError(f"{type(value).__name__} cannot be converted to JSON")
    figures = format_decimal(value)
    if isinstance(value, UnitPrice):
        figures = to_unambiguous(figures)
    return {"amount": figures, "currency": value.currency}


# reading


class Read(NamedTuple):
    """The number of rows that a file added and changed, and a sentence about its dates."""

    added: int
    changed: int
    dates: str


def read(store: Store, type_: RecordType, path: Path) -> Read:
    """Read a file in one transaction.

    Raises UsageError with the line that cannot be read, and NotFoundError without the file.
    """
    reader = _READERS[_find_ending(path)]
    if not path.is_file():
        raise missing_file(path)
    named = [_rename_json_keys(type_, each) for each in reader(path)]
    lines, note = _order_dates(type_, named, store.locale.region)
    return Read(*run_in_transaction(store, lambda: _read_rows(store, type_, lines)), note)


def _rename_json_keys(type_: RecordType, line: _Line) -> _Line:
    """Return a line under the keys of the fields, where their keys in JSON are others."""
    own = {each.json_key: each.key for each in type_.editable if each.json_key != each.key}
    return line._replace(texts={own.get(key, key): text for key, text in line.texts.items()})


def _order_dates(type_: RecordType, lines: list[_Line], region: str) -> tuple[list[_Line], str]:
    """Return lines whose dates in numbers are ISO dates, and a sentence about their order."""
    keys = [each.key for each in type_.editable if isinstance(each, Day | Instant)]
    found = ((line.number, line.texts.get(key, "").strip()) for line in lines for key in keys)
    order = decide_order(found, region)
    if order is None:
        return lines, ""

    def convert(texts: Texts) -> Texts:
        return texts | {key: order.convert(texts[key].strip()) for key in keys if key in texts}

    return [line._replace(texts=convert(line.texts)) for line in lines], order.note.words


def _read_csv(path: Path) -> Iterator[_Line]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            yield _Line(number, {key: _strip_quote(text or "") for key, text in row.items() if key})


def _read_xlsx(path: Path) -> Iterator[_Line]:
    from cardcrm.formats.xlsx.table import read_plain_rows

    rows = read_plain_rows(path)
    header = next(rows, [])
    for number, row in enumerate(rows, 2):
        texts = {key.strip(): text for key, text in zip(header, row, strict=False) if key.strip()}
        if any(texts.values()):
            yield _Line(number, texts)


def _strip_quote(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA and text[1:] else text


def _read_json(path: Path) -> Iterator[_Line]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"line {number} is not a JSON object", "Write one object a line.")
        lines = row.pop("lines", None) or ()
        if not all(isinstance(each, dict) for each in lines):
            raise UsageError(f"line {number}: its lines are not JSON objects", "Write objects.")
        yield _Line(number, _to_texts(row), list(map(_to_texts, lines)))


_READERS: Final = {".csv": _read_csv, ".xlsx": _read_xlsx, ".jsonl": _read_json}


def _to_texts(row: Mapping[str, Any]) -> Texts:
    return {key: _to_text(value) for key, value in row.items()}


def _to_text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return f"{value.get('amount', '')} {value.get('currency', '')}".strip()
    if isinstance(value, list):
        return " ".join(map(str, value))
    if isinstance(value, float):
        return to_unambiguous(str(value))
    return "" if value is None else str(value)


def _read_rows(store: Store, type_: RecordType, lines: Iterable[_Line]) -> tuple[int, int]:
    added = changed = 0
    for line in lines:
        try:
            is_new, is_changed = _read_row(store, type_, line)
        except CardcrmError as error:
            error.message = f"line {line.number}: {error.message}"
            if isinstance(error, MissingValueError):
                error.hint = f"Fill in the column {error.key}."
            raise
        added += is_new
        changed += is_changed
    return added, changed


def _read_row(store: Store, type_: RecordType, line: _Line) -> tuple[bool, bool]:
    """Add or change one row; return whether it was added and whether it was changed.

    A row that is known already gets the lines of the file if there are any.
    """
    texts = _field_texts(store, type_, line.texts)
    row_id = _find_row(store, type_, line.texts)
    wanted = {each.key: _contact_ids(store, each, line.texts) for each in type_.links}
    before = {each.key: links.linked_ids(store, each, row_id or 0) for each in type_.links}
    changes = {
        key: links.replace(before[key], ids) for key, ids in wanted.items() if ids is not None
    }
    if row_id is not None:
        is_other = _has_other_lines(store, type_, row_id, line.lines)
        if is_other:
            records.remove_lines(store, type_, row_id)
        is_changed = bool(records.edit(store, type_, [row_id], texts, changes, portable=line.texts))
        _add_lines(store, type_, row_id, line.lines if is_other else ())
        return False, is_changed or is_other
    record = records.add(store, type_, texts, changes, portable=line.texts)
    _add_lines(store, type_, record.id, line.lines)
    return True, False


def _has_other_lines(store: Store, type_: RecordType, row_id: int, lines: Sequence[Texts]) -> bool:
    """Return whether a row consists of other lines than those of a file, if that has any."""
    if not lines:
        return False
    record = records.get(store, type_, row_id)
    data = json.loads(json.dumps(records.json_with_lines(store, record), default=_to_json))
    keys = [each.key for part in type_.line_types for each in part.editable]

    def listed(rows: Iterable[Texts]) -> list[list[str]]:
        return [[row.get(key, "") for key in keys] for row in rows]

    return listed(map(_to_texts, data.get("lines", ()))) != listed(lines)


def _add_lines(store: Store, type_: RecordType, row_id: int, lines: Sequence[Texts]) -> None:
    for part in type_.line_types if lines else ():
        for each in lines:
            own = _field_texts(store, part, each)
            try:
                records.add(store, part, {**own, type_.name: f"#{row_id}"})
            except NotFoundError as error:
                error.hint = _import_first(part, type_)
                raise


def _import_first(part: RecordType, whole: RecordType) -> str:
    """Return the remedy for a line that refers to a row of another noun that is missing."""
    noun = next(each.to for each in part.references if each.to != whole.name)
    return (
        f"Import what the lines name first: cardcrm {noun} export FILE in the other database, "
        f"then cardcrm {noun} import FILE here."
    )


def _field_texts(store: Store, type_: RecordType, row: Texts) -> Texts:
    """Return the texts of the fields: amounts with their currency, contacts by number."""
    texts = {each.key: row[each.key] for each in type_.editable if each.key in row}
    for field in type_.editable:
        text = texts.get(field.key, "").strip()
        if isinstance(field, MoneyAmount) and _FIGURES.fullmatch(text):
            texts[field.key] = f"{text} {row.get(field.currency, '')}".strip()
        if isinstance(field, Reference) and field.to == "contact":
            known = records.find_uid(store, "contact", row.get(_uid_key(field), ""))
            if known is not None:
                texts[field.key] = f"#{known}"
    return texts


def _contact_ids(store: Store, field: References, row: Texts) -> list[int] | None:
    """Return the contacts that permanent ids or names separated by commas name, None for none."""
    uids = row.get(_uid_key(field), "").split()
    known = [records.find_uid(store, "contact", each) for each in uids]
    found = [each for each in known if each is not None]
    if found and len(found) == len(uids):
        return found
    names = [each for each in row.get(field.key, "").split(",") if each.strip()]
    return [resolve(store, each.strip()).id for each in names] or None


def _find_row(store: Store, type_: RecordType, row: Texts) -> int | None:
    """Return the id of a row that is known by one of its ids or by its name."""
    found = (
        records.find_by(store, type_, each, row.get(each.key, "")) for each in type_.recognized_by
    )
    return next((each for each in found if each is not None), None)
