"""Read the parts of a person's name from the name as one text.

This is the only place where parts are guessed. `names` calls it for the parts that neither a user
nor a file has stated.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm.records.contacts.name_words import (
    CAPITAL_PARTICLES,
    COMMA_SUFFIXES,
    COMPANY_WORDS,
    DEGREES,
    FAMILY_FIRST_REGIONS,
    GENERATIONS,
    GIVEN_NAME_TITLES,
    JOINING,
    PARTICLES,
    POST_NOMINALS,
    count_titles,
    fold_word,
    is_title,
)
from cardcrm.text import fold

FAMILY_FIRST, GIVEN_FIRST = "family-first", "given-first"
# The patterns are compiled when a name needs them; the one of all Han letters takes 3 ms.
_ASIDE = r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|“[^”]*”|\"[^\"]*\")"
_INITIAL = r"\w\.?"
# Han, kana and Hangul; names in these scripts begin with the family name.
_EAST_ASIAN = "[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
_JAPANESE = "[\u3040-\u30ff]"


class NameParts(NamedTuple):
    """The five parts of a person's name, in the order in which they are written and spoken."""

    prefix: str = ""
    given: str = ""
    middle: str = ""
    family: str = ""
    suffix: str = ""


class Reading(NamedTuple):
    """The reading of a full name: its parts, and whether it was written “Doe, Jane”."""

    parts: NameParts
    is_inverted: bool = False


def is_family_first(text: str, order: str, region: str) -> bool:
    """Return whether the family name comes first: as stated, else by script, else by region."""
    if order:
        return order == FAMILY_FIRST
    return region in FAMILY_FIRST_REGIONS or _has_east_asian(text)


def _has_east_asian(text: str) -> bool:
    return not text.isascii() and re.search(_EAST_ASIAN, text) is not None


def joins_closely(text: str, region: str) -> bool:
    """Return whether the parts of a name are written without a space: 毛泽东."""
    return (
        _has_east_asian(text)
        and region != "JP"
        and not re.search(_JAPANESE, text)
        and not any(char.isascii() and char.isalpha() for char in text)
    )


def read_name(full: str, *, family_first: bool = False) -> Reading:
    """Return the parts of a full name.

    “Doe, Jane” is read as Jane Doe, “Sammy Davis, Jr.” as a name with a suffix. Text in brackets
    or quotes belongs to no part. A particle begins the family name; else it is the last word, or
    the first one where the family name comes first.
    """
    first, _, last = full.partition(" ")
    if first.isalnum() and last.isalnum() and last[0].isalpha() and not is_title(first):
        # Two plain words, as most names are: reading the rest would take 5 µs for each of a file.
        return Reading(
            NameParts(given=last, family=first)
            if family_first
            else NameParts(given=first, family=last)
        )
    if not any(map(str.isalpha, full)) or "@" in full:
        return Reading(NameParts(given=full))  # a number or an address
    base = " ".join(re.sub(_ASIDE, "", full).split()) or full
    base, suffix = _split_suffix(base)
    before, comma, after = base.partition(",")
    if comma and _is_inverted(before, after):
        prefix, given = _split_prefix(after.split())
        return Reading(_with_initials(prefix, given, before.strip(), suffix), is_inverted=True)
    words = before.split() if comma else base.split()
    prefix, names = _split_prefix(words)
    if len(names) > 1 and not suffix:
        names, suffix = _split_bare_suffix(names)
    if len(names) == 1:
        return Reading(_single(prefix, names[0], suffix))
    if family_first:
        return Reading(NameParts(prefix, " ".join(names[1:]), "", names[0], suffix))
    at = _family_at(names)
    return Reading(_with_initials(prefix, names[:at], " ".join(names[at:]), suffix))


def _single(prefix: str, name: str, suffix: str) -> NameParts:
    """Return the parts of one word: a family name after a title, else a given name."""
    titles = prefix.split()
    if titles and fold_word(titles[-1]) not in GIVEN_NAME_TITLES:
        return NameParts(prefix, "", "", name, suffix)
    return NameParts(prefix, name, "", "", suffix)


def _split_suffix(text: str) -> tuple[str, str]:
    """Take the suffixes after the last commas off a name: “Davis, Sammy, Jr.”."""
    pieces = [piece.strip() for piece in text.split(",")]
    found: list[str] = []
    while len(pieces) > 1 and _is_suffix(pieces[-1]):
        found.insert(0, pieces.pop())
    if not found and len(pieces) == 3 and _is_suffix(pieces[1]):
        found.append(pieces.pop(1))  # “Davis, Jr., Sammy”
    return ", ".join(pieces).rstrip(", "), ", ".join(filter(None, found))


def _is_suffix(piece: str) -> bool:
    return all(map(_is_suffix_word, piece.split()))


def _is_suffix_word(word: str) -> bool:
    key = fold_word(word)
    if key in GENERATIONS or key in DEGREES:
        return True
    return key in COMMA_SUFFIXES and (len(key) > 3 or word.replace(".", "").isupper())


def _split_bare_suffix(words: list[str]) -> tuple[list[str], str]:
    """Take suffixes off that have no comma in front: “John Smith Jr. MD”."""
    at = len(words)
    is_capitals = all(map(str.isupper, words))  # a name all in capitals has no post-nominals
    while at > 2 and (
        _is_bare_suffix(words[at - 1]) or (not is_capitals and _is_post_nominal(words[at - 1]))
    ):
        at -= 1
    return words[:at], " ".join(words[at:])


def _is_bare_suffix(word: str) -> bool:
    key = fold_word(word)
    return key in GENERATIONS or (key in DEGREES and any(map(str.isupper, word[:2])))


def _is_post_nominal(word: str) -> bool:
    """Return whether a word is an order or office in capitals; *ret.* is also in small letters."""
    key = fold_word(word)
    is_written_so = word.replace(".", "").strip(",()").isupper() or word.lower() == "ret."
    return is_written_so and key in POST_NOMINALS


def _is_inverted(before: str, after: str) -> bool:
    """Return whether the text before a comma is a family name, and the text after it given names.

    “Jane Doe, Acme Ltd” is a person and a firm.
    """
    if not before.strip() or not after.strip() or "," in after:
        return False
    words = {fold_word(word) for word in f"{before} {after}".split()}
    return words.isdisjoint(COMPANY_WORDS) and "&" not in words and not any(map(str.isdigit, after))


def _split_prefix(words: Sequence[str]) -> tuple[str, list[str]]:
    at = count_titles(words)
    return " ".join(words[:at]), list(words[at:])


def _with_initials(prefix: str, given: Sequence[str], family: str, suffix: str) -> NameParts:
    """Return parts with the initials after a given name as the middle name: “John Q. Smith”."""
    first, rest = list(given[:1]), list(given[1:])
    is_middle = rest and not _is_initial(first[0]) and all(map(_is_initial, rest))
    names, middle = (first, rest) if is_middle else ([*first, *rest], [])
    return NameParts(prefix, " ".join(names), " ".join(middle), family, suffix)


def _is_initial(name: str) -> bool:
    return re.fullmatch(_INITIAL, name) is not None


def _family_at(words: Sequence[str]) -> int:
    """Return where the family name begins: at its first particle, else at the last word."""
    for at in range(1, len(words) - 1):
        if _is_particle(words[at]):
            # “José Ortega y Gasset”: the word before “y” belongs to the family name.
            return at - 1 if at > 1 and fold_word(words[at]) in JOINING else at
    return len(words) - 1


def _is_particle(word: str) -> bool:
    key = fold_word(word)
    if word[:1].isupper() or word.isupper():
        return key in CAPITAL_PARTICLES
    return key in PARTICLES


def read_rest(full: str, stated: Mapping[str, str], *, family_first: bool = False) -> NameParts:
    """Return the parts of a name of which some are ``stated``, and the others are read.

    What is stated is taken out of the name, and the rest is the other half of it.
    """
    found = read_name(full, family_first=family_first).parts
    family, given = stated.get("family", ""), stated.get("given", "")
    words = spoken_words(found, family_first=family_first)
    for part in (family, stated.get("middle", ""), given):
        words = _without(words, part.split())
    rest = " ".join(words)
    if family and _occurs(full, family):
        found = found._replace(given=rest, middle="")
    elif given and _occurs(full, given):
        found = found._replace(family=rest, middle="")
    return found._replace(**stated)


def spoken_words(parts: NameParts, *, family_first: bool = False) -> list[str]:
    """Return the words of a name without prefix and suffix, in the order of the name."""
    _, given, middle, family, _ = parts
    order = (family, given, middle) if family_first else (given, middle, family)
    return " ".join(filter(None, order)).split()


def _occurs(full: str, part: str) -> bool:
    return f" {fold(part)} " in f" {fold(full).replace(',', ' ')} "


def _without(words: list[str], part: Sequence[str]) -> list[str]:
    """Return words without the last place of a part of the name."""
    wanted = [fold(word) for word in part]
    keys = [fold(word) for word in words]
    for at in range(len(words) - len(part), -1, -1):
        if part and keys[at : at + len(part)] == wanted:
            return [*words[:at], *words[at + len(part) :]]
    return words
