"""Draw a bar chart as SVG: a bar below the other for names, columns for periods."""

from collections.abc import Iterator

from cardcrm.chart import BarChart, Value
from cardcrm.render.charts.axis import clean, format_figures, make_axis
from cardcrm.render.charts.bars import MAX_BARS
from cardcrm.render.charts.shapes import is_time, shorten_labels, shorten_series
from cardcrm.render.svg.elements import (
    LINE,
    WIDTH,
    element,
    fit_text,
    line,
    rectangle,
    text,
    text_width,
)
from cardcrm.render.svg.frame import Frame, draw_grid, draw_labels, make_frame

_ROW = 24  # units from one bar to the next
_MOST_COLUMNS = 120
_COLUMN_HEIGHT = 190


def draw_bars(chart: BarChart) -> tuple[float, Iterator[str]]:
    """Return the height of the picture, and its elements."""
    if is_time(chart.labels):
        return _COLUMN_HEIGHT + 40, _draw_columns(chart)
    shown = min(len(chart.labels), MAX_BARS)
    rest = len(chart.labels) - shown
    return shown * _ROW + 4 + (LINE if rest else 0), _draw_rows(chart, shown, rest)


def _draw_rows(chart: BarChart, shown: int, rest: int) -> Iterator[str]:
    values = [clean(value) for value in chart.values[:shown]]
    figures = format_figures(values, chart.unit)
    labels = [fit_text(label, WIDTH / 2) for label in chart.labels[:shown]]
    axis = make_axis(values)
    start = max(map(text_width, labels), default=0) + 8
    frame = Frame(start, 0, WIDTH - max(map(text_width, figures), default=0) - 12, 0, axis)
    known = [value for value in values if value is not None]
    low, high = min(0.0, *known), max(0.0, *known)
    frame = frame._replace(axis=axis._replace(low=low, high=high if high > low else low + 1))
    zero = frame.x_of(frame.axis.locate(0.0))
    for row, (label, value, figure) in enumerate(zip(labels, values, figures, strict=True)):
        y = row * _ROW
        yield text(start - 8, y + 16, label, "end", "ink")
        yield text(WIDTH - 4, y + 16, figure, "end", "ink")
        if value:
            yield _draw_row(frame, value, zero, y)
    yield line(zero, 0, zero, shown * _ROW, "axis")
    if rest:
        yield text(start, shown * _ROW + LINE, f"and {rest:,} more")


def _draw_row(frame: Frame, value: float, zero: float, y: float) -> str:
    end = frame.x_of(frame.axis.locate(value))
    left, width = min(zero, end), max(abs(end - zero), 1)
    return rectangle(left, y + 4, width, _ROW - 8, "bar" if value > 0 else "minus")


def _draw_columns(chart: BarChart) -> Iterator[str]:
    frame = make_frame(make_axis(chart.values, chart.unit), chart.unit, 8, _COLUMN_HEIGHT)
    values = shorten_series(chart.values, _MOST_COLUMNS)
    labels = shorten_labels(chart.labels, _MOST_COLUMNS)
    yield from draw_grid(frame, chart.unit)
    paths: dict[str, list[str]] = {"bar": [], "minus": []}
    for at, value in enumerate(values):
        if value:
            paths["bar" if value > 0 else "minus"].append(_column(frame, at, len(values), value))
    for style, columns in paths.items():
        if columns:
            yield element("path", d="".join(columns), class_=style)
    shares = [(at + 0.5) / len(labels) for at in range(len(labels))]
    yield from draw_labels(frame, labels, shares)


def _column(frame: Frame, at: int, count: int, value: Value) -> str:
    assert value is not None
    whole = frame.width / count
    x, width = frame.left + whole * at + whole * 0.12, whole * 0.76
    y, zero = frame.y_of(value), frame.y_of(0.0)
    return f"M{x:.1f} {zero:.1f}V{y:.1f}h{width:.1f}V{zero:.1f}z"
