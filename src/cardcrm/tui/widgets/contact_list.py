"""The drawer of cards: a list over a window of the data, however many cards there are.

Without a query it knows how many cards stand behind each letter, and reads the blocks of cards that
are on the screen and a few around them. With one it holds what has been found so far, and reads on
as it is scrolled.
"""

import asyncio
import contextlib
import datetime as dt
import functools
from collections import OrderedDict
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, cast

from textual.message import Message

from cardcrm import dates
from cardcrm.records.contacts import listing
from cardcrm.records.contacts.listing import LETTER_RANGES, Anchor, ContactSummary, LetterRange
from cardcrm.store import Store
from cardcrm.text import width as width_of
from cardcrm.tui.search_controller import BREATH, FIRST, SCREENFUL, Answer, Finder
from cardcrm.tui.tasks import begin
from cardcrm.tui.widgets.cursor_memory import Gone
from cardcrm.tui.widgets.line_list import Lines, Span, fit

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

BLOCK = 100
KEPT = 40  # blocks
PLACED = 3  # times that the place of a card is looked up while one goes on
FARTHEST = 5_000  # lines of a search that are read anew in order to stay on one of them


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
        self.counts = [0] * len(LETTER_RANGES)
        self.today = dt.date.min
        self._starts = [0] * (len(LETTER_RANGES) + 1)
        self._blocks: OrderedDict[int, list[ContactSummary]] = OrderedDict()
        self._found: list[ContactSummary] | None = None
        self._answer: Answer | None = None
        self._finder = Finder(lambda: self.crm.desk)
        self.is_seeking = False
        self.gone: Gone[int] = Gone()
        self._wanted: int | None = None
        self._part = 0  # to go to as soon as the drawer is read; 0 for where one is

    @property
    def crm(self) -> "CardApp":
        """The app, which has the desk."""
        return cast("CardApp", self.app)

    # what is there

    def slip(self, index: int) -> ContactSummary | None:
        """The card of a line; None while it is not read yet."""
        if self._found is not None:
            return self._found[index] if 0 <= index < len(self._found) else None
        block = self._blocks.get(index // BLOCK)
        place = index % BLOCK
        return block[place] if block is not None and place < len(block) else None

    @property
    def chosen(self) -> ContactSummary | None:
        """The card under the cursor."""
        return self.slip(self.cursor)

    @property
    def is_search(self) -> bool:
        """Whether a query narrows the drawer down."""
        return self._found is not None

    def place(self, slip: ContactSummary | None = None) -> int:
        """The part of the drawer of a card, of the one under the cursor if none is named."""
        slip = slip or self.chosen
        return listing.range_index(slip.sort_key) if slip else 0

    # reading

    async def open(self, keep: int | None = None) -> None:
        """Read the drawer, or search anew; the cursor goes to the card ``keep`` if it is there."""
        if self.words.strip():
            await self._search(keep)
        else:
            await self._count(keep)

    async def _count(self, keep: int | None) -> None:
        """Read the drawer beside what is listed, which stays until all is there.

        Who goes on meanwhile is not led back: the place of the card gone to is looked up then, and
        of who is faster than that the lines are counted.
        """
        cursor = self.cursor
        self.today = dates.today(self.crm.desk.locale.zone)
        counts = await self._counts()
        if self.words.strip():
            return  # something is searched for by now
        starts = [0, *accumulate(counts)]
        for _ in range(PLACED):
            if self.cursor != cursor and self.chosen is not None:
                keep, cursor = self._chosen_id, self.cursor
            at = await self._place_of(keep)
            index = cursor if at is None else starts[at[0]] + at[1]
            index = max(0, min(index, starts[-1] - 1))
            block, slips = index // BLOCK, await self._window(index // BLOCK, starts)
            if self.cursor == cursor or self.words.strip():
                break
        if self.words.strip():
            return
        self._finder.forget()
        self._found = self._answer = None
        self.is_seeking = False
        self.counts, self._starts = counts, starts
        self._blocks = OrderedDict({block: slips})
        part, self._part = self._part, 0
        self.set_count(starts[-1])
        self._put(starts[part] if part else index + self.cursor - cursor)
        if not part:
            self.gone.settle(keep, self._chosen_id)
        self.post_message(self.Counted())
        self.post_message(self.Wrong(""))

    async def _counts(self) -> list[int]:
        """How many stand behind each letter: counted one by one, so that other questions can come
        in between; of a server at once, for the way there takes longer than the counting.
        """
        ask = self.crm.desk.ask
        if self.crm.desk.is_remote:
            return await ask(listing.count_ranges)
        return [await ask(functools.partial(_count, part)) for part in LETTER_RANGES]

    async def _place_of(self, keep: int | None) -> tuple[int, int] | None:
        """Where a card stands, or one that has come back and that the cursor had left for it."""
        for each in self.gone.sought(keep) if keep is not None else ():
            at = await self.crm.desk.ask(functools.partial(_place_of, each))
            if at is not None:
                return at
        return None

    async def _window(self, block: int, starts: list[int]) -> list[ContactSummary]:
        """The cards of a block."""
        window = _window_of(block, starts)
        if not starts[-1]:
            return []
        return (await self.crm.desk.ask(lambda store: listing.fetch_windows(store, [window])))[0]

    async def _search(self, keep: int | None) -> None:
        """Search; where a card is to be kept, nothing is listed before its place was read."""
        screenful = max(self.size.height, SCREENFUL)
        text, is_first, answer, before = self.words, True, None, self.cursor
        async for answer in self._finder.answers(text, screenful):
            if self.words != text:
                return  # something else is
            if is_first and keep is not None and self.cursor != before:
                keep = self._chosen_id or keep  # one went on meanwhile, and is not led back
            if is_first and self._falls_short(answer, keep):
                if answer.after is None or len(answer.slips) < FIRST:
                    continue
                answer = await self._reach(answer, keep)  # noqa: PLW2901 - longer by some cards
            self._list(answer, keep, anew=is_first)
            is_first, keep = False, self._chosen_id or keep
        if is_first and answer is not None:
            self._list(await self._reach(answer, keep), keep, anew=True)

    def _falls_short(self, answer: Answer, keep: int | None) -> bool:
        """Whether a card to be kept is not among what was found, but may yet be."""
        if keep is None or not answer.more or len(answer.slips) > min(self.cursor, FARTHEST):
            return False
        sought = self.gone.sought(keep)
        return not any(slip.id in sought for slip in answer.slips)

    async def _reach(self, answer: Answer, keep: int | None) -> Answer:
        """The same as far as the line where the cursor stood."""
        while answer.after is not None and self._falls_short(answer, keep):
            longer = await self._finder.more(answer)
            if longer.after == answer.after:
                break
            answer = longer
        return answer

    def _list(self, answer: Answer, keep: int | None, *, anew: bool) -> None:
        """List what a query finds; the cursor goes to the card ``keep``, else stays in its line."""
        before = self._found
        if not anew and before and before[: len(answer.slips)] == answer.slips != before:
            assert self._answer is not None  # more has been read meanwhile
            answer = self._answer._replace(total=answer.total)
        self._found, self._answer = answer.slips, answer
        self.is_seeking = answer.more and len(answer.slips) < self.size.height
        if anew or not before or answer.slips[: len(before)] != before:
            self._list_anew(keep, settles=anew)
        else:
            if len(answer.slips) > len(before):
                self.set_count(len(answer.slips))
            self._told()
        self.post_message(self.Counted())

    def _list_anew(self, keep: int | None, *, settles: bool) -> None:
        found = self._found or ()
        self.set_count(len(found))
        places = {slip.id: place for place, slip in enumerate(found)}
        sought = self.gone.sought(keep) if keep is not None else ()
        again = next((places[each] for each in sought if each in places), None)
        self._put(again if again is not None else self.cursor if keep is not None else 0)
        if settles:
            self.gone.settle(keep, self._chosen_id)
        self.post_message(self.Wrong(""))

    @property
    def _chosen_id(self) -> int | None:
        return self.chosen.id if self.chosen else None

    @property
    def more_to_find(self) -> bool:
        """Whether more cards fit than are listed yet."""
        return self._answer is not None and self._answer.more

    @property
    def total(self) -> int | None:
        """How many cards fit, or there are; None while that is not known."""
        return self._answer.total if self._answer is not None else self.count

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
        at = await self.crm.desk.ask(lambda store: listing.find_position(store, contact_id))
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
        else:
            self._part = part  # nothing is read yet

    async def _read(self, *blocks: int) -> None:
        """Read blocks that are not there yet, all of them with one question."""
        new = [block for block in dict.fromkeys(blocks) if block not in self._blocks]
        if self._found is not None or not new or not self.count:
            return
        places = [_window_of(block, self._starts) for block in new]
        slips = await self.crm.desk.ask(lambda store: listing.fetch_windows(store, places))
        self._blocks |= zip(new, slips, strict=True)
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
            near = (top, top + self.size.height, top - BLOCK, top + 2 * BLOCK)
            blocks = [index // BLOCK for index in near if 0 <= index < self.count]
            if self.crm.desk.is_remote:
                await asyncio.sleep(BREATH)  # the card goes first
                await self._read(*blocks)
            else:
                for each in blocks:
                    await self._read(each)
            self.refresh()

    def watch_cursor(self, old: int, new: int) -> None:
        """Read on before the end of what was found is reached."""
        super().watch_cursor(old, new)
        if self._found is not None and self.more_to_find and new > self.count - FIRST // 2:
            begin(self, self._find_more, group="window")

    async def _find_more(self) -> None:
        answer = self._answer
        if answer is None or not answer.slips:
            return
        with self.crm.telling():
            longer = await self._finder.more(answer)
            if self._answer is not None and self._answer.slips is answer.slips:
                self._list(longer._replace(total=longer.total or self.total), None, anew=False)

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

    def _when(self, slip: ContactSummary) -> str:
        """The day of the last interaction in short."""
        if slip.last_on is None:
            return "     –"
        day = dt.date.fromisoformat(slip.last_on)
        if day.year == self.today.year:
            return f"{day.day:2} {_MONTHS[day.month - 1]}"
        return f"{_MONTHS[day.month - 1]}’{day:%y}"  # Dec’25 is no 25th of December


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _window_of(block: int, starts: list[int]) -> tuple[Anchor, int]:
    """The nearest way to a block, from the letter before it or back from the one behind it, and how
    many cards it has; ``starts`` are the places of the letters.
    """
    first = block * BLOCK
    last = min(first + BLOCK, starts[-1])
    before = max(n for n, start in enumerate(starts[:-1]) if start <= first)
    behind = min(n for n, start in enumerate(starts) if start >= last)
    ahead, back = first - starts[before], starts[behind] - last
    if back < ahead:
        return Anchor(LETTER_RANGES[behind - 1].high, back, backwards=True), last - first
    return Anchor(LETTER_RANGES[before].low, ahead), last - first


def _count(part: LetterRange, store: Store) -> int:
    return listing.count_range(store, part)


def _place_of(contact_id: int, store: Store) -> tuple[int, int] | None:
    return listing.find_position(store, contact_id)
