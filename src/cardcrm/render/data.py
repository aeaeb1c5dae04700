"""For programs: JSON, CSV, TSV and bare ids.

JSON carries text exactly, with escapes for what a terminal would obey. In CSV and TSV such
characters are gone, and no text can start a formula in a spreadsheet.
"""

import dataclasses
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.render.cells import format_amount, split_chunks
from cardcrm.render.streams import Write
from cardcrm.sheet import Card, Cell, Column, Sheet
from cardcrm.text import sanitize

# What JSON leaves as it is and a terminal would obey, or UTF-8 cannot hold.
_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# A spreadsheet takes text that starts so for a formula; but a plain number with a plus is a phone.
_STARTS: Final = frozenset("=+-@\t\r\n＝＋－＠")
_PHONE = re.compile(r"\+[0-9 ]{6,}")


def write_json_sheet(sheet: Sheet, write: Write) -> None:
    """One array, one object a line; keys are the columns' keys."""
    keys = [column.key for column in sheet.columns]
    start = "["
    for chunk in split_chunks(sheet.rows):
        objects = [_encoded(dict(zip(keys, row, strict=True))) for row in chunk]
        write(f"{start}\n" + ",\n".join(objects))
        start = ","
    write("[]\n" if start == "[" else "\n]\n")


def write_json_card(card: Card, write: Write) -> None:
    """One object: the card's data."""
    write(_encoded(card.data, indent=2) + "\n")


def _encoded(value: object, indent: int | None = None) -> str:
    encode = _INDENTED.encode if indent else _COMPACT.encode
    try:
        text = encode(value)
    except ValueError:  # infinity and NaN are no JSON
        text = encode(_finite(value))
    return text if text.isprintable() else _RAW.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _finite(value: Any) -> Any:
    """The same with ``None`` for numbers that are none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def _plain(value: object) -> object:
    """What JSON shows for the types it does not know."""
    if isinstance(value, Money):
        return {"amount": format_amount(value), "currency": value.currency}
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain)
_INDENTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain, indent=2)


def write_csv_sheet(sheet: Sheet, write: Write) -> None:
    """Comma-separated, a head line of keys; line ends within cells stay."""
    _delimited(sheet, write, delimiter=",", newlines=True)


def write_tsv_sheet(sheet: Sheet, write: Write) -> None:
    """Tab-separated, a head line of keys; one line a row, whatever the cells hold."""
    _delimited(sheet, write, delimiter="\t", newlines=False)


def write_csv_card(card: Card, write: Write) -> None:
    """Two columns: label and value."""
    _delimited(_facts(card), write, delimiter=",", newlines=True)


def write_tsv_card(card: Card, write: Write) -> None:
    """Two columns: label and value, one line each."""
    _delimited(_facts(card), write, delimiter="\t", newlines=False)


def _facts(card: Card) -> Sheet:
    head = [("name", card.title), ("role", card.subtitle), ("tags", ", ".join(card.tags))]
    rows: list[tuple[str, str]] = []
    for label, value in (*head, *card.status, *card.facts):
        if value:
            rows.append((label or (rows[-1][0] if rows else ""), value))
    return Sheet((Column("label", "Label"), Column("value", "Value")), rows)


class _Pen:
    """The file that a csv writer wants, around a function that writes."""

    def __init__(self, write: Write) -> None:
        self.write = write


def _delimited(sheet: Sheet, write: Write, *, delimiter: str, newlines: bool) -> None:
    import csv

    rows = csv.writer(_Pen(write), delimiter=delimiter, lineterminator="\n")
    rows.writerow([column.key for column in sheet.columns])
    for chunk in split_chunks(sheet.rows):
        columns = [_safe_column(column, newlines=newlines) for column in zip(*chunk, strict=True)]
        rows.writerows(zip(*columns, strict=True))


def _safe_column(column: Sequence[Cell], *, newlines: bool) -> list[str | int | float]:
    shown = [cell if type(cell) is str else _bare(cell) for cell in column]
    return [
        cell
        if type(cell) is not str or (cell.isprintable() and cell[:1] not in _STARTS)
        else _safe(cell, newlines=newlines)
        if type(column[at]) is str
        else cell
        for at, cell in enumerate(shown)
    ]


def _bare(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Money):
        return f"{format_amount(cell)} {cell.currency}"
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _safe(text: str, *, newlines: bool) -> str:
    """The text without what a terminal obeys, and an apostrophe where a formula would start."""
    shown = sanitize(text, newlines=newlines)
    formula = text[:1] in _STARTS or shown[:1] in _STARTS
    return f"'{shown}" if formula and not _PHONE.fullmatch(shown) else shown


def write_ids_sheet(sheet: Sheet, write: Write) -> None:
    """The column of ids, one a line."""
    for block in _id_blocks(sheet):
        write(block + "\n")


def _id_blocks(sheet: Sheet) -> Iterator[str]:
    keys = [column.key for column in sheet.columns]
    if sheet.ids not in keys:
        raise UsageError("This list has no ids to print.", "Choose another --format.")
    at = keys.index(sheet.ids)
    for chunk in split_chunks(sheet.rows):
        yield "\n".join([sanitize(str(row[at])) for row in chunk])


def write_ids_card(card: Card, write: Write) -> None:
    """The card's own id."""
    if "id" not in card.data:
        raise UsageError("This card has no id to print.", "Choose another --format.")
    write(f"{sanitize(str(card.data['id']))}\n")


SHEET_WRITERS: Final[dict[str, Callable[[Sheet, Write], None]]] = {
    "json": write_json_sheet, "csv": write_csv_sheet, "tsv": write_tsv_sheet, "ids": write_ids_sheet,
}  # fmt: skip
CARD_WRITERS: Final[dict[str, Callable[[Card, Write], None]]] = {
    "json": write_json_card, "csv": write_csv_card, "tsv": write_tsv_card, "ids": write_ids_card,
}  # fmt: skip
