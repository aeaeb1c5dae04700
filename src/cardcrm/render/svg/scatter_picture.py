"""Draw a scatter plot as SVG. Points that fall on others are drawn once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm.chart import Point, ScatterPlot
from cardcrm.render.charts.axis import Axis, label_axis, make_spread_axis, only_finite
from cardcrm.render.svg.elements import LINE, WIDTH, element, fit_text, text, text_width
from cardcrm.render.svg.frame import draw_grid, draw_labels, make_frame

_HEIGHT = 260
_RASTERS = (1, 5, 8, 12)  # units; many points are moved to the places of a coarser one
_MOST_DOTS = 600
_LONGEST_NAME = 180
_NAME_HEIGHT = 15  # units
_DOT = 3  # units from the middle of a dot to its edge


def draw_scatter(chart: ScatterPlot) -> tuple[float, Iterator[str]]:
    """Return the height of the picture, and its elements."""
    return _HEIGHT + 2 * LINE + 38, _draw(chart)


def _draw(chart: ScatterPlot) -> Iterator[str]:
    points = [each for each in chart.points if len(only_finite((each.x, each.y))) == 2]
    across = make_spread_axis([point.x for point in points])
    frame = make_frame(make_spread_axis([point.y for point in points]), "", 24, _HEIGHT)
    yield text(4, 12, _title(chart.y_title, frame.axis))
    yield from draw_grid(frame, "")
    yield from draw_labels(
        frame, label_axis(across), [across.locate(tick) for tick in across.ticks]
    )
    yield text(WIDTH - 4, frame.bottom + 2 * LINE, _title(chart.x_title, across), "end")
    places = [(frame.x_of(across.locate(p.x)), frame.y_of(p.y)) for p in points]
    if places:
        yield element("path", d=_draw_dots(places), class_="dots")
    yield from _name_points(points, places, frame.bottom)


def _draw_dots(places: Sequence[tuple[float, float]]) -> str:
    """Return one path with a dot of no length, whose round end is drawn, for each place."""
    for raster in _RASTERS:
        seen = dict.fromkeys(
            (round(x / raster) * raster, round(y / raster) * raster) for x, y in places
        )
        if len(seen) <= _MOST_DOTS:
            break
    return "".join(f"M{x} {y}h0" for x, y in seen)


def _name_points(
    points: Sequence[Point], places: Sequence[tuple[float, float]], bottom: float
) -> Iterator[str]:
    """Yield the names of points beside, above or below them, where they cover the fewest dots.

    A name that would cover another one is left out.
    """
    dots = [_Box(x - _DOT, y - _DOT, x + _DOT, y + _DOT) for x, y in places]
    names: list[_Box] = []
    for point, (x, y) in zip(points, places, strict=True):
        name = fit_text(point.label, _LONGEST_NAME)
        boxes = _list_boxes(x, y, text_width(name)) if name else ()
        free = [box for box in boxes if box.is_inside(bottom) and not any(map(box.meets, names))]
        if free:
            box = min(free, key=lambda box: sum(map(box.meets, dots)))
            names.append(box)
            yield text(box.left, box.bottom - 3, name, style="ink")


class _Box(NamedTuple):
    """A rectangle that a name or a dot takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        """Return whether two rectangles have a place in common."""
        is_beside = self.right <= other.left or other.right <= self.left
        return not (is_beside or self.bottom <= other.top or other.bottom <= self.top)

    def is_inside(self, bottom: float) -> bool:
        """Return whether the rectangle is above the axis and between the edges."""
        return self.left >= 0 and self.right <= WIDTH and self.top >= 0 and self.bottom <= bottom


def _list_boxes(x: float, y: float, width: float) -> tuple[_Box, ...]:
    """Return the places for a name: right, left, above and below the dot at a place."""
    corners = (
        (x + 7, y - 8),
        (x - 7 - width, y - 8),
        (x - width / 2, y - 7 - _NAME_HEIGHT),
        (x - width / 2, y + 5),
    )
    return tuple(_Box(left, top, left + width, top + _NAME_HEIGHT) for left, top in corners)


def _title(title: str, axis: Axis) -> str:
    return f"{title} (logarithmic)" if axis.is_logarithmic else title
