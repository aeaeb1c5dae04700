"""A card on paper, drawn line by line: its letter tab, its edges, and its ruled lines."""

import itertools
import textwrap
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from cardcrm.records.contacts.listing import LETTER_RANGES, range_index
from cardcrm.text import cell_width
from cardcrm.tui import theme as tui_theme
from cardcrm.tui.widgets.card_lines import CardLine
from cardcrm.tui.widgets.line_list import LineList, Span

if TYPE_CHECKING:
    from cardcrm.reports.card import CardData

_EDGES = 4  # cells of the two edges and the blanks inside them
_RULING = "▁"
_TAB_WIDTH = 5  # cells of the letter tab that sticks out above the card
_LINES_ABOVE = 2  # the tab and the upper edge


class PaperCard(LineList):
    """The card of a contact; ``card`` is None while there is none, and ``empty_text`` says why."""

    is_paper: ClassVar[bool] = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.card: CardData | None = None
        self.empty_text = ""
        self.lines: list[CardLine] = []
        self._laid_out_width = 0

    # layout

    def make_lines(self, room: int) -> list[CardLine]:
        """Return the lines of the card for a width."""
        raise NotImplementedError

    def _room(self) -> int:
        return max(self.scrollable_content_region.width - 1 - _EDGES, 4)

    def lay_out(self) -> None:
        """Make the lines again, once the size is known."""
        if not self.size:
            return  # a resize follows
        self._laid_out_width = self._room()
        self.lines = self.make_lines(self._laid_out_width)
        self.set_count(len(self.lines) + _LINES_ABOVE + 1 if self.lines else 0)

    def on_resize(self) -> None:
        """Wrap the texts for another width."""
        if self._laid_out_width != self._room():
            self.lay_out()

    def line_at(self, index: int) -> CardLine | None:
        """Return a line inside the card's edges."""
        is_inside = _LINES_ABOVE <= index < len(self.lines) + _LINES_ABOVE
        return self.lines[index - _LINES_ABOVE] if is_inside else None

    @property
    def context_below(self) -> int:
        """The number of indented lines that continue the cursor's line."""
        following = self.lines[max(self.cursor - 1, 0) :]
        return sum(1 for _ in itertools.takewhile(_is_continuation, following))

    def can_choose(self, index: int) -> bool:
        """Return whether a line has a target."""
        line = self.line_at(index)
        return line is not None and line.target is not None

    # drawing

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - drawn below
        """Return the text of a line without the edges."""
        line = self.line_at(index)
        return list(line.spans) if line else []

    def render_line(self, y: int) -> Strip:
        """Return a line of the card, with a cell of desk to its left."""
        wide = self.scrollable_content_region.width - 1
        desk = Segment(" ", self._desk_style())
        segments = self._line_segments(y, wide)
        return Strip([desk, *segments]).adjust_cell_length(wide + 1, self._desk_style())

    def _empty_line(self, row: int, wide: int) -> str:
        """Return a row of the text that stands in for a card."""
        parts = self.empty_text.split("\n")
        lines = [line for part in parts for line in textwrap.wrap(part, max(wide - 2, 1))]
        return f" {lines[row]}" if 0 <= row < len(lines) else ""

    def _line_segments(self, y: int, wide: int) -> list[Segment]:
        index = y + self.scroll_offset.y
        if not self.lines:
            return [Segment(self._empty_line(y - 2, wide), self._desk_style())]
        if index == 0:
            return self._tab(wide)
        if index == 1:
            return self._edge(wide, "╭", "╮", self._tab_column(wide))
        if index == self.count - 1:
            return self._edge(wide, "╰", "╯")
        line = self.line_at(index)
        return self._text_line(index, line, wide) if line else []

    def _desk_style(self) -> Style:
        return tui_theme.style(self.app.theme, "", paper=False)

    @property
    def tab(self) -> tuple[str, int]:
        """The letters on the tab, and the number of their range, which places it."""
        assert self.card is not None
        index = range_index(self.card.details.contact.sort_key)
        return LETTER_RANGES[index].label, index

    def _tab_column(self, wide: int) -> int:
        """Return the column of the tab: A to the left, Z to the right."""
        room = max(wide - 2 - _TAB_WIDTH - 2, 0)
        return 2 + room * self.tab[1] // (len(LETTER_RANGES) - 1)

    def _tab(self, wide: int) -> list[Segment]:
        edge = self.style_of("edge")
        return [
            Segment(" " * self._tab_column(wide), self._desk_style()),
            Segment("╭", edge),
            Segment(f" {self.tab[0]} ", self.style_of("tab")),
            Segment("╮", edge),
        ]

    def _edge(self, wide: int, left: str, right: str, tab: int | None = None) -> list[Segment]:
        line = left + "─" * max(wide - 2, 0) + right
        if tab is not None:
            line = line[:tab] + "╯" + " " * (_TAB_WIDTH - 2) + "╰" + line[tab + _TAB_WIDTH :]
        return [Segment(line[:wide], self.style_of("edge"))]

    def _text_line(self, index: int, line: CardLine, wide: int) -> list[Segment]:
        """Return a line between the edges; the blue ruling fills the rest of it."""
        highlight = self.highlight_of(index)
        edge = self.style_of("edge")
        room = wide - _EDGES
        used = sum(cell_width(span.text) for span in line.spans)
        is_ruled = line.style == "body" and not highlight and not self.context.is_plain
        text = [Segment(span.text, self.combine(span.style, highlight)) for span in line.spans]
        rest = Segment(
            (_RULING if is_ruled else " ") * max(room - used, 0),
            self.style_of("ruled") if is_ruled else self.combine("", highlight),
        )
        return [Segment("│ ", edge), *text, rest, Segment(" │", edge)]


def _is_continuation(line: CardLine) -> bool:
    """Return whether a line continues the entry above it."""
    return line.target is None and bool(line.spans) and line.spans[0].text.startswith(" ")
