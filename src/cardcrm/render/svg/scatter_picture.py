"""Draw a scatter plot as SVG. Points that fall on others are drawn once."""

from collections.abc import Iterator, Sequence

from cardcrm.chart import Point, ScatterPlot
from cardcrm.render.charts.axis import Axis, label_axis, make_spread_axis, only_finite
from cardcrm.render.svg.elements import LINE, WIDTH, element, fit_text, text, text_width
from cardcrm.render.svg.frame import draw_grid, draw_labels, make_frame

_HEIGHT = 260
_RASTERS = (1, 5, 8, 12)  # units; many points are moved to the places of a coarser one
_MOST_DOTS = 600
_LONGEST_NAME = 140


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
    yield from _name_points(points, places)


def _draw_dots(places: Sequence[tuple[float, float]]) -> str:
    """Return one path with a dot of no length, whose round end is drawn, for each place."""
    for raster in _RASTERS:
        seen = dict.fromkeys(
            (round(x / raster) * raster, round(y / raster) * raster) for x, y in places
        )
        if len(seen) <= _MOST_DOTS:
            break
    return "".join(f"M{x} {y}h0" for x, y in seen)


def _name_points(points: Sequence[Point], places: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Yield the names of points, unless they would cover the name of another one."""
    taken: list[tuple[float, float, float]] = []
    for point, (x, y) in zip(points, places, strict=True):
        name = fit_text(point.label, _LONGEST_NAME)
        width = text_width(name)
        start = x + 7 if x + 7 + width < WIDTH else x - 7 - width
        is_free = all(
            abs(y - other) > LINE - 4 or start > end or start + width < begin
            for other, begin, end in taken
        )
        if name and is_free:
            taken.append((y, start, start + width))
            yield text(start, y + 4, name, style="ink")


def _title(title: str, axis: Axis) -> str:
    return f"{title} (logarithmic)" if axis.is_logarithmic else title
