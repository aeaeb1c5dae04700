"""Lay out reports about deals: all columns for programs, the main ones in 80 columns for people."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from cardcrm.cli.session import Session
from cardcrm.money import Money, format_money
from cardcrm.percent import format_percent
from cardcrm.sheet import Cell, Column, Sheet

Kind = Literal["heading", "text", "count", "money", "share", "percent", "number"]
_INDENT = "  "
_NONE = "–"
_NO_VALUE = "(none)"


class Figure(NamedTuple):
    """A column: its key, and its heading for people; one without a heading is for programs.

    A figure of the kind heading is a line above the rows that share it, to leave them its width; it
    is left out where all rows share it. The currency is a column where there are several.
    """

    key: str
    title: str = ""
    kind: Kind = "count"


CURRENCY = Figure("currency", "in", "text")


def build_sheet(
    session: Session,
    figures: Sequence[Figure],
    rows: Iterable[tuple[Cell, ...]],
    title: str,
    note: str = "",
) -> Sheet:
    """Return rows, which have a cell for each figure.

    People get amounts without their currency, which is in the title or in a column. Columns of
    texts that are empty in all rows are left out.
    """
    found = list(rows)
    if not session.is_for_people:
        return Sheet(tuple(map(_to_column, figures)), found, ids=figures[0].key)
    if CURRENCY in figures:
        at = figures.index(CURRENCY)
        title += "".join(f", in {row[at]}" for row in found[:1] if _is_shared(found, at))
    shown = [at for at, each in enumerate(figures) if _is_shown(each, found, at)]
    lines = [tuple(_format(row[at], figures[at].kind) for at in shown) for row in found]
    head = next((at for at, each in enumerate(figures) if each.kind == "heading"), None)
    if head is not None and not _is_shared(found, head):
        lines = _put_headings([row[head] for row in found], lines)
    columns = tuple(_to_heading(figures[at]) for at in shown)
    return Sheet(columns, lines, title, note, ids=columns[0].key)


def _is_shared(rows: Sequence[tuple[Cell, ...]], at: int) -> bool:
    """Return whether all rows share the cell of a column."""
    return len({row[at] for row in rows}) == 1


def _is_shown(figure: Figure, rows: Sequence[tuple[Cell, ...]], at: int) -> bool:
    """Return whether people get a column for a figure."""
    if not figure.title or figure.kind == "heading":
        return False
    if figure == CURRENCY:
        return not _is_shared(rows, at)
    return figure.kind != "text" or any(row[at] for row in rows)


def _put_headings(
    names: Sequence[Cell], lines: Sequence[tuple[Cell, ...]]
) -> list[tuple[Cell, ...]]:
    """Return lines with each name above the first line that has it."""
    found: list[tuple[Cell, ...]] = []
    before: Cell = None
    for name, (first, *others) in zip(names, lines, strict=True):
        if name != before:
            found.append((name or _NO_VALUE, *("" for _ in others)))
        found.append((f"{_INDENT}{first}", *others))
        before = name
    return found


def _to_column(figure: Figure) -> Column:
    if figure.kind == "money":
        return Column(figure.key, figure.key, currency="currency")
    return Column(figure.key, figure.key, digits=6 if figure.kind == "share" else 2)


def _to_heading(figure: Figure) -> Column:
    is_text = figure.kind == "text"
    return Column(
        figure.key, figure.title, "left" if is_text else "right", wide=is_text, wrapped=is_text
    )


def _format(cell: Cell, kind: Kind) -> Cell:
    if cell is None:
        return "" if kind == "text" else _NONE
    if cell == "":
        return _NO_VALUE
    if isinstance(cell, Money):
        return format_money(cell, code=False)
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
