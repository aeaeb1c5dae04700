"""Draw any chart as lines of pieces, for the terminal and for the screen."""

from collections.abc import Iterator

from cardcrm.chart import BarChart, Chart, HeatMap, LineChart, ScatterPlot, Value
from cardcrm.render.charts.axis import heading, only_finite
from cardcrm.render.charts.bars import draw_bars
from cardcrm.render.charts.heat import draw_heat_map
from cardcrm.render.charts.lines import draw_lines
from cardcrm.render.charts.pieces import Line, Look, Piece
from cardcrm.render.charts.scatter import draw_scatter
from cardcrm.text import sanitize, shorten


def draw_chart(chart: Chart, look: Look) -> Iterator[Line]:
    """Yield the lines of a chart: its title, and the drawing in the width of the look."""
    unit = "" if isinstance(chart, ScatterPlot) else chart.unit
    yield [Piece(shorten(sanitize(heading(chart.title, unit)), look.width), "title")]
    if not has_values(chart):
        yield [Piece("no values", "dim")]
    elif isinstance(chart, BarChart):
        yield from draw_bars(chart, look)
    elif isinstance(chart, LineChart):
        yield from draw_lines(chart, look)
    elif isinstance(chart, HeatMap):
        yield from draw_heat_map(chart, look)
    else:
        yield from draw_scatter(chart, look)


def has_values(chart: Chart) -> bool:
    """Return whether a chart has a value to draw."""
    return any(only_finite(values) for values in _list_values(chart))


def _list_values(chart: Chart) -> Iterator[tuple[Value, ...]]:
    if isinstance(chart, BarChart):
        yield chart.values
    elif isinstance(chart, LineChart):
        yield from (series.values for series in chart.series)
    elif isinstance(chart, HeatMap):
        yield from chart.cells
    else:
        yield from ((point.x, point.y) for point in chart.points)
