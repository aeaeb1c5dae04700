"""Write a card for pipes and files: no frame, and every value on the line of its label."""

from collections.abc import Iterable, Iterator

from cardcrm.render import table
from cardcrm.sheet import Card, Line, Section
from cardcrm.text import cell_width, sanitize

_GAP = "  "


def format_card(card: Card) -> str:
    """Return the lines of a card: its head, its facts, and a part for each section."""
    parts = [_head(card), _facts(card.facts), *map(_section, card.sections)]
    return "\n\n".join(filter(None, ("\n".join(lines) for lines in parts))) + "\n"


def _head(card: Card) -> Iterator[str]:
    tags = (f"[{tag}]" for tag in card.tags)
    yield _GAP.join(map(sanitize, filter(None, (card.title, card.corner, " ".join(tags)))))
    if card.subtitle:
        yield sanitize(card.subtitle)
    if status := " · ".join(f"{label} {value}".strip() for label, value in card.status if value):
        yield sanitize(status)


def _facts(facts: Iterable[tuple[str, str]]) -> list[str]:
    shown = [(sanitize(label), value) for label, value in facts]
    width = max((cell_width(label) for label, _ in shown), default=0)
    return [_hang(_pad(label, width), value) for label, value in shown]


def _section(section: Section) -> Iterator[str]:
    yield sanitize(section.title)
    marks, whens = (
        max((cell_width(sanitize(text)) for text in texts), default=0)
        for texts in ([line.mark for line in section.lines], [line.when for line in section.lines])
    )
    yield from (_line(line, marks, whens) for line in section.lines)
    if section.sheet is not None:
        yield from table.render_lines(section.sheet, color=False, width=0)
        yield from filter(None, [sanitize(section.sheet.note)])
    yield from filter(None, [sanitize(section.note)])


def _line(line: Line, marks: int, whens: int) -> str:
    columns = ((line.mark, marks), (line.when, whens))
    start = _GAP.join(_pad(sanitize(text), width) for text, width in columns if width)
    return _hang(start, _GAP.join(filter(None, (line.text, line.note))))


def _hang(start: str, text: str) -> str:
    """Return a text behind a start; lines of its own continue below its first."""
    first, *more = sanitize(text, newlines=True).split("\n")
    indent = " " * cell_width(start)
    lines = [f"{start}{_GAP}{first}" if start else first]
    lines += [f"{indent}{_GAP if start else ''}{line}" for line in more]
    return "\n".join(line.rstrip() for line in lines)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - cell_width(text))
