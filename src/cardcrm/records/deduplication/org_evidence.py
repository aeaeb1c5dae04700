"""Compare two organizations."""

from collections.abc import Iterator

from rapidfuzz import fuzz

from cardcrm.records.contacts.mail_providers import MAIL_PROVIDERS
from cardcrm.records.deduplication import weights
from cardcrm.records.deduplication.detail_evidence import compare_addresses, is_shared_email
from cardcrm.records.deduplication.name_codes import sound_code
from cardcrm.records.deduplication.name_evidence import IDENTIFIED, VAGUE, is_slip
from cardcrm.records.deduplication.profiles import Profile
from cardcrm.records.deduplication.rates import Rates
from cardcrm.records.deduplication.weights import Evidence, Level


def compare_orgs(first: Profile, second: Profile, rates: Rates) -> Iterator[Evidence]:
    """Yield the evidence that two organizations are one."""
    level = _name_level(first, second, rates)
    yield _name_evidence(first, second, level)
    if level == Level.DIFFERENT:  # nothing outweighs two names
        return
    identifies = VAGUE if level <= Level.PART else IDENTIFIED
    domains = domains_of(first) & domains_of(second)
    if domains:
        yield Evidence(weights.ORG_DOMAIN, "domain", min(domains))
    yield from _compare_points(first, second, identifies, rates)
    yield from compare_addresses(first, second, identifies, rates)


def domains_of(profile: Profile) -> set[str]:
    """Return the domains of an organization's website and email addresses."""
    sites = {each.partition("/")[0] for each in profile.webs}
    mails = {each.rpartition("@")[2] for each in profile.emails}
    return (sites | mails) - MAIL_PROVIDERS - {""}


def _name_level(first: Profile, second: Profile, rates: Rates) -> Level:
    mine, theirs = first.words, second.words
    is_same = "".join(mine) == "".join(theirs) or sorted(mine) == sorted(theirs)
    if is_same or first.name_key in second.nicknames or second.name_key in first.nicknames:
        return Level.SAME
    if _spell(mine) == _spell(theirs):
        return Level.SPELLING
    if _numbers(mine) != _numbers(theirs):
        return Level.DIFFERENT
    if _has_slips(mine, theirs, rates):
        return Level.SLIP
    if set(mine) <= set(theirs) or set(theirs) <= set(mine):
        return Level.PART
    return Level.INITIAL if _is_acronym(mine, theirs) else Level.DIFFERENT


def _numbers(words: tuple[str, ...]) -> set[str]:
    return {each for each in words if each.isdigit()}


def _is_acronym(mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """Return whether one name is the first letters of at least three words of the other."""
    return any(
        len(words) > 2 and "".join(short) == "".join(word[0] for word in words)
        for short, words in ((mine, theirs), (theirs, mine))
    )


def _has_slips(mine: tuple[str, ...], theirs: tuple[str, ...], rates: Rates) -> bool:
    """Return whether each word is one of the other name, or one with a typing slip in it.

    Two words that both are common are different ones.
    """
    if len(mine) != len(theirs):
        return fuzz.ratio("".join(mine), "".join(theirs)) > 92  # Seabrook, Sea Brook
    pairs = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    return all(is_slip(*pair) and min(map(rates.family.__getitem__, pair)) < 5 for pair in pairs)


def _spell(words: tuple[str, ...]) -> list[str]:
    return sorted(map(sound_code, words))


def _name_evidence(first: Profile, second: Profile, level: Level) -> Evidence:
    bits = weights.ORG_NAME[level]
    if level == Level.SAME:
        has_other_form = first.name_key != second.name_key
        return Evidence(bits, "legal-form" if has_other_form else "same-name")
    key = {Level.SPELLING: "spelling", Level.SLIP: "slip", Level.PART: "part"}.get(level)
    if level == Level.INITIAL:
        key = "initial"
    return Evidence(bits, key or "different-name", f"{first.name} – {second.name}" if key else "")


def _compare_points(
    first: Profile, second: Profile, identifies: int, rates: Rates
) -> Iterator[Evidence]:
    emails = set(first.emails) & set(second.emails)
    if emails:
        is_shared = any(map(is_shared_email, emails))
        yield Evidence(weights.ORG_EMAIL, "shared-email" if is_shared else "email")
    phones = set(first.phones) & set(second.phones)
    if phones:
        yield Evidence(
            max(0.0, weights.PHONE[identifies] - rates.sharing_bits(min(phones))), "phone"
        )
    elif first.phones and second.phones:
        yield Evidence(weights.OTHER_PHONE, "other-phone")
