"""Add and change rows of a noun by the lines of a file."""

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from cardcrm.errors import CardcrmError, MissingValueError, NotFoundError
from cardcrm.formats.record_files.layout import Texts, to_json, uid_key
from cardcrm.formats.record_files.row_reader import Line, read_lines, to_texts
from cardcrm.records import links, records
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.fields import MoneyAmount, Reference, References
from cardcrm.records.record_type import RecordType
from cardcrm.store import Store
from cardcrm.store.retry import run_in_transaction

_FIGURES: Final = re.compile(r"[-+]?[0-9][0-9., ]*")  # an amount without its currency


class Imported(NamedTuple):
    """The number of rows that a file added and changed, and a sentence about its dates."""

    added: int
    changed: int
    dates: str


def import_rows(store: Store, type_: RecordType, path: Path) -> Imported:
    """Read a file in one transaction.

    Raises UsageError with the line that cannot be read, and NotFoundError without the file.
    """
    lines, note = read_lines(type_, path, store.locale.region)
    return Imported(*run_in_transaction(store, lambda: _import_rows(store, type_, lines)), note)


def _import_rows(store: Store, type_: RecordType, lines: Iterable[Line]) -> tuple[int, int]:
    added = changed = 0
    for line in lines:
        try:
            is_new, is_changed = _import_row(store, type_, line)
        except CardcrmError as error:
            error.message = f"line {line.number}: {error.message}"
            if isinstance(error, MissingValueError):
                error.hint = f"Fill in the column {error.key}."
            raise
        added += is_new
        changed += is_changed
    return added, changed


def _import_row(store: Store, type_: RecordType, line: Line) -> tuple[bool, bool]:
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
    data = json.loads(json.dumps(records.json_with_lines(store, record), default=to_json))
    keys = [each.key for part in type_.line_types for each in part.editable]

    def listed(rows: Iterable[Texts]) -> list[list[str]]:
        return [[row.get(key, "") for key in keys] for row in rows]

    known = [each for part in type_.line_types for each in data[part.line_key]]
    return listed(map(to_texts, known)) != listed(lines)


def _add_lines(store: Store, type_: RecordType, row_id: int, lines: Sequence[Texts]) -> None:
    """Add the lines of a file in place of those that followed from the row itself."""
    if lines:
        records.remove_lines(store, type_, row_id)
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
            known = records.find_uid(store, "contact", row.get(uid_key(field), ""))
            if known is not None:
                texts[field.key] = f"#{known}"
    return texts


def _contact_ids(store: Store, field: References, row: Texts) -> list[int] | None:
    """Return the contacts that permanent ids or names separated by commas name, None for none."""
    uids = row.get(uid_key(field), "").split()
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
