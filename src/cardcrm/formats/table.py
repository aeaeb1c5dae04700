"""A table in a file of any format: its headers, and its rows as text."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from cardcrm.errors import UsageError

MAX_COLUMNS: Final = 10_000

# One row: the line where it starts, its cells, its text without line end, its problem or "". The
# text is a row of CSV, from which the row can be read again below the header of its table. A plain
# tuple is the cheapest type for every row of a file.
Record = tuple[int, list[str], str, str]


class Table(Protocol):
    """A table of text."""

    @property
    def headers(self) -> Sequence[str]:
        """The headers, without outer spaces."""

    @property
    def header(self) -> str:
        """The text above the rows in a file of refused rows."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Remarks for the report."""

    def read_rows(self) -> Iterator[Record]:
        """Yield the rows below the header, from the first one."""


def check_width(columns: int) -> None:
    """Raise UsageError for a table with too many columns."""
    if columns > MAX_COLUMNS:
        raise UsageError(
            f"the table has {columns:,} columns, and at most {MAX_COLUMNS:,} can be imported",
            "Remove the columns that you do not need.",
        )
