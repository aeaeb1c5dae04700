"""Draw a bar chart: a bar below the other for names, columns for periods."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm.block_characters import bar
from cardcrm.chart import BarChart, Value
from cardcrm.render.charts.axis import (
    Axis,
    clean,
    divide_evenly,
    format_figures,
    format_short,
    label_axis,
    make_axis,
    only_finite,
)
from cardcrm.render.charts.pieces import Line, Look, Piece, fit_text, place_labels
from cardcrm.render.charts.shapes import is_time, shorten_labels, shorten_series
from cardcrm.text import cell_width, sanitize

MAX_BARS = 20
_LEAST_BAR = 8  # cells, else the figures are short
_ROOM = 2  # cells at least, one on each side of 0
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_ASCII_EIGHTHS = " ...:::##"


def draw_bars(chart: BarChart, look: Look) -> Iterator[Line]:
    """Yield the lines below the title."""
    if is_time(chart.labels):
        yield from _draw_columns(chart, look)
        return
    shown = chart.values[:MAX_BARS]
    labels = [sanitize(label) for label in chart.labels[:MAX_BARS]]
    values = [clean(value) for value in shown]
    label_room = min(max(map(cell_width, labels), default=0), look.width * 2 // 3)
    figures, room = _format_figures(values, chart.unit, look.width - label_room - 2)
    figure_room = max(map(len, figures), default=0)
    label_room = max(min(label_room, look.width - room - figure_room - 2), 0)
    low, high = _range(values)
    for label, value, figure in zip(labels, values, figures, strict=True):
        start = Piece(fit_text(label, label_room) + " ")
        drawn = _draw_bar(value, low, high, room, look)
        yield [start, *drawn, Piece(f" {figure:>{figure_room}}", "dim" if value is None else "")]
    if len(chart.labels) > MAX_BARS:
        yield [Piece(f"… {len(chart.labels) - MAX_BARS:,} more", "dim")]


def _format_figures(values: Sequence[Value], unit: str, room: int) -> tuple[list[str], int]:
    """Return the figures beside the bars, and the room that they leave for bars."""
    figures = format_figures(values, unit)
    left = room - max(map(len, figures), default=0)
    if left < _LEAST_BAR:
        figures = ["–" if value is None else format_short(value, unit) for value in values]
        left = room - max(map(len, figures), default=0)
    return figures, max(left, _ROOM)


def _range(values: Sequence[Value]) -> tuple[float, float]:
    known = only_finite(values)
    return min(known, default=0.0, key=float), max(known, default=0.0)


def _draw_bar(value: Value, low: float, high: float, room: int, look: Look) -> list[Piece]:
    """Return the pieces of a bar; bars below 0 end at the axis that others begin at."""
    low, high = min(low, 0.0), max(high, 0.0)
    whole = high - low
    below = min(math.ceil(-low / whole * room), room - 1) if low < 0 < whole else 0
    below = room if high <= 0 and low < 0 else below
    if value is None or not whole:
        return [Piece(" " * room)]
    if value < 0:
        cells = max(1, round(value / low * below))
        return [
            Piece(" " * (below - cells)),
            Piece(look.pick("▒", "-") * cells, "negative"),
            Piece(" " * (room - below)),
        ]
    text = bar(value / high, room - below, unicode=look.unicode) if high > 0 else ""
    if value > 0 and not text.strip():
        text = look.pick("▏", "|") + text[1:]
    return [Piece(" " * below), Piece(text, "bar")]


# columns


class _Rows(NamedTuple):
    """The lines above and below 0, and the amount that one line stands for."""

    above: int
    below: int
    amount: float

    def row_of(self, tick: float) -> int:
        """Return the line whose upper edge is at a tick; at the lower end, the last line."""
        return min(self.above - round(tick / self.amount), self.above + self.below - 1)


def _divide_rows(axis: Axis, height: int) -> _Rows:
    """Divide the lines between the amounts above and below 0, by one scale."""
    share = axis.high / (axis.high - axis.low)
    above = max(round(share * height), axis.high > 0)
    above = min(above, height - 1) if axis.low < 0 else height
    below = height - above
    amount = max(axis.high / above if above else 0, -axis.low / below if below else 0)
    return _Rows(above, below, amount)


def _draw_columns(chart: BarChart, look: Look) -> Iterator[Line]:
    axis = make_axis(chart.values, chart.unit)
    rows = _divide_rows(axis, divide_evenly(axis, look.height))
    ticks = label_axis(axis, chart.unit)
    margin = max(map(len, ticks)) + 1
    room = max(look.width - margin - 1, 4)
    values = shorten_series(chart.values, room)
    labels = shorten_labels(chart.labels, room)
    each = max(1, min(room // max(len(values), 1), 8))
    marks = dict(zip(map(rows.row_of, axis.ticks), ticks, strict=True))
    edge = look.pick("│", "|")
    for row in range(rows.above + rows.below):
        pieces = [_draw_cell(value, rows, row, each, look) for value in values]
        yield [Piece(f"{marks.get(row, ''):>{margin - 1}} {edge}", "dim"), *pieces]
    places = [each * number + (each - (each > 2)) / 2 for number in range(len(labels))]
    yield [Piece(" " * (margin + 1) + place_labels(labels, places, room), "dim")]


def _draw_cell(value: Value, rows: _Rows, row: int, cells: int, look: Look) -> Piece:
    """Return the part of a column in a row, with a gap behind it if there is room."""
    gap = " " * (cells > 2)
    body = cells - len(gap)
    if value is None:
        return Piece(" " * cells)
    height = value / rows.amount
    if row >= rows.above:
        is_filled = -height > row - rows.above + (0.5 if row > rows.above else 0)
        return Piece((look.pick("▒", "-") if is_filled else " ") * body + gap, "negative")
    level = rows.above - row - 1
    eighths = max(0, min(round(8 * (height - level)), 8))
    if value > 0 and not level:
        eighths = max(eighths, 1)
    return Piece((_EIGHTHS if look.unicode else _ASCII_EIGHTHS)[eighths] * body + gap, "bar")
