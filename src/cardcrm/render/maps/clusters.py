"""Contacts near each other as clusters: one number on a map stands for all of them.

The clusters are the cells of a grid on the earth, so that they stay together while a map is moved.
A cell has a power of two of the smallest ones across and down. Clustering 100,000 positions takes
200 ms, so only the blocks that a map shows are clustered, and the last few scales are kept.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm.geodesy import Position
from cardcrm.records.places.located_contacts import MapPoint
from cardcrm.render.maps.view import View

_ACROSS, _DOWN = 12, 8  # dots of a cell, more or less
_BITS = 20  # of the number of the smallest cells around the earth
_UNIT = 360 / (1 << _BITS)  # degrees
_WEST = -210.0  # degrees: the largest cells meet in the oceans, not in Greenwich
_BLOCK = 12  # the power of two of a block: 1.4 degrees
_MAX_GRIDS = 4

Cell = tuple[int, int]


class Cluster(NamedTuple):
    """Contacts near each other, their mean position, and the town that most of them have."""

    position: Position
    contacts: tuple[MapPoint, ...]
    city: str


class ClusterIndex:
    """Contacts, and their clusters on maps of any scale."""

    def __init__(self, contacts: Sequence[MapPoint]) -> None:
        self._blocks: dict[Cell, _Block] = {}
        self._grids: dict[Cell, _Grid] = {}
        for each in contacts:
            column, row = _find_cell(each)
            number = (column >> _BLOCK, row >> _BLOCK)
            if number not in self._blocks:
                self._blocks[number] = _Block([], [], [])
            block = self._blocks[number]
            block.columns.append(column)
            block.rows.append(row)
            block.contacts.append(each)

    def find_clusters(self, view: View) -> list[Cluster]:
        """Return the clusters on a map, the largest first."""
        size = _find_size(view)
        grid = self._find_grid(size)
        is_small = max(size) <= _BLOCK
        blocks = _list_cells(view, (_BLOCK, _BLOCK)) if is_small else self._blocks
        for number in blocks:
            if number in self._blocks:
                grid.add_block(number, self._blocks[number])
        found = [each for each in grid.find_within(view) if view.shows(*view.locate(each.position))]
        return sorted(found, key=lambda each: (-len(each.contacts), *each.position))

    def _find_grid(self, size: Cell) -> "_Grid":
        if size not in self._grids:
            for oldest in list(self._grids)[: 1 - _MAX_GRIDS]:
                self._grids.pop(oldest, None)
            self._grids[size] = _Grid(size)
        return self._grids[size]


class _Block(NamedTuple):
    """The contacts of a part of the earth, and the smallest cells that they are in.

    Three lists rather than one of tuples, which the garbage collector would go through.
    """

    columns: list[int]
    rows: list[int]
    contacts: list[MapPoint]


class _Grid:
    """The cells of one size, filled block by block."""

    def __init__(self, size: Cell) -> None:
        self._size = size
        self._added: set[Cell] = set()
        self._members: dict[Cell, list[MapPoint]] = {}
        self._clusters: dict[Cell, Cluster] = {}

    def add_block(self, number: Cell, block: _Block) -> None:
        """Put the contacts of a block into their cells."""
        if number in self._added:
            return
        self._added.add(number)
        across, down = self._size
        if min(self._size) >= _BLOCK:  # all of them are in one
            cell = (number[0] >> across - _BLOCK, number[1] >> down - _BLOCK)
            self._members.setdefault(cell, []).extend(block.contacts)
            return
        for column, row, contact in zip(*block, strict=True):
            self._members.setdefault((column >> across, row >> down), []).append(contact)

    def find_within(self, view: View) -> Iterator[Cluster]:
        """Yield the clusters of the cells that a map has a part of."""
        for cell in _list_cells(view, self._size):
            if cell in self._members:
                if cell not in self._clusters:
                    self._clusters[cell] = _make_cluster(self._members[cell])
                yield self._clusters[cell]


def _make_cluster(contacts: Sequence[MapPoint]) -> Cluster:
    latitude = math.fsum([each.latitude for each in contacts]) / len(contacts)
    first = contacts[0].longitude  # the others may be on the other side of the antimeridian
    east = math.fsum([(each.longitude - first + 180) % 360 - 180 for each in contacts])
    longitude = (first + east / len(contacts) + 180) % 360 - 180
    towns = Counter([each.city for each in contacts])
    del towns[""]
    city = max(towns, key=towns.__getitem__, default="")
    return Cluster(Position(latitude, longitude), tuple(contacts), city)


def _find_cell(contact: MapPoint) -> Cell:
    """Return the smallest cell of a contact."""
    return int((contact.longitude - _WEST) % 360 / _UNIT), int((contact.latitude + 90) / _UNIT)


def _find_size(view: View) -> Cell:
    """Return the size of cells that are not too small for a number on a map."""
    across = _ACROSS / (view.scale * view.squeeze) / _UNIT
    down = _DOWN / view.scale / _UNIT
    return _round_power(across), _round_power(down)


def _round_power(units: float) -> int:
    return min(max(round(math.log2(units)), 0), _BITS)


def _list_cells(view: View, size: Cell) -> Iterator[Cell]:
    """Yield the cells that a map has a part of, each once."""
    across, down = size
    around = 1 << (_BITS - across)  # cells
    wide = min(view.width / view.scale / view.squeeze / _UNIT, float(1 << _BITS))
    middle = (view.center.longitude - _WEST) % 360 / _UNIT
    west = math.floor(middle - wide / 2) >> across
    east = min(math.floor(middle + wide / 2) >> across, west + around - 1)
    half = view.height / view.scale / 2
    south, north = (
        math.floor((view.center.latitude + each + 90) / _UNIT) >> down for each in (-half, half)
    )
    most = (1 << (_BITS - 1)) >> down
    for row in range(max(south, 0), min(north, most) + 1):
        for column in range(west, east + 1):
            yield column % around, row
