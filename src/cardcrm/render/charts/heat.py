"""Draw a heat map: figures on a ground that is the darker the larger they are."""

from collections.abc import Iterator, Sequence

from cardcrm.chart import HeatMap, Value
from cardcrm.render.charts.axis import clean, format_short, only_finite
from cardcrm.render.charts.pieces import SHADES, Line, Look, Piece, fit_text
from cardcrm.render.charts.shapes import shade_of, shown_part
from cardcrm.text import cell_width, pluralize, sanitize, shorten

MAX_ROWS = 24
_SIGNS = " ░▒▓█"
_ASCII_SIGNS = " .:+#"
_WIDEST_CELL = 9
_USUAL_CELL = 7


def draw_heat_map(chart: HeatMap, look: Look) -> Iterator[Line]:
    """Yield the lines below the title: the columns that fit, and the rows that fit."""
    shown_rows = shown_part(chart.rows, MAX_ROWS)
    rows = [sanitize(name) for name in chart.rows[shown_rows]]
    columns = [sanitize(name) for name in chart.columns]
    margin = min(max(map(cell_width, rows), default=0), look.width // 4) + 1
    cells = [[clean(value) for value in row] for row in chart.cells[shown_rows]]
    texts = [["" if v is None else format_short(v, chart.unit) for v in row] for row in cells]
    width = _cell_width(texts, columns, look.width - margin)
    count = min(len(columns), max((look.width - margin) // width, 1))
    yield [Piece(" " * margin + "".join(_head(name, width) for name in columns[:count]), "dim")]
    largest = _largest(chart)
    for name, values, shown in zip(rows, cells, texts, strict=True):
        pairs = zip(values[:count], shown[:count], strict=True)
        drawn = [_draw_cell(value, text, largest, width, look) for value, text in pairs]
        yield [Piece(fit_text(name, margin), "dim"), *drawn]
    if note := _name_rest(chart, count):
        yield [Piece(note, "dim")]


def _cell_width(texts: Sequence[Sequence[str]], columns: Sequence[str], room: int) -> int:
    """Return the width of the cells: wider if there is room for the names of the columns."""
    figures = max((len(text) for row in texts for text in row), default=1) + 3
    names = max(map(cell_width, columns), default=1) + 1
    fitting = room // max(len(columns), 1)
    return max(figures, min(fitting, max(names, _USUAL_CELL), _WIDEST_CELL))


def _head(name: str, width: int) -> str:
    return fit_text(shorten(name, width - 1), width, right=True)


def _largest(chart: HeatMap) -> float:
    """Return the size of the value with the darkest ground."""
    return max((abs(value) for row in chart.cells for value in only_finite(row)), default=0.0)


def _draw_cell(value: Value, text: str, largest: float, width: int, look: Look) -> Piece:
    if value is None:
        return Piece(" " * width)
    shade = shade_of(abs(value), largest, SHADES)
    if not look.color:
        return Piece(f" {look.pick(_SIGNS, _ASCII_SIGNS)[shade]}{text:>{width - 2}}")
    style = f"below{shade}" if value < 0 and shade else f"shade{shade}"
    return Piece(f"{text:>{width - 1}} ", style)


def _name_rest(chart: HeatMap, count: int) -> str:
    """Return how many rows and columns are left out."""
    parts = [
        pluralize(rest, f"more {word}")
        for rest, word in (
            (len(chart.columns) - count, "column"),
            (len(chart.rows) - MAX_ROWS, "row"),
        )
        if rest > 0
    ]
    return f"… {', '.join(parts)}" if parts else ""
