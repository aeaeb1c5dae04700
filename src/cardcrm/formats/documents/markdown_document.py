"""Write a document as Markdown."""

import re
from collections.abc import Iterable
from typing import Final

from cardcrm.formats.documents.blocks import Block, Heading, Paragraph, Rule, Table, TextLine
from cardcrm.text import sanitize

_SIGNS: Final = re.compile(r"[\\|`*_<>\[\]#&]")
_LIST: Final = re.compile(r"(?:[-+=~]|\d+[.)])(?=\s|$|[-=~])")  # at the start of a line


def to_markdown(blocks: Iterable[Block]) -> str:
    """Return a document as Markdown in which no text formats, links or ends a cell."""
    return "\n".join(map(_block, blocks))


def escape(text: str) -> str:
    """Escape the signs of Markdown in a text."""
    escaped = _SIGNS.sub(r"\\\g<0>", sanitize(text))
    match = _LIST.match(escaped)
    return f"{escaped[: match.end() - 1]}\\{escaped[match.end() - 1 :]}" if match else escaped


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_line(block.line)}\n"
    if isinstance(block, Rule):
        return "---\n"
    if isinstance(block, Paragraph):
        return "  \n".join(map(_line, block.lines)) + "\n"
    return _table(block)


def _line(line: TextLine) -> str:
    parts = []
    for span in line:
        text = escape(span.text)
        is_bold = span.is_bold and text.strip()
        parts.append(f"**{text.strip()}**" if is_bold else text)
    return "".join(parts).strip()


def _table(table: Table) -> str:
    rule = ["---:" if at in table.numbers else "---" for at in range(len(table.headings))]
    bold = [tuple(f"**{escape(cell)}**" if cell else "" for cell in row) for row in table.sums]
    cells = [tuple(map(escape, row)) for row in (table.headings, *table.rows)]
    rows = [cells[0], tuple(rule), *cells[1:], *bold]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
