"""Fill templates with named fields: `{{number}}` stands for the number of a quote.

A template is Markdown of a small kind (headings, paragraphs, `**bold**`, rules), which becomes any
file, or HTML, which becomes HTML only. Values are inserted after the template was read, so nothing
in them is read as markup.
"""

import re
from collections.abc import Iterator
from itertools import chain, dropwhile
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.formats.documents.blocks import (
    Block,
    FieldValues,
    Heading,
    Paragraph,
    Rule,
    Span,
    Table,
    TextLine,
)
from cardcrm.text import find_similar, sanitize

FIELD: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_HEADING: Final = re.compile(r"(#{1,4})\s+(.*\S)\s*")
_BOLD: Final = re.compile(r"\*\*(.+?)\*\*")


def refuse_unknown_fields(template: str, values: FieldValues) -> None:
    """Raise UsageError for a field that a document does not have, with the line that names it."""
    for number, line in enumerate(template.splitlines(), 1):
        for name in FIELD.findall(line):
            if name not in values:
                near = find_similar(name, values)
                hint = f"Did you mean {{{{{near[0]}}}}}? " if near else ""
                raise UsageError(
                    f"line {number} of the template has an unknown field “{name}”",
                    f"{hint}Fields: {', '.join(sorted(values))}.",
                )


def fill(template: str, values: FieldValues) -> list[Block]:
    """Return the blocks of a Markdown template with its fields filled in.

    A line whose fields are all empty is left out, and a rule at the top. Raises UsageError for an
    unknown field.
    """
    refuse_unknown_fields(template, values)
    blocks: list[Block] = []
    for lines in _split_paragraphs(template):
        blocks += _fill_paragraph(lines, values)
    # A rule at the top would begin the metadata of a Markdown file.
    return list(dropwhile(lambda each: isinstance(each, Rule), blocks))


def _split_paragraphs(template: str) -> Iterator[list[str]]:
    """Yield the lines between blank lines; a heading, a rule and a table stand alone."""
    lines: list[str] = []
    for line in chain(template.splitlines(), [""]):
        text = line.strip()
        is_alone = bool(_HEADING.fullmatch(text) or text in ("---", "***", "___"))
        if (not text or is_alone or FIELD.fullmatch(text)) and lines:
            yield lines
            lines = []
        if is_alone or FIELD.fullmatch(text):
            yield [text]
        elif text:
            lines.append(text)


def _fill_paragraph(lines: list[str], values: FieldValues) -> Iterator[Block]:
    heading = _HEADING.fullmatch(lines[0])
    alone = FIELD.fullmatch(lines[0])
    if lines[0] in ("---", "***", "___"):
        yield Rule()
    elif heading:
        filled = _fill_line(heading[2], values)
        if filled:
            yield Heading(len(heading[1]), tuple(chain.from_iterable(filled)))
    elif alone and isinstance(table := values[alone[1]], Table):
        if table.rows:
            yield table
    else:
        found = tuple(chain.from_iterable(_fill_line(line, values) for line in lines))
        if found:
            yield Paragraph(found)


def _fill_line(line: str, values: FieldValues) -> list[TextLine]:
    """Return a line with its fields filled in; a value of several lines makes several.

    Nothing is left of a line whose fields are all empty.
    """
    names = FIELD.findall(line)
    if names and not any(_text_of(values, name) for name in names):
        return []
    spans: list[list[Span]] = [[]]
    for text, is_bold in _split_bold(line):
        _fill_span(text, values, spans, is_bold=is_bold)
    return [tuple(each) for each in spans if any(span.text.strip() for span in each)]


def _split_bold(line: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for match in _BOLD.finditer(line):
        yield line[end : match.start()], False
        yield match[1], True
        end = match.end()
    yield line[end:], False


def _fill_span(text: str, values: FieldValues, spans: list[list[Span]], *, is_bold: bool) -> None:
    """Add a piece of a line to the lines that it becomes."""
    end = 0
    for match in chain(FIELD.finditer(text), [None]):
        plain = text[end : match.start()] if match else text[end:]
        if plain:
            spans[-1].append(Span(plain, is_bold))
        if match is None:
            return
        first, *others = _text_of(values, match[1]).split("\n")
        spans[-1].append(Span(first, is_bold))
        spans += [[Span(each, is_bold)] for each in others]
        end = match.end()


def _text_of(values: FieldValues, name: str) -> str:
    """Return a field as text without control characters."""
    value = values[name]
    if isinstance(value, Table):
        raise UsageError(
            f"the field “{name}” is a table", "Write it on a line of its own in the template."
        )
    return "\n".join(map(sanitize, value.strip().splitlines()))
