"""The marks on a map of characters: a number for each cluster, with a gap between them."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.render.maps.clusters import Cluster
from cardcrm.render.maps.view import View

DOTS_ACROSS, DOTS_DOWN = 2, 4  # of a cell of the terminal
_GAP = 2  # cells between marks, as a number may become longer

Cell = tuple[int, int]


class Mark(NamedTuple):
    """The text that stands for a cluster, and the cell of the terminal that it begins in."""

    column: int
    row: int
    text: str
    cluster: Cluster


def place_marks(view: View, clusters: Sequence[Cluster], dot: str) -> list[Mark]:
    """Return the marks of clusters; one without room joins the mark beside it.

    ``dot`` stands for one contact.
    """
    joined: dict[Cell, list[Cluster]] = {}
    ends: dict[int, dict[int, int]] = {}  # the first and the last column of marks by their row
    for each in clusters:
        x, y = view.locate(each.position)
        last = len(_count(each, dot)) - 1
        column = min(int(x // DOTS_ACROSS), view.width // DOTS_ACROSS - last - 1)
        row = int(y // DOTS_DOWN)
        taken = ends.setdefault(row, {})
        near = (
            start for start, end in taken.items()
            if start - _GAP <= column + last and column <= end + _GAP
        )  # fmt: skip
        start = next(near, None)
        if start is None:
            taken[column] = column + last
            start = column
        joined.setdefault((start, row), []).append(each)
    return [_make_mark(cell, group, dot) for cell, group in joined.items()]


def _make_mark(cell: Cell, group: Sequence[Cluster], dot: str) -> Mark:
    cluster = group[0]
    if len(group) > 1:
        cluster = cluster._replace(contacts=tuple(each for one in group for each in one.contacts))
    return Mark(*cell, _count(cluster, dot), cluster)


def _count(cluster: Cluster, dot: str) -> str:
    count = len(cluster.contacts)
    return str(count) if count > 1 else dot
