"""How what is typed in the search box is answered: in a moment first, and then as a whole.

Words alone are searched for as at every other place where one types. Of filters and words the first
cards are met by going through the drawer; meanwhile what the filters find is gathered beside the
desk, and from then on each further letter is looked for among that (see `records.lens`). Where the
engine keeps no such sets, the rarest word leads to what the drawer does not show soon.
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
from cardcrm.records.query_sql import columns, compiler
from cardcrm.records.search import prefix, scan
from cardcrm.records.search.filters import Filter, scannable_filter, split_query
from cardcrm.records.search.incremental import IncrementalSearch
from cardcrm.records.search.result_page import START, Position, ResultPage, find_page
from cardcrm.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.tui.worker import Desk

P = ParamSpec("P")
T = TypeVar("T")

FIRST = 200  # cards of a query that are read at once
BEST = 80  # cards that are looked for by words alone, the best first
SCREENFUL = 40  # of them that are shown before the others are read
BREATH = 0.03  # seconds in which these are painted, undisturbed by the reading of the others
PAUSE = 0.6  # seconds without a key, after which all that is found is counted
COUNTED = 1.5  # seconds that counting may take
HARDLY_ANY = 5  # found in the first moment: filters so narrow are better answered by an index


class Answer(NamedTuple):
    """What a query finds: the first cards, whether there are more, where to go on to them, and how
    many there are in all (None while that is not known).

    ``filter`` is the query split up. With ``is_incremental`` an `IncrementalSearch` finds the rest.
    """

    node: Node
    slips: list[ContactSummary]
    more: bool = False
    filter: Filter = Filter((), AllOf(()))
    after: Position | None = None
    total: int | None = None
    is_incremental: bool = False

    @property
    def is_scant(self) -> bool:
        """Whether there is more, but hardly any of it was found in the first moment."""
        return self.after is not None and len(self.slips) < scan.MANY

    @property
    def is_plain(self) -> bool:
        """Whether the query is nothing but words."""
        nodes: Sequence[Node] = self.node.nodes if isinstance(self.node, AllOf) else (self.node,)
        return bool(nodes) and all(isinstance(each, Word) for each in nodes)

    def is_cut_short(self, size: int) -> bool:
        """Whether fewer were found than wanted, though there may be more."""
        return self.total is None and self.after is not None and len(self.slips) < size

    def with_page(self, page: ResultPage) -> "Answer":
        """Return the answer with the contacts of a page."""
        more = page.after is not None
        return self._replace(slips=page.contacts, more=more, after=page.after, total=page.total)


class Finder:
    """Answers one text after the other; a newer one takes the place of what is still being found.

    ``wanted`` is the text of the latest search.
    """

    def __init__(self, desk: "Callable[[], Desk]") -> None:
        self._desk = desk
        self._search = IncrementalSearch()
        self._conditions: frozenset[Node] = frozenset()
        self.wanted = ""

    def forget(self) -> None:
        """Nothing is searched for any more."""
        self.wanted, self._conditions = "", frozenset()

    async def answers(self, text: str, screenful: int) -> AsyncIterator[Answer]:
        """What a query finds: first what is in sight, then more, in the end how many there are.

        Each answer takes the place of the one before. Raises UsageError for what makes no sense.
        """
        self.wanted = text
        answer = await self._desk().ask(lambda store: look(store, text, self._search))
        self._conditions = frozenset(answer.filter.conditions.nodes)
        if answer.is_plain:
            found = _just(answer)
        elif answer.is_incremental:
            found = self._incremental(answer, screenful)
        else:
            found = self._closer(answer)
        async for answer in found:
            yield answer
        if self.wanted == text:
            yield await self._counted(answer)

    async def more(self, answer: Answer, size: int = FIRST) -> Answer:
        """The same with so many cards more."""
        after, known = answer.after, {slip.id for slip in answer.slips}
        if after is None:
            return answer
        if answer.is_incremental:
            page = await self._beside(
                self._search.first_page, answer.filter, size, after, self._is_wanted()
            )
        elif scannable_filter(answer.node) is None or answer.is_plain:
            page = await self._desk().ask(lambda store: go_on(store, answer, after))
        else:
            page = await self._sift_on(answer, size, after, self._is_wanted())
        if page is None:
            return answer
        # Words alone were searched for in another order than the drawer's at first.
        slips = [slip for slip in page.contacts if slip.id not in known]
        return answer._replace(
            slips=[*answer.slips, *slips],
            more=page.after is not None,
            after=page.after,
            total=answer.total if page.total is None else page.total,
        )

    async def _incremental(self, answer: Answer, screenful: int) -> AsyncIterator[Answer]:
        """Through the drawer until the conditions are gathered; then the lens finds the rest."""
        if not self._search.has_conditions(answer.filter):
            async for found in self._gathering(answer):
                answer = found
                yield answer
        is_wanted = self._is_wanted()
        if len(answer.slips) < screenful and answer.after is not None:
            async for found in self._looked(answer, screenful):
                answer = found
                yield answer
        while answer.after is not None and len(answer.slips) < FIRST:
            await asyncio.sleep(BREATH)
            if not is_wanted():
                return
            answer = await self.more(answer, FIRST - len(answer.slips))
            yield answer

    async def _gathering(self, answer: Answer) -> AsyncIterator[Answer]:
        """What is met in the drawer while the conditions are gathered."""
        gathering = asyncio.ensure_future(
            self._beside(self._search.prepare, answer.filter, self._still(answer.filter))
        )
        try:
            if answer.slips:
                yield answer
            async for longer in self._sifted(answer, gathering):
                yield longer
            await gathering
        finally:
            gathering.cancel()

    async def _looked(self, answer: Answer, screenful: int) -> AsyncIterator[Answer]:
        """What the lens finds: where that is hardly any at a time, all of it is gathered."""
        is_wanted = self._is_wanted()
        page = await self._beside(
            self._search.first_page, answer.filter, screenful, START, is_wanted
        )
        if page is None:
            return
        shown, answer, found = len(answer.slips), answer.with_page(page), len(page.contacts)
        while answer.is_cut_short(screenful) and found >= HARDLY_ANY and is_wanted():
            if len(answer.slips) > shown:
                yield answer
            found = -len(answer.slips)
            answer = await self.more(answer, screenful - len(answer.slips))
            found += len(answer.slips)
        if answer.is_cut_short(screenful):
            if len(answer.slips) > shown:
                yield answer
            page = await self._beside(
                self._search.full_page, answer.filter, screenful, START, is_wanted
            )
            if page is None:
                return
            answer = answer.with_page(page)
        yield answer

    async def _closer(self, answer: Answer) -> AsyncIterator[Answer]:
        """Where no sets are kept: by the rarest word, or on through the drawer."""
        if answer.slips or not answer.is_scant:
            yield answer
        if answer.is_scant:
            scant = answer
            closer = await self._desk().ask(lambda store: look_closer(store, scant))
            if closer is not None or not answer.slips:
                answer = closer or answer
                yield answer
        async for longer in self._sifted(answer):
            yield longer

    async def _sifted(
        self, answer: Answer, until: "asyncio.Future[bool] | None" = None
    ) -> AsyncIterator[Answer]:
        """Go on through the drawer, a moment at a time, until enough was found or is known."""
        if scannable_filter(answer.node) is None:
            return
        wanted = self._is_wanted()

        def is_wanted() -> bool:
            return wanted() and (until is None or not until.done())

        while answer.after is not None and len(answer.slips) < FIRST and is_wanted():
            size = FIRST - len(answer.slips)
            sifted = await self._sift_on(answer, size, answer.after, is_wanted)
            more = sifted.after is not None
            slips = [*answer.slips, *sifted.contacts]
            answer = answer._replace(slips=slips, more=more, after=sifted.after)
            if sifted.contacts or not more:
                yield answer

    async def _sift_on(
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
        return await self._desk().ask(sift)

    async def _counted(self, answer: Answer) -> Answer:
        """Say how many there are, if that can be known soon."""
        if answer.total is not None:
            return answer
        if not (answer.more or answer.is_plain):
            return answer._replace(total=len(answer.slips))
        await asyncio.sleep(PAUSE)
        is_wanted, end = self._is_wanted(), monotonic() + COUNTED
        try:
            total = await self._beside(
                count, answer, self._search, lambda: is_wanted() and monotonic() < end
            )
        except StorageError:
            return answer  # the desk itself will say so if the box cannot be read
        if total is None:
            return answer
        total = max(total, len(answer.slips))
        if answer.is_plain and total > len(answer.slips):
            answer = answer._replace(more=True, after=START)
        return answer._replace(total=total)

    async def _beside(
        self, ask: Callable[Concatenate[Store, P], T], *args: P.args, **words: P.kwargs
    ) -> T:
        return await self._desk().beside(lambda store: ask(store, *args, **words))

    def _is_wanted(self) -> Callable[[], bool]:
        """Whether a text is still the one that was typed last."""
        desk, text = self._desk(), self.wanted
        return lambda: self.wanted == text and not desk.is_closed

    def _still(self, filter_: Filter) -> Callable[[], bool]:
        """Whether some conditions still stand in it: while words are typed after them, they do."""
        desk, conditions = self._desk(), frozenset(filter_.conditions.nodes)
        return lambda: conditions <= self._conditions and not desk.is_closed


async def _just(answer: Answer) -> AsyncIterator[Answer]:
    yield answer


def count(
    store: Store, answer: Answer, lens: IncrementalSearch, is_wanted: Callable[[], bool]
) -> int | None:
    """How many cards a query finds; None if it is wanted no more."""
    if not is_wanted():
        return None
    if store.engine.search.result_tables is None:
        return columns.count(store, answer.node)
    return lens.count(store, answer.filter, is_wanted)


def look(store: Store, text: str, lens: IncrementalSearch) -> Answer:
    """Answer a query in a moment where that can be done. Raises UsageError."""
    node = compiler.parse(store, text)
    is_incremental = store.engine.search.result_tables is not None
    answer = Answer(node, [], filter=split_query(node), is_incremental=is_incremental)
    if answer.is_plain:
        slips = listing.fetch_summaries(store, prefix.search_ids(store, text, BEST))
        return answer._replace(slips=slips, more=len(slips) == BEST)
    filter_ = scannable_filter(node)
    if is_incremental and (filter_ is None or lens.has_conditions(filter_)):
        return answer._replace(more=True, after=START)
    if filter_ is None:
        return gathered(store, answer)
    sifted = scan.scan(store, filter_, SCREENFUL)
    return answer._replace(slips=sifted.contacts, more=sifted.after is not None, after=sifted.after)


def look_closer(store: Store, answer: Answer) -> Answer | None:
    """The same and what follows it by another way, if there is one that is quicker."""
    if not answer.filter.words:
        return gathered(store, answer, rare=True) if len(answer.slips) < HARDLY_ANY else None
    whole = scan.scan_candidates(store, answer.filter, FIRST)
    if whole is None:
        return None
    return answer._replace(slips=whole.contacts, more=whole.after is not None, after=whole.after)


def gathered(store: Store, answer: Answer, *, rare: bool = False) -> Answer:
    """The first of all cards that a query finds; ``rare`` where they are known to be few."""
    page = find_page(store, answer.node, FIRST, is_rare=rare)
    return answer._replace(slips=page.contacts, more=page.after is not None, after=page.after)


def go_on(store: Store, answer: Answer, after: Position) -> ResultPage:
    """The cards that follow, in the order of the drawer, where no lens helps."""
    return find_page(store, answer.node, FIRST, after)
