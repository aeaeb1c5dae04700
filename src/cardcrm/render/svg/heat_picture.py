"""Draw a heat map as SVG: figures in cells that are the darker the larger they are."""

from collections.abc import Iterator

from cardcrm.chart import HeatMap
from cardcrm.render.charts.axis import clean, format_short, only_finite
from cardcrm.render.charts.pieces import SHADES
from cardcrm.render.charts.shapes import shade_of, shown_part
from cardcrm.render.svg.elements import LINE, WIDTH, fit_text, rectangle, text, text_width
from cardcrm.text import pluralize

_ROW = 22
_LEAST_CELL = 42  # units; 100% takes 30
_WIDEST_CELL = 90
_MOST_ROWS = 40


def draw_heat_map(chart: HeatMap) -> tuple[float, Iterator[str]]:
    """Return the height of the picture, and its elements."""
    rows = min(len(chart.rows), _MOST_ROWS)
    rest = _name_rest(chart)
    return LINE + rows * _ROW + 4 + (LINE if rest else 0), _draw(chart, rows, rest)


def _margin(chart: HeatMap) -> float:
    names = [fit_text(name, WIDTH / 4) for name in chart.rows[:_MOST_ROWS]]
    return max(map(text_width, names), default=0) + 8


def _most_columns(chart: HeatMap) -> int:
    return int((WIDTH - _margin(chart)) / _LEAST_CELL)


def _draw(chart: HeatMap, rows: int, rest: str) -> Iterator[str]:
    left = _margin(chart)
    columns = chart.columns[: _most_columns(chart)]
    cell = min((WIDTH - left) / max(len(columns), 1), _WIDEST_CELL)
    largest = max((abs(v) for row in chart.cells for v in only_finite(row)), default=0.0)
    for at, name in enumerate(columns):
        yield text(left + (at + 0.5) * cell, 13, fit_text(name, cell), "middle")
    part = shown_part(chart.rows, _MOST_ROWS)
    for row, (name, values) in enumerate(zip(chart.rows[part], chart.cells[part], strict=True)):
        y = LINE + row * _ROW
        yield text(left - 8, y + 15, fit_text(name, WIDTH / 4), "end", "ink")
        for at, given in enumerate(values[: len(columns)]):
            value = clean(given)
            if value is not None:
                style = _style(value, largest)
                x = left + at * cell
                yield rectangle(x, y, cell - 1, _ROW - 1, style)
                yield text(
                    x + cell / 2, y + 15, format_short(value, chart.unit), "middle", f"{style}-ink"
                )
    if rest:
        yield text(left, LINE + rows * _ROW + 14, rest)


def _style(value: float, largest: float) -> str:
    shade = shade_of(abs(value), largest, SHADES)
    return f"below{shade}" if value < 0 and shade else f"shade{shade}"


def _name_rest(chart: HeatMap) -> str:
    left_out = (
        (len(chart.columns) - _most_columns(chart), "column"),
        (len(chart.rows) - _MOST_ROWS, "row"),
    )
    parts = [pluralize(count, f"more {word}") for count, word in left_out if count > 0]
    return f"and {', '.join(parts)}" if parts else ""
