"""Tell which rows of a table are one order, and join their cells."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.formats.history.columns import Columns
from cardcrm.formats.history.row_cells import Cells


class OrderRow(NamedTuple):
    """A row of an order: its line, its filled cells by meaning, its text."""

    line: int
    cells: Cells
    raw: str


def is_grouped(columns: Columns) -> bool:
    """Return whether several rows of a table may be one sale."""
    targets = columns.targets
    if columns.program is not None:
        return columns.program.is_grouped
    return bool(targets & {"product", "sku"}) and bool(targets & {"ref", "id"})


def group_key(cells: Cells) -> str:
    """Return what the rows of one sale have in common; "" for a further row of the one above."""
    own = cells.get("ref") or cells.get("id") or ""
    return f"{own}|{cells.get('type', '')}" if own else ""


def continues_order(cells: Cells) -> bool:
    """Return whether a row without an id belongs to the order above."""
    return not (cells.get("date") or cells.get("total") or cells.get("name"))


def merge_cells(rows: Sequence[OrderRow]) -> Cells:
    """Return the first value of each meaning in the rows of an order."""
    head: dict[str, str] = {}
    for row in rows:
        for target, cell in row.cells.items():
            head.setdefault(target, cell)
    return head
