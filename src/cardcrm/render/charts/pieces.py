"""The parts that drawn charts consist of, and what the output can show."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.text import cell_width, sanitize, shorten

SHADES = 5  # shade0, the lightest, to shade4
SERIES_STYLES = ("series1", "series2", "series3", "series4")


class Piece(NamedTuple):
    """A text in one style.

    Styles are title, dim, bar, negative, band, mark, series1 to series4 and, for cells of a heat
    map, shade0 to shade4 and below1 to below4, for values below 0.
    """

    text: str
    style: str = ""


Line = list[Piece]


class Look(NamedTuple):
    """The room for a chart, and whether colors and block characters can be shown."""

    width: int
    color: bool = True
    unicode: bool = True
    height: int = 8  # lines of a plot

    def pick(self, sign: str, ascii_sign: str) -> str:
        """Return a sign, or its replacement in ASCII."""
        return sign if self.unicode else ascii_sign


def fit_text(text: str, cells: int, *, right: bool = False) -> str:
    """Return text of exactly ``cells`` cells, cut or padded."""
    shown = shorten(sanitize(text), cells)
    gap = " " * (cells - cell_width(shown))
    return gap + shown if right else shown + gap


def place_labels(labels: Sequence[str], places: Sequence[float], width: int) -> str:
    """Return a line with as many labels as fit, each centered below its place."""
    for step in range(1, len(labels) + 1):
        line = _join_labels(labels[::step], places[::step], width)
        if line:
            return line
    return ""


def _join_labels(labels: Sequence[str], places: Sequence[float], width: int) -> str:
    """Return a line with all labels; "" if two of them would touch."""
    line = ""
    for label, place in zip(labels, places, strict=True):
        shown = shorten(label, width)
        cells = cell_width(shown)
        start = max(0, min(round(place - cells / 2), width - cells))
        if line and start < cell_width(line) + 2:
            return ""
        line += " " * (start - cell_width(line)) + shown
    return line
