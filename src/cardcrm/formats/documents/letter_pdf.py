"""Write letters as PDF: a page for each, with the address in the window of an envelope."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from xml.sax.saxutils import escape

from cardcrm.formats.documents.pdf_document import build_text, clean, load_library

_MM: Final = 72 / 25.4
_SIDES: Final = {"leftMargin": 25 * _MM, "rightMargin": 20 * _MM,
                 "topMargin": 45 * _MM, "bottomMargin": 20 * _MM}  # fmt: skip
_WINDOW: Final = 40 * _MM  # height of the address
_SIZE, _SENDER_SIZE = 10.5, 7


class LetterPage(NamedTuple):
    """A letter: the line of the sender, the lines of the address, the day and the texts."""

    sender: str
    to: Sequence[str]
    date: str
    subject: str
    text: str


def write_letters(letters: Iterable[LetterPage]) -> bytes:
    """Return letters as PDF on A4. Raises CardcrmError without the library."""
    load_library()
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import PageBreak, SimpleDocTemplate

    width = A4[0] - _SIDES["leftMargin"] - _SIDES["rightMargin"] - 12  # padding of the frame
    story: list[Any] = []
    for each in letters:
        story += [PageBreak()] if story else []
        story += _build(each, width)
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream, pagesize=A4, title="Letters", author="", creator="cardcrm", **_SIDES
    )
    document.build(story or [build_text("", _SIZE)])
    return stream.getvalue()


def _build(letter: LetterPage, width: float) -> list[Any]:
    """Return the flowing parts of a letter."""
    from reportlab.platypus import Spacer, Table

    head = [build_text(_escape(letter.sender), _SENDER_SIZE)] if letter.sender else []
    lines = "<br/>".join(map(_escape, letter.to))
    window = Table(
        [[[*head, build_text(lines, _SIZE)]]],
        colWidths=[width],
        rowHeights=[_WINDOW],
        style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)],
    )
    parts = [window, build_text(_escape(letter.date), _SIZE, is_number=True), Spacer(0, _SIZE * 2)]
    if letter.subject:
        subject = build_text(_escape(letter.subject), _SIZE, is_bold=True, keep=True)
        parts += [subject, Spacer(0, _SIZE)]
    for block in letter.text.split("\n\n"):
        lines = "<br/>".join(map(_escape, block.split("\n")))
        parts += [build_text(lines, _SIZE), Spacer(0, _SIZE)]
    return parts


def _escape(text: str) -> str:
    return escape(clean(text))
