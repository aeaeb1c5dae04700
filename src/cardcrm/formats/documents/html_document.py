"""Write a document as a page of HTML that prints on A4 without further files."""

import re
from collections.abc import Iterable
from html import escape
from typing import Final

from cardcrm.formats.documents.blocks import (
    Block,
    FieldValues,
    Heading,
    Paragraph,
    Rule,
    Table,
    TextLine,
)
from cardcrm.formats.documents.template import FIELD, refuse_unknown_fields
from cardcrm.text import sanitize

_NUMBER: Final = ' class="number"'
_TEXT: Final = ' dir="auto"'  # from right to left for Arabic and Hebrew
_STYLE: Final = """
@page { size: A4; margin: 20mm 18mm; }
body { font: 11pt/1.4 "DejaVu Sans", "Liberation Sans", Arial, sans-serif; color: #111;
  max-width: 174mm; margin: 10mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; margin: 0 0 2mm; } h2 { font-size: 14pt; margin: 8mm 0 2mm; }
h3 { font-size: 11pt; margin: 6mm 0 1mm; } p { margin: 0 0 4mm; }
hr { border: 0; border-top: 1px solid #999; margin: 4mm 0; }
table { border-collapse: collapse; width: 100%; margin: 0 0 4mm; font-size: 10pt; }
th, td { text-align: start; vertical-align: top; padding: 1.2mm 2mm; overflow-wrap: anywhere; }
th { border-bottom: 1px solid #111; } tbody tr { border-bottom: 1px solid #ddd; }
thead { display: table-header-group; } tr { break-inside: avoid; }
tfoot { display: table-row-group; font-weight: bold; }
.number { text-align: right; white-space: nowrap; overflow-wrap: normal; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
""".strip()


def to_html(blocks: Iterable[Block], title: str) -> str:
    """Return a document as a page; every text is escaped."""
    body = "\n".join(map(_block, blocks))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{_escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def fill_html(template: str, values: FieldValues) -> str:
    """Return an HTML template with its fields filled in, escaped; a table becomes one of HTML.

    Raises UsageError for an unknown field.
    """
    refuse_unknown_fields(template, values)

    def insert(match: re.Match[str]) -> str:
        value = values[match[1]]
        if isinstance(value, Table):
            return _table(value) if value.rows else ""
        return "<br>\n".join(map(_escape, value.strip().splitlines()))

    return FIELD.sub(insert, template)


def _escape(text: str) -> str:
    return escape(sanitize(text))


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}{_TEXT}>{_line(block.line)}</h{block.level}>"
    if isinstance(block, Rule):
        return "<hr>"
    if isinstance(block, Paragraph):
        lines = "<br>\n".join(map(_line, block.lines))
        return f"<p{_TEXT}>{lines}</p>"
    return _table(block)


def _line(line: TextLine) -> str:
    return "".join(
        f"<strong>{_escape(span.text)}</strong>" if span.is_bold else _escape(span.text)
        for span in line
    ).strip()


def _table(table: Table) -> str:
    head = _row(table, table.headings, "th")
    body = "\n".join(_row(table, row, "td") for row in table.rows)
    sums = "\n".join(_row(table, row, "td") for row in table.sums)
    foot = f"<tfoot>\n{sums}\n</tfoot>\n" if sums else ""
    return f"<table>\n<thead>\n{head}\n</thead>\n<tbody>\n{body}\n</tbody>\n{foot}</table>"


def _row(table: Table, cells: Iterable[str], tag: str) -> str:
    parts = [
        f"<{tag}{_NUMBER if at in table.numbers else _TEXT}>{_escape(cell)}</{tag}>"
        for at, cell in enumerate(cells)
    ]
    return f"<tr>{''.join(parts)}</tr>"
