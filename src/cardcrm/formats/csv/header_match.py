"""Find the meaning of each column by its header.

The first of these that fits decides: a meaning that the user gave, one in the program that wrote
the file, a known header, a known header with a word for work or home in it, a word for consent or
its refusal, and last a header that is close to a known one, which is only a guess.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from cardcrm.formats.csv.consent_words import find_consent
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.header_words import (
    CONNECTORS,
    CONTACT_PERSONS,
    CUSTOMERS,
    FILLING,
    NOT_CLOSE,
    PLACES,
    SHORT_FORMS,
)
from cardcrm.formats.csv.headers import COLUMNS, Target
from cardcrm.formats.csv.programs import Program, find_language_targets, find_program

UNKNOWN: Final[Target] = ("", "")
_DIGITS: Final = re.compile(r"\d+")
_CAMEL: Final = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])")
_WORD: Final = re.compile(r"[^\W\d_]+")
_OWNER: Final = re.compile(
    r"^(?:person|people|contact|lead|customer|organization|organisation|company|deal)\s*[-–:.]\s+",
    re.IGNORECASE,
)
_OPTIONAL: Final = re.compile(r"\((?:required|optional|pflichtfeld|obligatoire|obligatorio)\)|\*")
_OR: Final = re.compile(r"[/&|]|\b(?:and|or|und|oder|et|ou|y|o|e)\b")
_PLACED: Final = frozenset(
    ("email", "phone", "web", "street", "city", "region", "postcode", "country")
)
_MOST_GUESSES: Final = 300  # headers of a file that are compared with all known ones
_LEAST_LENGTH: Final = 5  # letters of a header that may have a slip


class Match(NamedTuple):
    """The meaning of a column, and whether it is only a guess."""

    target: Target
    is_guess: bool = False


def match_headers(
    headers: Sequence[str], given: Mapping[str, Target]
) -> tuple[list[Match], Program | None]:
    """Return the meaning of each column, and the program that wrote the file if it is known.

    ``given`` are meanings by folded header.
    """
    keys = [fold_header(header) for header in headers]
    program = find_program(frozenset(keys))
    special = {**find_language_targets(keys), **(program.targets if program else {})}
    guesses = 0
    found: list[Match] = []
    for header, key in zip(headers, keys, strict=True):
        plain = _DIGITS.sub("", key)
        known = given.get(key) or special.get(key) or special.get(plain)
        match = Match(known) if known else match_header(header)
        if match.target == UNKNOWN and known is None and guesses < _MOST_GUESSES:
            guesses += 1
            match = Match(_guess(header), is_guess=True)
        found.append(match)
    return _treat_customer_as_org(_treat_lone_name(found), keys, given), program


def _treat_lone_name(matches: list[Match]) -> list[Match]:
    """Treat ``Nom`` or ``Nombre`` as the full name if the other half has no column."""
    halves = [each for each in matches if each.target[0] in {"name", "given", "family"}]
    if len(halves) != 1:
        return matches
    return [each._replace(target=("name", "")) if each is halves[0] else each for each in matches]


def _treat_customer_as_org(
    matches: list[Match], keys: Sequence[str], given: Mapping[str, Target]
) -> list[Match]:
    """Treat ``Customer`` as the organization if another column has the person there."""
    named = {key for key, each in zip(keys, matches, strict=True) if each.target[0] == "name"}
    customers = named & _fold_all(CUSTOMERS)
    has_org = any(each.target[0] == "org" for each in matches)
    if has_org or not customers or not named & _fold_all(CONTACT_PERSONS):
        return matches
    return [
        each._replace(target=("org", "")) if key in customers - given.keys() else each
        for key, each in zip(keys, matches, strict=True)
    ]


@cache
def _fold_all(headers: str) -> frozenset[str]:
    return frozenset(map(fold_header, headers.split(" | ")))


def match_header(header: str) -> Match:
    """Return the meaning of a header that is known, whole or by its words."""
    known = find_known(fold_header(header))
    if known != UNKNOWN:
        return Match(known)
    words = split_words(_OWNER.sub("", header))
    known = find_consent(words) or find_known("".join(words))
    if known == UNKNOWN and len(words) == 2:
        known = find_known("".join(reversed(words)))  # “Phone (Mobile)”
    return Match(known if known != UNKNOWN else _find_placed(words))


@cache
def load_known() -> Mapping[str, Target]:
    """Return all known headers, folded, with their meanings."""
    return {
        fold_header(text): target for target, texts in COLUMNS.items() for text in texts.split("|")
    }


def find_known(key: str) -> Target:
    """Return the target of a folded header, with or without its digits."""
    known = load_known()
    return known.get(key) or known.get(_DIGITS.sub("", key), UNKNOWN)


def split_words(header: str) -> list[str]:
    """Return the words of a header, folded: ``homeZipCode (2)`` as home, zip, code."""
    plain = unicodedata.normalize("NFKC", _OPTIONAL.sub(" ", header))
    return [word for text in _WORD.findall(_CAMEL.sub(" ", plain)) if (word := fold_header(text))]


def _find_placed(words: Sequence[str]) -> Target:
    """Return the target of a header that says where: “Telefon (geschäftlich)”."""
    places = {PLACES[word] for word in words if word in PLACES}
    rest = [word for word in words if word not in PLACES and word not in CONNECTORS]
    if len(places) != 1 or not rest:
        return UNKNOWN
    what, label = find_known("".join(rest))
    if what not in _PLACED:
        return UNKNOWN
    (place,) = places
    if not label:
        return what, place
    return (what, f"{place} fax") if label == "fax" and place != "other" else (what, label)


# Guesses


def _guess(header: str) -> Target:
    """Return the target of the known header that is closest; unknown if none is close."""
    parts = [part for part in _OR.split(header) if part.strip()]
    found = set(map(_guess_part, parts))
    if len(found) == 1 and len(parts) > 1:
        return found.pop()
    return _guess_part(header)


def _guess_part(text: str) -> Target:
    for words in _shorten(split_words(text)):
        known = find_known("".join(words))
        if known == UNKNOWN:
            known = _find_placed(words)
        if known != UNKNOWN and known[1] != "#" and known[0] != "label":
            return known
    return _find_slip(fold_header(text))


def _shorten(words: list[str]) -> Iterator[list[str]]:
    """Yield a header's words with their long forms, and without those that add nothing."""
    yield words
    long = [part for word in words for part in SHORT_FORMS.get(word, word).split()]
    yield long
    for filling in (CONNECTORS, CONNECTORS | FILLING):
        if rest := [word for word in long if word not in filling]:
            yield rest


def _find_slip(key: str) -> Target:
    """Return the target of the known header that differs by a slip of the pen."""
    if len(key) < _LEAST_LENGTH or key in NOT_CLOSE:
        return UNKNOWN
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    most = 1 if len(key) < 9 else 2
    near = process.extract(
        key, list(load_known()), scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=5
    )
    close = {
        load_known()[known]
        for known, _, _ in near
        if known[0] == key[0] and len(known) >= _LEAST_LENGTH
    }
    target = close.pop() if len(close) == 1 else UNKNOWN
    return UNKNOWN if target[1] == "#" or target[0] == "label" else target
