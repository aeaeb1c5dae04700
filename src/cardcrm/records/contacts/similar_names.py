"""Find names near a misspelled one, in milliseconds at any size.

Most misspelled words are one letter away from the right one: a letter is missing, too many, wrong,
or in the place of its neighbor (Damerau 1964 found 80%). All words at that distance, some hundred,
are looked up in the index of name words together. Where none of them is a name, names with the same
beginning are compared.
"""

import difflib
import string
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from cardcrm.store import Query, Store
from cardcrm.store.engine import Row
from cardcrm.text import find_similar, fold

_SHORTEST = 4  # letters of a word with neighbors; half the words of three are near another
_LONGEST = 20  # letters of a word with neighbors; a longer one has a thousand
_WORDS = 4  # of a text that are looked at
_CANDIDATES = 100  # contacts whose names are compared
_MANY = 3  # full names that are worth showing for one word


def find_similar_names(store: Store, text: str) -> list[str]:
    """Return up to three names that are similar to a text, the nearest first.

    For a single word that is near the names of many contacts, the words themselves are returned.
    """
    words = fold(text).split()[:_WORDS]
    near = _find_near(store, words) if words else []
    return near or _find_by_beginning(store, fold(text))


def _find_near(store: Store, words: Sequence[str]) -> list[str]:
    """Return names in which each word is one letter away from one in the text, or equal."""
    groups = [[*_neighbors(word)] for word in words if _SHORTEST <= len(word) <= _LONGEST]
    if len(groups) < len(words):
        return []
    sql, params = store.engine.search.some_words_sql(groups, "w")
    rows = store.rows(f"SELECT name FROM contact WHERE id IN ({sql} LIMIT {_CANDIDATES})", **params)
    names = dict.fromkeys(row[0] for row in rows)
    ranked = sorted(names, key=lambda name: -_similarity(words, name))
    if len(words) > 1 or len(ranked) <= _MANY:
        return ranked[:_MANY]
    parts = dict.fromkeys(_nearest_part(words[0], name) for name in ranked)
    return [*parts][:_MANY]


def _neighbors(word: str) -> Iterator[str]:
    """Yield a word and all words that are one letter away."""
    yield word
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in string.ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _similarity(words: Sequence[str], name: str) -> float:
    parts = fold(name).split()
    return sum(max((_ratio(word, part) for part in parts), default=0) for word in words)


def _ratio(word: str, other: str) -> float:
    return difflib.SequenceMatcher(None, word, other).ratio()


def _nearest_part(word: str, name: str) -> str:
    return max(name.split(), key=lambda part: _ratio(word, fold(part)))


def _find_by_beginning(store: Store, key: str) -> list[str]:
    """Return similar names from among a few hundred that begin like a text."""
    starts = dict.fromkeys(filter(None, (key[:3], key[:2], key[:1], *key.split())))
    queries: list[Query[Any]] = [
        _beginning_query(column, start[:4])
        for start in starts
        for column in ("name_key", "sort_key")
    ]
    names: dict[str, str] = {}
    for row in chain.from_iterable(store.fetch_many(queries)):
        names[row["name_key"]] = row["name"]
        for word in row["name_key"].split():
            names.setdefault(word, row["name"])
    return list(dict.fromkeys(names[key] for key in find_similar(key, names, limit=5)))[:3]


def _beginning_query(column: str, start: str) -> Query[list[Row]]:
    """Build the query for the first contacts in whose column a text begins like that."""
    return Query(
        f"SELECT name, name_key FROM contact WHERE {column} >= :low AND {column} < :high "
        f"ORDER BY {column} LIMIT 100",
        {"low": start, "high": f"{start}\U0010ffff"},
        list,
    )
