"""The lens: what filters and words find, narrowed down letter by letter.

The cards that a filter holds for are gathered once and kept beside the box for as long as nothing
in it changes. The words typed after it, and each further letter, are looked for among what was left
before: so a rare combination is found as quickly as a common one, and how many cards it finds is
known. Only the engines that keep sets can do this; see `Engine.sets`.
"""

from collections.abc import Callable, Iterable, Sequence
from time import monotonic
from typing import NamedTuple

from cardcrm import dates
from cardcrm.query import And, Node
from cardcrm.records.contacts.listing import ContactSummary, slips
from cardcrm.records.query_sql.compiler import compile_query
from cardcrm.records.search.scan import (
    START,
    Place,
    Sieve,
    Sifted,
    digits_of,
    handfuls,
    holding,
    is_indexed,
    sift,
    told_of,
)
from cardcrm.store import Store
from cardcrm.store.search_engine import ResultTables as Sets
from cardcrm.store.search_engine import Select

HELD = 3_000  # so many cards are read one by one sooner than all that holds a common word
HANDY = 300  # so many sooner than an index is asked for any word
SORTED = 4_000  # so many are put in their order; among more, the first are met in the drawer soon
MOMENT = 0.008  # seconds that the drawer is gone through for them
MOST = 100_000  # cards whose conditions are tried one by one
SETS, IDS = 8, 1_500_000  # kept at once, and ids in all of them

Wanted = Callable[[], bool]


def always() -> bool:
    """Whether an answer is wanted by somebody who waits for it."""
    return True


class Sight(NamedTuple):
    """Cards found in the order of the drawer, where to go on (None where that is its end), and how
    many there are; None where that is not known yet.
    """

    slips: list[ContactSummary]
    after: Place | None
    total: int | None


class _Kept(NamedTuple):
    """A kept set: the conditions and words that its cards were found by, and how many they are."""

    number: int
    terms: frozenset[Node]
    words: frozenset[str]
    held: int


class IncrementalSearch:
    """The sets of one open box; to be asked in the thread of its connection alone."""

    def __init__(self) -> None:
        self._seen: object = None
        self._kept: list[_Kept] = []  # the one that was used last is the last
        self._numbers = 0
        self._common: dict[str, bool] = {}

    def has(self, sieve: Sieve) -> bool:
        """Whether what the conditions find is known already. Any thread may ask."""
        terms = frozenset(sieve.rest.nodes)
        return any(each.terms == terms and not each.words for each in list(self._kept))

    def gather(self, store: Store, sieve: Sieve, is_wanted: Wanted = always) -> bool:
        """Gather what the conditions find, if it is not known; whether it is known now.

        Raises UsageError for a query that makes no sense.
        """
        sets = self._open(store)
        return self._narrowed(store, sets, Sieve((), sieve.rest), is_wanted) is not None

    def count(self, store: Store, sieve: Sieve, is_wanted: Wanted = always) -> int | None:
        """How many cards a query finds, however long it takes; None if it is wanted no more."""
        found = self._narrowed(store, self._open(store), sieve, is_wanted)
        return None if found is None else found.held

    def look(
        self,
        store: Store,
        sieve: Sieve,
        size: int,
        after: Place = START,
        is_wanted: Wanted = always,
    ) -> Sight | None:
        """Up to ``size`` cards after a place, soon: perhaps fewer at first, where words are common.

        None if it is wanted no more. Raises UsageError for a query that makes no sense.
        """
        sets = self._open(store)
        if sieve.rest.nodes and not self.gather(store, sieve, is_wanted):
            return None
        nearest = self._nearest(sieve)
        if nearest is None or nearest.held <= HANDY:
            return self.settle(store, sieve, size, after, is_wanted)
        left = _words_left(sieve, nearest)
        common = {word for word in left if self._is_common(sets, word)}
        if not common:
            return self.settle(store, sieve, size, after, is_wanted)
        rare = tuple(word for word in sieve.words if word not in common)
        if self._narrowed(store, sets, Sieve(rare, sieve.rest), is_wanted) is None:
            return None
        # The nearest may lack conditions, and of its cards nothing but the words is looked at.
        terms = frozenset(sieve.rest.nodes)
        passed = (each for each in self._around(sieve) if each.terms == terms)
        among = min(passed, key=lambda each: each.held)
        found = _met(store, sets, among, sieve.words, size, after, is_wanted)
        return Sight(found.slips, found.after, None)

    def settle(
        self,
        store: Store,
        sieve: Sieve,
        size: int,
        after: Place = START,
        is_wanted: Wanted = always,
    ) -> Sight | None:
        """The same, and how many there are in all, however long it takes."""
        sets = self._open(store)
        found = self._narrowed(store, sets, sieve, is_wanted)
        if found is None:
            return None
        return _listed(store, sets, found, size, after)

    # what is kept

    def _open(self, store: Store) -> Sets:
        """The engine's sets; what was kept is let go of if anything has changed since."""
        sets = store.engine.search.result_tables
        assert sets is not None, "this engine keeps no sets"
        today = dates.today(store.locale.zone)
        seen = (store, store.engine.data_version(), store.changes_made, today)
        if seen != self._seen:
            if isinstance(self._seen, tuple) and self._seen[0] is store:
                self._let_go(sets, self._kept)
            self._kept, self._seen = [], seen
            self._common.clear()
        return sets

    def _let_go(self, sets: Sets, some: Iterable[_Kept]) -> None:
        for each in list(some):
            sets.drop(each.number)
            self._kept.remove(each)

    def _keep(self, sets: Sets, kept: _Kept) -> _Kept:
        """Keep one more set, and in exchange those no longer that were not used for longest."""
        self._kept.append(kept)
        while len(self._kept) > 1 and (
            len(self._kept) > SETS or sum(each.held for each in self._kept) > IDS
        ):
            self._let_go(sets, self._kept[:1])
        return kept

    def _around(self, sieve: Sieve) -> list[_Kept]:
        """The kept sets in which everything stands that the query finds."""
        terms = frozenset(sieve.rest.nodes)
        return [
            each
            for each in self._kept
            if each.terms <= terms
            and all(any(_narrows(word, other) for word in sieve.words) for other in each.words)
        ]

    def _nearest(self, sieve: Sieve) -> _Kept | None:
        """The smallest of them, which is the last to be let go of from now on."""
        found = min(self._around(sieve), key=lambda each: each.held, default=None)
        if found is not None:
            self._kept.remove(found)
            self._kept.append(found)
        return found

    # narrowing down

    def _narrowed(self, store: Store, sets: Sets, sieve: Sieve, is_wanted: Wanted) -> _Kept | None:
        """What the query finds, from the nearest set, by one condition or word after the other."""
        found = self._nearest(sieve)
        for term in _terms_left(store, sieve, found):
            found = self._with_term(store, sets, found, term, is_wanted)
            if found is None:
                return None
        for word in self._in_turn(sets, _words_left(sieve, found), found):
            found = self._with_word(store, sets, found, word, is_wanted)
            if found is None:
                return None
        return found or self._all(sets, is_wanted)

    def _in_turn(self, sets: Sets, words: list[str], found: _Kept | None) -> list[str]:
        """Common words come last, when few cards are left to be looked through for them."""
        if len(words) < 2 or (found is not None and found.held <= HANDY):
            return words
        return sorted(words, key=lambda word: self._is_common(sets, word))

    def _is_read(self, sets: Sets, found: _Kept, word: str) -> bool:
        """Whether to look through the cards of a set for a word, not through all that hold it."""
        return found.held <= HANDY or (found.held <= HELD and self._is_common(sets, word))

    def _is_common(self, sets: Sets, word: str) -> bool:
        """What was found out about a word is remembered; a longer one is not more common."""
        known = self._common.get(word)
        if known is None:
            rare = (other for other, is_common in self._common.items() if not is_common)
            known = not any(_narrows(word, other) for other in rare) and sets.is_common(word)
            self._common[word] = known
        return known

    def _new(
        self,
        sets: Sets,
        selects: Iterable[Select],
        terms: Iterable[Node],
        words: Iterable[str],
        is_wanted: Wanted,
    ) -> _Kept | None:
        self._numbers += 1
        count = sets.fill(self._numbers, selects, is_wanted)
        if count is None:
            return None
        return self._keep(sets, _Kept(self._numbers, frozenset(terms), frozenset(words), count))

    def _all(self, sets: Sets, is_wanted: Wanted) -> _Kept | None:
        return self._new(sets, [("SELECT id, NULL FROM contact", {})], (), (), is_wanted)

    def _with_term(
        self, store: Store, sets: Sets, found: _Kept | None, term: Node, is_wanted: Wanted
    ) -> _Kept | None:
        """Those of the cards that a condition holds for."""
        if found is None:
            where, params = compile_query(store, term)
            # What is a list of ids is taken as it is, without reading the cards for it.
            ids = _ids_alone(where) or f"SELECT c.id FROM contact c WHERE {where}"
            select = (f"SELECT f.*, NULL FROM ({ids}) f", params)
            return self._new(sets, [select], (term,), (), is_wanted)
        by_card = found.held <= MOST and not is_indexed(term)
        where, params = compile_query(store, term, by_card=by_card)
        cards = f"{sets.table_name(found.number)} a CROSS JOIN contact c ON c.id = a.id"
        select = (f"SELECT c.id, a.sort_key FROM {cards} WHERE {where}", params)
        return self._new(sets, [select], {*found.terms, term}, found.words, is_wanted)

    def _with_word(
        self, store: Store, sets: Sets, found: _Kept | None, word: str, is_wanted: Wanted
    ) -> _Kept | None:
        """Those of the cards that hold a word."""
        terms, before = (found.terms, found.words) if found else (frozenset(), frozenset())
        words = {word, *(each for each in before if not _narrows(word, each))}
        if found is not None and self._is_read(sets, found, word):
            held = _held(store, sets, found, word)
            self._numbers += 1
            kept = _Kept(
                self._numbers, terms, frozenset(words), sets.store_rows(self._numbers, held)
            )
            return self._keep(sets, kept)
        among = sets.table_name(found.number) if found else ""
        return self._new(sets, sets.word_selects(word, among), terms, words, is_wanted)


def _terms_left(store: Store, sieve: Sieve, found: _Kept | None) -> list[Node]:
    """The conditions that a set was not narrowed down by, what is a list of ids first."""
    known = found.terms if found else ()
    left = [term for term in dict.fromkeys(sieve.rest.nodes) if term not in known]
    return sorted(left, key=lambda term: not compile_query(store, term)[0].startswith("c.id IN ("))


def _words_left(sieve: Sieve, found: _Kept | None) -> list[str]:
    known = found.words if found else ()
    return [word for word in dict.fromkeys(sieve.words) if word not in known]


def _ids_alone(where: str) -> str:
    """The query within ``c.id IN (…)``, if that is all there is of a condition."""
    start = "c.id IN ("
    if not where.startswith(start) or not where.endswith(")"):
        return ""
    inner, depth = where[len(start) : -1], 0
    for sign in inner:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return ""
    return inner


def _narrows(word: str, other: str) -> bool:
    """Whether every card that holds a word is sure to hold the other, its beginning.

    A number is found by its digits too; and short words, or signs alone, are found in other ways.
    """
    if word == other:
        return True
    if len(other) < 3 or not word.startswith(other) or not any(map(str.isalnum, other)):
        return False
    writings = (other, *digits_of(other))
    return all(any(one in each for one in writings) for each in (word, *digits_of(word)))


def _held(store: Store, sets: Sets, found: _Kept, word: str) -> list[tuple[int, str | None]]:
    """The cards of a small set that hold a word, read one after the other."""
    rows = store.rows(f"SELECT id, sort_key FROM {sets.table_name(found.number)} ORDER BY id")
    told = told_of(store, [word])
    held: set[int] = set()
    for some in handfuls(rows):
        held |= holding(store, [row[0] for row in some], [word], told)
    return [(row[0], row[1]) for row in rows if row[0] in held]


def _met(
    store: Store,
    sets: Sets,
    among: _Kept,
    words: Sequence[str],
    size: int,
    after: Place,
    is_wanted: Wanted,
) -> Sifted:
    """Those cards of a set that hold words, as far as one comes in a moment."""
    table = sets.table_name(among.number)
    if among.held > SORTED:
        return sift(store, Sieve(tuple(words), And(())), size, after, MOMENT, is_wanted, table)
    end = monotonic() + MOMENT
    told = told_of(store, words)
    found: list[int] = []
    last = after
    for some in handfuls(_in_order(store, sets, among, after, among.held)):
        held = holding(store, [id_ for _, id_ in some], words, told)
        for last in some:
            if last[1] in held:
                found.append(last[1])
                if len(found) == size:
                    return Sifted(slips(store, found), last)
        if monotonic() >= end:
            return Sifted(slips(store, found), last)
    return Sifted(slips(store, found), None)


def _in_order(store: Store, sets: Sets, found: _Kept, after: Place, size: int) -> list[Place]:
    """The first cards of a small set after a place."""
    sets.fill_sort_keys(found.number)
    rows = store.rows(
        f"SELECT sort_key, id FROM {sets.table_name(found.number)} "
        "WHERE (sort_key, id) > (:key, :id) ORDER BY sort_key, id LIMIT :size",
        key=after[0],
        id=after[1],
        size=size,
    )
    return [(row[0], row[1]) for row in rows]


def _listed(store: Store, sets: Sets, found: _Kept, size: int, after: Place) -> Sight:
    """The first cards of a set after a place."""
    table = sets.table_name(found.number)
    if found.held > SORTED:
        sifted = sift(store, Sieve((), And(())), size, after, MOMENT, always, table)
        if len(sifted.slips) == size or sifted.after is None:
            return Sight(sifted.slips, sifted.after, found.held)
    places = _in_order(store, sets, found, after, size + 1)
    shown = slips(store, [id_ for _, id_ in places[:size]])
    return Sight(shown, places[size - 1] if len(places) > size else None, found.held)
