"""Incremental search: filters and words narrowed down with each letter typed.

The contacts that meet the conditions of a query are collected once and stored beside the database
for as long as nothing in it changes. The words typed after them, and each further letter, are
looked up among the contacts left before. So a rare combination is found as quickly as a common one,
and the number of results is known. Only engines with result tables can do this; see
`store.search_engine.SearchEngine.result_tables`.
"""

from collections.abc import Iterable, Iterator, Sequence
from time import monotonic

from cardcrm.query import And, Node
from cardcrm.records.contacts.listing import fetch_summaries
from cardcrm.records.query_sql.contact_query import compile_query
from cardcrm.records.search.filters import Filter, needs_index
from cardcrm.records.search.result_cache import CachedResult, IsWanted, ResultCache, implies
from cardcrm.records.search.result_page import START, Position, ResultPage
from cardcrm.records.search.scan import ScannedChunk, collect_page, scan
from cardcrm.records.search.word_filter import CHUNK, chunks, with_words, words_in_texts
from cardcrm.store import Store

READ_COMMON = 3_000  # contacts that are read one by one rather than looked up for a common word
READ_ANY = 300  # contacts that are read one by one for any word
SORTED = 4_000  # contacts that are sorted; among more, a scan meets the first results soon
SCAN_TIME = 0.008  # seconds of a scan
CHECKED_PER_ROW = 100_000  # contacts whose conditions are checked one by one


def always() -> bool:
    """Return True: the result is wanted in any case."""
    return True


class IncrementalSearch:
    """The search of one search box; only the thread of its connection may use it."""

    def __init__(self) -> None:
        self._cache = ResultCache()

    def has_conditions(self, filter_: Filter) -> bool:
        """Return whether the result of the conditions is stored already. Any thread may ask."""
        return self._cache.has_conditions(filter_)

    def prepare(self, store: Store, filter_: Filter, is_wanted: IsWanted = always) -> bool:
        """Store the result of the conditions; return False if it was no longer wanted.

        Raises UsageError.
        """
        self._cache.open(store)
        conditions = Filter((), filter_.conditions)
        return self._narrow(store, conditions, is_wanted) is not None

    def count(self, store: Store, filter_: Filter, is_wanted: IsWanted = always) -> int | None:
        """Count all results, however long it takes; None if the number was no longer wanted."""
        self._cache.open(store)
        found = self._narrow(store, filter_, is_wanted)
        return None if found is None else found.size

    def first_page(
        self,
        store: Store,
        filter_: Filter,
        size: int,
        after: Position = START,
        is_wanted: IsWanted = always,
    ) -> ResultPage | None:
        """Return up to ``size`` results after a position soon, perhaps few where words are common.

        None if the page was no longer wanted. Raises UsageError.
        """
        self._cache.open(store)
        if filter_.conditions.nodes and not self.prepare(store, filter_, is_wanted):
            return None
        nearest = self._cache.smallest_superset(filter_)
        if nearest is None or nearest.size <= READ_ANY:
            return self.full_page(store, filter_, size, after, is_wanted)
        common = set(filter(self._cache.is_common, nearest.missing_words(filter_)))
        if not common:
            return self.full_page(store, filter_, size, after, is_wanted)
        rare = tuple(word for word in filter_.words if word not in common)
        if self._narrow(store, Filter(rare, filter_.conditions), is_wanted) is None:
            return None
        # Only words are checked below, so the result must meet all conditions.
        conditions = frozenset(filter_.conditions.nodes)
        results = self._cache.supersets(filter_)
        complete = [each for each in results if each.conditions == conditions]
        smallest = min(complete, key=lambda each: each.size)
        return self._scan(store, smallest, filter_.words, size, after, is_wanted)

    def full_page(
        self,
        store: Store,
        filter_: Filter,
        size: int,
        after: Position = START,
        is_wanted: IsWanted = always,
    ) -> ResultPage | None:
        """Return up to ``size`` results after a position and their total, however long it takes."""
        self._cache.open(store)
        found = self._narrow(store, filter_, is_wanted)
        return None if found is None else self._page_of(store, found, size, after)

    # Narrowing results down

    def _narrow(self, store: Store, filter_: Filter, is_wanted: IsWanted) -> CachedResult | None:
        """Return the result of a filter, from its smallest superset by one term after the other."""
        found = self._cache.smallest_superset(filter_)
        for condition in _missing_conditions(store, filter_, found):
            found = self._add_condition(store, found, condition, is_wanted)
            if found is None:
                return None
        words = found.missing_words(filter_) if found else [*dict.fromkeys(filter_.words)]
        for word in self._rare_first(words, found):
            found = self._add_word(store, found, word, is_wanted)
            if found is None:
                return None
        return found or self._all_contacts(is_wanted)

    def _rare_first(self, words: list[str], found: CachedResult | None) -> list[str]:
        """Return words in the order of their look-up: common ones when few contacts are left."""
        if len(words) < 2 or (found is not None and found.size <= READ_ANY):
            return words
        return sorted(words, key=self._cache.is_common)

    def _is_read_quicker(self, found: CachedResult, word: str) -> bool:
        """Return whether to read the contacts of a result rather than look a word up."""
        if found.size <= READ_ANY:
            return True
        return found.size <= READ_COMMON and self._cache.is_common(word)

    def _all_contacts(self, is_wanted: IsWanted) -> CachedResult | None:
        return self._cache.store_selects([("SELECT id, NULL FROM contact", {})], (), (), is_wanted)

    def _add_condition(
        self, store: Store, found: CachedResult | None, condition: Node, is_wanted: IsWanted
    ) -> CachedResult | None:
        """Store those contacts of a result, or of all, that meet a condition."""
        if found is None:
            where, params = compile_query(store, condition)
            # A condition that is a list of ids already need not read the contacts: 2 ms instead of
            # 15 ms for a tag among 100,000 contacts.
            ids = _id_query(where) or f"SELECT c.id FROM contact c WHERE {where}"
            select = (f"SELECT f.*, NULL FROM ({ids}) f", params)
            return self._cache.store_selects([select], (condition,), (), is_wanted)
        per_row = found.size <= CHECKED_PER_ROW and not needs_index(condition)
        where, params = compile_query(store, condition, per_row=per_row)
        contacts = f"{found.table} a CROSS JOIN contact c ON c.id = a.id"
        select = (f"SELECT c.id, a.sort_key FROM {contacts} WHERE {where}", params)
        conditions = {*found.conditions, condition}
        return self._cache.store_selects([select], conditions, found.words, is_wanted)

    def _add_word(
        self, store: Store, found: CachedResult | None, word: str, is_wanted: IsWanted
    ) -> CachedResult | None:
        """Store those contacts of a result, or of all, that contain a word."""
        if found is None:
            selects = self._cache.tables.word_selects(word, "")
            return self._cache.store_selects(selects, (), (word,), is_wanted)
        words = {word, *(each for each in found.words if not implies(word, each))}
        if self._is_read_quicker(found, word):
            rows = _rows_with_word(store, found, word)
            return self._cache.store_rows(rows, found.conditions, words)
        selects = self._cache.tables.word_selects(word, found.table)
        return self._cache.store_selects(selects, found.conditions, words, is_wanted)

    # Pages of results

    def _scan(
        self,
        store: Store,
        found: CachedResult,
        words: Sequence[str],
        size: int,
        after: Position,
        is_wanted: IsWanted,
    ) -> ResultPage:
        """Return the contacts of a result that contain words, as far as a scan gets in its time."""
        if found.size > SORTED:
            filter_ = Filter(tuple(words), And(()))
            return scan(store, filter_, size, after, SCAN_TIME, is_wanted, found.table)
        end = monotonic() + SCAN_TIME
        scanned = _scan_positions(store, self._positions(store, found, after, found.size), words)
        return collect_page(store, scanned, size, lambda: monotonic() < end)

    def _page_of(self, store: Store, found: CachedResult, size: int, after: Position) -> ResultPage:
        """Return the next contacts of a result."""
        if found.size > SORTED:
            page = scan(store, Filter((), And(())), size, after, SCAN_TIME, always, found.table)
            if len(page.contacts) == size or page.after is None:
                return page._replace(total=found.size)
        positions = self._positions(store, found, after, size + 1)
        contacts = fetch_summaries(store, [id_ for _, id_ in positions[:size]])
        is_last = len(positions) <= size
        return ResultPage(contacts, None if is_last else positions[size - 1], found.size)

    def _positions(
        self, store: Store, found: CachedResult, after: Position, limit: int
    ) -> list[Position]:
        """Return the positions of the next contacts of a small result."""
        self._cache.tables.fill_sort_keys(found.number)
        rows = store.rows(
            f"SELECT sort_key, id FROM {found.table} "
            "WHERE (sort_key, id) > (:key, :id) ORDER BY sort_key, id LIMIT :limit",
            key=after[0],
            id=after[1],
            limit=limit,
        )
        return [(row[0], row[1]) for row in rows]


def _missing_conditions(store: Store, filter_: Filter, found: CachedResult | None) -> list[Node]:
    """Return the conditions that a result does not meet yet, those that are lists of ids first."""
    known: Iterable[Node] = found.conditions if found else ()
    missing = [each for each in dict.fromkeys(filter_.conditions.nodes) if each not in known]
    return sorted(missing, key=lambda each: not compile_query(store, each)[0].startswith(_ID_LIST))


_ID_LIST = "c.id IN ("


def _id_query(where: str) -> str:
    """Return the query within ``c.id IN (…)`` if a condition consists of nothing else; else ""."""
    if not where.startswith(_ID_LIST) or not where.endswith(")"):
        return ""
    inner, depth = where[len(_ID_LIST) : -1], 0
    for char in inner:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return ""
    return inner


def _rows_with_word(store: Store, found: CachedResult, word: str) -> list[tuple[int, str | None]]:
    """Return the rows of a small result whose contacts contain a word, by reading their texts."""
    rows = store.rows(f"SELECT id, sort_key FROM {found.table} ORDER BY id")
    in_texts = words_in_texts(store, [word])
    held: set[int] = set()
    for chunk in chunks(rows, CHUNK):
        held |= with_words(store, [row[0] for row in chunk], [word], in_texts)
    return [(row[0], row[1]) for row in rows if row[0] in held]


def _scan_positions(
    store: Store, positions: Sequence[Position], words: Sequence[str]
) -> Iterator[ScannedChunk]:
    """Yield contacts at known positions with those of them that contain words."""
    in_texts = words_in_texts(store, words)
    for chunk in chunks(positions, CHUNK):
        held = with_words(store, [id_ for _, id_ in chunk], words, in_texts)
        yield ScannedChunk(chunk, held, chunk[-1])
