"""Draw dots and lines into a grid of braille characters, two by four dots in each."""

from collections.abc import Callable

from cardcrm.render.charts.pieces import Line, Piece
from cardcrm.text import cell_width

_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
_ASCII_MARKS = {"series1": "*", "series2": "o", "series3": "+", "series4": "x"}
# How many dots of a line are drawn, and how many are left out: lines differ without color.
DASHES = {"series1": (1, 0), "series2": (4, 2), "series3": (2, 2), "series4": (1, 4)}


class Canvas:
    """A grid of cells; dots are counted from the top left corner."""

    def __init__(self, width: int, height: int, *, unicode: bool) -> None:
        self.width, self.height, self.unicode = width, height, unicode
        self._dots: dict[tuple[int, int], int] = {}
        self._styles: dict[tuple[int, int], str] = {}
        self._texts: dict[tuple[int, int], Piece] = {}
        self._filled: set[tuple[int, int]] = set()

    @property
    def dot_size(self) -> tuple[int, int]:
        """The number of dots across and down."""
        return 2 * self.width, 4 * self.height

    def dot(self, x: int, y: int, style: str) -> None:
        """Draw a dot."""
        if 0 <= x < 2 * self.width and 0 <= y < 4 * self.height:
            cell = (y // 4, x // 2)
            self._dots[cell] = self._dots.get(cell, 0) | _BITS[y % 4][x % 2]
            self._styles[cell] = style

    def line(self, start: tuple[int, int], end: tuple[int, int], style: str) -> None:
        """Draw a straight line in the dashes of its style."""
        drawn, gap = DASHES.get(style, (1, 0))
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            x = start[0] + round((end[0] - start[0]) * step / steps)
            y = start[1] + round((end[1] - start[1]) * step / steps)
            if (x if steps == abs(end[0] - start[0]) else y) % (drawn + gap) < drawn:
                self.dot(x, y, style)

    def fill(self, column: int, top: int, bottom: int) -> None:
        """Shade the cells of a column, where nothing else is drawn."""
        self._filled.update((row, column) for row in range(top, bottom + 1))

    def write(self, column: int, row: int, text: str, style: str = "mark") -> bool:
        """Write a text if its cells hold no other one; return whether it was written."""
        cells = [(row, column + offset) for offset in range(cell_width(text))]
        is_inside = column >= 0 and 0 <= row < self.height and column + len(cells) <= self.width
        if not cells or not is_inside or any(cell in self._texts for cell in cells):
            return False
        self._texts.update(dict.fromkeys(cells, Piece("", style)))
        self._texts[cells[0]] = Piece(text, style)
        return True

    def rows(self) -> list[Line]:
        """Return the lines from the top."""
        return [_join(self._piece, row, self.width) for row in range(self.height)]

    def _piece(self, row: int, column: int) -> Piece:
        cell = (row, column)
        if cell in self._texts:
            return self._texts[cell]
        style = self._styles.get(cell, "")
        if cell in self._dots:
            dots = self._dots[cell]
            return Piece(chr(_BLANK + dots) if self.unicode else _ASCII_MARKS[style], style)
        if cell in self._filled:
            return Piece("░" if self.unicode else ":", "band")
        return Piece(" ")


def _join(piece_at: Callable[[int, int], Piece], row: int, width: int) -> Line:
    """Return the pieces of a row, neighbors of one style as one piece."""
    line: Line = []
    for column in range(width):
        piece = piece_at(row, column)
        if line and line[-1].style == piece.style:
            line[-1] = Piece(line[-1].text + piece.text, piece.style)
        else:
            line.append(piece)
    return line
