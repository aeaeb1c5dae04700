"""Draw an index card with Rich: a head above a red line, facts, and a ruled part for each section.

Only Rich's ``Text`` and ``Console`` are used, for wrapping, cell widths and color; they import in
half the time of its tables. Data becomes ``Text``, so that markup in it has no effect.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cardcrm.render import table
from cardcrm.sheet import Card, Line, Section
from cardcrm.text import cell_width, sanitize, shorten

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_WIDEST = 100
_NARROWEST = 30
_EDGE = "blue"  # like the ruling of a paper card
_HEAD = "red"

# Corners and rules: top left, top right, bottom left, bottom right, tees left and right, ─ and │.
_ROUND = tuple("╭╮╰╯├┤─│")
_ASCII = tuple("++++++-|")


def draw_card(card: Card, *, color: bool, width: int, unicode: bool) -> str:
    """Return the card as text of ``width`` cells (at most 100), with or without color codes.

    Without ``unicode`` the lines are drawn in ASCII.
    """
    from io import StringIO

    from rich.console import Console

    output = StringIO()
    console = Console(
        file=output,
        width=max(_NARROWEST, min(width, _WIDEST)),
        color_system="256" if color else None,
        force_terminal=color,
        force_interactive=False,
        no_color=not color,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
    print_card(card, console, unicode=unicode)
    return output.getvalue()


def print_card(card: Card, console: "Console", *, unicode: bool = True) -> None:
    """Print the card on a Rich console, for `draw_card` and for recorded pictures."""
    from rich.text import Text

    renderer = _CardRenderer(console, _ROUND if unicode else _ASCII)
    console.print(Text("\n").join(renderer.build_card(card)), soft_wrap=True)


class _CardRenderer:
    """Renders one card; ``inner`` is the number of cells between the edges and their spaces."""

    def __init__(self, console: "Console", corners: tuple[str, ...]) -> None:
        from rich.text import Text

        self.new = Text
        self.console = console
        self.inner = console.width - 4
        self.lt, self.rt, self.lb, self.rb, self.lm, self.rm, self.flat, self.side = corners

    def build_card(self, card: Card) -> Iterator["Text"]:
        """Yield the lines of the card from top to bottom."""
        yield self.make_rule(self.lt, self.rt, right=card.corner)
        yield from self.frame(self.build_head(card))
        yield self.make_rule(self.lm, self.rm, style=_HEAD)
        if card.facts:
            yield from self.frame(self.build_facts(card.facts))
        for at, section in enumerate(card.sections):
            if at or card.facts:
                yield self.make_rule(self.lm, self.rm, left=section.title)
            else:
                yield from self.frame([self.make_text(section.title, "bold")])
            yield from self.frame(self.build_section(section))
        yield self.make_rule(self.lb, self.rb)

    def make_text(self, text: str, style: str = "") -> "Text":
        """Return sanitized text, with its line breaks."""
        return self.new(sanitize(text, newlines=True), style)

    def make_rule(
        self, start: str, end: str, *, left: str = "", right: str = "", style: str = _EDGE
    ) -> "Text":
        """Return an edge or a ruled line across the card, with a title in it."""
        tail = f" {shorten(sanitize(right), self.inner // 2)} " if right else ""
        room = self.inner - cell_width(tail)
        line = self.new(start + self.flat, style)
        if left:
            line.append(f" {shorten(sanitize(left), room - 2)} ", "bold")
        line.append(self.flat * (room + 2 - line.cell_len))
        line.append(tail, "dim")
        return line.append(self.flat + end)

    def frame(self, lines: Iterable["Text"]) -> Iterator["Text"]:
        """Yield the lines between the edges, padded to the width."""
        for line in lines:
            edged = self.new.assemble((f"{self.side} ", _EDGE), line)
            edged.append(" " * (self.inner - line.cell_len))
            yield edged.append(f" {self.side}", _EDGE)

    def wrap(self, text: "Text", room: int) -> list["Text"]:
        return list(text.wrap(self.console, max(room, 1))) or [self.new()]

    def build_head(self, card: Card) -> Iterator["Text"]:
        """Yield name and tags, on one line if they fit, then role, stage and owner."""
        name = self.make_text(card.title, "bold")
        tags = self.make_text(" ".join(f"[{tag}]" for tag in card.tags), "cyan")
        space = self.inner - name.cell_len - tags.cell_len
        if tags and space >= 2 and "\n" not in name.plain:
            yield self.new.assemble(name, " " * space, tags)
        else:
            yield from self.wrap(name, self.inner)
            yield from self.wrap(tags, self.inner) if tags else ()
        if card.subtitle:
            yield from self.wrap(self.make_text(card.subtitle), self.inner)
        if status := self.format_status(card):
            yield from self.wrap(status, self.inner)

    def format_status(self, card: Card) -> "Text":
        """Return labels and values on one line: ``stage customer · owner ann``."""
        line = self.new()
        for label, value in card.status:
            if value:
                line.append(" · " if line else "", "dim")
                line.append(f"{sanitize(label)} " if label else "", "dim")
                line.append(sanitize(value))
        return line

    def build_facts(self, facts: tuple[tuple[str, str], ...]) -> Iterator["Text"]:
        """Yield the labels in one column, and the values wrapped beside them."""
        label_width = self.find_width(label for label, _ in facts)
        for label, value in facts:
            shown = shorten(sanitize(label), label_width)
            start = self.new(shown + " " * (label_width - cell_width(shown) + 2), "dim")
            yield from self.build_hanging(start, self.make_text(value))

    def build_hanging(self, start: "Text", body: "Text") -> Iterator["Text"]:
        """Yield the body wrapped to the right of ``start``, with further lines below the first."""
        indent = start.cell_len
        for at, line in enumerate(self.wrap(body, self.inner - indent)):
            line.rstrip()
            yield self.new.assemble(start if at == 0 else " " * indent, line)

    def find_width(self, texts: Iterable[str]) -> int:
        """Return the width of a column of labels, at most a third of the card."""
        return min(max((cell_width(sanitize(text)) for text in texts), default=0), self.inner // 3)

    def build_section(self, section: Section) -> Iterator["Text"]:
        mark = self.find_width(line.mark for line in section.lines)
        when = self.find_width(line.when for line in section.lines)
        for line in section.lines:
            yield from self.build_line(line, mark, when)
        if section.charts:
            yield from self.build_charts(section)
        if section.sheet is not None:
            yield from self.build_sheet(section)
        for note in (section.sheet.note if section.sheet else "", section.note):
            yield from self.wrap(self.make_text(note, "dim"), self.inner) if note else ()

    def build_line(self, line: Line, mark: int, when: int) -> Iterator["Text"]:
        """Yield mark, date and text in columns; the note follows the text."""
        start = self.new()
        for text, cells, style in ((line.mark, mark, line.style), (line.when, when, "dim")):
            if cells:
                shown = shorten(sanitize(text), cells)
                start.append(shown, line.style or style)
                start.append(" " * (cells - cell_width(shown) + 1 + (cells > 1)))
        body = self.make_text(line.text, line.style if line.style in {"bold", "dim"} else "")
        if line.note:
            body.append_text(self.make_text(f"  {line.note}", "dim"))
        yield from self.build_hanging(start, body)

    def build_charts(self, section: Section) -> Iterator["Text"]:
        from cardcrm.render.terminal_charts import format_charts

        color, unicode = self.console.color_system is not None, self.side == _ROUND[-1]
        lines = format_charts(section.charts, color=color, width=self.inner, unicode=unicode)
        yield from (self.truncate_text(self.new.from_ansi(line)) for line in lines)

    def build_sheet(self, section: Section) -> Iterator["Text"]:
        assert section.sheet is not None
        sheet = section.sheet
        if sheet.cuts_columns:
            sheet = table.cut_columns(sheet, self.inner)
        blocks = table.render_lines(sheet, color=False, width=self.inner)
        head = next(blocks, None)
        if head is not None:
            yield self.truncate(head, "dim")
        for block in blocks:
            for line in block.split("\n"):
                yield self.truncate(line)

    def truncate(self, line: str, style: str = "") -> "Text":
        return self.truncate_text(self.new(line, style))

    def truncate_text(self, text: "Text") -> "Text":
        text.truncate(self.inner, overflow="ellipsis")
        return text
