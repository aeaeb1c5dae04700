"""Write a document as PDF, with the fonts embedded. It needs the extra `pdf` (reportlab)."""

import io
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from cardcrm.errors import CardcrmError
from cardcrm.formats.documents.blocks import (
    Block,
    FieldValue,
    FieldValues,
    Heading,
    Paragraph,
    Rule,
    Span,
    Table,
    TextLine,
)
from cardcrm.install_advice import install_command
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

# DejaVu Sans with the letters of all languages of Europe: Latin, Greek, Cyrillic, Armenian and
# Georgian. See fonts/README.md.
_FOLDER: Final = Path(__file__).parent / "fonts"
_REGULAR, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_MARGIN: Final = 18 / 25.4 * 72  # 18 mm
_SIZES: Final = {1: 17, 2: 14, 3: 11, 4: 10}
_TEXT_SIZE: Final = 9.5
_PADDING: Final = 14  # points beside the text of a cell
_MOST_NUMBERS: Final = 0.75  # of the width of a table
_GRAY: Final = "#777777"
_UNKNOWN: Final = "\N{WHITE SQUARE}"  # in place of a character that the font lacks


def to_pdf(blocks: Iterable[Block], title: str) -> bytes:
    """Return a document as PDF on A4. Raises CardcrmError without the library."""
    load_library()
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    margins = {f"{side}Margin": _MARGIN for side in ("left", "right", "top", "bottom")}
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream, pagesize=A4, title=title, author="", creator="cardcrm", **margins
    )
    width = A4[0] - 2 * _MARGIN - 12  # the frame has a padding of 6 points
    number = partial(_number_page, title)
    story = [flowable for block in blocks for flowable in _build(block, width)]
    document.build(story or [build_text("", _TEXT_SIZE)], onFirstPage=number, onLaterPages=number)
    return stream.getvalue()


def load_library() -> None:
    """Load the library with its fonts. Raises CardcrmError without it."""
    try:
        import reportlab.lib.pagesizes
        import reportlab.platypus  # noqa: F401
    except ImportError:
        raise CardcrmError(
            "PDF needs the library reportlab",
            f"Install it: {install_command('cardcrm[pdf]')} or write .html and print that.",
        ) from None
    register_fonts()


def register_fonts() -> None:
    """Make the fonts known to the library."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    for name in (_REGULAR, _BOLD):
        pdfmetrics.registerFont(TTFont(name, str(_FOLDER / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD)


def _number_page(title: str, canvas: "Canvas", document: Any) -> None:
    """Write the title and the number of a page at its foot."""
    canvas.setFont(_REGULAR, 8)
    canvas.setFillColor(_GRAY)
    right = document.pagesize[0] - _MARGIN
    canvas.drawRightString(right, _MARGIN / 2, f"{clean(title)} · page {document.page}")


def _build(block: Block, width: float) -> list[Any]:
    """Return the flowing parts that a block becomes."""
    from reportlab.platypus import Spacer
    from reportlab.platypus.flowables import HRFlowable

    if isinstance(block, Heading):
        size = _SIZES[block.level]
        return [build_text(_line(block.line), size, is_bold=True, before=size / 2, keep=True)]
    if isinstance(block, Rule):
        return [HRFlowable(width="100%", thickness=0.5, color=_GRAY, spaceBefore=4, spaceAfter=8)]
    if isinstance(block, Paragraph):
        return [build_text("<br/>".join(map(_line, block.lines)), _TEXT_SIZE), Spacer(0, 6)]
    return [_table(block, width), Spacer(0, 8)]


def _line(line: TextLine) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    text = escape(clean(span.text))
    return f"<b>{text}</b>" if span.is_bold else text


def clean(text: str) -> str:
    """Return a text with a square for each character that the font lacks."""
    from reportlab.pdfbase import pdfmetrics

    known: Any = pdfmetrics.getFont(_REGULAR)
    letters = known.face.charToGlyph
    return "".join(each if ord(each) in letters else _UNKNOWN for each in sanitize(text))


def list_missing_letters(values: FieldValues) -> str:
    """Return the characters of a document that the font lacks, each once."""
    register_fonts()
    texts = (text for value in values.values() for text in _texts_of(value))
    found = dict.fromkeys(each for text in texts for each in _missing_in(text))
    return "".join(found)


def _texts_of(value: FieldValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value.replace("\n", " ")
        return
    for row in (*value.rows, *value.sums):
        yield from row


def _missing_in(text: str) -> Iterator[str]:
    """Yield the characters of a text that the font lacks."""
    pairs = zip(sanitize(text), clean(text), strict=True)
    return (each for each, shown in pairs if each != shown)


def build_text(
    markup: str,
    size: float,
    *,
    is_bold: bool = False,
    is_number: bool = False,
    before: float = 0,
    keep: bool = False,
) -> Any:
    """Return a paragraph of escaped text; a long word is broken, and never leaves the page."""
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph as Flowing

    style = ParagraphStyle(
        "text",
        fontName=_BOLD if is_bold else _REGULAR,
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=before,
        alignment=TA_RIGHT if is_number else TA_LEFT,
        splitLongWords=True,
        keepWithNext=keep,
    )
    return Flowing(markup, style)


def _table(table: Table, width: float) -> Any:
    from reportlab.platypus import Table as Grid

    first_sum = 1 + len(table.rows)
    rows = [
        _cells(table, table.headings, is_bold=True),
        *(_cells(table, row) for row in table.rows),
        *(_cells(table, row, is_bold=True) for row in table.sums),
    ]
    style: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.7, "#111111"),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, "#CCCCCC"),
        *(("SPAN", (0, at), (-2, at)) for at in range(first_sum, len(rows))),
    ]
    # A row higher than a page goes on over the next one.
    return Grid(rows, colWidths=_widths(table, width), repeatRows=1, style=style, splitInRow=1)


def _cells(table: Table, row: Iterable[str], *, is_bold: bool = False) -> list[Any]:
    return [
        build_text(escape(clean(cell)), 9, is_bold=is_bold, is_number=at in table.numbers)
        for at, cell in enumerate(row)
    ]


def _widths(table: Table, width: float) -> list[float]:
    """Return the widths of the columns: those of numbers as wide as they need, up to a share."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    count = len(table.headings)
    needed = [0.0] * count
    for at in table.numbers:
        cells = [table.headings[at], *(row[at] for row in (*table.rows, *table.sums))]
        needed[at] = max(stringWidth(clean(cell), _BOLD, 9) for cell in cells) + _PADDING
    share = min(1.0, width * _MOST_NUMBERS / sum(needed)) if any(needed) else 1.0
    rest = (width - share * sum(needed)) / max(1, count - len(table.numbers))
    return [share * each if at in table.numbers else rest for at, each in enumerate(needed)]
