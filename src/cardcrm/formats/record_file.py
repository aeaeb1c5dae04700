"""Rows of any noun as CSV or JSON lines, written and read by its declaration.

A contact is named by its permanent id as well as by its name, so that a file can be read into
another database. A row whose own permanent id is known there is changed, not added again.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cardcrm.errors import CardError, NotFoundError, UsageError
from cardcrm.formats.atomic_write import whole
from cardcrm.money import Money, exponent
from cardcrm.query import Node
from cardcrm.records import records
from cardcrm.records.fields import Field, Reference, Uid
from cardcrm.records.record_type import RecordType
from cardcrm.records.records import Record, Selection
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction

ENDINGS: Final = (".csv", ".jsonl")
_FORMULA: Final = "=+-@\t\r\n"  # signs that start a formula in some spreadsheets

Texts = dict[str, str]


def write(store: Store, type_: RecordType, node: Node, path: Path) -> int:
    """Write the rows that a query finds; return how many there are. Raises UsageError."""
    ending = _ending(path)
    rows = records.select(store, type_, Selection(node, sort="id"))
    try:
        with whole(path) as stream:
            if ending == ".csv":
                return _write_csv(store, type_, rows, stream)
            return _write_json(store, rows, stream)
    except FileExistsError:
        raise UsageError(f"{path} already exists", "Name another file.") from None


def _ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"unknown file format “{path.name}”", f"Use {' or '.join(ENDINGS)}.")
    return ending


def _uid_key(field: Reference) -> str:
    return f"{field.key}_uid"


def _contact_uid(store: Store, record: Record, field: Reference) -> str:
    contact_id = record.columns[field.column]
    return "" if contact_id is None else records.uid_of(store, "contact", contact_id)


def _contacts(type_: RecordType) -> list[Reference]:
    return [each for each in type_.references if each.to == "contact"]


# writing


def _write_csv(store: Store, type_: RecordType, rows: Iterable[Record], stream: Any) -> int:
    fields = [each for each in type_.fields if each.columns]
    contacts = _contacts(type_)
    pen = csv.writer(stream, lineterminator="\n")
    pen.writerow([*(each.key for each in fields), *map(_uid_key, contacts)])
    written = 0
    for record in rows:
        uids = [_contact_uid(store, record, each) for each in contacts]
        pen.writerow([*(_cell(store, record, each) for each in fields), *uids])
        written += 1
    return written


def _cell(store: Store, record: Record, field: Field) -> str:
    value = record.values[field.key]
    text = value or "" if isinstance(field, Reference) else field.to_text(value, store)
    is_number = field.is_number or isinstance(value, int | float)
    return f"'{text}" if text[:1] in _FORMULA and text and not is_number else str(text)


def _write_json(store: Store, rows: Iterable[Record], stream: Any) -> int:
    written = 0
    for record in rows:
        uids = {
            _uid_key(each): _contact_uid(store, record, each) for each in _contacts(record.type)
        }
        data = {**records.json_of(record), **uids}
        stream.write(json.dumps(data, ensure_ascii=False, default=_plain) + "\n")
        written += 1
    return written


def _plain(value: Any) -> Any:
    if not isinstance(value, Money):
        raise TypeError(f"{type(value).__name__} has no form in JSON")
    places = exponent(value.currency)
    whole_, part = divmod(abs(value.minor), 10**places)
    digits = f"{whole_}.{part:0{places}d}" if places else str(whole_)
    return {"amount": f"{'-' if value.minor < 0 else ''}{digits}", "currency": value.currency}


# reading


def read(store: Store, type_: RecordType, path: Path) -> tuple[int, int]:
    """Read a file in one transaction; return how many rows were added and how many changed.

    Raises UsageError with the line that cannot be read, and NotFoundError without the file.
    """
    reader = _read_csv if _ending(path) == ".csv" else _read_json
    if not path.is_file():
        raise NotFoundError(f"{path} does not exist")
    lines = list(reader(path))
    return run_in_transaction(store, lambda: _read_rows(store, type_, lines))


def _read_csv(path: Path) -> Iterator[tuple[int, Texts]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 2):
            yield number, {key: _without_quote(text or "") for key, text in row.items() if key}


def _without_quote(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA and text[1:] else text


def _read_json(path: Path) -> Iterator[tuple[int, Texts]]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"line {number} is not a JSON object", "Write one object a line.")
        yield number, {key: _text(value) for key, value in row.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return f"{value.get('amount', '')} {value.get('currency', '')}".strip()
    return "" if value is None else str(value)


def _read_rows(
    store: Store, type_: RecordType, lines: Iterable[tuple[int, Texts]]
) -> tuple[int, int]:
    added = changed = 0
    for number, row in lines:
        try:
            is_new, is_changed = _read_row(store, type_, row)
        except CardError as error:
            error.message = f"line {number}: {error.message}"
            raise
        added += is_new
        changed += is_changed
    return added, changed


def _read_row(store: Store, type_: RecordType, row: Texts) -> tuple[bool, bool]:
    """Add or change one row; return whether it was added and whether it was changed."""
    texts = {each.key: row[each.key] for each in type_.editable if each.key in row}
    for field in _contacts(type_):
        uid = row.get(_uid_key(field), "")
        known = records.find_uid(store, "contact", uid)
        if known is not None:
            texts[field.key] = f"#{known}"
    uid_field = next((each for each in type_.fields if isinstance(each, Uid)), None)
    uid = row.get("uid", "") if uid_field is not None else ""
    row_id = records.find_uid(store, type_.table_name, uid)
    if row_id is not None:
        return False, bool(records.edit(store, type_, [row_id], texts))
    records.add(store, type_, texts, uid=uid)
    return True, False
