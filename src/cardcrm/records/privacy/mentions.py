"""Find a person in texts about others: by the full name, an address, a number, a street.

A name is found in either order, with any blanks or signs between its words, in the genitive, and
without regard to case and accents; a phone number with any signs between its digits, and with or
without its country code.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Final, NamedTuple

from cardcrm.text import fold, list_spellings

STRUCK: Final = "[forgotten]"
_SIGNS: Final = r"[\s().\-/]*"
_LITERAL: Final = ("email", "web", "social")  # kinds in which each sign counts
_GAP: Final = r"(?:%20|[\W_])+"  # between words: blanks, or the signs of a file's name
_START: Final = r"(?<![^\W_])"
_END: Final = r"(?![^\W_])"
_GENITIVE: Final = "(?:['’]?(?:s|es|ns|ens))?"
_MARKS: Final = "[\u0300-\u036f]*"
_LEAST_DIGITS: Final = 6  # a shorter number is an extension
_LEAST_LETTERS: Final = 3  # of a word that is worth looking for


class Needle(NamedTuple):
    """One thing by which a person is found: its ``kind``, its text, and a regular expression.

    A text without any of the ``anchors``, in lower case, cannot hold it.
    """

    kind: str
    text: str
    pattern: str
    anchors: tuple[str, ...]


def name_needles(name: str) -> list[Needle]:
    """Return what finds a full name: as written, and with the family name in front."""
    if len(_words(name)) < 2:
        words = r"\s+".join(map(re.escape, name.split()))
        return [_build_needle("name", name, words, name, is_exact=True)] if words else []
    orders = {_words(each) for each in (name, *list_spellings(name))} - {()}
    for order in list(orders):
        orders |= {(order[-1], *order[:-1]), (order[0], order[-1]), (order[-1], order[0])}
    return [_words_needle("name", name, order) for order in sorted(orders)]


def words_needle(kind: str, text: str) -> list[Needle]:
    """Return what finds words in their order, such as a street, an address or a handle."""
    if kind in _LITERAL:
        words = r"\s+".join(map(re.escape, text.split()))
        return [_build_needle(kind, text, words, max(text.split(), key=len))] if words else []
    spellings = {_words(text), _words(fold(text))} - {()}
    return [_words_needle(kind, text, each) for each in sorted(spellings)]


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text))


def part_needle(word: str) -> list[Needle]:
    """Return what finds a word of a name in any form: at the start of a word."""
    spellings = {word, fold(word)} - {""}
    return [
        Needle("word", word, f"(?i:{_START}{_any_accents(each)})", (each.lower(),))
        for each in sorted(spellings)
    ]


def _words_needle(kind: str, text: str, words: Sequence[str]) -> Needle:
    ending = _GENITIVE if kind == "name" else ""
    body = _GAP.join(map(_any_accents, words)) + ending
    return _build_needle(kind, text, body, max(words, key=len))


def _build_needle(
    kind: str, text: str, body: str, anchor: str, *, is_exact: bool = False
) -> Needle:
    """Return a needle that finds whole words; those of an address may have any signs beside."""
    before, after = (r"(?<!\w)", r"(?!\w)") if kind in _LITERAL else (_START, _END)
    start = before if text.strip()[0].isalnum() else ""
    end = after if text.strip()[-1].isalnum() else ""
    return Needle(kind, text, f"(?{'' if is_exact else 'i'}:{start}{body}{end})", (anchor.lower(),))


def _any_accents(word: str) -> str:
    """Return a pattern for a word with any accents on its letters."""
    return "".join(map(_any_accent, re.findall("ss|.", word, re.DOTALL)))


def _any_accent(letter: str) -> str:
    forms = _accented().get(letter.lower())
    if letter.lower() == "ss":
        return "(?:ss|ß)"
    return re.escape(letter) if forms is None else f"[{letter}{forms}]{_MARKS}"


@cache
def _accented() -> Mapping[str, str]:
    """Return the forms of each letter with accents, of the scripts of Europe."""
    found: dict[str, str] = {}
    for code in (*range(0xC0, 0x530), *range(0x1E00, 0x2000)):
        key = fold(chr(code))
        if len(key) == 1 and key != chr(code):
            found[key] = found.get(key, "") + chr(code)
    return found


def phone_needles(value: str, key: str) -> list[Needle]:
    """Return what finds a phone number; ``value`` is shown, ``key`` holds its digits."""
    digits = re.sub(r"x.*", "", key)
    if not digits.isdigit() or len(digits) < _LEAST_DIGITS:
        return []
    country = re.match(r"\+(\d{1,3})[ .-]", value)
    code = country[1] if country and digits.startswith(country[1]) else ""
    rest = digits[len(code) :]
    prefix = rf"(?:\+|00)?{_spaced(code)}{_SIGNS}(?:\(?0\)?{_SIGNS})?|0{_SIGNS}" if code else r"\+"
    front = f"(?:{prefix})?"
    pattern = rf"(?<!\d){front}{_spaced(rest)}(?!\d)"
    return [Needle("phone", value, pattern, (rest[-2:],))]


def _spaced(digits: str) -> str:
    return _SIGNS.join(digits)


class Finder:
    """Replaces what needles find in texts."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self.needles = tuple({each.pattern: each for each in needles}.values())

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        patterns = sorted((each.pattern for each in self.needles), key=len, reverse=True)
        return re.compile("|".join(patterns) or r"(?!)")

    @cached_property
    def anchors(self) -> tuple[str, ...]:
        """Texts of which every text with a find holds one, in lower case."""
        return tuple(dict.fromkeys(each for needle in self.needles for each in needle.anchors))

    @cached_property
    def _folded_anchors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(fold, self.anchors)))

    def may_find(self, text: str) -> bool:
        """Return whether a text may hold anything, by a quick test."""
        folded = text.lower() if text.isascii() else fold(text)
        return any(anchor in folded for anchor in self._folded_anchors)

    def finds(self, text: str) -> bool:
        """Return whether a text holds anything."""
        return self.may_find(text) and self._pattern.search(text) is not None

    def strike(self, text: str) -> str:
        """Return a text with `STRUCK` in place of each find."""
        return self._pattern.sub(STRUCK, text) if self.may_find(text) else text

    def excerpt(self, text: str, around: int = 30) -> str:
        """Return the part of a text around the first find, "" without one."""
        found = self._pattern.search(text)
        if found is None:
            return ""
        start, end = max(0, found.start() - around), found.end() + around
        return f"{'…' * (start > 0)}{text[start:end]}{'…' * (end < len(text))}".replace("\n", " ")

    def is_whole(self, text: str) -> bool:
        """Return whether a text is a find and nothing more."""
        return self.may_find(text) and self._pattern.fullmatch(text.strip()) is not None


def single_words(names: Iterable[str]) -> list[str]:
    """Return the words of names that are worth looking for on their own."""
    words = (word.strip(".,") for name in names for word in name.split())
    return list(dict.fromkeys(word for word in words if len(word) >= _LEAST_LETTERS))
