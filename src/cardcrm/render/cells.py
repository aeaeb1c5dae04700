"""Format the cells of a table as text, for all formats.

Formatting ten thousand rows of eight cells must cost little more than printing them. So rows are
handled a thousand at a time as columns, because one check of a column replaces a thousand checks.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cardcrm.money import Money, UnitPrice, format_money
from cardcrm.sheet import Cell, Coded
from cardcrm.text import sanitize

CHUNK_SIZE = 1_000

Row = tuple[Cell, ...]


def split_chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield the rows in lists of at most ``CHUNK_SIZE``, none of them empty."""
    walk = iter(rows)
    while chunk := list(islice(walk, CHUNK_SIZE)):
        yield chunk


def format_column(column: Sequence[Cell], digits: int = 2) -> list[str]:
    """Return the cells of a column as people read them, sanitized, each on one line."""
    if set(map(type, column)) == {int}:
        return list(map(str, column))
    shown = [cell if type(cell) is str else format_cell(cell, digits) for cell in column]
    if "".join(shown).isprintable():
        return shown
    return [sanitize(text) for text in shown]


def format_cell(cell: Cell, digits: int = 2) -> str:
    """Return a cell as people read it, empty for None and False. Strings are not sanitized."""
    if cell is None or isinstance(cell, bool):
        return "yes" if cell else ""
    if isinstance(cell, Coded):
        return cell.words
    if isinstance(cell, float):
        return f"{cell:,.{digits}f}"
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return format_money(cell) if isinstance(cell, Money | UnitPrice) else str(cell)


def is_number(cell: Cell) -> bool:
    """Return whether the cell is a number or an amount, which tables align to the right."""
    return isinstance(cell, int | float | Money | UnitPrice) and not isinstance(cell, bool)


def is_numeric_column(column: Sequence[Cell]) -> bool:
    """Return whether a column contains only numbers."""
    return any(map(is_number, column)) and all(c is None or is_number(c) for c in column)
