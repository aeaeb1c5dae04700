"""Compare the names of two people."""

from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from cardcrm.records.deduplication import weights
from cardcrm.records.deduplication.given_names import (
    are_two_names,
    are_variants,
    differ_in_gender,
    forms_of,
    is_given_name,
)
from cardcrm.records.deduplication.name_codes import sound_code
from cardcrm.records.deduplication.profiles import Profile, Texts
from cardcrm.records.deduplication.rates import Rates
from cardcrm.records.deduplication.weights import Evidence, Level

# A person can be told apart from others in the household by the given name, or not.
OTHER, VAGUE, IDENTIFIED = range(3)
# Two names that agree are proved to be of one person by any detail. Where the given names are only
# alike, as those of sisters may be, a detail proves it that a household does not share.
NO_DETAIL, PERSONAL_DETAIL, ANY_DETAIL = range(3)
_IDENTIFYING = (Level.PART, Level.FAR, Level.SLIP, Level.VARIANT, Level.SPELLING, Level.SAME)
_KEYS = {
    Level.PART: "part",
    Level.SLIP: "slip",
    Level.FAR: "slip",
    Level.VARIANT: "variant",
    Level.SPELLING: "spelling",
    Level.INITIAL: "initial",
}


class NameFinding(NamedTuple):
    """The evidence of two names, and whether they tell a person apart from a household.

    ``proved_by`` are the details that make sure that both are one person.
    """

    evidence: tuple[Evidence, ...]
    identifies: int
    bits: float
    proved_by: int = NO_DETAIL


class _Names(NamedTuple):
    """The words of a given and of a family name."""

    given: Texts
    family: Texts

    def swap(self) -> "_Names":
        """Return the names as if they had been entered in the other order."""
        return _Names(self.family, self.given)


class _Part(NamedTuple):
    """The agreement of two given or family names."""

    level: Level
    bits: float
    key: str
    detail: str = ""
    is_one_name: bool = False

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.bits, self.key, self.detail)


_MISSING = _Part(Level.MISSING, 0.0, "")


def is_slip(word: str, other: str) -> bool:
    """Return whether a word is another one with a typing slip in it, or two in a longer word.

    A slip leaves out, adds or changes a letter, or swaps two.
    """
    longest = max(len(word), len(other))
    if longest < 4 or min(len(word), len(other)) < 3:
        return False
    most = 1 if longest < 6 else 2 if longest < 10 else 3
    return OSA.distance(word, other, score_cutoff=most) <= most


def compare_names(first: Profile, second: Profile, rates: Rates) -> NameFinding:
    """Return the evidence of the names of two people, in the order that fits best."""
    if not first.words or not second.words:
        return NameFinding((Evidence(weights.NAMELESS, "nameless"),), VAGUE, weights.NAMELESS)
    found = _compare_parts(_parts_of(first), _parts_of(second), second.middle, rates)
    if found.bits < weights.MOST_GIVEN and first.given and first.family:
        found = _compare_swapped(first, second, found, rates)
    for one, other in ((first, second), (second, first)):
        if found.identifies != IDENTIFIED and other.name_key in one.nicknames:
            bits = rates.given_bits(other.words[0]) if other.words else 0.0
            evidence = (Evidence(bits + 6.0, "variant", other.name),)
            found = NameFinding(evidence, IDENTIFIED, bits, ANY_DETAIL)
    if found.proved_by == ANY_DETAIL and _have_other_names(first, second):
        found = found._replace(proved_by=PERSONAL_DETAIL)
    return _compare_rest(first, second, found)


def _have_other_names(first: Profile, second: Profile) -> bool:
    """Return whether both have further given names, and none in common: Jean-Luc, Jean-Marc."""
    mine, theirs = ((*each.given[1:], *each.middle) for each in (first, second))
    return bool(mine and theirs) and not any(
        word.startswith(other) or other.startswith(word) or sound_code(word) == sound_code(other)
        for word in mine
        for other in theirs
    )


def _parts_of(profile: Profile) -> _Names:
    return _Names(profile.given, profile.family)


def _compare_swapped(
    first: Profile, second: Profile, found: NameFinding, rates: Rates
) -> NameFinding:
    """Return the evidence of two names of which one is in the other order, if that fits better."""
    mine, theirs = _parts_of(first), _parts_of(second)
    for pair in ((mine, theirs.swap()), (mine.swap(), theirs)):
        swapped = _compare_parts(*pair, (), rates)
        bits = swapped.bits + weights.SWAPPED
        if bits <= found.bits or swapped.identifies == OTHER:
            continue
        if swapped.evidence[0].key == "same-name":
            evidence: tuple[Evidence, ...] = (Evidence(bits, "swapped"),)
        else:
            evidence = (*swapped.evidence, Evidence(weights.SWAPPED, "order"))
        found = NameFinding(evidence, swapped.identifies, bits, swapped.proved_by)
    return found


def _compare_parts(one: _Names, other: _Names, middle: Texts, rates: Rates) -> NameFinding:
    mine = _compare_given(one.given, other.given, middle, rates)
    theirs = _compare_family(one.family, other.family, rates)
    bits = mine.bits + theirs.bits
    if mine.level == theirs.level == Level.SAME:
        return NameFinding((Evidence(bits, "same-name"),), IDENTIFIED, bits, ANY_DETAIL)
    evidence = tuple(each.evidence for each in (mine, theirs) if each.key)
    if mine.level == Level.DIFFERENT:
        return NameFinding(evidence, OTHER, bits)
    if theirs.level in (Level.DIFFERENT, Level.MISSING, Level.INITIAL):
        return NameFinding(evidence, VAGUE, bits)
    identifies = IDENTIFIED if mine.level in _IDENTIFYING else VAGUE
    return NameFinding(evidence, identifies, bits, _find_proof(mine))


def _find_proof(given: _Part) -> int:
    """Return the details that prove that two given names are of one person."""
    if given.level in (Level.MISSING, Level.RELATED):
        return NO_DETAIL
    return ANY_DETAIL if given.is_one_name else PERSONAL_DETAIL


def _compare_given(mine: Texts, theirs: Texts, middle: Texts, rates: Rates) -> _Part:
    if not mine or not theirs:
        return _MISSING
    word, other = mine[0], theirs[0]
    if word == other or "".join(mine) == "".join(theirs):
        if len(word) == 1:
            return _Part(Level.INITIAL, weights.INITIAL, "initial", f"{word.upper()}.")
        bits = min(weights.MOST_GIVEN, rates.given_bits(word))
        return _Part(Level.SAME, bits, "same-given", is_one_name=True)
    if _is_initial(word, rates) or _is_initial(other, rates):
        return _compare_initial(word, other)
    level = _given_level(word, other)
    if level == Level.SLIP and rates.is_established(word) and rates.is_established(other):
        level = Level.DIFFERENT
    if level == Level.DIFFERENT and (word in (*theirs, *middle) or other in mine):
        level = Level.PART
    return _weigh_given(level, word, other, rates)


def _weigh_given(level: Level, word: str, other: str, rates: Rates) -> _Part:
    """Return the evidence of two given names that are not the same."""
    if level == Level.DIFFERENT:
        return _Part(level, weights.DIFFERENT_GIVEN, "different-given")
    detail = f"{word.title()} – {other.title()}"
    if level == Level.RELATED:
        return _Part(level, weights.RELATED, "related", detail)
    commoner = min(weights.MOST_GIVEN, rates.given_bits(word), rates.given_bits(other))
    bits = max(weights.LEAST_SIMILAR, commoner + weights.GIVEN[level])
    return _Part(level, bits, _KEYS[level], detail, _are_one_name(word, other))


@lru_cache(maxsize=1 << 17)
def _are_one_name(word: str, other: str) -> bool:
    """Return whether two given names are one in another spelling or form: Bob and Robert.

    Forms that begin alike and of which a letter or two differ are not: sisters are called so, as
    Anna and Anne. Two letters in the wrong order make no other name.
    """
    if _are_swapped(word, other):
        return True
    codes = sound_code(word), sound_code(other)
    if codes[0] == codes[1]:
        return not differ_in_gender(word, other)
    if not are_variants(word, other):
        return False
    return codes[0][:1] != codes[1][:1] or not any(
        OSA.distance(*pair) == 1 or is_slip(*pair) for pair in ((word, other), codes)
    )


def _are_swapped(word: str, other: str) -> bool:
    """Return whether two words differ in the order of two letters side by side."""
    return (
        len(word) == len(other) and sorted(word) == sorted(other) and OSA.distance(word, other) == 1
    )


def _is_initial(word: str, rates: Rates) -> bool:
    """Return whether a word is an initial, or two letters that no name has."""
    return len(word) == 1 or (len(word) == 2 and not rates.is_established(word))


def _compare_initial(word: str, other: str) -> _Part:
    if word[0] != other[0]:
        return _Part(Level.DIFFERENT, weights.DIFFERENT_GIVEN, "different-given")
    longer = word if len(word) > 1 else other
    detail = f"{word[0].upper()}. – {longer.title()}"
    return _Part(Level.INITIAL, weights.INITIAL, "initial", detail)


def _has_same_letters(word: str, other: str) -> bool:
    """Return whether two names are two slips of one: Ehtan and Etahn."""
    return len(word) > 3 and word[0] == other[0] and sorted(word) == sorted(other)


def _is_slip_of_variant(word: str, other: str) -> bool:
    """Return whether one name is a slip of another form of the other: Jima of Jim, for James."""
    unknown, known = (other, word) if is_given_name(word) else (word, other)
    if len(unknown) < 3:
        return False
    return any(
        OSA.distance(unknown, form, score_cutoff=1) <= 1 and form[0] == unknown[0] and len(form) > 2
        for form in forms_of(known)
    )


@lru_cache(maxsize=1 << 17)
def _given_level(word: str, other: str) -> Level:
    """Return how two different given names agree, each longer than an initial."""
    if are_variants(word, other):
        return Level.RELATED if are_two_names(word, other) else Level.VARIANT
    if sound_code(word) == sound_code(other):
        return Level.SPELLING
    known = is_given_name(word) + is_given_name(other)
    if known == 2 or (known == 0 and differ_in_gender(word, other)):
        return Level.DIFFERENT
    if is_slip(word, other):
        return Level.SLIP
    if (known == 1 and _is_slip_of_variant(word, other)) or _has_same_letters(word, other):
        return Level.FAR
    shorter, longer = sorted((word, other), key=len)
    return Level.VARIANT if len(shorter) > 2 and longer.startswith(shorter) else Level.DIFFERENT


def _compare_family(mine: Texts, theirs: Texts, rates: Rates) -> _Part:
    if not mine or not theirs:
        return _MISSING
    is_same = mine == theirs or "".join(mine) == "".join(theirs)
    shared = mine if is_same else [word for word in mine if word in theirs and len(word) > 1]
    if shared:
        bits = min(weights.MOST_FAMILY, max(map(rates.family_bits, shared)))
        if is_same:
            return _Part(Level.SAME, bits, "same-family")
        return _Part(Level.PART, bits + weights.FAMILY[Level.PART], "part", shared[0].title())
    word, other = mine[-1], theirs[-1]
    if 1 in (len(word), len(other)):
        if word[0] == other[0]:
            return _Part(Level.INITIAL, weights.INITIAL, "initial", f"{word[0].upper()}.")
        level = Level.DIFFERENT
    else:
        level = _family_level("".join(mine), "".join(theirs))
    return _weigh_family(level, word, other, rates)


def _weigh_family(level: Level, word: str, other: str, rates: Rates) -> _Part:
    """Return the evidence of two family names that have no word in common."""
    if level == Level.DIFFERENT:
        return _Part(level, weights.DIFFERENT_FAMILY, "different-family")
    commoner = min(weights.MOST_FAMILY, rates.family_bits(word), rates.family_bits(other))
    bits = max(weights.LEAST_SIMILAR, commoner + weights.FAMILY[level])
    return _Part(level, bits, _KEYS[level], f"{word.title()} – {other.title()}")


@lru_cache(maxsize=1 << 17)
def _family_level(word: str, other: str) -> Level:
    if sound_code(word) == sound_code(other):
        return Level.SPELLING
    return Level.SLIP if is_slip(word, other) else Level.DIFFERENT


def _compare_rest(first: Profile, second: Profile, found: NameFinding) -> NameFinding:
    """Add what middle names, titles and suffixes say."""
    more: list[Evidence] = []
    identifies = found.identifies
    if first.middle and second.middle and found.identifies == IDENTIFIED:
        is_same = first.middle[0][0] == second.middle[0][0]
        if is_same:
            more.append(Evidence(weights.SAME_MIDDLE, "middle"))
        elif not set(first.middle) & set(second.given) and not set(second.middle) & set(
            first.given
        ):
            more.append(Evidence(weights.DIFFERENT_MIDDLE, "different-middle"))
    if first.gender and second.gender and first.gender != second.gender:
        more.append(Evidence(weights.DIFFERENT_GENDER, "gender"))
        identifies = OTHER
    if first.generation != second.generation:
        if first.generation and second.generation:
            more.append(Evidence(weights.DIFFERENT_GENERATION, "generation"))
            identifies = OTHER
        else:  # a father and his son share all that a household does
            more.append(Evidence(weights.ONE_GENERATION, "one-generation"))
            identifies = OTHER
    if not more:
        return found
    bits = found.bits + sum(each.bits for each in more)
    return NameFinding((*found.evidence, *more), identifies, bits, found.proved_by)
