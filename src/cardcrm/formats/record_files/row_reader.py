"""Read the lines of a file of records as texts by the keys of their fields."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, TextIO

from cardcrm.errors import UsageError, missing_file
from cardcrm.formats.csv.cell_values import unescape_formula
from cardcrm.formats.file_dates import decide_order
from cardcrm.formats.numbered_lines import MAX_LINE_SIZE
from cardcrm.formats.record_files.layout import Texts, find_ending
from cardcrm.formats.text_encoding import TableEncoding, choose_encoding
from cardcrm.money import to_unambiguous
from cardcrm.records.fields import Day, Instant
from cardcrm.records.record_type import RecordType

_MAX_PREAMBLE: Final = 12  # lines


class Line(NamedTuple):
    """One row of a file: its texts by their keys, and those of the lines that it consists of."""

    number: int
    texts: Texts
    lines: Sequence[Texts] = ()


def read_lines(type_: RecordType, path: Path, region: str) -> tuple[list[Line], str]:
    """Return the lines of a file, and a sentence about its encoding and dates if they are guesses.

    Raises UsageError with the line that cannot be read, and NotFoundError without the file.
    """
    reader = _READERS[find_ending(path)]
    if not path.is_file():
        raise missing_file(path)
    is_text = reader is not _read_xlsx
    encoding = choose_encoding(path, region=region) if is_text else TableEncoding("")
    rows = _adapt(type_, reader(path, type_, encoding))
    found = [_rename_json_keys(type_, each) for each in rows]
    lines, note = _order_dates(type_, found, region)
    return lines, "; ".join(filter(None, (_cut_option(encoding.warning), note)))


def _adapt(type_: RecordType, lines: Iterator[Line]) -> Iterator[Line]:
    """Yield lines under our keys where another program wrote them: invoices have their own."""
    if type_.name != "invoice":
        yield from lines
        return
    from cardcrm.formats.record_files.invoice_columns import adapt

    for line in lines:
        if (texts := adapt(line.texts)) is not None:
            yield line._replace(texts=texts)


def _rename_json_keys(type_: RecordType, line: Line) -> Line:
    """Return a line under the keys of the fields, where their keys in JSON are others."""
    own = {each.json_key: each.key for each in type_.editable if each.json_key != each.key}
    return line._replace(texts={own.get(key, key): text for key, text in line.texts.items()})


def _order_dates(type_: RecordType, lines: list[Line], region: str) -> tuple[list[Line], str]:
    """Return lines whose dates in numbers are ISO dates, and a sentence about their order."""
    keys = [each.key for each in type_.editable if isinstance(each, Day | Instant)]
    found = ((line.number, line.texts.get(key, "").strip()) for line in lines for key in keys)
    order = decide_order(found, region)
    if order is None:
        return lines, ""

    def convert(texts: Texts) -> Texts:
        return texts | {key: order.convert(texts[key].strip()) for key in keys if key in texts}

    return [line._replace(texts=convert(line.texts)) for line in lines], order.note.words


def _cut_option(warning: str) -> str:
    """Return a warning about an encoding without the option to name one, which is not for nouns."""
    return warning.partition("; for another encoding")[0]


def _read_csv(path: Path, type_: RecordType, encoding: TableEncoding) -> Iterator[Line]:
    csv.field_size_limit(MAX_LINE_SIZE)
    with path.open(encoding=encoding.codec, errors=encoding.errors, newline="") as stream:
        skipped = _skip_preamble(stream, type_)
        reader = csv.DictReader(stream)
        try:
            for number, row in enumerate(reader, skipped + 2):
                cells = {key: text or "" for key, text in row.items() if key}
                yield Line(number, {key: unescape_formula(text) for key, text in cells.items()})
        except csv.Error as error:
            raise UsageError(
                f"line {reader.line_num} cannot be read: {error}", "Correct that line of the file."
            ) from None


def _skip_preamble(stream: TextIO, type_: RecordType) -> int:
    """Skip the lines above the headers of invoices, as QuickBooks writes them; return how many."""
    if type_.name != "invoice":
        return 0
    from cardcrm.formats.record_files.invoice_columns import is_header

    lines = [stream.readline() for _ in range(_MAX_PREAMBLE)]
    found = (at for at, cells in enumerate(csv.reader(lines)) if is_header(cells))
    skipped = next(found, 0)
    stream.seek(0)
    for _ in range(skipped):
        stream.readline()
    return skipped


def _read_xlsx(path: Path, _type: RecordType, _encoding: TableEncoding) -> Iterator[Line]:
    from cardcrm.formats.xlsx.table import read_plain_rows

    rows = read_plain_rows(path)
    header = next(rows, [])
    for number, row in enumerate(rows, 2):
        texts = {key.strip(): text for key, text in zip(header, row, strict=False) if key.strip()}
        if any(texts.values()):
            yield Line(number, texts)


def _read_json(path: Path, type_: RecordType, encoding: TableEncoding) -> Iterator[Line]:
    keys = [each.line_key for each in type_.line_types]
    text = path.read_text(encoding=encoding.codec, errors=encoding.errors)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            raise UsageError(f"line {number} is not a JSON object", "Write one object a line.")
        lines = [each for key in keys for each in _to_list(row.pop(key, None))]
        if not all(isinstance(each, dict) for each in lines):
            raise UsageError(f"line {number}: its lines are not JSON objects", "Write objects.")
        yield Line(number, to_texts(row), list(map(to_texts, lines)))


def _to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


_READERS: Final = {".csv": _read_csv, ".xlsx": _read_xlsx, ".jsonl": _read_json}


def to_texts(row: Mapping[str, Any]) -> Texts:
    """Return the values of a row in JSON as texts."""
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
