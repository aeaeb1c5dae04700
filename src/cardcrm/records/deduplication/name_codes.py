"""Codes of the words of names, equal for words that sound or are transcribed alike."""

import re
from functools import lru_cache
from typing import Final

from cardcrm.text import fold

# Letters of the Cyrillic and Greek alphabets as most passports write them (ICAO Doc 9303).
_ROMAN: Final = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхцыэіїєґў", "abvgdeziiklmnoprstufhcyeiiegu", strict=True))
    | {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "iu", "я": "ia"}
    | dict(zip("αβγδεζηικλμνξοπρστυφω", "avgdeziiklmnxoprstyfo", strict=True))
    | {"θ": "th", "ς": "s", "χ": "ch", "ψ": "ps"}
)
# Spellings of one sound in names, the longer ones first.
_SOUNDS: Final = (
    ("tsch", "c"), ("shch", "c"), ("tch", "c"), ("sch", "s"), ("ch", "c"), ("sh", "s"), ("sz", "s"),
    ("cz", "c"), ("zh", "z"), ("ph", "f"), ("th", "t"), ("dt", "t"), ("gh", "g"), ("kh", "h"),
    ("qu", "k"), ("ck", "k"), ("ks", "x"), ("ts", "z"), ("tz", "z"), ("ae", "a"), ("oe", "o"),
    ("ue", "u"), ("ya", "ia"), ("yu", "iu"), ("ja", "ia"), ("ju", "iu"), ("iy", "i"), ("ij", "i"),
    ("yi", "i"), ("ey", "ei"), ("ej", "ei"), ("ay", "ai"), ("aj", "ai"), ("ou", "u"), ("oo", "u"),
    ("w", "v"), ("y", "i"), ("q", "k"),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def romanize(word: str) -> str:
    """Return a folded word in Latin letters; words of other alphabets stay as they are."""
    return word if word.isascii() else fold(word.translate(_ROMAN))


@lru_cache(maxsize=1 << 16)
def sound_code(word: str) -> str:
    """Return a code that is equal for transcriptions of one name: Sergei, Sergey and Sergej."""
    code = romanize(word)
    for spelling, sound in _SOUNDS:
        code = code.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", code)


@lru_cache(maxsize=1 << 16)
def skeleton(word: str) -> str:
    """Return the first letter and the consonants of a word's sounds, which slips seldom change."""
    code = sound_code(word).replace("c", "k").replace("z", "s").replace("j", "i")
    if not code:
        return ""
    bare = code[0] + re.sub("[aeiouh' -]", "", code[1:])
    return re.sub(r"(.)\1+", r"\1", bare)[:6]
