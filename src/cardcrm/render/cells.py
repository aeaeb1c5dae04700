"""Cells as text: what stands in one place of a table, whatever the format.

Ten thousand rows of eight cells must cost little more than printing them, so rows are taken a
thousand at a time and turned into columns: one test of a whole column spares a thousand of cells.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from cardcrm.money import Money, exponent, format_money
from cardcrm.sheet import Cell, Coded
from cardcrm.text import clean

CHUNK = 1_000

Row = tuple[Cell, ...]


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, ``CHUNK`` at a time; no empty list."""
    walk = iter(rows)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk


def texts(column: Sequence[Cell], digits: int = 2) -> list[str]:
    """The cells of one column as people read them, safe for a terminal, each on one line."""
    if set(map(type, column)) == {int}:
        return list(map(str, column))
    shown = [cell if type(cell) is str else show(cell, digits) for cell in column]
    if "".join(shown).isprintable():
        return shown
    return [clean(text) for text in shown]


def show(cell: Cell, digits: int = 2) -> str:
    """One cell as people read it; nothing for ``None`` and *no*. Strings are not made safe here."""
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
    return format_money(cell) if isinstance(cell, Money) else str(cell)


def is_number(cell: Cell) -> bool:
    """Whether the cell is a number or an amount, which stand right in tables."""
    return isinstance(cell, int | float | Money) and not isinstance(cell, bool)


def stands_right(column: Sequence[Cell]) -> bool:
    """Whether a column holds numbers and nothing else."""
    return any(map(is_number, column)) and all(c is None or is_number(c) for c in column)


def amount(money: Money) -> str:
    """The exact amount as a decimal number without separators, as data formats carry it."""
    places = exponent(money.currency)
    sign = "-" if money.minor < 0 else ""
    digits = str(abs(money.minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
