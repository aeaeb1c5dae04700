"""Draw a line chart as SVG: lines with dashes of their own, a band, and a legend."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from cardcrm.chart import Band, LineChart, Value
from cardcrm.render.charts.axis import make_axis
from cardcrm.render.charts.pieces import SERIES_STYLES
from cardcrm.render.charts.shapes import shorten_labels, shorten_series
from cardcrm.render.svg.elements import (
    LINE,
    WIDTH,
    element,
    fit_text,
    line,
    number,
    rectangle,
    text,
    text_width,
)
from cardcrm.render.svg.frame import Frame, draw_grid, draw_labels, make_frame

_HEIGHT = 200
_MOST_VALUES = 160
_KEY = 26  # units of the sample of a line in the legend


def draw_lines(chart: LineChart) -> tuple[float, Iterator[str]]:
    """Return the height of the picture, and its elements."""
    entries = _place_legend(chart)
    top = entries[-1][1] + 12 if entries else 8
    return top + _HEIGHT + 30, _draw(chart, entries, top)


_Entry = tuple[float, float, str, str]  # place, name and style of a key in the legend


def _place_legend(chart: LineChart) -> list[_Entry]:
    """Return the keys of the lines and of the band; none for one line only."""
    keys = [
        (series.name, SERIES_STYLES[at % len(SERIES_STYLES)])
        for at, series in enumerate(chart.series)
    ]
    if chart.band is not None:
        keys.append((chart.band.name, "band"))
    if len(keys) < 2:
        return []
    entries: list[_Entry] = []
    x, y = 4.0, 14.0
    for name, style in keys:
        shown = fit_text(name, WIDTH / 3)
        needed = _KEY + 6 + text_width(shown) + 18
        if entries and x + needed > WIDTH:
            x, y = 4.0, y + LINE
        entries.append((x, y, shown, style))
        x += needed
    return entries


def _draw(chart: LineChart, entries: Sequence[_Entry], top: float) -> Iterator[str]:
    frame = make_frame(make_axis(_all_values(chart), chart.unit), chart.unit, top, _HEIGHT)
    yield from _draw_legend(entries)
    yield from draw_grid(frame, chart.unit)
    if chart.band is not None:
        yield from _draw_band(chart.band, frame)
    for at, series in reversed(list(enumerate(chart.series))):
        yield _draw_series(series.values, SERIES_STYLES[at % len(SERIES_STYLES)], frame)
    labels = shorten_labels(chart.labels, _MOST_VALUES)
    yield from draw_labels(frame, labels, [_share(at, len(labels)) for at in range(len(labels))])


def _all_values(chart: LineChart) -> Iterator[Value]:
    for series in chart.series:
        yield from series.values
    if chart.band is not None:
        yield from (*chart.band.low, *chart.band.high)


def _draw_legend(entries: Sequence[_Entry]) -> Iterator[str]:
    for x, y, name, style in entries:
        if style == "band":
            yield rectangle(x, y - 11, _KEY, 13, "band")
        else:
            yield line(x, y - 4, x + _KEY, y - 4, style)
        yield text(x + _KEY + 6, y, name, style="ink")


def _share(at: int, count: int) -> float:
    return at / (count - 1) if count > 1 else 0.5


def _draw_series(values: Sequence[Value], style: str, frame: Frame) -> str:
    """Return the path of a line; a value between two gaps is a dot."""
    shown = shorten_series(values, _MOST_VALUES)
    parts: list[str] = []
    for run in _runs(shown, shown):
        places = [_place(at, len(shown), value, frame) for at, value, _ in run]
        parts.append("M" + "L".join(places) + ("h0" if len(places) == 1 else ""))
    return element("path", d="".join(parts) or "M0 0", class_=style)


def _place(at: int, count: int, value: float, frame: Frame) -> str:
    return f"{number(frame.x_of(_share(at, count)))} {number(frame.y_of(value))}"


def _runs(low: Sequence[Value], high: Sequence[Value]) -> Iterator[list[tuple[int, float, float]]]:
    """Yield the places and values between gaps."""
    rows = [(at, a, b) for at, (a, b) in enumerate(zip(low, high, strict=True))]
    for is_known, group in groupby(rows, lambda row: row[1] is not None and row[2] is not None):
        if is_known:
            yield [(at, a, b) for at, a, b in group if a is not None and b is not None]


def _draw_band(band: Band, frame: Frame) -> Iterator[str]:
    low, high = shorten_series(band.low, _MOST_VALUES), shorten_series(band.high, _MOST_VALUES)
    for run in _runs(low, high):
        there = [_place(at, len(low), bound, frame) for at, _, bound in run]
        back = [_place(at, len(low), bound, frame) for at, bound, _ in reversed(run)]
        yield element("path", d=f"M{'L'.join(there + back)}z", class_="band")
