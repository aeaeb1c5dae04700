"""Lay out reports about deals: all columns for programs, the main ones in 80 columns for people."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from cardcrm.cli.session import Session
from cardcrm.money import Money, format_money
from cardcrm.percent import format_percent
from cardcrm.sheet import Cell, Column, Sheet

Kind = Literal["text", "count", "money", "share", "percent", "number"]
_NONE = "–"
_NO_VALUE = "(none)"


class Figure(NamedTuple):
    """A column: its key, and its heading for people; one without a heading is for programs."""

    key: str
    title: str = ""
    kind: Kind = "count"


def build_sheet(
    session: Session,
    figures: Sequence[Figure],
    rows: Iterable[tuple[Cell, ...]],
    title: str,
    note: str = "",
) -> Sheet:
    """Return rows, which have a cell for each figure.

    People get amounts without their currency where all rows have the same one, which is in the
    title then. Columns of texts that are empty in all rows are left out.
    """
    found = list(rows)
    if not session.is_for_people:
        return Sheet(tuple(map(_to_column, figures)), found, ids=figures[0].key)
    currencies = {cell.currency for row in found for cell in row if isinstance(cell, Money)}
    shown = [
        at
        for at, each in enumerate(figures)
        if each.title and not (each.kind == "text" and not any(row[at] for row in found))
    ]
    has_code = len(currencies) > 1
    columns = tuple(_to_heading(figures[at]) for at in shown)
    lines = [
        tuple(_format(row[at], figures[at].kind, has_code=has_code) for at in shown)
        for row in found
    ]
    if len(currencies) == 1:
        title = f"{title}, in {currencies.pop()}"
    return Sheet(columns, lines, title, note, ids=columns[0].key)


def _to_column(figure: Figure) -> Column:
    if figure.kind == "money":
        return Column(figure.key, figure.key, currency="currency")
    return Column(figure.key, figure.key, digits=6 if figure.kind == "share" else 2)


def _to_heading(figure: Figure) -> Column:
    is_text = figure.kind == "text"
    return Column(figure.key, figure.title, "left" if is_text else "right", wide=is_text)


def _format(cell: Cell, kind: Kind, *, has_code: bool) -> Cell:
    if cell is None:
        return "" if kind == "text" else _NONE
    if cell == "":
        return _NO_VALUE
    if isinstance(cell, Money):
        return format_money(cell, code=has_code)
    if kind == "share" and isinstance(cell, float):
        return format_percent(cell, 0)
    if kind == "percent":
        cell = f"{cell}%"
    if kind == "number" and isinstance(cell, float):
        return f"{cell:,.1f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def to_money(minor: float | None, currency: str) -> Money | None:
    """Return minor units, rounded, as money; None for none."""
    return None if minor is None else Money(round(minor), currency)
