"""Draw contacts on a map of braille characters: coast lines, and numbers of contacts."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from cardcrm.geodesy import HALF_TURN
from cardcrm.render.charts.canvas import Canvas
from cardcrm.render.charts.pieces import Line
from cardcrm.render.maps.clusters import Cluster
from cardcrm.render.maps.coast import CoastPiece, load_pieces
from cardcrm.render.maps.marks import DOTS_ACROSS, DOTS_DOWN, Mark, place_marks
from cardcrm.render.maps.view import Extent, View

_COAST = "series1"
_MAX_SCALE_CELLS = 14  # of the line that shows the scale

Dot = tuple[int, int]


class DrawnMap(NamedTuple):
    """The lines of a map, and the marks on it, that of the largest cluster first."""

    lines: list[Line]
    marks: list[Mark]


def fit_cells(extent: Extent, width: int, height: int) -> View:
    """Return the view of an extent in cells of the terminal."""
    return extent.fit(DOTS_ACROSS * width, DOTS_DOWN * height)


def resize_cells(view: View, width: int, height: int) -> View:
    """Return a view with another number of cells of the terminal."""
    return view.resize(DOTS_ACROSS * width, DOTS_DOWN * height)


def draw_map(view: View, clusters: Sequence[Cluster], *, unicode: bool = True) -> DrawnMap:
    """Draw a map with clusters, of which the first has the best place."""
    canvas = Canvas(view.width // DOTS_ACROSS, view.height // DOTS_DOWN, unicode=unicode)
    draw_coast(canvas, view)
    marks = place_marks(view, clusters, "•" if unicode else "@")
    for mark in marks:
        canvas.write(mark.column, mark.row, mark.text)
    for mark in marks:  # the names afterwards, in the room that the numbers leave
        if mark.cluster.city:  # between blanks, which part it from the coast
            name = f" {mark.cluster.city} "
            canvas.write(mark.column + len(mark.text), mark.row, name, "title")
    return DrawnMap(canvas.rows(), marks)


def draw_scale(view: View) -> str:
    """Return a line as long as a round number of kilometers in the middle of a map."""
    in_cell = DOTS_ACROSS * HALF_TURN / 180 / view.scale  # km
    tens = 10 ** math.floor(math.log10(in_cell * _MAX_SCALE_CELLS))
    km = max(each for each in (tens, 2 * tens, 5 * tens) if each <= in_cell * _MAX_SCALE_CELLS)
    length = f"{km:,.0f} km" if km >= 1 else f"{km * 1000:.0f} m"
    return f"├{'─' * max(round(km / in_cell) - 2, 0)}┤ {length}"


def draw_coast(canvas: Canvas, view: View) -> None:
    """Draw the coast lines that a map shows."""
    for piece in load_pieces():
        if _may_show_piece(view, piece):
            for start, end in pairwise(_find_dots(view, piece)):
                if start != end and _may_show(view, start, end):
                    canvas.line(start, end, _COAST)


def _may_show_piece(view: View, piece: CoastPiece) -> bool:
    """Return whether a part of a piece may be on the map."""
    high = view.height / view.scale / 2
    wide = view.width / view.scale / view.squeeze / 2
    middle, half = (piece.west + piece.east) / 2, (piece.east - piece.west) / 2
    return (
        piece.south <= view.center.latitude + high
        and piece.north >= view.center.latitude - high
        and abs((middle - view.center.longitude + 180) % 360 - 180) <= wide + half
    )


def _find_dots(view: View, piece: CoastPiece) -> Iterator[Dot]:
    """Yield the dots of the points of a piece, as `View.locate` in a third of the time."""
    across, scale = view.scale * view.squeeze, view.scale
    left, top = view.width / 2, view.height / 2
    latitude, longitude = view.center
    for east, north in piece.points:
        x = left + ((east - longitude + 180) % 360 - 180) * across
        yield round(x), round(top - (north - latitude) * scale)


def _may_show(view: View, one: Dot, other: Dot) -> bool:
    """Return whether a step of a line may be on the map; one across its back edge is not drawn."""
    if abs(one[0] - other[0]) > 180 * view.scale * view.squeeze:
        return False
    return (
        max(one[0], other[0]) >= 0
        and min(one[0], other[0]) < view.width
        and max(one[1], other[1]) >= 0
        and min(one[1], other[1]) < view.height
    )
