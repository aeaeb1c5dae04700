"""Write JSON, CSV, TSV and ids, for programs.

JSON keeps text exactly and escapes characters that control a terminal. CSV and TSV drop such
characters, and no text can start a formula in a spreadsheet.
"""

import dataclasses
import datetime as dt
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from cardcrm.errors import UsageError
from cardcrm.money import Money, UnitPrice, format_decimal
from cardcrm.render.cells import split_chunks
from cardcrm.render.streams import Write
from cardcrm.sheet import Card, Cell, Column, List, Numbers, Points, Sheet
from cardcrm.text import FORMULA_STARTS, sanitize

# Characters that JSON does not escape, but that control a terminal or do not fit into UTF-8.
_RAW = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

# A plain number with a plus is a phone number, and no formula.
_PHONE = re.compile(r"\+[0-9 ]{6,}")


def write_json_sheet(sheet: Sheet, write: Write) -> None:
    """Write one array with one object a line; the keys are the keys of the columns."""
    keys = [column.json_key or column.key for column in sheet.columns]
    start = "["
    for chunk in split_chunks(sheet.rows):
        objects = [_encode(dict(zip(keys, row, strict=True))) for row in chunk]
        write(f"{start}\n" + ",\n".join(objects))
        start = ","
    write("[]\n" if start == "[" else "\n]\n")


def write_json_card(card: Card, write: Write) -> None:
    """Write the data of the card as one object."""
    write(_encode(card.data, indent=2) + "\n")


def _encode(value: object, indent: int | None = None) -> str:
    encode = _INDENTED.encode if indent else _COMPACT.encode
    try:
        text = encode(value)
    except ValueError:  # JSON has no infinity and NaN
        text = encode(_replace_non_finite(value))
    return text if text.isprintable() else _RAW.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _replace_non_finite(value: Any) -> Any:
    """Return the value with None for infinity and NaN."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _replace_non_finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_non_finite(inner) for inner in value]
    return value


def _to_json(value: object) -> object:
    """Return a JSON value for a type that JSON lacks."""
    if isinstance(value, Money | UnitPrice):
        return {"amount": format_decimal(value), "currency": value.currency}
    if isinstance(value, dt.date | dt.time):
        return _to_iso(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"cannot convert {type(value).__name__} to JSON")


_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_to_json)
_INDENTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_to_json, indent=2)


def write_delimited(result: Sheet | Card, fmt: str, write: Write, *, header: bool) -> None:
    """Write ``csv`` or ``tsv``, perhaps below a line of keys.

    In CSV the line ends within cells stay, and cells are quoted where necessary. In TSV each row is
    one line and nothing is quoted: a line end in a cell becomes `` ⏎ `` and a tab a space. A card
    without a row has two columns: label and value.
    """
    sheet = result if isinstance(result, Sheet) else result.row or _collect_facts(result)
    write_rows = _csv_writer(write) if fmt == "csv" else _tsv_writer(write)
    currencies = _place_currencies(sheet.columns)
    if header:
        keys = [column.key for column in sheet.columns]
        for at, name, _ in currencies:
            keys.insert(at, name)
        write_rows([keys])
    for chunk in split_chunks(sheet.rows):
        cells = list(zip(*chunk, strict=True))
        columns = [
            _sanitize_column(column, newlines=fmt == "csv", is_money=bool(head.currency))
            for head, column in zip(sheet.columns, cells, strict=True)
        ]
        for at, _, amounts in currencies:
            columns.insert(at, _currencies([cells[each] for each in amounts]))
        write_rows(zip(*columns, strict=True))


def _collect_facts(card: Card) -> Sheet:
    head = [("name", card.title), ("role", card.subtitle), ("tags", ", ".join(card.tags))]
    rows: list[tuple[str, str]] = []
    for label, value in (*head, *card.status, *card.facts):
        if value:
            rows.append((label or (rows[-1][0] if rows else ""), value))
    return Sheet((Column("label", "Label"), Column("value", "Value")), rows)


class _WritableFile:
    """A file for `csv.writer`, around a function that writes."""

    def __init__(self, write: Write) -> None:
        self.write = write


def _csv_writer(write: Write) -> Callable[[Iterable[Sequence[object]]], object]:
    import csv

    return csv.writer(_WritableFile(write), lineterminator="\n").writerows


def _tsv_writer(write: Write) -> Callable[[Iterable[Sequence[object]]], object]:
    def write_rows(rows: Iterable[Sequence[object]]) -> None:
        write("".join(["\t".join(map(str, row)) + "\n" for row in rows]))

    return write_rows


def _place_currencies(columns: Sequence[Column]) -> list[tuple[int, str, list[int]]]:
    """Return where to insert each column of currencies, the last first, and its amounts.

    It comes after the first amount. A currency that has a column already is not repeated.
    """
    amounts: dict[str, list[int]] = {}
    for at, column in enumerate(columns):
        if column.currency:
            amounts.setdefault(column.currency, []).append(at)
    known = {column.key for column in columns}
    found = [(ats[0] + 1, name, ats) for name, ats in amounts.items() if name not in known]
    return sorted(found, reverse=True)


def _currencies(amounts: Sequence[Sequence[Cell]]) -> list[str | int | float]:
    """Return the currency of each row: that of the first amount in it."""
    return [
        next((cell.currency for cell in row if isinstance(cell, Money | UnitPrice)), "")
        for row in zip(*amounts, strict=True)
    ]


def _sanitize_column(
    column: Sequence[Cell], *, newlines: bool, is_money: bool
) -> list[str | int | float]:
    shown = [cell if type(cell) is str else _to_data(cell, is_money) for cell in column]
    return [
        cell
        if type(cell) is not str or (cell.isprintable() and cell[:1] not in FORMULA_STARTS)
        else _sanitize(cell, newlines=newlines)
        if type(column[at]) is str or isinstance(column[at], List | Points)
        else cell
        for at, cell in enumerate(shown)
    ]


def _to_data(cell: Cell, is_money: bool) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, List | Numbers | Points):
        return str(cell)
    if isinstance(cell, Money | UnitPrice):
        return format_decimal(cell) if is_money else f"{format_decimal(cell)} {cell.currency}"
    return _to_iso(cell) if isinstance(cell, dt.date) else cell


def _to_iso(value: dt.date | dt.time) -> str:
    """Return a day in local time, and an instant in UTC."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def _sanitize(text: str, *, newlines: bool) -> str:
    """Return the text without terminal controls, with an apostrophe in front of a formula."""
    shown = sanitize(text, newlines=newlines)
    formula = text[:1] in FORMULA_STARTS or shown[:1] in FORMULA_STARTS
    return f"'{shown}" if formula and not _PHONE.fullmatch(shown) else shown


def write_ids_sheet(sheet: Sheet, write: Write) -> None:
    """Write the column of ids, one a line."""
    for block in _format_ids(sheet):
        write(block + "\n")


def _format_ids(sheet: Sheet) -> Iterator[str]:
    keys = [column.key for column in sheet.columns]
    if sheet.ids not in keys:
        raise UsageError("this list has no ids", "Choose another --format.")
    at = keys.index(sheet.ids)
    for chunk in split_chunks(sheet.rows):
        yield "\n".join([sanitize(str(row[at])) for row in chunk])


def write_ids_card(card: Card, write: Write) -> None:
    """Write the id of the contact."""
    if "id" not in card.data:
        raise UsageError("this result has no id", "Choose another --format.")
    write(f"{sanitize(str(card.data['id']))}\n")


SHEET_WRITERS: Final[dict[str, Callable[[Sheet, Write], None]]] = {
    "json": write_json_sheet,
    "ids": write_ids_sheet,
}
CARD_WRITERS: Final[dict[str, Callable[[Card, Write], None]]] = {
    "json": write_json_card,
    "ids": write_ids_card,
}
