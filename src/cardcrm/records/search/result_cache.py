"""Cache the results of conditions and words for one search box.

A result holds the ids of all contacts that meet some conditions and contain some words. It lives in
a temporary table of the connection (see `store.search_engine.ResultTables`) until the database
changes or others were used more recently.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from cardcrm import dates
from cardcrm.query import Node
from cardcrm.records.search.filters import Filter
from cardcrm.store import Store
from cardcrm.store.search_engine import ResultTables, Select
from cardcrm.store.word_match import MIN_LENGTH, notations

MAX_RESULTS, MAX_IDS = 8, 1_500_000  # kept at once, and ids in all of them

IsWanted = Callable[[], bool]


class CachedResult(NamedTuple):
    """A stored result: its table, the conditions and words that it meets, and its size."""

    number: int
    table: str
    conditions: frozenset[Node]
    words: frozenset[str]
    size: int

    def missing_words(self, filter_: Filter) -> list[str]:
        """Return the words of a filter that the result does not meet."""
        return [word for word in dict.fromkeys(filter_.words) if word not in self.words]


class ResultCache:
    """The results that one connection has stored; only the thread of that connection may use it."""

    def __init__(self) -> None:
        self._state: object = None
        self._tables: ResultTables | None = None
        self._results: list[CachedResult] = []  # the most recently used one is the last
        self._number = 0
        self._common: dict[str, bool] = {}

    @property
    def tables(self) -> ResultTables:
        """The tables of the connection that the cache was opened for."""
        assert self._tables is not None, "the cache must be opened first"
        return self._tables

    def open(self, store: Store) -> None:
        """Prepare for a store; drop all results if anything has changed since they were stored."""
        self._tables = store.engine.search.result_tables
        today = dates.today(store.locale.zone)
        state = (store, store.engine.data_version(), store.changes_made, today)
        if state != self._state:
            if isinstance(self._state, tuple) and self._state[0] is store:
                self._drop(self._results)
            self._results, self._state = [], state
            self._common.clear()

    def has_conditions(self, filter_: Filter) -> bool:
        """Return whether the result of a filter's conditions is stored. Any thread may ask."""
        conditions = frozenset(filter_.conditions.nodes)
        return any(each.conditions == conditions and not each.words for each in list(self._results))

    def supersets(self, filter_: Filter) -> list[CachedResult]:
        """Return the results that include everything a filter finds."""
        conditions = frozenset(filter_.conditions.nodes)
        return [
            each
            for each in self._results
            if each.conditions <= conditions
            and all(any(implies(word, other) for word in filter_.words) for other in each.words)
        ]

    def smallest_superset(self, filter_: Filter) -> CachedResult | None:
        """Return the smallest of the supersets and mark it as the most recently used result."""
        found = min(self.supersets(filter_), key=lambda each: each.size, default=None)
        if found is not None:
            self._results.remove(found)
            self._results.append(found)
        return found

    def store_selects(
        self,
        selects: Iterable[Select],
        conditions: Iterable[Node],
        words: Iterable[str],
        is_wanted: IsWanted,
    ) -> CachedResult | None:
        """Store what some queries select; return None if it was no longer wanted."""
        self._number += 1
        count = self.tables.fill(self._number, selects, is_wanted)
        return None if count is None else self._add(conditions, words, count)

    def store_rows(
        self,
        rows: Sequence[tuple[int, str | None]],
        conditions: Iterable[Node],
        words: Iterable[str],
    ) -> CachedResult:
        """Store ids with their sort keys."""
        self._number += 1
        return self._add(conditions, words, self.tables.store_rows(self._number, rows))

    def is_common(self, word: str) -> bool:
        """Return whether many contacts contain a word; a longer word is not more common."""
        known = self._common.get(word)
        if known is None:
            rare = (other for other, is_common in self._common.items() if not is_common)
            known = not any(implies(word, other) for other in rare) and self.tables.is_common(word)
            self._common[word] = known
        return known

    def _add(self, conditions: Iterable[Node], words: Iterable[str], count: int) -> CachedResult:
        """Add a result, and drop the least recently used ones beyond the limits."""
        table = self.tables.table_name(self._number)
        result = CachedResult(self._number, table, frozenset(conditions), frozenset(words), count)
        self._results.append(result)
        while len(self._results) > 1 and self._is_too_large():
            self._drop(self._results[:1])
        return result

    def _is_too_large(self) -> bool:
        ids = sum(each.size for each in self._results)
        return len(self._results) > MAX_RESULTS or ids > MAX_IDS

    def _drop(self, results: Iterable[CachedResult]) -> None:
        for each in list(results):
            self.tables.drop(each.number)
            self._results.remove(each)


def implies(word: str, other: str) -> bool:
    """Return whether every contact with a word surely contains the other one, its prefix.

    A number is also found by its digits; short words and words without letters follow other rules.
    """
    if word == other:
        return True
    is_text = any(map(str.isalnum, other))
    if len(other) < MIN_LENGTH or not word.startswith(other) or not is_text:
        return False
    return all(any(form in each for form in notations(other)) for each in notations(word))
