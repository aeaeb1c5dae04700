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
from cardcrm.records.search.incremental import IncrementalSearch, Sight
from cardcrm.records.search.scan import START, Place, Sieve
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

    ``sieve`` is the query taken apart. With ``by_lens`` the lens knows better.
    """

    node: Node
    slips: list[ContactSummary]
    more: bool = False
    sieve: Sieve = Sieve((), AllOf(()))
    after: Place | None = None
    total: int | None = None
    by_lens: bool = False

    @property
    def is_scant(self) -> bool:
        """Whether there is more, but hardly any of it was found in the first moment."""
        return self.after is not None and len(self.slips) < scan.FEW

    @property
    def is_plain(self) -> bool:
        """Whether the query is nothing but words."""
        nodes: Sequence[Node] = self.node.nodes if isinstance(self.node, AllOf) else (self.node,)
        return bool(nodes) and all(isinstance(each, Word) for each in nodes)

    def is_cut_short(self, size: int) -> bool:
        """Whether fewer were found than wanted, though there may be more."""
        return self.total is None and self.after is not None and len(self.slips) < size

    def seen(self, sight: Sight) -> "Answer":
        """The same with what the lens has found."""
        more = sight.after is not None
        return self._replace(slips=sight.slips, more=more, after=sight.after, total=sight.total)


class Finder:
    """Answers one text after the other; a newer one takes the place of what is still being found.

    ``wanted`` is the text of the latest search.
    """

    def __init__(self, desk: "Callable[[], Desk]") -> None:
        self._desk = desk
        self._lens = IncrementalSearch()
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
        answer = await self._desk().ask(lambda store: look(store, text, self._lens))
        self._conditions = frozenset(answer.sieve.rest.nodes)
        if answer.is_plain:
            found = _just(answer)
        elif answer.by_lens:
            found = self._by_lens(answer, screenful)
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
        if answer.by_lens:
            sight = await self._beside(
                self._lens.look, answer.sieve, size, after, self._is_wanted()
            )
        elif scan.sieve_of(answer.node) is None or answer.is_plain:
            sight = await self._desk().ask(lambda store: go_on(store, answer, after))
        else:
            sight = await self._sift_on(answer, size, after, self._is_wanted())
        if sight is None:
            return answer
        # Words alone were searched for in another order than the drawer's at first.
        slips = [slip for slip in sight.slips if slip.id not in known]
        return answer._replace(
            slips=[*answer.slips, *slips],
            more=sight.after is not None,
            after=sight.after,
            total=answer.total if sight.total is None else sight.total,
        )

    async def _by_lens(self, answer: Answer, screenful: int) -> AsyncIterator[Answer]:
        """Through the drawer until the conditions are gathered; then the lens finds the rest."""
        if not self._lens.has(answer.sieve):
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
            self._beside(self._lens.gather, answer.sieve, self._still(answer.sieve))
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
        sight = await self._beside(self._lens.look, answer.sieve, screenful, START, is_wanted)
        if sight is None:
            return
        shown, answer, found = len(answer.slips), answer.seen(sight), len(sight.slips)
        while answer.is_cut_short(screenful) and found >= HARDLY_ANY and is_wanted():
            if len(answer.slips) > shown:
                yield answer
            found = -len(answer.slips)
            answer = await self.more(answer, screenful - len(answer.slips))
            found += len(answer.slips)
        if answer.is_cut_short(screenful):
            if len(answer.slips) > shown:
                yield answer
            sight = await self._beside(self._lens.settle, answer.sieve, screenful, START, is_wanted)
            if sight is None:
                return
            answer = answer.seen(sight)
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
        if scan.sieve_of(answer.node) is None:
            return
        wanted = self._is_wanted()

        def is_wanted() -> bool:
            return wanted() and (until is None or not until.done())

        while answer.after is not None and len(answer.slips) < FIRST and is_wanted():
            size = FIRST - len(answer.slips)
            sifted = await self._sift_on(answer, size, answer.after, is_wanted)
            more = sifted.after is not None
            slips = [*answer.slips, *sifted.slips]
            answer = answer._replace(slips=slips, more=more, after=sifted.after)
            if sifted.slips or not more:
                yield answer

    async def _sift_on(
        self, answer: Answer, size: int, after: Place, is_wanted: Callable[[], bool]
    ) -> Sight:
        sift = functools.partial(
            scan.sift,
            sieve=answer.sieve,
            size=size,
            after=after,
            moment=scan.LONGER,
            is_wanted=is_wanted,
        )
        sifted = await self._desk().ask(sift)
        return Sight(sifted.slips, sifted.after, None)

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
                count, answer, self._lens, lambda: is_wanted() and monotonic() < end
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

    def _still(self, sieve: Sieve) -> Callable[[], bool]:
        """Whether some conditions still stand in it: while words are typed after them, they do."""
        desk, conditions = self._desk(), frozenset(sieve.rest.nodes)
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
    return lens.count(store, answer.sieve, is_wanted)


def look(store: Store, text: str, lens: IncrementalSearch) -> Answer:
    """Answer a query in a moment where that can be done. Raises UsageError."""
    node = compiler.parse(store, text)
    by_lens = store.engine.search.result_tables is not None
    answer = Answer(node, [], sieve=scan.parted(node), by_lens=by_lens)
    if answer.is_plain:
        slips = listing.slips(store, prefix.quick_ids(store, text, BEST))
        return answer._replace(slips=slips, more=len(slips) == BEST)
    sieve = scan.sieve_of(node)
    if by_lens and (sieve is None or lens.has(sieve)):
        return answer._replace(more=True, after=START)
    if sieve is None:
        return gathered(store, answer)
    sifted = scan.sift(store, sieve, SCREENFUL)
    return answer._replace(slips=sifted.slips, more=sifted.after is not None, after=sifted.after)


def look_closer(store: Store, answer: Answer) -> Answer | None:
    """The same and what follows it by another way, if there is one that is quicker."""
    if not answer.sieve.words:
        return gathered(store, answer, rare=True) if len(answer.slips) < HARDLY_ANY else None
    whole = scan.gather(store, answer.sieve, FIRST)
    if whole is None:
        return None
    return answer._replace(slips=whole.slips, more=whole.after is not None, after=whole.after)


def gathered(store: Store, answer: Answer, *, rare: bool = False) -> Answer:
    """The first of all cards that a query finds; ``rare`` where they are known to be few."""
    slips = listing.found(store, answer.node, FIRST, rare=rare)
    more = len(slips) == FIRST
    after = (slips[-1].sort_key, slips[-1].id) if more else None
    return answer._replace(slips=slips, more=more, after=after)


def go_on(store: Store, answer: Answer, after: Place) -> Sight:
    """The cards that follow, in the order of the drawer, where no lens helps."""
    slips = listing.found(store, answer.node, FIRST, after)
    last = (slips[-1].sort_key, slips[-1].id) if len(slips) == FIRST else None
    return Sight(slips, last, None)
