"""Draw a line chart in braille: lines in dashes of their own, and a shaded band."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from cardcrm.chart import Band, LineChart, Value
from cardcrm.render.charts.axis import Axis, divide_evenly, label_axis, make_axis
from cardcrm.render.charts.canvas import Canvas
from cardcrm.render.charts.pieces import SERIES_STYLES, Line, Look, Piece, place_labels
from cardcrm.render.charts.shapes import shorten_labels, shorten_series
from cardcrm.text import cell_width, sanitize, shorten

_KEYS = {
    "series1": ("━━", "*"),
    "series2": ("╍╍", "o"),
    "series3": ("┅┅", "+"),
    "series4": ("··", "x"),
}


def draw_lines(chart: LineChart, look: Look) -> Iterator[Line]:
    """Yield the lines below the title."""
    axis = make_axis(_all_values(chart), chart.unit)
    ticks = label_axis(axis, chart.unit)
    margin = max(map(len, ticks)) + 1
    room = max(look.width - margin - 1, 4)
    height = divide_evenly(axis, look.height - 1) + 1
    canvas = Canvas(room, height, unicode=look.unicode)
    if chart.band is not None:
        _draw_band(chart.band, axis, canvas)
    for series, style in reversed(list(zip(chart.series, _styles(len(chart.series)), strict=True))):
        _draw_series(series.values, style, axis, canvas)
    yield from _legend(chart, look)
    marks = dict(zip((_row(axis, tick, height) for tick in axis.ticks), ticks, strict=True))
    edge = look.pick("│", "|")
    for row, line in enumerate(canvas.rows()):
        yield [Piece(f"{marks.get(row, ''):>{margin - 1}} {edge}", "dim"), *line]
    labels = shorten_labels([sanitize(label) for label in chart.labels], room)
    places = [_column(at, len(labels), 2 * room) / 2 for at in range(len(labels))]
    yield [Piece(" " * (margin + 1) + place_labels(labels, places, room), "dim")]


def _all_values(chart: LineChart) -> Iterator[Value]:
    for series in chart.series:
        yield from series.values
    if chart.band is not None:
        yield from (*chart.band.low, *chart.band.high)


def _styles(count: int) -> list[str]:
    return [SERIES_STYLES[number % len(SERIES_STYLES)] for number in range(count)]


def _row(axis: Axis, value: float, height: int) -> int:
    return round((1 - axis.locate(value)) * (height - 1))


def _column(at: int, count: int, dots: int) -> int:
    """Return the dot of a value by its place among ``count`` values."""
    return round(at / (count - 1) * (dots - 1)) if count > 1 else dots // 2


def _draw_series(values: Sequence[Value], style: str, axis: Axis, canvas: Canvas) -> None:
    across, down = canvas.dot_size
    shown = shorten_series(values, across)
    places = [
        None
        if value is None
        else (_column(at, len(shown), across), round((1 - axis.locate(value)) * (down - 1)))
        for at, value in enumerate(shown)
    ]
    for place in places:
        if place is not None:
            canvas.dot(*place, style)
    for start, end in pairwise(places):
        if start is not None and end is not None:
            canvas.line(start, end, style)


def _draw_band(band: Band, axis: Axis, canvas: Canvas) -> None:
    """Shade the cells between the bounds, which are interpolated between values."""
    across, _ = canvas.dot_size
    low, high = shorten_series(band.low, across), shorten_series(band.high, across)
    for at, pair in enumerate(zip(low, high, strict=True)):
        start = _column(at, len(low), across) // 2
        after = _pair_at(low, high, at + 1)
        end = _column(at + 1, len(low), across) // 2 if None not in after else start
        for column in range(start, end + 1):
            share = (column - start) / (end - start) if end > start else 0
            bounds = [_between(a, b, share) for a, b in zip(pair, after, strict=True)]
            if bounds[0] is not None and bounds[1] is not None:
                bottom, top = (_row(axis, bound, canvas.height) for bound in sorted(bounds))  # type: ignore[type-var, arg-type]
                canvas.fill(column, top, bottom)


def _pair_at(low: Sequence[Value], high: Sequence[Value], at: int) -> tuple[Value, Value]:
    return (low[at], high[at]) if at < len(low) else (None, None)


def _between(start: Value, end: Value, share: float) -> Value:
    if start is None or end is None or not share:
        return start
    return start + (end - start) * share


def _legend(chart: LineChart, look: Look) -> Iterator[Line]:
    """Yield the names of the lines, in several lines if need be; none for one line only."""
    if len(chart.series) < 2 and chart.band is None:
        return
    line: Line = []
    used = 0
    for sign, name, style in _keys(chart, look):
        text = f" {shorten(sanitize(name), look.width - 5)}  "
        if line and used + 2 + cell_width(text) - 2 > look.width:
            yield line
            line, used = [], 0
        line += [Piece(sign, style), Piece(text)]
        used += 2 + cell_width(text)
    yield line


def _keys(chart: LineChart, look: Look) -> Iterator[tuple[str, str, str]]:
    """Yield the sign, the name and the style of each line and of the band."""
    for series, style in zip(chart.series, _styles(len(chart.series)), strict=True):
        yield look.pick(*_KEYS[style]).ljust(2), series.name, style
    if chart.band is not None:
        yield look.pick("░░", "::"), chart.band.name, "band"
