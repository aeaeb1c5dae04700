"""Describe a chart in words, for readers who do not see it."""

from collections.abc import Iterator, Sequence

from cardcrm.chart import BarChart, Chart, HeatMap, LineChart, Value
from cardcrm.render.charts.axis import clean, format_full
from cardcrm.text import pluralize, shorten

_LONGEST_NAME = 40


def describe(chart: Chart) -> str:
    """Return a sentence or two: the kind of the chart, its extent, and its extremes."""
    if isinstance(chart, BarChart):
        return f"Bar chart: {_extremes(chart.labels, chart.values, chart.unit)}"
    if isinstance(chart, LineChart):
        return f"Line chart{_span(chart.labels)}. {' '.join(_describe_lines(chart))}"
    if isinstance(chart, HeatMap):
        rows, columns = (
            pluralize(len(names), word)
            for names, word in ((chart.rows, "row"), (chart.columns, "column"))
        )
        return f"Heat map of {rows} and {columns}."
    points = pluralize(len(chart.points), "point")
    return f"Scatter plot of {points}: {chart.x_title} across, {chart.y_title} up."


def _span(labels: Sequence[str]) -> str:
    return f" from {labels[0]} to {labels[-1]}" if labels else ""


def _describe_lines(chart: LineChart) -> Iterator[str]:
    for series in chart.series:
        found = _extremes(chart.labels, series.values, chart.unit)
        yield f"{shorten(series.name, _LONGEST_NAME)}: {found}"
    if chart.band is not None:
        yield f"The band is {chart.band.name}."


def _extremes(labels: Sequence[str], values: Sequence[Value], unit: str) -> str:
    pairs = zip(map(clean, values), labels, strict=False)
    known = [(value, label) for value, label in pairs if value is not None]
    if not known:
        return "no values."
    high, low = max(known, key=lambda each: each[0]), min(known, key=lambda each: each[0])
    parts = [f"{word} {_name(pair, unit)}" for word, pair in (("highest", high), ("lowest", low))]
    return f"{', '.join(parts if len(known) > 1 else parts[:1])}."


def _name(pair: tuple[float, str], unit: str) -> str:
    amount = format_full(pair[0], unit)
    noun = unit.removesuffix("s") if pair[0] == 1 else unit
    behind = f" {noun}" if unit and unit != "%" else ""
    return f"{amount}{behind} at {shorten(pair[1], _LONGEST_NAME)}"
