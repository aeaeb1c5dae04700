"""A query of filters and words answered card by card, in the order of the drawer.

What fits a good part of a million cards is not gathered to be sorted, which takes seconds: the
drawer is gone through from the front, and the first cards are there in milliseconds. Whoever asks
goes on from where that ended, as long as the answer is wanted. Where hardly a card fits, all that
the rarest word finds are looked through instead.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from cardcrm.query import And, Node, Not, Or, Term, Word
from cardcrm.records.contacts.listing import ContactSummary, slips
from cardcrm.records.query_sql.compiler import compile_query
from cardcrm.store import Query, Store
from cardcrm.store.base import placeholders
from cardcrm.store.engine import Row
from cardcrm.text import digits, fold

MOMENT = 0.012  # seconds that the drawer is gone through at first
LONGER = 0.04  # and then, as long as nothing else is wanted
FIRST_STEP, LAST_STEP = 250, 4_000  # cards that the filters are tried for at a time
LONG_STEP = 20_000  # of them, where it is known which they hold for
HANDFUL = 100  # cards whose texts are read at a time
FAR_HANDFUL = 1_000  # from a server
FEW = 30  # found in the first moment, they are the beginning of many
GATHERED = 4_000  # cards of a rare word that are looked through
TRIED = 500  # so many of them at a time

# Conditions that are answered by the search index alone, or stand for whole queries.
_INDEXED = frozenset({"note", "text", "segment"})

Place = tuple[str, int]  # sort key and id of a card
START: Place = ("", 0)
T = TypeVar("T")


class Sieve(NamedTuple):
    """A query taken apart: words that a card must hold, and the conditions besides."""

    words: tuple[str, ...]
    rest: And


class Sifted(NamedTuple):
    """Cards found in the order of the drawer, and where to go on; None where that is its end."""

    slips: list[ContactSummary]
    after: Place | None


def sieve_of(node: Node) -> Sieve | None:
    """The sieve of a query; None for one that the search index has to answer."""
    sieve = parted(node)
    return None if any(map(is_indexed, sieve.rest.nodes)) else sieve


def parted(node: Node) -> Sieve:
    """Any query taken apart; its conditions may be such that the search index answers them."""
    nodes = node.nodes if isinstance(node, And) else (node,)
    words = tuple(fold(each.text) for each in nodes if isinstance(each, Word))
    rest = tuple(each for each in nodes if not isinstance(each, Word))
    return Sieve(tuple(filter(None, words)), And(rest))


def is_indexed(node: Node) -> bool:
    """Whether there are words, or what is like them, in alternatives or exclusions."""
    if isinstance(node, And | Or):
        return any(map(is_indexed, node.nodes))
    if isinstance(node, Not):
        return is_indexed(node.node)
    return isinstance(node, Word) or (isinstance(node, Term) and node.field in _INDEXED)


def handfuls(things: Sequence[T], size: int = HANDFUL) -> Iterator[Sequence[T]]:
    """Things in pieces of so many."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def sift(
    store: Store,
    sieve: Sieve,
    size: int,
    after: Place = START,
    moment: float = MOMENT,
    is_wanted: Callable[[], bool] = lambda: True,
    among: str = "",
) -> Sifted:
    """Up to ``size`` cards after a place that pass the sieve, or those found in a moment (s).

    It ends early when it is wanted no more. ``among`` is a table with the ids of all cards that the
    conditions hold for, where that is known. Raises UsageError for a query that makes no sense.
    """
    end = monotonic() + moment
    told = told_of(store, sieve.words)
    begun = [word for word in sieve.words if len(word) < 3 and word not in told]
    read = [word for word in sieve.words if word not in begun]
    found: list[int] = []
    # Of a server more is asked at a time: getting there takes longer than looking.
    far = store.engine.is_remote
    step, place = (LAST_STEP if among or far else FIRST_STEP), after
    longest = LONG_STEP if among or far else LAST_STEP
    while True:
        fitting, last = _fitting(store, Sieve(tuple(begun), sieve.rest), place, step, among)
        for some in handfuls(fitting, FAR_HANDFUL if far else HANDFUL):
            held = holding(store, [each[1] for each in some], read, told)
            for place in some:
                if place[1] in held:
                    found.append(place[1])
                    if len(found) == size:
                        return Sifted(slips(store, found), place)
            if monotonic() >= end or not is_wanted():
                return Sifted(slips(store, found), place)
        if last is None or monotonic() >= end or not is_wanted():
            return Sifted(slips(store, found), last)
        place, step = last, min(2 * step, longest)


def gather(store: Store, sieve: Sieve, size: int) -> Sifted | None:
    """The first ``size`` of all cards that pass, by way of a rare word; None if none is rare."""
    ids = store.engine.search.candidate_ids(sieve.words, GATHERED) if sieve.words else None
    if ids is None:
        return None
    places = sorted(_passing(store, sieve, ids))
    found = slips(store, [id_ for _, id_ in places[:size]])
    return Sifted(found, places[size - 1] if len(places) > size else None)


def _passing(store: Store, sieve: Sieve, ids: Sequence[int]) -> Iterator[Place]:
    """Those of some cards that pass."""
    where, params = compile_query(store, sieve.rest, by_card=True)
    told = told_of(store, sieve.words)
    for some in handfuls(ids, GATHERED if store.engine.is_remote else TRIED):
        marks, names = placeholders(some, "i")
        rows = store.rows(
            f"SELECT c.sort_key, c.id FROM contact c WHERE c.id IN ({marks}) AND ({where})",
            **params,
            **names,
        )
        held = holding(store, [row[1] for row in rows], sieve.words, told)
        yield from ((row[0], row[1]) for row in rows if row[1] in held)


def _fitting(
    store: Store, sieve: Sieve, after: Place, step: int, among: str
) -> tuple[list[Place], Place | None]:
    """Of the next so many cards those that the conditions hold for, with names that begin with the
    words; and the last one looked at, if there are more.
    """
    where, params = _begun(sieve.words)
    if not among:
        fits, more = compile_query(store, sieve.rest, by_card=True)
        where, params = [f"({fits})", *where], params | more
    following = (
        "FROM contact WHERE (sort_key, id) > (:after_key, :after_id) ORDER BY sort_key, id LIMIT "
    )
    params |= {"after_key": after[0], "after_id": after[1], "step": step}
    cards, seen = f"(SELECT id, sort_key {following} :step) AS c", "c"
    if re.search(r"\bc\.(?!id\b)", " ".join(where)):  # else the cards themselves need not be read
        cards, seen = cards.removesuffix("c") + "w JOIN contact c ON c.id = w.id", "w"
    if among:
        where = [f"{seen}.id IN (SELECT id FROM {among})", *where]
    sql = f"SELECT c.sort_key, c.id FROM {cards} WHERE {' AND '.join(where)} "
    fitting = Query(f"{sql}ORDER BY c.sort_key, c.id", params, _places)
    beyond = {"after_key": after[0], "after_id": after[1], "skip": step - 1}
    last = Query(f"SELECT sort_key, id {following} 1 OFFSET :skip", beyond, _places)
    found, end = store.fetch_many([fitting, last])
    return found, next(iter(end), None)


def _places(rows: Iterable[Row]) -> list[Place]:
    return [(row[0], row[1]) for row in rows]


def _begun(words: Sequence[str]) -> tuple[list[str], dict[str, Any]]:
    """What holds for cards whose name begins with letters too few for the index, or so a tag."""
    sql = [
        f"(c.name_key >= :low{n} AND c.name_key < :high{n} "
        f"OR c.sort_key >= :low{n} AND c.sort_key < :high{n} "
        f"OR EXISTS (SELECT 1 FROM tag b WHERE b.contact_id = c.id AND b.name = :low{n}))"
        for n in range(len(words))
    ]
    params = {f"low{n}": word for n, word in enumerate(words)}
    return sql, params | {f"high{n}": word + "\U0010ffff" for n, word in enumerate(words)}


# Whether a card holds words: the same answer as the search index gives


def told_of(store: Store, words: Iterable[str]) -> set[str]:
    """The words that stand in any text at all: for the others none need be read."""
    return {word for word in words if store.engine.search.word_exists(word)}


def holding(
    store: Store, ids: Sequence[int], words: Iterable[str], told: Collection[str]
) -> set[int]:
    """Those of some cards that hold all folded words, each on the card, in its note or history."""
    kept = set(ids)
    for word in words:
        if kept:
            on_card = _on_card(store, word, sorted(kept))
            others = sorted(kept - on_card) if word in told else ()
            kept = on_card | _in_texts(store, word, others)
    return kept


def _on_card(store: Store, word: str, ids: Sequence[int]) -> set[int]:
    """Longer words anywhere; shorter ones where the name begins so, or as a tag."""
    marks, params = placeholders(ids, "i")
    if len(word) < 3:
        rows = store.rows(
            "SELECT c.id, c.name_key, c.sort_key, x.id FROM contact c LEFT JOIN tag x "
            f"ON x.contact_id = c.id AND x.name = :word WHERE c.id IN ({marks})",
            word=word,
            **params,
        )
        return {row[0] for row in rows if row[3] or any(key.startswith(word) for key in row[1:3])}
    index = store.engine.search.contacts_sql
    rows = store.rows(f"SELECT id, names, rest FROM ({index}) w WHERE id IN ({marks})", **params)
    writings = (word, *digits_of(word))
    return {row[0] for row in rows if any(each in row[1] or each in row[2] for each in writings)}


def digits_of(word: str) -> Iterator[str]:
    """A phone number is also found by its digits, but for the zeros or (0) of national writing."""
    bare = word.replace("(0)", "")
    if not bare.strip("0123456789+()-./ ") and len(number := digits(bare).lstrip("0")) >= 3:
        yield number


def _in_texts(store: Store, word: str, ids: Sequence[int]) -> set[int]:
    """Those with a word, or one that begins so, in the note or in an interaction."""
    pieces = "".join(char if char.isalnum() else " " for char in word).split()
    if not pieces or not ids:
        return set()
    # To the index an underscore stands between words, to `re` it is part of one.
    end = "" if len(word) >= 3 else r"(?![^\W_])"
    begins = re.compile(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, pieces)) + end)
    marks, params = placeholders(ids, "i")
    notes, more = placeholders([-each for each in ids], "n")
    index = store.engine.search.texts_sql
    rows = store.rows(
        f"SELECT p.contact_id, w.body FROM participant p JOIN ({index}) w "
        f"ON w.id = p.interaction_id WHERE p.contact_id IN ({marks}) AND w.body LIKE :part "
        f"UNION ALL SELECT -w.id, w.body FROM ({index}) w WHERE w.id IN ({notes}) "
        "AND w.body LIKE :part",
        part=f"%{pieces[-1]}%",  # letters and digits, nothing that LIKE would read
        **params,
        **more,
    )
    return {card for card, body in rows if begins.search(body)}
