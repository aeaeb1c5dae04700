"""The contact list: a window on all contacts, or on those that a search has found so far.

Without a search, the list knows how many contacts each letter has, and reads the blocks that are on
the screen and a few around them. With a search it holds what has been found, and reads on as the
list is scrolled. In another order than that of the names, it knows the ids of all contacts, or of
all that a search finds, and reads the blocks on the screen.
"""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable
from typing import ClassVar

from textual.message import Message

from cardcrm import dates
from cardcrm.records.contacts import listing
from cardcrm.records.contacts.listing import ContactSummary
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.search_controller import (
    PAGE_SIZE,
    PAINT_PAUSE,
    SCREENFUL,
    Answer,
    SearchController,
)
from cardcrm.tui.widgets.contact_blocks import (
    BLOCK_SIZE,
    BlockCache,
    LetterIndex,
    OrderedIds,
    read_block,
    read_index,
    read_order,
)
from cardcrm.tui.widgets.contact_columns import BY_NAME, lay_out, row_spans
from cardcrm.tui.widgets.cursor_memory import CursorMemory
from cardcrm.tui.widgets.line_list import LineList, Span

MAX_LOOKUPS = 3  # of a row while the user moves the cursor or a reload moves the rows
MAX_REREAD = 5_000  # rows of a search that are read again to stay on one of them


class ContactList(LineList):
    """All contacts, or those that the query in ``words`` finds, in the order of ``sort``.

    ``on_rows_changed`` is called when other contacts are listed, so that what surrounds the list is
    drawn together with it; the messages come later.
    """

    DEFAULT_CSS: ClassVar[str] = ""

    class Counted(Message):
        """The number of contacts is known."""

    class QueryError(Message):
        """The query is invalid, with an error text; or valid again, with ""."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(
        self,
        on_rows_changed: Callable[[], None],
        *,
        id: str | None = None,  # noqa: A002 - Textual's word
    ) -> None:
        super().__init__(id=id)
        self._on_rows_changed = on_rows_changed
        self.words = ""
        self.sort = BY_NAME
        self.marked: dict[int, str] = {}  # names by id
        self.is_searching = False
        self.memory: CursorMemory[int] = CursorMemory()
        self._today = dt.date.min
        self._blocks = BlockCache()
        self._search = SearchController(lambda: self.context.database)
        self._found: list[ContactSummary] | None = None
        self._answer: Answer | None = None
        self._wanted_blocks: set[int] = set()
        self._wanted_range = 0  # the letter range to go to once the list is read; 0 for none

    # the rows

    def contact_at(self, row: int) -> ContactSummary | None:
        """Return the contact of a row; None if it has not been read."""
        if self._found is not None:
            return self._found[row] if 0 <= row < len(self._found) else None
        return self._blocks.contact_at(row)

    @property
    def selected(self) -> ContactSummary | None:
        """The contact under the cursor."""
        return self.contact_at(self.cursor)

    @property
    def selected_id(self) -> int | None:
        """The id of the contact under the cursor."""
        return self.selected.id if self.selected else None

    @property
    def has_more(self) -> bool:
        """Return whether more contacts match than are listed yet."""
        return self._answer is not None and self._answer.has_more

    @property
    def suggestion(self) -> str:
        """A question with a similar query where nothing was found, or an empty text."""
        return self._answer.suggestion if self._answer is not None else ""

    @property
    def total(self) -> int | None:
        """The number of contacts, or of matches; None while that is not known."""
        return self._answer.total if self._answer is not None else self.count

    @property
    def letter_counts(self) -> list[int]:
        """The number of contacts in each letter range, or of those found so far."""
        if self._found is None:
            return list(self._blocks.index.counts)
        return listing.count_by_range(self._found)

    @property
    def is_ranked(self) -> bool:
        """Return whether the best matches of some words come first, whatever the order."""
        return self._answer is not None and self._answer.is_words_only

    @property
    def letter_range(self) -> int:
        """The index of the letter range that the cursor is in."""
        return listing.range_index(self.selected.sort_key) if self.selected else 0

    # reading all contacts

    async def open(self, keep: int | None = None) -> None:
        """Read the list, or search again; put the cursor on the contact ``keep`` if it is there."""
        self._today = dates.today(self.context.locale.zone)
        if self.words.strip() and self.sort == BY_NAME:
            await self._find(keep)
        else:
            await self._read_all(keep)

    @property
    def _wanted(self) -> tuple[str, str]:
        """The query and the order that the list is to have."""
        return self.words.strip(), self.sort

    async def _read_index(self) -> LetterIndex | OrderedIds:
        if self.sort == BY_NAME:
            return await read_index(self.context.database)
        return await read_order(self.context.database, self.words, self.sort)

    async def _read_all(self, keep: int | None) -> None:
        """Read the index and the block of the cursor; the old list stays until both are there.

        If the user moves the cursor meanwhile, the row of the contact moved to is looked up; if the
        user is faster than that, the lines moved are added.
        """
        cursor, wanted = self.cursor, self._wanted
        index = await self._read_index()
        if self._wanted != wanted:
            return  # a search has begun
        for _ in range(MAX_LOOKUPS):
            if self.cursor != cursor and self.selected is not None:
                keep, cursor = self.selected_id, self.cursor
            found = self._row_of_range(index)
            if found is None:
                found = await self._row_to_keep(index, keep)
            row = max(0, min(cursor if found is None else found, index.total - 1))
            block = row // BLOCK_SIZE
            contacts = await read_block(self.context.database, index, block)
            if self.cursor == cursor or self._wanted != wanted:
                break
        if self._wanted != wanted:
            return
        self._search.reset()
        self._found = self._answer = None
        self.is_searching = False
        self._blocks.replace(index, block, contacts)
        self.set_count(index.total)
        start, self._wanted_range = self._row_of_range(index), 0
        self.put_cursor(row + self.cursor - cursor if start is None else start)
        if start is None:
            self.memory.record(keep, self.selected_id)
        self.post_message(self.Counted())
        self.post_message(self.QueryError(""))

    def _row_of_range(self, index: LetterIndex | OrderedIds) -> int | None:
        """Return the first row of the letter range to go to, if there is one."""
        if not self._wanted_range or isinstance(index, OrderedIds):
            return None
        return index.starts[self._wanted_range]

    async def _row_to_keep(self, index: LetterIndex | OrderedIds, keep: int | None) -> int | None:
        """Return the row of a contact, or of one that came back to where the cursor was."""
        for contact_id in self.memory.candidates(keep) if keep is not None else ():
            row = await index.find_row(self.context.database, contact_id)
            if row is not None:
                return row
        return None

    @property
    def is_unread(self) -> bool:
        """Return whether the contact under the cursor has not been read yet."""
        return bool(self.count) and self.selected is None

    async def read_selected(self) -> None:
        """Read the contact under the cursor if it has not been read."""
        if self.is_unread:
            await self._read_blocks(self.cursor // BLOCK_SIZE)

    def _want_block(self, block: int) -> None:
        """Read a block on the screen soon, together with others that are drawn now."""
        if block not in self._wanted_blocks:
            self._wanted_blocks.add(block)
            start_task(self, self._read_around, group="window")

    async def _read_around(self) -> None:
        """Read the blocks on the screen, then those a page above and below."""
        wanted, self._wanted_blocks = self._wanted_blocks, set()
        with self.context.errors_shown(), contextlib.suppress(ValueError):
            await self._read_blocks(*sorted(wanted, key=self._is_elsewhere))
            self.refresh()
            top = self.scroll_offset.y
            rows = (top, top + self.size.height, top - BLOCK_SIZE, top + 2 * BLOCK_SIZE)
            near = [row // BLOCK_SIZE for row in rows if 0 <= row < self.count]
            if self.context.database.is_remote:
                await asyncio.sleep(PAINT_PAUSE)  # the card's query goes first
            await self._read_blocks(*near)
            self.refresh()

    def _is_elsewhere(self, block: int) -> bool:
        """Return whether the cursor is not in a block."""
        return block != self.cursor // BLOCK_SIZE

    async def _read_blocks(self, *blocks: int) -> None:
        """Read blocks; report the contact under the cursor once it is among them.

        In a file the blocks are read one by one, so that the card's query can come in between.
        """
        trips = [blocks] if self.context.database.is_remote else [(each,) for each in blocks]
        for trip in trips:
            was_unread = self.is_unread
            if self._found is None and self.count:
                await self._blocks.read(self.context.database, trip)
            if was_unread and not self.is_unread:
                self.post_message(self.Moved(self))

    # searching

    async def _find(self, keep: int | None) -> None:
        """Search; if a contact is to be kept, list nothing before its row was read."""
        screenful = max(self.size.height, SCREENFUL)
        text, is_first, answer, before = self.words, True, None, self.cursor
        wanted = self._wanted
        async for answer in self._search.answers(text, screenful):
            if self._wanted != wanted:
                return  # a newer search has begun
            if is_first and keep is not None and self.cursor != before:
                keep = self.selected_id or keep  # the user has moved the cursor meanwhile
            if is_first and self._may_be_further_down(answer, keep):
                if answer.after is None or len(answer.contacts) < PAGE_SIZE:
                    continue
                answer = await self._read_down_to(answer, keep)  # noqa: PLW2901 - longer
            self._list(answer, keep, is_new=is_first)
            is_first, keep = False, self.selected_id or keep
        if is_first and answer is not None:
            self._list(await self._read_down_to(answer, keep), keep, is_new=True)

    def _may_be_further_down(self, answer: Answer, keep: int | None) -> bool:
        """Return whether the contact to keep was not found yet, but may be."""
        if keep is None or not answer.has_more:
            return False
        if len(answer.contacts) > min(self.cursor, MAX_REREAD):
            return False
        candidates = self.memory.candidates(keep)
        return not any(contact.id in candidates for contact in answer.contacts)

    async def _read_down_to(self, answer: Answer, keep: int | None) -> Answer:
        """Return the answer read on to the row where the cursor was."""
        while answer.after is not None and self._may_be_further_down(answer, keep):
            longer = await self._search.more(answer)
            if longer.after == answer.after:
                break
            answer = longer
        return answer

    def _list(self, answer: Answer, keep: int | None, *, is_new: bool) -> None:
        """List what a search has found; put the cursor on ``keep``, else leave it in its row."""
        before = self._found
        if not is_new and before and before[: len(answer.contacts)] == answer.contacts != before:
            assert self._answer is not None  # more has been read meanwhile
            answer = self._answer._replace(total=answer.total, suggestion=answer.suggestion)
        self._found, self._answer = answer.contacts, answer
        self.is_searching = answer.has_more and len(answer.contacts) < self.size.height
        if is_new or not before or answer.contacts[: len(before)] != before:
            self._replace_rows(keep, is_new=is_new)
        else:
            if len(answer.contacts) > len(before):
                self.set_count(len(answer.contacts))
            self._on_rows_changed()
        self.post_message(self.Counted())

    def _replace_rows(self, keep: int | None, *, is_new: bool) -> None:
        found = self._found or ()
        self.set_count(len(found))
        rows = {contact.id: row for row, contact in enumerate(found)}
        candidates = self.memory.candidates(keep) if keep is not None else ()
        row = next((rows[each] for each in candidates if each in rows), None)
        self.put_cursor(row if row is not None else self.cursor if keep is not None else 0)
        if is_new:
            self.memory.record(keep, self.selected_id)
        self.post_message(self.QueryError(""))

    def watch_cursor(self, old: int, new: int) -> None:
        """Read on before the end of what was found is reached."""
        super().watch_cursor(old, new)
        if self._found is not None and self.has_more and new > self.count - PAGE_SIZE // 2:
            start_task(self, self._find_more, group="window")

    async def _find_more(self) -> None:
        answer = self._answer
        if answer is None or not answer.contacts:
            return
        with self.context.errors_shown():
            longer = await self._search.more(answer)
            if self._answer is not None and self._answer.contacts is answer.contacts:
                total = longer.total or self.total
                self._list(longer._replace(total=total), None, is_new=False)

    # moving

    def put_cursor(self, index: int) -> None:
        """Put the cursor on a row of other rows."""
        super().put_cursor(index)
        self._on_rows_changed()

    async def go_to(self, contact_id: int) -> bool:
        """Put the cursor on a contact; return False if it is not in the list."""
        for _ in range(MAX_LOOKUPS):
            if self._found is not None:
                ids = [contact.id for contact in self._found]
                if contact_id not in ids:
                    return False
                self.put_cursor(ids.index(contact_id))
                return True
            index = self._blocks.index
            row = await index.find_row(self.context.database, contact_id)
            if row is not None:
                await self._read_blocks(row // BLOCK_SIZE)
            if index is self._blocks.index:  # else a reload has moved the rows meanwhile
                if row is not None:
                    self.put_cursor(row)
                return row is not None
        return False

    def go_to_range(self, number: int) -> None:
        """Put the cursor on the first contact of a letter range, or of the next with any."""
        if self._found is not None:
            self.cursor = max(listing.first_of_range(self._found, number), 0)
        elif self.count and isinstance(self._blocks.index, LetterIndex):
            row = min(self._blocks.index.starts[number], self.count - 1)
            self.jump(row)
            self.cursor = row
        else:
            self._wanted_range = number  # nothing is read yet

    # marking

    def mark(self) -> None:
        """Mark or unmark the contact under the cursor, and move to the next."""
        contact = self.selected
        if contact is None:
            return
        if self.marked.pop(contact.id, None) is None:
            self.marked[contact.id] = contact.name
        self.action_move(1)
        self.refresh()

    def mark_all(self, ids: list[int]) -> None:
        """Mark contacts, whether they have been read or not."""
        names = {contact.id: contact.name for contact in (self._found or ())}
        self.marked |= {each: names.get(each, "") for each in ids}
        self.refresh()

    # drawing

    def spans(self, index: int, width: int) -> list[Span]:
        """Return a row: the mark or kind, and the columns."""
        contact = self.contact_at(index)
        if contact is None:
            if self._found is None:
                self._want_block(index // BLOCK_SIZE)
            return [Span(" ·", "dim")]
        return row_spans(
            contact,
            lay_out(width, self.sort),
            is_marked=contact.id in self.marked,
            today=self._today,
            currency=self.context.locale.currency,
        )
