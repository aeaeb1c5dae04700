"""A table that can be read several times: its headers, and its rows as texts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from cardcrm.formats.csv.cell_values import unescape_formula
from cardcrm.formats.csv.reader import find_header_line, read_records
from cardcrm.formats.import_job import ImportJob
from cardcrm.formats.numbered_lines import NumberedLines
from cardcrm.formats.text_encoding import Encoding, detect_encoding

_PROGRESS_INTERVAL: Final = 256  # rows between two reports of progress

# One row: the line where it starts, its cells, its text without line end, its problem or "".
Row = tuple[int, list[str], str, str]


@dataclass(frozen=True)
class Table:
    """The headers of a table, the text to write above its bad rows, and a function for its rows."""

    headers: tuple[str, ...]
    header_text: str
    rows: Callable[[], Iterator[Row]]


def open_table(job: ImportJob) -> Table:
    """Return the table in a file. Raises UsageError for a file without a header."""
    encoding = detect_encoding(job.path)
    with _open(job.path, encoding) as text:
        separator, cells, header = find_header_line(NumberedLines(text))
    headers = tuple(unescape_formula(cell.strip().lstrip("\ufeff")) for cell in cells)

    def rows() -> Iterator[Row]:
        return _read_rows(job, encoding, separator, len(headers))

    return Table(headers, header, rows)


def _open(path: Path, encoding: Encoding) -> TextIOWrapper:
    return path.open("r", encoding=encoding.codec, errors=encoding.errors, newline="")


def _read_rows(job: ImportJob, encoding: Encoding, separator: str, width: int) -> Iterator[Row]:
    with job.path.open("rb") as binary:
        text = TextIOWrapper(binary, encoding=encoding.codec, errors=encoding.errors, newline="")
        lines = NumberedLines(text)
        find_header_line(lines)
        for count, (line, cells, raw, problem) in enumerate(read_records(lines, separator)):
            if count % _PROGRESS_INTERVAL == 0:
                job.on_bytes(binary.tell())
            if "'" in raw or "=" in raw:
                cells = [unescape_formula(cell.strip()) for cell in cells]  # noqa: PLW2901
            if not problem and len(cells) > width and any(map(str.strip, cells[width:])):
                problem = f"{len(cells)} cells, but the header has {width}"  # noqa: PLW2901
            yield line, cells, raw, problem
        job.on_bytes(binary.tell())
