"""Compare texts by their words, of which rare ones count more.

The measure is the coverage: the share of the words of one text that another text has. A word that
``df`` of ``N`` texts have weighs ``ln(1 + N / df)``, its inverse document frequency. The coverage
is 1 if the other text has all words, and 0 if it has none.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from cardcrm.store.word_match import split_words
from cardcrm.text import fold

MOST_WORDS: Final = 40  # of a text that is compared
_LEAST: Final = 3  # letters
_COMMON_WORDS: Final = (
    "about after again all also and any are because been before but can could did does for from "
    "get got had has have her him his how into its just know like more not now off one only our "
    "out over please she should some thank thanks than that the their them then there they this "
    "too very want was well were what when where which who why will with would yet you your"
)
_COMMON: Final = frozenset(_COMMON_WORDS.split())
_ENDINGS: Final = ("ings", "ing", "edly", "ed", "es", "s", "en", "e")


def stem(word: str) -> str:
    """Return a word without its ending, so that “leaks” and “leaking” are one word."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            return word[: -len(ending)]
    return word


def find_words(text: str, most: int | None = None) -> dict[str, str]:
    """Return the words of a text by their stems, without very common words.

    Of several words with one stem it is the first one.
    """
    found: dict[str, str] = {}
    for word in split_words(fold(text)):
        if len(word) >= _LEAST and word not in _COMMON:
            found.setdefault(stem(word), word)
    return dict(list(found.items())[:most])


def find_stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text, without very common words."""
    return frozenset(find_words(text))


def weigh(words: Iterable[str], texts: Iterable[frozenset[str]], total: int) -> dict[str, float]:
    """Return the weight of each word among the stems of some texts, of ``total`` texts."""
    found = dict.fromkeys(words, 0)
    for stems in texts:
        for each in found.keys() & stems:
            found[each] += 1
    return {word: math.log(1 + max(total, 1) / max(count, 1)) for word, count in found.items()}


def cover(weights: Mapping[str, float], stems: frozenset[str]) -> float:
    """Return the share of the weight of some words that the stems of a text have."""
    whole = sum(weights.values())
    return sum(weights[each] for each in weights.keys() & stems) / whole if whole else 0.0
