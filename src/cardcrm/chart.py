"""Define the charts that reports carry; renderers draw them in a terminal, a page or the screen.

Each label belongs to the value at the same place. A value of None leaves a gap. ``unit`` is
written behind the numbers of an axis: a currency, ``%``, or a word such as ``customers``. Money is
in major units, a share is from 0 to 1 with the unit ``%``.
"""

from typing import NamedTuple

Value = float | None


class BarChart(NamedTuple):
    """One bar for each label."""

    title: str
    labels: tuple[str, ...]
    values: tuple[Value, ...]
    unit: str = ""


class Series(NamedTuple):
    """A line of a chart, by its name in the legend."""

    name: str
    values: tuple[Value, ...]


class Band(NamedTuple):
    """The range around a forecast: its lower and upper bounds, None outside the forecast."""

    name: str
    low: tuple[Value, ...]
    high: tuple[Value, ...]


class LineChart(NamedTuple):
    """One or more lines over the same labels, and perhaps a band."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    band: Band | None = None
    unit: str = ""


class HeatMap(NamedTuple):
    """A table of cells whose color is their value; cells of None are blank."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Value, ...], ...]
    unit: str = ""


class Point(NamedTuple):
    """A point of a scatter plot; the most remarkable ones have a label."""

    x: float
    y: float
    label: str = ""


class ScatterPlot(NamedTuple):
    """Points over two axes."""

    title: str
    x_title: str
    y_title: str
    points: tuple[Point, ...]


Chart = BarChart | LineChart | HeatMap | ScatterPlot
