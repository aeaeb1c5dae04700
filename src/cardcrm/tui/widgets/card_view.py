"""The index card of the chosen contact: read in the desk's thread, drawn line by line.

More of the timeline is read as it is scrolled to; a newer card takes the place of one that is still
being read.
"""

import itertools
from typing import TYPE_CHECKING, ClassVar, cast

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from cardcrm.errors import NotFoundError
from cardcrm.records.activity.interaction_type import KINDS
from cardcrm.records.contacts.listing import LETTER_RANGES, range_index
from cardcrm.reports import card as cards
from cardcrm.reports.card import FullCard
from cardcrm.reports.revenue import Month
from cardcrm.text import fold, width
from cardcrm.tui.keys import bindings
from cardcrm.tui.queries import FIRST, CardRead, read_card
from cardcrm.tui.tasks import begin
from cardcrm.tui.theme import drawn
from cardcrm.tui.widgets.card_lines import CardLine, Target, card_lines
from cardcrm.tui.widgets.line_list import Lines, Span

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

MORE = 100
_EDGES = 4  # cells of the card's two edges and the blanks inside them
_RULING = "▁"
_TAB = 5  # cells of the tab that sticks out above it


class CardView(Lines):
    """The card. `show` says whose; ``card`` is what is shown, None where there is nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("card")]
    DEFAULT_CSS: ClassVar[str] = ""
    is_paper: ClassVar[bool] = True

    class Shown(Message):
        """A card, or a newer reading of it, is on the screen."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.contact_id: int | None = None
        self.card: FullCard | None = None
        self.kind = ""
        self.empty = ""
        self._months: tuple[Month, ...] = ()
        self._lines: list[CardLine] = []
        self._laid_out = 0
        self._loading = False
        self._turned = False  # to another card, which is not shown yet

    @property
    def crm(self) -> "CardApp":
        """The app, which has the desk."""
        return cast("CardApp", self.app)

    # what is shown

    def show(self, contact_id: int | None, *, anew: bool = False) -> None:
        """Show a contact's card; ``anew`` reads it again even if it is the one that is shown."""
        if contact_id == self.contact_id and not anew:
            return
        # A second reading may take the place of the first one before that is shown.
        turned = self._turned = self._turned or contact_id != self.contact_id
        self.contact_id = contact_id
        if contact_id is None:
            self.workers.cancel_group(self, "card")
            self._take(None, (), turned=True, empty=self.empty)
            return
        history = FIRST if turned or self.card is None else max(FIRST, len(self.card.history))
        begin(
            self,
            self._read,
            contact_id,
            history,
            turned,
            group="card",
        )

    def lay(self, read: CardRead) -> None:
        """Show a card that was read already."""
        self.contact_id = read.card.details.contact.id
        self._take(*read, turned=True)

    async def _read(self, contact_id: int, history: int, turned: bool) -> None:
        with self.crm.telling():
            await self._bring(contact_id, history, turned)

    async def read_anew(self) -> None:
        """Read what is shown again. Raises StorageError where the box cannot be read."""
        if self.contact_id is not None:
            history = len(self.card.history) if self.card else 0
            await self._bring(self.contact_id, max(FIRST, history), self._turned)

    async def _bring(self, contact_id: int, history: int, turned: bool) -> None:
        kind = self.kind
        try:
            card, months = await self.crm.desk.ask(
                lambda store: read_card(store, contact_id, history=history, kind=kind)
            )
        except NotFoundError:
            self._take(None, (), turned=True, empty="this card is gone")
            return
        if contact_id == self.contact_id:
            self._take(card, months, turned=turned)

    def _take(
        self, card: FullCard | None, months: tuple[Month, ...], *, turned: bool, empty: str = ""
    ) -> None:
        self.card, self._months, self.empty = card, months, empty
        self._loading = False
        self._lay_out()
        self._turned = False
        if turned:
            self.set_reactive(Lines.cursor, 0)
            self.jump(0)
            first = self.nearest(0, 1)
            self.set_reactive(Lines.cursor, first or 0)
        self.post_message(self.Shown())

    def set_kind(self, kind: str) -> None:
        """Show but interactions of a kind; "" shows all."""
        self.kind = kind
        if self.contact_id is not None:
            self.show(self.contact_id, anew=True)

    def next_kind(self) -> str:
        """Go on to the next kind of interactions; which it is."""
        kinds = ("", *KINDS)
        self.set_kind(kinds[(kinds.index(self.kind) + 1) % len(kinds)])
        return self.kind

    # the thing under the cursor

    @property
    def target(self) -> Target | None:
        """What the line under the cursor names."""
        line = self._line(self.cursor)
        return line.target if line else None

    def target_for(self, *kinds: str) -> Target | None:
        """The target under the cursor if it is of such a kind, else the card's first that is."""
        here = self.target if self.has_focus else None
        if here is not None and here.kind in kinds:
            return here
        targets = (line.target for line in self._lines if line.target)
        return next((target for target in targets if target.kind in kinds), None)

    # drawing

    def _room(self) -> int:
        return max(self.scrollable_content_region.width - 1 - _EDGES, 4)

    def _lay_out(self) -> None:
        if not self.size:
            return  # it will be told of its size
        self._laid_out = self._room()
        self._lines = (
            card_lines(self.card, self._months, self._laid_out, self.kind) if self.card else []
        )
        self.set_count(len(self._lines) + 3 if self.card else 0)

    def on_resize(self) -> None:
        """Wrap the texts anew for another width."""
        if self._laid_out != self._room():
            self._lay_out()

    def _line(self, index: int) -> CardLine | None:
        """A line of the card: two lines of edge stand above, one below."""
        return self._lines[index - 2] if 2 <= index < len(self._lines) + 2 else None

    @property
    def context_below(self) -> int:
        """The rest of what the cursor's line begins: its lines are set in."""
        rest = itertools.takewhile(_is_set_in, self._lines[max(self.cursor - 1, 0) :])
        return sum(1 for _ in rest)

    def can_choose(self, index: int) -> bool:
        """Only what names something."""
        line = self._line(index)
        return line is not None and line.target is not None

    @property
    def shows_cursor(self) -> bool:
        """The cursor shows only while one is on the card."""
        return self.has_focus

    def action_move(self, step: int) -> None:
        """To the next thing that the card names, or on by a line where there is none near."""
        height = self.scrollable_content_region.height
        found = self.nearest(self.cursor + step, step)
        top = round(self.scroll_target_y)
        if found is not None and top - 2 <= found <= top + height + 1:
            self.cursor = found
        else:
            self.jump(top + step)

    def action_page(self, step: int) -> None:
        """A page on or back; the cursor follows."""
        height = max(self.scrollable_content_region.height - 2, 1)
        self.jump(round(self.scroll_target_y) + step * height)
        found = self.nearest(round(self.scroll_target_y) + (0 if step > 0 else height), step)
        if found is not None:
            self.cursor = found

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Read more of the timeline before its end is reached."""
        super().watch_scroll_y(old_value, new_value)
        height = self.scrollable_content_region.height
        if new_value + height >= self.count - height:
            self._read_more()

    def _read_more(self) -> None:
        card = self.card
        if card is None or self._loading or len(card.history) >= card.history_count:
            return
        self._loading = True
        begin(self, self._more, card, group="more")

    async def _more(self, card: FullCard) -> None:
        contact_id, kind, known = card.details.contact.id, self.kind, len(card.history)
        with self.crm.telling():
            rest = await self.crm.desk.ask(
                lambda store: cards.told(store, contact_id, MORE, kind, known)
            )
            if self.card is card and rest:
                self.card = card._replace(history=(*card.history, *rest))
                self._lay_out()
        self._loading = False

    def spans(self, index: int, width: int) -> list[Span]:  # noqa: ARG002 - drawn below
        """The text of a line, for those who read it without its looks."""
        line = self._line(index)
        return list(line.spans) if line else []

    def render_line(self, y: int) -> Strip:
        """A line of the card on its paper, or of the desk around it."""
        wide = self.scrollable_content_region.width - 1
        desk = Segment(" ", self._desk())
        strip = self._on_the_desk(y, wide)
        return Strip([desk, *strip]).adjust_cell_length(wide + 1, self._desk())

    def _on_the_desk(self, y: int, wide: int) -> list[Segment]:
        index = y + self.scroll_offset.y
        if not self.card:
            return [Segment(f" {self.empty}" if y == 2 else "", self._desk())]
        if index == 0:
            return self._tab(wide)
        if index == 1:
            return self._edge(wide, "╭", "╮", self._tab_place(wide))
        if index == self.count - 1:
            return self._edge(wide, "╰", "╯")
        line = self._line(index)
        return self._written(index, line, wide) if line else []

    def _desk(self) -> Style:
        """The desk around the card."""
        return drawn(self.app.theme, "", paper=False)

    def _part(self) -> int:
        """The part of the drawer that the card stands in."""
        assert self.card is not None
        contact = self.card.details.contact
        name = contact.name if contact.kind == "org" else f"{contact.family} {contact.given}"
        return range_index(fold(name))

    def _tab_place(self, wide: int) -> int:
        """The column of the tab: A to the left, Z to the right."""
        return 2 + max(wide - 2 - _TAB - 2, 0) * self._part() // (len(LETTER_RANGES) - 1)

    def _tab(self, wide: int) -> list[Segment]:
        letter = LETTER_RANGES[self._part()].label
        edge = self.named("edge")
        return [
            Segment(" " * self._tab_place(wide), self._desk()),
            Segment("╭", edge),
            Segment(f" {letter} ", self.named("tab")),
            Segment("╮", edge),
        ]

    def _edge(self, wide: int, left: str, right: str, tab: int | None = None) -> list[Segment]:
        line = left + "─" * max(wide - 2, 0) + right
        if tab is not None:
            line = line[:tab] + "╯" + " " * (_TAB - 2) + "╰" + line[tab + _TAB :]
        return [Segment(line[:wide], self.named("edge"))]

    def _written(self, index: int, line: CardLine, wide: int) -> list[Segment]:
        """A line between the card's edges; behind what is written runs the blue ruling."""
        over = self._over(index)
        edge = self.named("edge")
        room = wide - _EDGES
        used = sum(width(span.text) for span in line.spans)
        is_ruled = line.style == "body" and not over and not self.crm.is_plain
        written = [Segment(span.text, self._style(span.style, over)) for span in line.spans]
        rest = Segment(
            (_RULING if is_ruled else " ") * max(room - used, 0),
            self.named("ruled") if is_ruled else self._style("", over),
        )
        return [Segment("│ ", edge), *written, rest, Segment(" │", edge)]


def _is_set_in(line: CardLine) -> bool:
    """Whether a line goes on with what the line above it began."""
    return line.target is None and bool(line.spans) and line.spans[0].text.startswith(" ")
