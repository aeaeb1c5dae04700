"""Find a person in texts about others: by the full name, an address, a number, a street.

A name is found in either order, with any blanks between its words, without regard to case and
accents; a phone number with any signs between its digits, and with or without its country code.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final, NamedTuple

from cardcrm.text import fold

STRUCK: Final = "[forgotten]"
_SIGNS: Final = r"[\s().\-/]*"
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
    words = name.split()
    if not words:
        return []
    orders = {tuple(words), tuple(fold(name).split())}
    if len(words) > 1:
        for order in list(orders):
            orders |= {(order[-1], *order[:-1]), (order[0], order[-1]), (order[-1], order[0])}
    return [
        _words_needle("name", name, order, is_exact=len(words) == 1) for order in sorted(orders)
    ]


def words_needle(kind: str, text: str) -> list[Needle]:
    """Return what finds words in their order, such as a street, an address or a handle."""
    spellings = {tuple(text.split()), tuple(fold(text).split())} - {()}
    return [_words_needle(kind, text, each) for each in sorted(spellings)]


def _words_needle(kind: str, text: str, words: Sequence[str], *, is_exact: bool = False) -> Needle:
    body = r",?\s+".join(map(re.escape, words))
    start = r"(?<!\w)" if words[0][0].isalnum() else ""
    end = r"(?!\w)" if words[-1][-1].isalnum() else ""
    flags = "" if is_exact else "i"
    body = f"(?{flags}:{start}{body}{end})" if flags else f"(?:{start}{body}{end})"
    longest = max(words, key=len)
    return Needle(kind, text, body, (longest.lower(),))


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

    def may_find(self, text: str) -> bool:
        """Return whether a text may hold anything, by a quick test."""
        lowered = text.lower()
        return any(anchor in lowered for anchor in self.anchors)

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
