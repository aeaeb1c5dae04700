"""The part of the contact list that has been read, in blocks, however many contacts there are."""

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from cardcrm.records.contacts import listing
from cardcrm.records.contacts.listing import LETTER_RANGES, Anchor, ContactSummary, LetterRange
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.store import Store
from cardcrm.tui.worker import DatabaseWorker

BLOCK_SIZE = 100
MAX_BLOCKS = 40

Windows = list[tuple[Anchor, int]]


class LetterIndex(NamedTuple):
    """The number of contacts in each letter range, and the row that each range starts at."""

    counts: tuple[int, ...] = (0,) * len(LETTER_RANGES)
    starts: tuple[int, ...] = (0,) * (len(LETTER_RANGES) + 1)

    @property
    def total(self) -> int:
        """The number of contacts."""
        return self.starts[-1]

    def window_of(self, block: int) -> tuple[Anchor, int]:
        """Return the shortest way to a block, and its number of contacts.

        The way is forward from the range that starts before the block, or backward from the one
        that starts behind it.
        """
        starts = self.starts
        first = block * BLOCK_SIZE
        last = min(first + BLOCK_SIZE, self.total)
        before = max(n for n, start in enumerate(starts[:-1]) if start <= first)
        behind = min(n for n, start in enumerate(starts) if start >= last)
        forward, backward = first - starts[before], starts[behind] - last
        if backward < forward:
            high = LETTER_RANGES[behind - 1].high
            return Anchor(high, backward, backwards=True), last - first
        return Anchor(LETTER_RANGES[before].low, forward), last - first

    async def read(
        self, database: DatabaseWorker, blocks: Sequence[int]
    ) -> list[list[ContactSummary]]:
        """Read blocks in one round trip."""
        return await database.read(
            partial(_read_windows, [self.window_of(each) for each in blocks])
        )

    async def find_row(self, database: DatabaseWorker, contact_id: int) -> int | None:
        """Return the row of a contact; None if it does not exist."""
        position = await database.read(partial(_find_position, contact_id))
        return None if position is None else self.starts[position[0]] + position[1]


class OrderedIds(NamedTuple):
    """The ids of all listed contacts in an order other than that of their names."""

    ids: Sequence[int]

    @property
    def counts(self) -> tuple[int, ...]:
        """No contacts in any letter range, because its contacts are not neighbors."""
        return (0,) * len(LETTER_RANGES)

    @property
    def total(self) -> int:
        """The number of contacts."""
        return len(self.ids)

    async def read(
        self, database: DatabaseWorker, blocks: Sequence[int]
    ) -> list[list[ContactSummary]]:
        """Read blocks in one round trip."""
        starts = [block * BLOCK_SIZE for block in blocks]
        wanted = [self.ids[start : start + BLOCK_SIZE] for start in starts]
        return await database.read(partial(_read_contacts, wanted))

    async def find_row(self, database: DatabaseWorker, contact_id: int) -> int | None:
        """Return the row of a contact; None if it is not listed."""
        del database
        return next((row for row, each in enumerate(self.ids) if each == contact_id), None)


class BlockCache:
    """The blocks read last, and the index of the letters.

    It holds up to `MAX_BLOCKS` blocks of `BLOCK_SIZE` contacts.
    """

    def __init__(self) -> None:
        self.index: LetterIndex | OrderedIds = LetterIndex()
        self._blocks: OrderedDict[int, list[ContactSummary]] = OrderedDict()

    def replace(
        self, index: LetterIndex | OrderedIds, block: int, contacts: list[ContactSummary]
    ) -> None:
        """Replace everything by a newer reading of the index and one block."""
        self.index = index
        self._blocks = OrderedDict({block: contacts})

    def contact_at(self, row: int) -> ContactSummary | None:
        """Return the contact of a row; None if it has not been read."""
        block = self._blocks.get(row // BLOCK_SIZE)
        position = row % BLOCK_SIZE
        return block[position] if block is not None and position < len(block) else None

    async def read(self, database: DatabaseWorker, blocks: Iterable[int]) -> None:
        """Read blocks that are missing, all in one round trip.

        Rows of an index that a reload replaces meanwhile are dropped.
        """
        index = self.index
        new = [block for block in dict.fromkeys(blocks) if block not in self._blocks]
        if not new or not index.total:
            return
        found = await index.read(database, new)
        if index is not self.index:
            return
        self._blocks |= zip(new, found, strict=True)
        while len(self._blocks) > MAX_BLOCKS:
            self._blocks.popitem(last=False)


async def read_index(database: DatabaseWorker) -> LetterIndex:
    """Read the number of contacts in each letter range.

    In a file each range is one query, so that other queries can come in between; on a server all
    ranges are one round trip, which takes longer than the counting.
    """
    if database.is_remote:
        counts = await database.read(listing.count_ranges)
    else:
        counts = [await database.read(partial(count_range, each)) for each in LETTER_RANGES]
    return LetterIndex(tuple(counts), (0, *accumulate(counts)))


async def read_order(database: DatabaseWorker, query: str, sort: str) -> OrderedIds:
    """Read the ids of the contacts that a query finds, in the order of a column.

    Raises UsageError for an invalid query.
    """
    return OrderedIds(array("q", await database.read_on_second(partial(_find_ids, query, sort))))


async def read_block(
    database: DatabaseWorker, index: LetterIndex | OrderedIds, block: int
) -> list[ContactSummary]:
    """Read the contacts of a block."""
    return (await index.read(database, [block]))[0] if index.total else []


def count_range(range_: LetterRange, store: Store) -> int:
    """Return the number of contacts in a letter range."""
    return listing.count_range(store, range_)


def _read_windows(windows: Windows, store: Store) -> list[list[ContactSummary]]:
    return listing.fetch_windows(store, windows)


def _read_contacts(wanted: Sequence[Sequence[int]], store: Store) -> list[list[ContactSummary]]:
    """Return contacts by their ids; one that was deleted meanwhile is listed as such."""
    found = listing.fetch_summaries(store, [each for ids in wanted for each in ids])
    known = {each.id: each for each in found}
    return [[known.get(each) or _deleted(each) for each in ids] for ids in wanted]


def _deleted(contact_id: int) -> ContactSummary:
    """Return the row of a contact that is gone, until the list is read again."""
    return ContactSummary(contact_id, "", "deleted", "", "", "", None, "", None)


def _find_ids(query: str, sort: str, store: Store) -> list[int]:
    return columns.find_ids(store, contact_query.parse(store, query), sort)


def _find_position(contact_id: int, store: Store) -> tuple[int, int] | None:
    return listing.find_position(store, contact_id)
