"""Draw a scatter plot in braille; remarkable points have their names beside them."""

from collections.abc import Iterator

from cardcrm.chart import Point, ScatterPlot
from cardcrm.render.charts.axis import (
    Axis,
    divide_evenly,
    label_axis,
    make_spread_axis,
    only_finite,
)
from cardcrm.render.charts.canvas import Canvas
from cardcrm.render.charts.pieces import Line, Look, Piece, place_labels
from cardcrm.text import cell_width, sanitize, shorten

_EXTRA_LINES = 4  # a plane needs more height than a line
_LONGEST_NAME = 20


def draw_scatter(chart: ScatterPlot, look: Look) -> Iterator[Line]:
    """Yield the lines below the title."""
    points = [each for each in chart.points if len(only_finite((each.x, each.y))) == 2]
    across = make_spread_axis([each.x for each in points])
    up = make_spread_axis([each.y for each in points])
    ticks = label_axis(up)
    margin = max(map(len, ticks)) + 1
    height = divide_evenly(up, look.height - 1 + _EXTRA_LINES) + 1
    room = max(look.width - margin - 1, 4)
    canvas = Canvas(room, height, unicode=look.unicode)
    for point in points:
        _draw_point(point, across, up, canvas)
    yield [Piece(shorten(_axis_title(chart.y_title, up), look.width), "dim")]
    marks = {
        round((1 - up.locate(t)) * (height - 1)): text
        for t, text in zip(up.ticks, ticks, strict=True)
    }
    edge = look.pick("│", "|")
    for row, line in enumerate(canvas.rows()):
        yield [Piece(f"{marks.get(row, ''):>{margin - 1}} {edge}", "dim"), *line]
    yield from _base(chart, across, margin, room)


def _draw_point(point: Point, across: Axis, up: Axis, canvas: Canvas) -> None:
    dots_across, dots_down = canvas.dot_size
    x = round(across.locate(point.x) * (dots_across - 1))
    y = round((1 - up.locate(point.y)) * (dots_down - 1))
    canvas.dot(x, y, "series1")
    if point.label:
        name = shorten(sanitize(point.label), min(_LONGEST_NAME, canvas.width // 3))
        column, row = x // 2, y // 4
        if not canvas.write(column + 2, row, name):
            canvas.write(column - 1 - cell_width(name), row, name)


def _base(chart: ScatterPlot, across: Axis, margin: int, room: int) -> Iterator[Line]:
    places = [across.locate(tick) * (room - 1) for tick in across.ticks]
    labels = place_labels(label_axis(across), places, room)
    yield [Piece(" " * (margin + 1) + labels, "dim")]
    title = shorten(_axis_title(chart.x_title, across), room)
    yield [Piece(" " * (margin + 1 + max(room - cell_width(title), 0)) + title, "dim")]


def _axis_title(title: str, axis: Axis) -> str:
    return f"{sanitize(title)} (logarithmic)" if axis.is_logarithmic else sanitize(title)
