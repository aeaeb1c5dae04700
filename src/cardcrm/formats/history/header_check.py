"""Check the header of a table of sales, activities, deals or leads without a database."""

from collections.abc import Iterable
from pathlib import Path

from cardcrm.formats.file_reader import TableOptions, open_table
from cardcrm.formats.history.columns import check, map_headers
from cardcrm.formats.history.given_columns import read_targets


def check_header(
    path: Path,
    format_: str,
    options: TableOptions,
    holds: str,
    targets: Iterable[tuple[str, str]],
    *,
    has_customer: bool,
) -> None:
    """Raise UsageError for a table that lacks a column which its rows need."""
    with open_table(path, format_, options) as (table, _):
        _, given = read_targets(table.headers, targets, holds)
        check(map_headers(table.headers, holds, given), holds, has_customer=has_customer)
