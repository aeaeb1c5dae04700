"""The blocks that a document consists of, whatever file it becomes."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Span(NamedTuple):
    """A piece of a line of text."""

    text: str
    is_bold: bool = False


TextLine = tuple[Span, ...]


class Heading(NamedTuple):
    """A heading; level 1 is the largest."""

    level: int
    line: TextLine


class Paragraph(NamedTuple):
    """Lines of text, each on its own."""

    lines: tuple[TextLine, ...]


class Rule(NamedTuple):
    """A line across the page."""


class Table(NamedTuple):
    """A table: its headings, its rows of texts, and rows of sums at its end.

    ``numbers`` are the places of the columns that are aligned to the right.
    """

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    sums: Sequence[tuple[str, ...]] = ()
    numbers: tuple[int, ...] = ()


Block = Heading | Paragraph | Rule | Table
FieldValue = str | Table  # of a named field of a template
FieldValues = Mapping[str, FieldValue]
