"""Write charts to a terminal, in color or in characters alone."""

from collections.abc import Iterator, Sequence
from typing import Final

from cardcrm.chart import Chart
from cardcrm.render.charts.drawing import draw_chart
from cardcrm.render.charts.pieces import Line, Look, Piece
from cardcrm.render.table import paint

_NARROWEST: Final = 30
_WIDEST: Final = 200
# Colors of the terminal's own palette for text, and of the 256 fixed ones for grounds, whose text
# has a contrast of at least 4.5:1 on a dark and on a light terminal alike.
_CODES: Final = {
    "title": "1", "dim": "2", "mark": "1", "bar": "36", "negative": "31", "band": "2",
    "series1": "36", "series2": "33", "series3": "35", "series4": "32",
    "shade0": "38;5;16;48;5;255", "shade1": "38;5;16;48;5;153", "shade2": "38;5;16;48;5;110",
    "shade3": "38;5;231;48;5;25", "shade4": "38;5;231;48;5;17",
    "below1": "38;5;16;48;5;223", "below2": "38;5;16;48;5;216", "below3": "38;5;231;48;5;124",
    "below4": "38;5;231;48;5;88",
}  # fmt: skip


def format_charts(
    charts: Sequence[Chart], *, color: bool, width: int, unicode: bool
) -> Iterator[str]:
    """Yield the lines of charts for a terminal of ``width`` cells, an empty line behind each."""
    look = Look(max(_NARROWEST, min(width, _WIDEST)), color=color, unicode=unicode)
    for chart in charts:
        for line in draw_chart(chart, look):
            yield format_line(line, color=color)
        yield ""


def format_line(line: Line, *, color: bool) -> str:
    """Return a line of pieces as text for a terminal."""
    pieces = [*line]
    while pieces and not pieces[-1].text.strip() and not pieces[-1].style.startswith("shade"):
        pieces.pop()
    if pieces and not pieces[-1].style.startswith(("shade", "below")):
        pieces[-1] = Piece(pieces[-1].text.rstrip(), pieces[-1].style)
    codes = _CODES if color else {}
    return "".join(paint(piece.text, codes.get(piece.style, "")) for piece in pieces)
