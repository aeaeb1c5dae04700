"""Write aligned columns, for terminals and pipes.

Rich's table takes about 0.3 ms a row, which is too slow for ten thousand rows.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from cardcrm.render.cells import Row, format_column, is_numeric_column, split_chunks
from cardcrm.render.streams import Write
from cardcrm.sheet import Column, Sheet
from cardcrm.text import cell_width, is_narrow, sanitize, shorten

GAP = "  "
_LONGEST_WORD = 16  # cells below which a wrapped column is not reduced for a longer word
_NARROWEST = 3  # cells that a shortened column keeps
_LEGIBLE = 12  # cells of a text that is still worth a column
_CODES = {"dim": "2", "bold": "1", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class _ColumnLayout(NamedTuple):
    """The layout of a column: width in cells, alignment, and what becomes of long cells."""

    width: int
    right: bool
    cut: bool
    wrapped: bool
    last: bool
    style: str

    def spec(self, *, padded: bool) -> str:
        """Return the %-format of a cell; ``%s`` if the text is already padded."""
        if padded or (self.last and not self.right):
            inner = "%s"
        else:
            inner = f"%{self.width}s" if self.right else f"%-{self.width}s"
        return paint(inner, self.style)


def paint(text: str, codes: str) -> str:
    """Return the text between terminal codes, or unchanged without codes."""
    return f"\x1b[{codes}m{text}\x1b[0m" if codes else text


def write_sheet(
    sheet: Sheet, write: Write, *, color: bool, width: int, header: bool = True
) -> None:
    """Write title, head, rows and note; without rows only the note, without header only rows.

    The first thousand rows determine the widths. On a terminal (``width`` above 0) wide columns are
    shortened so that the rows fit, if possible.
    """
    if sheet.cuts_columns and width > 0:
        sheet = cut_columns(sheet, width)
    blocks = render_lines(sheet, color=color, width=width)
    if (head := next(blocks, None)) is not None and header:
        if sheet.title:
            write(paint(sanitize(sheet.title), "1" if color else "") + "\n")
        write(paint(head, "1;4" if color else "") + "\n")
    for block in blocks:
        write(block + "\n")
    if sheet.note and header:
        write(paint(_wrap(sanitize(sheet.note), width), "2" if color else "") + "\n")


def cut_columns(sheet: Sheet, width: int) -> Sheet:
    """Return a sheet with the first columns that fit a terminal with whole headings.

    Columns that are empty are the first to go. A text may be shortened to ``_LEGIBLE`` cells.
    """
    rows = list(sheet.rows)
    if not rows:
        return sheet
    columns, shown = _drop_empty(sheet.columns, rows, width)
    cells = list(zip(*shown, strict=True))
    needed = _needed_widths(columns, cells)
    if _excess_width(needed, width) <= 0:
        return sheet._replace(columns=tuple(columns), rows=shown)
    room, count = width + len(GAP), 0
    for column, values, most in zip(columns, cells, needed, strict=True):
        shortest = most if is_numeric_column(values) else min(most, _LEGIBLE)
        room -= max(cell_width(column.title), shortest) + len(GAP)
        if room < 0:
            break
        count += 1
    count = max(count, 1)
    fitting = tuple(
        each._replace(min_width=max(cell_width(each.title), _NARROWEST)) for each in columns[:count]
    )
    if count == len(columns):
        return sheet._replace(columns=fitting, rows=shown)
    note = f"{count} of {len(sheet.columns)} columns fit; name those to see, or add --format csv"
    return sheet._replace(columns=fitting, rows=[row[:count] for row in shown], note=note)


def _wrap(text: str, width: int) -> str:
    if not 0 < width < len(text):
        return text
    import textwrap

    return textwrap.fill(text, width)


def render_lines(sheet: Sheet, *, color: bool, width: int) -> Iterator[str]:
    """Yield the head, then blocks of up to a thousand lines; nothing for an empty sheet."""
    walk = split_chunks(sheet.rows)
    first = next(walk, None)
    if first is None:
        return
    columns: Sequence[Column] = sheet.columns
    if width > 0 and (second := next(walk, None)) is not None:
        walk = chain((second,), walk)
    elif width > 0:
        columns, first = _drop_empty(columns, first, width)
    layouts = _lay_out(columns, first, color=color, width=width)
    yield _format_head(columns, layouts)
    for chunk in chain((first,), walk):
        yield _format_block(columns, layouts, chunk)


def _drop_empty(
    columns: Sequence[Column], rows: list[Row], width: int
) -> tuple[Sequence[Column], list[Row]]:
    """Return all columns and rows if they fit, else only the columns that are not empty.

    So no text is shortened for the sake of an empty column.
    """
    cells = list(zip(*rows, strict=True))
    if _excess_width(_needed_widths(columns, cells), width) <= 0:
        return columns, rows
    used = [at for at, values in enumerate(cells) if any(v not in (None, "") for v in values)]
    return [columns[at] for at in used], [tuple(row[at] for at in used) for row in rows]


def _needed_widths(columns: Sequence[Column], cells: Sequence[Row]) -> list[int]:
    """Return the width that each column needs."""
    return [
        max(map(cell_width, (column.title, *format_column(values, column.digits))))
        for column, values in zip(columns, cells, strict=True)
    ]


def _excess_width(needed: Sequence[int], width: int) -> int:
    """Return by how many cells columns of these widths exceed the terminal."""
    return sum(needed) + len(GAP) * (len(needed) - 1) - width


def _lay_out(
    columns: Sequence[Column], rows: Sequence[Row], *, color: bool, width: int
) -> list[_ColumnLayout]:
    cells = list(zip(*rows, strict=True))
    needed = _needed_widths(columns, cells)
    if width > 0:
        columns = [_with_words(each, values) for each, values in zip(columns, cells, strict=True)]
    given = fit_widths(columns, needed, width) if width > 0 else needed
    return [
        _ColumnLayout(
            width=given[at],
            right=column.align == "right" or is_numeric_column(cells[at]),
            cut=column.wide and not column.wrapped and width > 0,
            wrapped=column.wrapped and width > 0,
            last=at == len(columns) - 1,
            style=_CODES.get(column.style, "") if color else "",
        )
        for at, column in enumerate(columns)
    ]


def _with_words(column: Column, values: Row) -> Column:
    """Return a wrapped column that keeps the width of its longest word, as far as it can."""
    if not column.wrapped:
        return column
    words = (word for text in format_column(values, column.digits) for word in text.split())
    longest = max(map(cell_width, words), default=0)
    return column._replace(min_width=max(column.min_width, min(longest, _LONGEST_WORD)))


def fit_widths(columns: Sequence[Column], needed: Sequence[int], width: int) -> list[int]:
    """Return the widths with the widest of the wide columns reduced until the rows fit.

    A column keeps its minimum width, unless the terminal would have to wrap the rows.
    """
    excess = _excess_width(needed, width)
    given = _reduce(columns, needed, [column.min_width for column in columns], excess)
    left = excess - sum(needed) + sum(given)
    return _reduce(columns, given, [_NARROWEST] * len(given), left)


def _reduce(
    columns: Sequence[Column], needed: Sequence[int], floors: Sequence[int], excess: int
) -> list[int]:
    """Return the widths reduced by ``excess`` cells, as far as the floors allow."""
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


def _format_head(columns: Sequence[Column], layouts: Sequence[_ColumnLayout]) -> str:
    titles = [
        _pad(shorten(sanitize(column.title), layout.width), layout)
        for column, layout in zip(columns, layouts, strict=True)
    ]
    return GAP.join(titles).rstrip()


def _format_block(
    columns: Sequence[Column], layouts: Sequence[_ColumnLayout], rows: Sequence[Row]
) -> str:
    """Return the rows as lines, by one %-format, the fastest way to align text in Python."""
    specs: list[str] = []
    shown: list[list[str]] = []
    texts = [
        _fit_texts(format_column(values, column.digits), layout)
        for column, layout, values in zip(columns, layouts, zip(*rows, strict=True), strict=True)
    ]
    if any(layout.wrapped for layout in layouts):
        texts = _break_rows(texts, layouts)
    for layout, column_texts in zip(layouts, texts, strict=True):
        padded = not is_narrow("".join(column_texts))
        specs.append(layout.spec(padded=padded))
        shown.append([_pad(text, layout) for text in column_texts] if padded else column_texts)
    line = GAP.join(specs)
    return "\n".join([(line % row).rstrip() for row in zip(*shown, strict=True)])


def _fit_texts(texts: list[str], layout: _ColumnLayout) -> list[str]:
    if not layout.cut:
        return texts
    return [
        text if len(text) * 2 <= layout.width else shorten(text, layout.width) for text in texts
    ]


def _break_rows(
    texts: Sequence[Sequence[str]], layouts: Sequence[_ColumnLayout]
) -> list[list[str]]:
    """Return the columns with each row on as many lines as its wrapped cells need."""
    broken: list[list[str]] = [[] for _ in layouts]
    for row in zip(*texts, strict=True):
        cells = [
            _wrap_cell(text, layout.width) if layout.wrapped else [text]
            for text, layout in zip(row, layouts, strict=True)
        ]
        height = max(map(len, cells))
        for column, lines in zip(broken, cells, strict=True):
            column += [*lines, *[""] * (height - len(lines))]
    return broken


def _wrap_cell(text: str, width: int) -> list[str]:
    """Return the lines of a cell, broken between words, all with the indent of the first."""
    indent = text[: len(text) - len(text.lstrip(" "))]
    lines = [""]
    for word in text[len(indent) :].split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else indent + word
        if cell_width(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(indent + word)
    return [shorten(line, width) for line in lines if line.strip()] or [""]


def _pad(text: str, layout: _ColumnLayout) -> str:
    if layout.last and not layout.right:
        return text
    space = " " * (layout.width - cell_width(text))
    return space + text if layout.right else text + space
