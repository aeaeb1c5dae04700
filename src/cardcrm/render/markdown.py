"""Write Markdown, for notes, tickets and wikis."""

import re

from cardcrm.render.cells import format_column, is_numeric_column, split_chunks
from cardcrm.render.streams import Write
from cardcrm.sheet import Card, Line, Section, Sheet
from cardcrm.text import sanitize

_SIGNS = re.compile(r"[\\|`*<\[]")


def escape(text: str) -> str:
    """Escape text so that nothing in it formats, links or ends a cell."""
    return _SIGNS.sub(r"\\\g<0>", sanitize(text))


def write_sheet(sheet: Sheet, write: Write) -> None:
    """Write a table with its title above and its note below."""
    if sheet.title:
        write(f"## {escape(sheet.title)}\n\n")
    write(_format_row([escape(column.title) for column in sheet.columns]))
    has_head = False
    for chunk in split_chunks(sheet.rows):
        columns = list(zip(*chunk, strict=True))
        if not has_head:
            write(_format_rule(sheet, [is_numeric_column(column) for column in columns]))
            has_head = True
        shown = [
            _escape_column(format_column(v, c.digits))
            for c, v in zip(sheet.columns, columns, strict=True)
        ]
        write("".join(map(_format_row, zip(*shown, strict=True))))
    if not has_head:
        write(_format_rule(sheet, [False] * len(sheet.columns)))
    if sheet.note:
        write(f"\n{escape(sheet.note)}\n")


def _escape_column(column: list[str]) -> list[str]:
    """Return the sanitized texts of a column, escaped if any of them needs it."""
    if not _SIGNS.search("".join(column)):
        return column
    return [_SIGNS.sub(r"\\\g<0>", text) for text in column]


def _format_rule(sheet: Sheet, numbers: list[bool]) -> str:
    sides = [c.align == "right" or number for c, number in zip(sheet.columns, numbers, strict=True)]
    return _format_row(["---:" if right else "---" for right in sides])


def _format_row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def write_card(card: Card, write: Write) -> None:
    """Write the name as a heading, and facts and sections as lists."""
    write(f"# {escape(card.title)}{f' ({escape(card.corner)})' if card.corner else ''}\n\n")
    head = [card.subtitle, *(f"{label} {value}" for label, value in card.status if value)]
    head += [", ".join(card.tags)]
    for text in filter(None, head):
        write(f"{escape(text)}  \n")
    if card.facts:
        write("\n" + "".join(map(_format_fact, card.facts)))
    for section in card.sections:
        _write_section(section, write)


def _format_fact(fact: tuple[str, str]) -> str:
    label, value = fact
    return f"- **{escape(label)}** {escape(value)}\n" if label else f"- {escape(value)}\n"


def _write_section(section: Section, write: Write) -> None:
    write(f"\n## {escape(section.title)}\n\n")
    write("".join(map(_format_line, section.lines)))
    if section.sheet is not None:
        write_sheet(section.sheet, write)
    if section.note:
        write(f"\n{escape(section.note)}\n")


def _format_line(line: Line) -> str:
    parts = filter(None, (line.mark, line.when, line.text, f"({line.note})" if line.note else ""))
    return f"- {escape(' '.join(parts))}\n"
