"""The drawer of cards: a list over a window of the data, however many cards there are.

Without a query it knows how many cards stand behind each letter, and reads the blocks of cards that
are on the screen and a few around them. With one it holds what has been found so far, and reads on
as it is scrolled.
"""

import contextlib
import datetime as dt
import functools
from collections import OrderedDict
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual.message import Message

from cardcrm import dates
from cardcrm.query import And as AllOf
from cardcrm.query import Node, Word
from cardcrm.records import drawer, filters, search, sifting
from cardcrm.records.drawer import PARTS, Anchor, Part, Slip
from cardcrm.records.sifting import Place, Sieve
from cardcrm.store import Store
from cardcrm.text import width as width_of
from cardcrm.tui.widgets.lines import Lines, Span, fit
from cardcrm.tui.work import begin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.tui.app import CardApp

BLOCK = 100
KEPT = 40  # blocks
FIRST = 200  # cards of a query that are read at once
SCREENFUL = 60  # of them that are shown before the others are read
HARDLY_ANY = 5  # found in the first moment: filters so narrow are better answered by an index


class Drawer(Lines):
    """All cards, or those that a query finds.

    ``told`` is called when other cards are listed, so that what stands around the list is drawn
    together with it; the messages come later.
    """

    DEFAULT_CSS: ClassVar[str] = ""

    class Counted(Message):
        """The number of cards behind a letter, or found, is known."""

    class Wrong(Message):
        """The query makes no sense: what to say of it; "" when it does."""

        def __init__(self, said: str) -> None:
            super().__init__()
            self.said = said

    def __init__(
        self,
        told: Callable[[], None],
        *,
        id: str | None = None,  # noqa: A002 - Textual's word
    ) -> None:
        super().__init__(id=id)
        self._told = told
        self.words = ""
        self.marked: dict[int, str] = {}
        self.counts = [0] * len(PARTS)
        self.today = dt.date.min
        self._starts = [0] * (len(PARTS) + 1)
        self._blocks: OrderedDict[int, list[Slip]] = OrderedDict()
        self._found: list[Slip] | None = None
        self._node: Node | None = None
        self._sieve: Sieve | None = None
        self._after: Place | None = None
        self.more_to_find = False
        self._wanted: int | None = None

    @property
    def crm(self) -> "CardApp":
        """The app, which has the desk."""
        return cast("CardApp", self.app)

    # what is there

    def slip(self, index: int) -> Slip | None:
        """The card of a line; None while it is not read yet."""
        if self._found is not None:
            return self._found[index] if 0 <= index < len(self._found) else None
        block = self._blocks.get(index // BLOCK)
        place = index % BLOCK
        return block[place] if block is not None and place < len(block) else None

    @property
    def chosen(self) -> Slip | None:
        """The card under the cursor."""
        return self.slip(self.cursor)

    @property
    def is_search(self) -> bool:
        """Whether a query narrows the drawer down."""
        return self._found is not None

    def place(self, slip: Slip | None = None) -> int:
        """The part of the drawer of a card, of the one under the cursor if none is named."""
        slip = slip or self.chosen
        return drawer.part_of(slip.sort_key) if slip else 0

    # reading

    async def open(self, keep: int | None = None) -> None:
        """Read the drawer, or search anew; the cursor goes to the card ``keep`` if it is there."""
        if self.words.strip():
            await self._search(keep)
        else:
            await self._count(keep)

    async def _count(self, keep: int | None) -> None:
        """Count letter by letter, so that other questions can come in between."""
        ask = self.crm.desk.ask
        self.today = await ask(lambda store: dates.today(store.customs.zone))
        counts = [await ask(functools.partial(_count, part)) for part in PARTS]
        if self.words.strip():
            return  # something is searched for by now
        self._found, self._node, self.more_to_find = None, None, False
        self.counts = counts
        self._starts = [0, *accumulate(counts)]
        self._blocks.clear()
        self.set_count(self._starts[-1])
        at = None if keep is None else await ask(functools.partial(_place_of, keep))
        index = self._starts[at[0]] + at[1] if at else min(self.cursor, max(self.count - 1, 0))
        await self._read(index // BLOCK)
        self._put(index)
        self.post_message(self.Counted())
        self.post_message(self.Wrong(""))

    async def _search(self, keep: int | None) -> None:
        text = self.words

        answer = await self.crm.desk.ask(lambda store: _look(store, text))
        if self.words != text:
            return  # something else is
        if answer.slips or not answer.is_scant:
            self._show(answer, keep)
        if answer.is_scant:
            closer = await self.crm.desk.ask(lambda store: _look_closer(store, answer))
            if closer is not None or not answer.slips:
                shown = self.chosen.id if answer.slips and self.chosen else keep
                self._show(closer or answer, shown)
        if self._sieve is not None and self._after is not None and self.count < FIRST:
            await self._sift_on(FIRST - self.count)

    def _show(self, answer: "Answer", keep: int | None) -> None:
        """List what a query finds."""
        self._node, self._sieve, self._after = answer.node, answer.sieve, answer.after
        self.more_to_find = answer.more
        self._found = answer.slips
        self.set_count(len(answer.slips))
        ids = [slip.id for slip in answer.slips]
        self._put(ids.index(keep) if keep in ids else 0)
        self.post_message(self.Counted())
        self.post_message(self.Wrong(""))

    async def _sift_on(self, wanted: int) -> None:
        """Go on through the drawer, a moment at a time, until so many more were found."""
        sieve, found = self._sieve, self._found
        assert sieve is not None
        while self._after is not None and wanted > 0 and self._found is found and found is not None:
            sift = functools.partial(self._sift, sieve, wanted, self._after, self.words)
            sifted = await self.crm.desk.ask(sift)
            if self._found is not found:
                return
            self._after, self.more_to_find = sifted.after, sifted.after is not None
            wanted -= len(sifted.slips)
            if sifted.slips or sifted.after is None:
                self._add(sifted.slips)
            found = self._found

    def _sift(
        self, sieve: Sieve, wanted: int, after: Place, words: str, store: Store
    ) -> sifting.Sifted:
        """In the desk's thread, until something else is typed."""
        moment = sifting.LONGER
        return sifting.sift(store, sieve, wanted, after, moment, lambda: self.words == words)

    def _add(self, more: list[Slip]) -> None:
        """Put what was found besides below the rest."""
        was_empty = not self._found
        self._found = [*(self._found or ()), *more]
        self.set_count(len(self._found))
        if was_empty and more:
            self._put(0)
        self._told()
        self.post_message(self.Counted())

    def _put(self, index: int) -> None:
        """Put the cursor there and tell of it even if the line's number is the same."""
        self.set_reactive(Lines.cursor, max(0, min(index, self.count - 1)))
        self.reveal()
        self.refresh()
        self._told()
        self.post_message(self.Moved(self))

    async def find(self, contact_id: int) -> bool:
        """Put the cursor on a card; False if it does not stand in the list."""
        if self._found is not None:
            ids = [slip.id for slip in self._found]
            if contact_id not in ids:
                return False
            self._put(ids.index(contact_id))
            return True
        at = await self.crm.desk.ask(lambda store: drawer.place_of(store, contact_id))
        if at is None:
            return False
        index = self._starts[at[0]] + at[1]
        await self._read(index // BLOCK)
        self._put(index)
        return True

    def go_to_part(self, part: int) -> None:
        """Put the cursor on the first card behind a letter, or behind the next that has any."""
        if self._found is not None:
            places = (n for n, slip in enumerate(self._found) if self.place(slip) >= part)
            self.cursor = next(places, max(self.count - 1, 0))
        elif self.count:
            index = min(self._starts[part], self.count - 1)
            self.jump(index)
            self.cursor = index

    def _anchor(self, block: int) -> Anchor:
        """The nearest way to a block: from the letter before it, or back from the one behind it."""
        first = block * BLOCK
        last = min(first + BLOCK, self._starts[-1])
        before = max(n for n, start in enumerate(self._starts[:-1]) if start <= first)
        behind = min(n for n, start in enumerate(self._starts) if start >= last)
        ahead, back = first - self._starts[before], self._starts[behind] - last
        if back < ahead:
            return Anchor(PARTS[behind - 1].high, back, backwards=True)
        return Anchor(PARTS[before].low, ahead)

    async def _read(self, block: int) -> None:
        if self._found is not None or block in self._blocks or not self.count:
            return
        anchor = self._anchor(block)
        size = min(BLOCK, self._starts[-1] - block * BLOCK)
        slips = await self.crm.desk.ask(lambda store: drawer.window(store, anchor, size))
        self._blocks[block] = slips
        while len(self._blocks) > KEPT:
            self._blocks.popitem(last=False)

    def _want(self, block: int) -> None:
        """Read a block that is on the screen, soon; a later wish takes its place."""
        if block != self._wanted:
            self._wanted = block
            begin(self, self._bring, block, group="window")

    async def _bring(self, block: int) -> None:
        with self.crm.telling(), contextlib.suppress(ValueError):
            await self._read(block)
            self._wanted = None
            self.refresh()
            if self.cursor // BLOCK == block:
                self.post_message(self.Moved(self))
            top = self.scroll_offset.y
            for index in (top, top + self.size.height, top - BLOCK, top + 2 * BLOCK):
                if 0 <= index < self.count:
                    await self._read(index // BLOCK)
            self.refresh()

    def watch_cursor(self, old: int, new: int) -> None:
        """Read on before the end of what was found is reached."""
        super().watch_cursor(old, new)
        if self._found is not None and self.more_to_find and new > self.count - FIRST // 2:
            begin(self, self._find_more, group="window")

    async def _find_more(self) -> None:
        found, node = self._found, self._node
        if not found or node is None:
            return
        with self.crm.telling():
            if self._sieve is not None:
                await self._sift_on(FIRST)
                return
            more = await self.crm.desk.ask(
                lambda store: drawer.found(store, node, FIRST, found[-1])
            )
            if self._found is found:
                self.more_to_find = len(more) == FIRST
                self._add(more)

    # marking

    def mark(self) -> None:
        """Mark the card under the cursor, or take its mark off, and go on to the next."""
        slip = self.chosen
        if slip is None:
            return
        if self.marked.pop(slip.id, None) is None:
            self.marked[slip.id] = slip.name
        self.action_move(1)
        self.refresh()

    def mark_all(self, ids: list[int]) -> None:
        """Mark cards, whether they have been read or not."""
        known = {slip.id: slip.name for slip in (self._found or ())}
        self.marked |= {each: known.get(each, "") for each in ids}
        self.refresh()

    # drawing

    def spans(self, index: int, width: int) -> list[Span]:
        """A card's line: a sign for its mark or kind, the name, where they work, the last day."""
        slip = self.slip(index)
        if slip is None:
            if self._found is None:
                self._want(index // BLOCK)
            return [Span(" ·", "dim")]
        sign = "✓" if slip.id in self.marked else "▪" if slip.kind == "org" else " "
        when = self._when(slip) if width >= 34 else ""
        room = width - 3 - len(when) - 1
        place = slip.org or (slip.title if slip.kind == "person" else "")
        name_room = room if room < 40 or not place else max(24, room * 11 // 20)
        name = fit(slip.name, name_room)
        if room < 40 and place and (left := room - width_of(slip.name) - 2) > 6:
            name = fit(slip.name, room - left)
        org = fit(place, room - width_of(name))
        style = "mark" if slip.id in self.marked else "bold" if slip.kind == "org" else ""
        spans = [Span(f"{sign} ", "mark"), Span(name, style), Span(org, "dim")]
        return [*spans, Span(f" {when}", "dim")]

    def _when(self, slip: Slip) -> str:
        """The day of the last interaction in short."""
        if slip.last_on is None:
            return "     –"
        day = dt.date.fromisoformat(slip.last_on)
        if day.year == self.today.year:
            return f"{day.day:2} {_MONTHS[day.month - 1]}"
        return f"{_MONTHS[day.month - 1]} {day:%y}".rjust(6)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _is_plain(node: Node) -> bool:
    """Whether a query is nothing but words, for which there is the quick search."""
    nodes: Sequence[Node] = node.nodes if isinstance(node, AllOf) else (node,)
    return bool(nodes) and all(isinstance(each, Word) for each in nodes)


class Answer(NamedTuple):
    """What a query finds at first, whether there is more, and how to go on to that."""

    node: Node
    slips: list[Slip]
    more: bool = False
    sieve: Sieve | None = None
    after: Place | None = None

    @property
    def is_scant(self) -> bool:
        """Whether there is more, but hardly any of it was found in the first moment."""
        return self.after is not None and len(self.slips) < sifting.FEW


def _look(store: Store, text: str) -> Answer:
    """Answer a query in a moment where that can be done. Raises UsageError."""
    node = filters.parse(store, text)
    if _is_plain(node):
        hits = search.quick(store, text, FIRST)
        return Answer(node, drawer.slips(store, [hit.id for hit in hits]))
    sieve = sifting.sieve_of(node)
    if sieve is None:
        return _gathered(store, node)
    sifted = sifting.sift(store, sieve, SCREENFUL)
    return Answer(node, sifted.slips, sifted.after is not None, sieve, sifted.after)


def _look_closer(store: Store, answer: Answer) -> Answer | None:
    """The same and what follows it by another way, if there is one that is quicker."""
    assert answer.sieve is not None
    if not answer.sieve.words:
        return _gathered(store, answer.node) if len(answer.slips) < HARDLY_ANY else None
    whole = sifting.gather(store, answer.sieve, FIRST)
    if whole is None:
        return None
    more = whole.after is not None
    return Answer(answer.node, whole.slips, more, answer.sieve, whole.after)


def _gathered(store: Store, node: Node) -> Answer:
    slips = drawer.found(store, node, FIRST)
    return Answer(node, slips, len(slips) == FIRST)


def _count(part: Part, store: Store) -> int:
    return drawer.count(store, part)


def _place_of(contact_id: int, store: Store) -> tuple[int, int] | None:
    return drawer.place_of(store, contact_id)
