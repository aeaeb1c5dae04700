"""Plain aligned columns, for terminals and pipes alike.

Rich's own table takes some 0.3 ms a row, which is too slow for ten thousand of them.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from cardcrm.render.cells import Row, format_column, is_numeric_column, split_chunks
from cardcrm.render.streams import Write
from cardcrm.sheet import Column, Sheet
from cardcrm.text import cell_width, is_narrow, sanitize, shorten

GAP = "  "
_NARROWEST = 3  # cells of a column that has to give way
_CODES = {"dim": "2", "bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class _Place(NamedTuple):
    """Where a column stands: its width in cells, its side, and whether cells are cut to fit."""

    width: int
    right: bool
    cut: bool
    last: bool
    style: str

    def spec(self, *, padded: bool) -> str:
        """The %-format of a cell; none but ``%s`` where the text is already padded."""
        if padded or (self.last and not self.right):
            inner = "%s"
        else:
            inner = f"%{self.width}s" if self.right else f"%-{self.width}s"
        return paint(inner, self.style)


def paint(text: str, codes: str) -> str:
    """``text`` between the terminal's codes, or as it is where there are none."""
    return f"\x1b[{codes}m{text}\x1b[0m" if codes else text


def write_sheet(sheet: Sheet, write: Write, *, color: bool, width: int) -> None:
    """Title, head, rows and note; without rows neither title nor head.

    Widths are those of the first thousand rows. On a terminal (``width`` above 0) wide columns are
    shortened until the rows fit, if they can be.
    """
    blocks = render_lines(sheet, color=color, width=width)
    if (head := next(blocks, None)) is not None:
        if sheet.title:
            write(paint(sanitize(sheet.title), "1" if color else "") + "\n")
        write(paint(head, "1;4" if color else "") + "\n")
    for block in blocks:
        write(block + "\n")
    if sheet.note:
        write(paint(_wrapped(sanitize(sheet.note), width), "2" if color else "") + "\n")


def _wrapped(text: str, width: int) -> str:
    if not 0 < width < len(text):
        return text
    import textwrap

    return textwrap.fill(text, width)


def render_lines(sheet: Sheet, *, color: bool, width: int) -> Iterator[str]:
    """The head line, then blocks of up to a thousand row lines; nothing for a sheet of no rows."""
    walk = split_chunks(sheet.rows)
    first = next(walk, None)
    if first is None:
        return
    columns: Sequence[Column] = sheet.columns
    if width > 0 and (second := next(walk, None)) is not None:
        walk = chain((second,), walk)
    elif width > 0:
        columns, first = _filled(columns, first, width)
    places = _places(columns, first, color=color, width=width)
    yield _head(columns, places)
    for chunk in chain((first,), walk):
        yield _block(columns, places, chunk)


def _filled(
    columns: Sequence[Column], rows: list[Row], width: int
) -> tuple[Sequence[Column], list[Row]]:
    """All columns and rows where they fit, else those columns in which anything stands.

    So no text is cut for the sake of an empty column.
    """
    cells = list(zip(*rows, strict=True))
    if _excess(_needed(columns, cells), width) <= 0:
        return columns, rows
    kept = [at for at, values in enumerate(cells) if any(v not in (None, "") for v in values)]
    return [columns[at] for at in kept], [tuple(row[at] for at in kept) for row in rows]


def _needed(columns: Sequence[Column], cells: Sequence[Row]) -> list[int]:
    """How wide each column would be."""
    return [
        max(cell_width(column.title), *map(cell_width, format_column(values, column.digits)))
        for column, values in zip(columns, cells, strict=True)
    ]


def _excess(needed: Sequence[int], width: int) -> int:
    """How many cells more than there are columns of these widths take."""
    return sum(needed) + len(GAP) * (len(needed) - 1) - width


def _places(
    columns: Sequence[Column], rows: Sequence[Row], *, color: bool, width: int
) -> list[_Place]:
    cells = list(zip(*rows, strict=True))
    needed = _needed(columns, cells)
    given = _fit(columns, needed, width) if width > 0 else needed
    return [
        _Place(
            width=given[at],
            right=column.align == "right" or is_numeric_column(cells[at]),
            cut=column.wide and width > 0,
            last=at == len(columns) - 1,
            style=_CODES.get(column.style, "") if color else "",
        )
        for at, column in enumerate(columns)
    ]


def _fit(columns: Sequence[Column], needed: Sequence[int], width: int) -> list[int]:
    """The widths with the widest of the wide columns cut down, cell by cell, until all fit.

    None goes below the least it wants, unless the rest would then be broken by the terminal.
    """
    excess = _excess(needed, width)
    given = _cut(columns, needed, [column.least for column in columns], excess)
    left = excess - sum(needed) + sum(given)
    return _cut(columns, given, [_NARROWEST] * len(given), left)


def _cut(
    columns: Sequence[Column], needed: Sequence[int], floors: Sequence[int], excess: int
) -> list[int]:
    """The widths after so many cells are taken off, as far as their floors allow."""
    given = list(needed)
    wide = [at for at, column in enumerate(columns) if column.wide]
    while excess > 0 and wide:
        at = max(wide, key=given.__getitem__)
        rest = max((given[other] for other in wide if other != at), default=0)
        step = min(excess, max(1, given[at] - rest), given[at] - floors[at])
        if step <= 0:
            wide.remove(at)
            continue
        given[at] -= step
        excess -= step
    return given


def _head(columns: Sequence[Column], places: Sequence[_Place]) -> str:
    titles = [
        _padded(shorten(sanitize(column.title), place.width), place)
        for column, place in zip(columns, places, strict=True)
    ]
    return GAP.join(titles).rstrip()


def _block(columns: Sequence[Column], places: Sequence[_Place], rows: Sequence[Row]) -> str:
    """The rows as lines, by one %-format: the cheapest way Python has to align text."""
    specs: list[str] = []
    shown: list[list[str]] = []
    for column, place, values in zip(columns, places, zip(*rows, strict=True), strict=True):
        column_texts = format_column(values, column.digits)
        if place.cut:
            column_texts = [
                text if len(text) * 2 <= place.width else shorten(text, place.width)
                for text in column_texts
            ]
        padded = not is_narrow("".join(column_texts))
        if padded:
            column_texts = [_padded(text, place) for text in column_texts]
        specs.append(place.spec(padded=padded))
        shown.append(column_texts)
    line = GAP.join(specs)
    return "\n".join([(line % row).rstrip() for row in zip(*shown, strict=True)])


def _padded(text: str, place: _Place) -> str:
    if place.last and not place.right:
        return text
    space = " " * (place.width - cell_width(text))
    return space + text if place.right else text + space
