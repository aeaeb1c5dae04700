"""The search behind the search box: a first answer at once, the full answer soon after.

Words alone use the prefix search of the whole program. Filters with words are first answered by
scanning contacts in list order. Meanwhile a temporary table of the contacts that match the filters
is built on the second connection; from then on each further letter is searched in that table (see
`cardcrm.records.search.incremental`). On an engine without such tables, the rarest word is looked
up in the index instead.
"""

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import TYPE_CHECKING, Concatenate, NamedTuple, ParamSpec, TypeVar

from cardcrm.errors import StorageError
from cardcrm.query import And as AllOf
from cardcrm.query import Node, Word
from cardcrm.records.contacts import listing
from cardcrm.records.contacts.listing import ContactSummary
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.records.search import prefix, scan
from cardcrm.records.search.filters import Filter, scannable_filter, split_query
from cardcrm.records.search.incremental import IncrementalSearch
from cardcrm.records.search.result_page import START, Position, ResultPage, find_page
from cardcrm.records.search.suggestions import suggest_query
from cardcrm.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.tui.worker import DatabaseWorker

P = ParamSpec("P")
T = TypeVar("T")

PAGE_SIZE = 200  # contacts that are read at once
BEST_MATCHES = 80  # contacts that a search for words alone lists first, ranked
SCREENFUL = 40  # of them that are shown before the others are read
PAINT_PAUSE = 0.03  # seconds in which the screen is painted before reading goes on
COUNT_DELAY = 0.6  # seconds without a key after which all matches are counted
COUNT_TIMEOUT = 1.5  # seconds
FEW_MATCHES = 5  # in the first scan: filters so narrow are answered faster by an index


class Answer(NamedTuple):
    """The contacts that a query has found so far.

    ``after`` is the place to continue from; ``total`` is None while it is not known. ``filter``
    is the query split into words and conditions. With ``is_incremental`` the temporary tables are
    used.
    """

    node: Node
    contacts: list[ContactSummary]
    has_more: bool = False
    filter: Filter = Filter((), AllOf(()))
    after: Position | None = None
    total: int | None = None
    is_incremental: bool = False
    suggestion: str = ""  # where nothing was found

    @property
    def is_scant(self) -> bool:
        """Return whether the first scan found hardly any of the matches."""
        return self.after is not None and len(self.contacts) < scan.MANY

    @property
    def is_words_only(self) -> bool:
        """Return whether the query has no filters."""
        nodes: Sequence[Node] = self.node.nodes if isinstance(self.node, AllOf) else (self.node,)
        return bool(nodes) and all(isinstance(each, Word) for each in nodes)

    def is_short_of(self, size: int) -> bool:
        """Return whether fewer contacts than wanted were found, though there may be more."""
        return self.total is None and self.after is not None and len(self.contacts) < size

    def with_page(self, page: ResultPage) -> "Answer":
        """Return the answer with the contacts of a page of the incremental search."""
        return self._replace(
            contacts=page.contacts,
            has_more=page.after is not None,
            after=page.after,
            total=page.total,
        )


class SearchController:
    """Answers one query after the other; a newer one cancels the one in progress.

    ``wanted`` is the text of the latest query.
    """

    def __init__(self, database: "Callable[[], DatabaseWorker]") -> None:
        self._database = database
        self._incremental = IncrementalSearch()
        self._conditions: frozenset[Node] = frozenset()
        self.wanted = ""

    def reset(self) -> None:
        """Cancel the search in progress."""
        self.wanted, self._conditions = "", frozenset()

    async def answers(self, text: str, screenful: int) -> AsyncIterator[Answer]:
        """Yield what a query finds: quick matches first, then more, at the end with the total.

        Each answer replaces the one before. Raises UsageError for an invalid query.
        """
        self.wanted = text
        answer = await self._database().read(
            lambda store: answer_quickly(store, text, self._incremental)
        )
        self._conditions = frozenset(answer.filter.conditions.nodes)
        if answer.is_words_only:
            found = _once(answer)
        elif answer.is_incremental:
            found = self._search_incrementally(answer, screenful)
        else:
            found = self._search_by_scan(answer)
        async for answer in found:
            yield answer
        if self.wanted == text:
            answer = await self._with_total(answer)
            if answer.total == 0:
                question = await self._read_on_second(suggest_query, text.split())
                answer = answer._replace(suggestion=question)
            yield answer

    async def more(self, answer: Answer, size: int = PAGE_SIZE) -> Answer:
        """Return the answer with up to ``size`` more contacts."""
        after, known = answer.after, {each.id for each in answer.contacts}
        if after is None:
            return answer
        if answer.is_incremental:
            page = await self._read_on_second(
                self._incremental.first_page, answer.filter, size, after, self._is_wanted()
            )
        elif scannable_filter(answer.node) is None or answer.is_words_only:
            page = await self._database().read(lambda store: find_next_page(store, answer, after))
        else:
            page = await self._scan_on(answer, size, after, self._is_wanted())
        if page is None:
            return answer
        # The best matches of a search for words come first, out of list order, and not twice.
        new = [each for each in page.contacts if each.id not in known]
        return answer._replace(
            contacts=[*answer.contacts, *new],
            has_more=page.after is not None,
            after=page.after,
            total=answer.total if page.total is None else page.total,
        )

    async def _search_incrementally(self, answer: Answer, screenful: int) -> AsyncIterator[Answer]:
        """Scan until the table of the conditions is built; then search in the table."""
        if not self._incremental.has_conditions(answer.filter):
            async for found in self._scan_while_gathering(answer):
                answer = found
                yield answer
        is_wanted = self._is_wanted()
        if len(answer.contacts) < screenful and answer.after is not None:
            async for found in self._look_in_table(answer, screenful):
                answer = found
                yield answer
        while answer.after is not None and len(answer.contacts) < PAGE_SIZE:
            await asyncio.sleep(PAINT_PAUSE)
            if not is_wanted():
                return
            answer = await self.more(answer, PAGE_SIZE - len(answer.contacts))
            yield answer

    async def _scan_while_gathering(self, answer: Answer) -> AsyncIterator[Answer]:
        gathering = asyncio.ensure_future(
            self._read_on_second(
                self._incremental.prepare, answer.filter, self._has_conditions(answer.filter)
            )
        )
        try:
            if answer.contacts:
                yield answer
            async for longer in self._scan_until_enough(answer, gathering):
                yield longer
            await gathering
        finally:
            gathering.cancel()

    async def _look_in_table(self, answer: Answer, screenful: int) -> AsyncIterator[Answer]:
        """Search the table a moment at a time; if that finds hardly any, search all of it."""
        is_wanted, filter_ = self._is_wanted(), answer.filter
        page = await self._read_on_second(
            self._incremental.first_page, filter_, screenful, START, is_wanted
        )
        if page is None:
            return
        shown, answer, found = len(answer.contacts), answer.with_page(page), len(page.contacts)
        while answer.is_short_of(screenful) and found >= FEW_MATCHES and is_wanted():
            if len(answer.contacts) > shown:
                yield answer
            found = -len(answer.contacts)
            answer = await self.more(answer, screenful - len(answer.contacts))
            found += len(answer.contacts)
        if answer.is_short_of(screenful):
            if len(answer.contacts) > shown:
                yield answer
            page = await self._read_on_second(
                self._incremental.full_page, filter_, screenful, START, is_wanted
            )
            if page is None:
                return
            answer = answer.with_page(page)
        yield answer

    async def _search_by_scan(self, answer: Answer) -> AsyncIterator[Answer]:
        """Search without temporary tables: by the rarest word, or by scanning on."""
        if answer.contacts or not answer.is_scant:
            yield answer
        if answer.is_scant:
            scant = answer
            closer = await self._database().read(lambda store: answer_by_index(store, scant))
            if closer is not None or not answer.contacts:
                answer = closer or answer
                yield answer
        async for longer in self._scan_until_enough(answer):
            yield longer

    async def _scan_until_enough(
        self, answer: Answer, until: "asyncio.Future[bool] | None" = None
    ) -> AsyncIterator[Answer]:
        """Scan on, a moment at a time, until a page is full or the future is done."""
        if scannable_filter(answer.node) is None:
            return
        wanted = self._is_wanted()

        def is_wanted() -> bool:
            return wanted() and (until is None or not until.done())

        while answer.after is not None and len(answer.contacts) < PAGE_SIZE and is_wanted():
            size = PAGE_SIZE - len(answer.contacts)
            page = await self._scan_on(answer, size, answer.after, is_wanted)
            has_more = page.after is not None
            found = [*answer.contacts, *page.contacts]
            answer = answer._replace(contacts=found, has_more=has_more, after=page.after)
            if page.contacts or not has_more:
                yield answer

    async def _scan_on(
        self, answer: Answer, size: int, after: Position, is_wanted: Callable[[], bool]
    ) -> ResultPage:
        sift = functools.partial(
            scan.scan,
            filter_=answer.filter,
            size=size,
            after=after,
            duration=scan.LATER_TIME,
            is_wanted=is_wanted,
        )
        return await self._database().read(sift)

    async def _with_total(self, answer: Answer) -> Answer:
        """Return the answer with the number of matches, if it can be counted soon."""
        if answer.total is not None:
            return answer
        if not (answer.has_more or answer.is_words_only):
            return answer._replace(total=len(answer.contacts))
        await asyncio.sleep(COUNT_DELAY)
        is_wanted, end = self._is_wanted(), monotonic() + COUNT_TIMEOUT
        try:
            total = await self._read_on_second(
                count, answer, self._incremental, lambda: is_wanted() and monotonic() < end
            )
        except StorageError:
            return answer  # the first worker reports a lost database
        if total is None:
            return answer
        total = max(total, len(answer.contacts))
        if answer.is_words_only and total > len(answer.contacts):
            answer = answer._replace(has_more=True, after=START)
        return answer._replace(total=total)

    async def _read_on_second(
        self, query: Callable[Concatenate[Store, P], T], *args: P.args, **options: P.kwargs
    ) -> T:
        return await self._database().read_on_second(lambda store: query(store, *args, **options))

    def _is_wanted(self) -> Callable[[], bool]:
        """Return a function that returns whether the present query is still the latest."""
        database, text = self._database(), self.wanted
        return lambda: self.wanted == text and not database.is_closed

    def _has_conditions(self, filter_: Filter) -> Callable[[], bool]:
        """Return a function that returns whether the latest query still has these conditions.

        It does while words are typed after them.
        """
        database, conditions = self._database(), frozenset(filter_.conditions.nodes)
        return lambda: conditions <= self._conditions and not database.is_closed


async def _once(answer: Answer) -> AsyncIterator[Answer]:
    yield answer


def count(
    store: Store, answer: Answer, incremental: IncrementalSearch, is_wanted: Callable[[], bool]
) -> int | None:
    """Return the number of contacts that a query finds; None if it is no longer wanted."""
    if not is_wanted():
        return None
    if store.engine.search.result_tables is None:
        return columns.count(store, answer.node)
    return incremental.count(store, answer.filter, is_wanted)


def answer_quickly(store: Store, text: str, incremental: IncrementalSearch) -> Answer:
    """Return what a moment's search finds. Raises UsageError for an invalid query."""
    node = contact_query.parse(store, text)
    is_incremental = store.engine.search.result_tables is not None
    answer = Answer(node, [], filter=split_query(node), is_incremental=is_incremental)
    if answer.is_words_only:
        found = listing.fetch_summaries(store, prefix.search_ids(store, text, BEST_MATCHES))
        return answer._replace(contacts=found, has_more=len(found) == BEST_MATCHES)
    filter_ = scannable_filter(node)
    if is_incremental and (filter_ is None or incremental.has_conditions(filter_)):
        return answer._replace(has_more=True, after=START)
    if filter_ is None:
        return find_first_page(store, answer)
    page = scan.scan(store, filter_, SCREENFUL)
    return answer.with_page(page)


def answer_by_index(store: Store, answer: Answer) -> Answer | None:
    """Return what an index finds; None if scanning is faster."""
    if not answer.filter.words:
        is_rare = len(answer.contacts) < FEW_MATCHES
        return find_first_page(store, answer, is_rare=True) if is_rare else None
    page = scan.scan_candidates(store, answer.filter, PAGE_SIZE)
    if page is None:
        return None
    return answer.with_page(page)


def find_first_page(store: Store, answer: Answer, *, is_rare: bool = False) -> Answer:
    """Return the first page of a query; ``is_rare`` if its matches are known to be few."""
    page = find_page(store, answer.node, PAGE_SIZE, is_rare=is_rare)
    return answer.with_page(page)


def find_next_page(store: Store, answer: Answer, after: Position) -> ResultPage:
    """Return the page after a place, without temporary tables."""
    return find_page(store, answer.node, PAGE_SIZE, after)
