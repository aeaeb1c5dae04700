"""Compare what two contacts have beside their names: addresses, phones, emails, birthdays."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from cardcrm.records.deduplication import weights
from cardcrm.records.deduplication.name_codes import sound_code
from cardcrm.records.deduplication.name_evidence import IDENTIFIED, OTHER, VAGUE, is_slip
from cardcrm.records.deduplication.profiles import PostalAddress, Profile
from cardcrm.records.deduplication.rates import Rates
from cardcrm.records.deduplication.weights import Evidence
from cardcrm.text import extract_digits

# Users of addresses that several people read.
SHARED_USERS: Final = frozenset((
    "info", "office", "kontakt", "contact", "mail", "post", "admin", "sales", "hello", "hi", "team",
    "service", "support", "buero", "verwaltung", "contacto", "commercial", "accueil", "secretariat",
    "ventas", "enquiries", "enquiry", "inquiries", "accounts", "accounting", "billing", "booking",
    "bookings", "reservations", "reception", "vertrieb", "einkauf", "bestellung", "orders", "shop",
    "webmaster", "hr", "jobs", "marketing", "press", "noreply", "no-reply", "help", "helpdesk",
    "biuro", "sekretariat", "informacion", "amministrazione", "segreteria", "contato", "order",
    "zentrale", "rechnung", "buchhaltung", "praxis", "empfang", "family", "familie", "home",
))  # fmt: skip
_FAMILY_WORDS: Final = frozenset(
    ("family", "familie", "famille", "familia", "famiglia", "fam", "the", "die", "les")
)


def is_shared_email(email: str) -> bool:
    """Return whether an email address belongs to an office rather than to a person."""
    return email.partition("@")[0] in SHARED_USERS


def compare_details(
    first: Profile, second: Profile, identifies: int, rates: Rates
) -> Iterator[Evidence]:
    """Yield the evidence of two people beside their names.

    ``identifies`` is how far the names tell a person from a household or an office.
    """
    if first.birthday and second.birthday:
        birthday = _compare_birthdays(first.birthday, second.birthday)
        yield birthday
        if birthday.bits == weights.OTHER_BIRTHDAY:  # a father and his son of one name
            identifies = OTHER
    yield from _compare_emails(first, second, identifies, rates)
    yield from _compare_household(first, second, identifies, rates)
    if not set(first.socials).isdisjoint(second.socials):
        yield Evidence(weights.SOCIAL if identifies else 0.0, "social")
    elif not set(first.webs).isdisjoint(second.webs):
        yield Evidence(weights.WEB, "web")
    if first.org and second.org:
        if first.org == second.org and identifies != IDENTIFIED:
            return  # colleagues
        if first.org == second.org:
            yield Evidence(min(weights.MOST_ORG, rates.org_bits(first.org)), "org")
        else:
            yield Evidence(weights.OTHER_ORG, "other-org")


def _compare_household(
    first: Profile, second: Profile, identifies: int, rates: Rates
) -> Iterator[Evidence]:
    """Yield the evidence of phones and addresses, which families and offices have in common.

    Where the names leave a household in common, both together say little more than one.
    """
    phones = tuple(_compare_phones(first, second, identifies, rates))
    yield from phones
    room = weights.MOST_VAGUE - sum(each.bits for each in phones)
    for each in compare_addresses(first, second, identifies, rates):
        is_capped = identifies == VAGUE and each.bits > room
        yield each._replace(bits=max(0.0, room)) if is_capped else each


def _compare_emails(
    first: Profile, second: Profile, identifies: int, rates: Rates
) -> Iterator[Evidence]:
    if not first.emails or not second.emails:
        return
    same = next((each for each in first.emails if each in second.emails), "")
    if same:
        loss = rates.sharing_bits(same)
        if is_shared_email(same):
            yield Evidence(max(0.0, weights.SHARED_EMAIL[identifies] - loss), "shared-email")
        else:
            key = "family-email" if _is_family_email(same, first, second) else "email"
            yield Evidence(max(0.0, weights.EMAIL[identifies] - loss), key)
        return
    pairs = [(mine, theirs) for mine in first.emails for theirs in second.emails]
    if any(_is_similar_email(*pair) for pair in pairs):
        yield Evidence(weights.SIMILAR_EMAIL[identifies], "similar-email")
        return
    users = {mine.partition("@")[0] for mine in first.emails}
    users &= {theirs.partition("@")[0] for theirs in second.emails}
    users -= SHARED_USERS
    if users and identifies:
        is_more = any(_is_more_than(user, {*first.words, *second.words}) for user in users)
        bits = weights.SAME_USER if is_more else weights.NAME_AS_USER
        yield Evidence(bits, "user" if is_more else "other-domain")
    else:
        yield Evidence(weights.OTHER_EMAIL, "other-email")


def _is_family_email(email: str, first: Profile, second: Profile) -> bool:
    """Return whether the user of an address is no more than a family name: the.smiths@x.example."""
    words = re.split(r"[._-]+", email.partition("@")[0].rstrip("0123456789"))
    user = "".join(word for word in words if word not in _FAMILY_WORDS).removesuffix("family")
    family = {sound_code("".join(each.family)) for each in (first, second) if each.family}
    return not family.isdisjoint((sound_code(user), sound_code(user.removesuffix("s"))))


@lru_cache(maxsize=1 << 16)
def _is_similar_email(mine: str, theirs: str) -> bool:
    """Return whether two addresses differ by a typing slip in the user or in the domain."""
    user, _, domain = mine.partition("@")
    other_user, _, other_domain = theirs.partition("@")
    if min(len(user), len(other_user)) < 4 or extract_digits(user) != extract_digits(other_user):
        return False  # jane1 and jane2
    if domain == other_domain:
        return is_slip(user, other_user) and OSA.distance(user, other_user) <= 2
    return user == other_user and OSA.distance(domain, other_domain, score_cutoff=2) <= 2


def _is_more_than(user: str, names: set[str]) -> bool:
    """Return whether the user of an email address is more than the names of a person."""
    if len(user) < 4:
        return False
    rest = user
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    return len([char for char in rest if char.isalnum()]) > 1


def _compare_phones(
    first: Profile, second: Profile, identifies: int, rates: Rates
) -> Iterator[Evidence]:
    if not first.phones or not second.phones:
        return
    same = next((each for each in first.phones if each in second.phones), "")
    if same:
        yield Evidence(max(0.0, weights.PHONE[identifies] - rates.sharing_bits(same)), "phone")
        return
    pairs = [(mine, theirs) for mine in first.phones for theirs in second.phones]
    if any(_ends_alike(*pair) for pair in pairs):
        yield Evidence(weights.PHONE[identifies] * 0.8, "phone")
    elif identifies and any(_is_similar_phone(*pair) for pair in pairs):
        yield Evidence(weights.SIMILAR_PHONE[identifies], "similar-phone")
    else:
        yield Evidence(weights.OTHER_PHONE, "other-phone")


def _ends_alike(mine: str, theirs: str) -> bool:
    """Return whether two numbers have the same last digits, with or without a code in front."""
    return len(mine) > 7 and mine[-8:] == theirs[-8:]


def _is_similar_phone(mine: str, theirs: str) -> bool:
    """Return whether two numbers differ by one digit, or by two in each other's place."""
    return min(len(mine), len(theirs)) > 7 and OSA.distance(mine, theirs, score_cutoff=1) <= 1


def compare_addresses(
    first: Profile, second: Profile, identifies: int, rates: Rates
) -> Iterator[Evidence]:
    """Yield the evidence of the two addresses that agree best."""
    if not first.addresses or not second.addresses:
        return
    found = [
        _compare_address(mine, theirs, identifies, rates)
        for mine in first.addresses
        for theirs in second.addresses
    ]
    best = max(found, key=lambda evidence: sum(each.bits for each in evidence))
    yield from best


def _compare_address(
    mine: PostalAddress, theirs: PostalAddress, identifies: int, rates: Rates
) -> tuple[Evidence, ...]:
    same_city = bool(mine.city) and mine.city == theirs.city
    same_code = bool(mine.postcode) and mine.postcode == theirs.postcode
    is_near = same_city or same_code or _is_near(mine, theirs)
    if not is_near and not (_has_town(mine) and _has_town(theirs)):
        is_near = mine.street == theirs.street  # the town may be in the street
        same_city = is_near and not (_has_town(mine) or _has_town(theirs))
    has_streets = bool(mine.street and theirs.street)
    if has_streets and is_near:
        found = _compare_streets(mine, theirs, identifies, is_exact=same_city or same_code)
        if found is not None:
            loss = rates.door_bits(mine)
            return (found._replace(bits=max(0.0, found.bits - loss)) if loss else found,)
    if same_code:
        return (Evidence(weights.POSTCODE - 2.0 * has_streets, "postcode"),)
    if same_city and has_streets and mine.city:
        return (Evidence(weights.OTHER_STREET, "other-street"),)
    if same_city and mine.city:
        bits = min(weights.MOST_CITY, rates.city_bits(mine.city))
        return (Evidence(bits, "city"),)
    has_towns = bool((mine.city and theirs.city) or (mine.postcode and theirs.postcode))
    return (Evidence(weights.OTHER_CITY, "other-city"),) if has_towns and not is_near else ()


def _compare_streets(
    mine: PostalAddress, theirs: PostalAddress, identifies: int, *, is_exact: bool
) -> Evidence | None:
    """Return the evidence of two streets in a town, whose name or postcode is ``is_exact``."""
    same_number = mine.number == theirs.number
    if mine.street == theirs.street and same_number:
        if is_exact:
            return Evidence(weights.ADDRESS[identifies], "address")
        return Evidence(weights.SIMILAR_ADDRESS[identifies], "similar-address")
    if same_number and is_exact and _is_similar_street(mine.street, theirs.street):
        return Evidence(weights.SIMILAR_ADDRESS[identifies], "similar-address")
    if mine.street == theirs.street and is_number_slip(mine.number, theirs.number):
        loss = weights.OTHER_NUMBER if identifies == IDENTIFIED else 0.0
        return Evidence(weights.SIMILAR_ADDRESS[identifies] + loss, "similar-address")
    return None


def _has_town(address: PostalAddress) -> bool:
    return bool(address.city or address.postcode)


def _is_near(mine: PostalAddress, theirs: PostalAddress) -> bool:
    """Return whether town or postcode differ by a typing slip."""
    if mine.city and theirs.city and is_slip(mine.city, theirs.city):
        return True
    codes = mine.postcode, theirs.postcode
    return min(map(len, codes)) > 3 and OSA.distance(*codes, score_cutoff=1) <= 1


@lru_cache(maxsize=1 << 16)
def _is_similar_street(mine: str, theirs: str) -> bool:
    return is_slip(mine, theirs) or mine.startswith(theirs) or theirs.startswith(mine)


def is_number_slip(mine: str, theirs: str) -> bool:
    """Return whether a house number is missing, or a digit is missing or changed."""
    if not mine or not theirs:
        return True
    return max(len(mine), len(theirs)) > 1 and OSA.distance(mine, theirs, score_cutoff=1) <= 1


def _compare_birthdays(mine: str, theirs: str) -> Evidence:
    """Compare two birthdays as they are stored, each perhaps without its year or its day."""
    is_whole = len(mine) == len(theirs) == 10
    if mine == theirs:
        return Evidence(weights.SAME_BIRTHDAY if is_whole else weights.SAME_YEARLESS, "birthday")
    if not is_whole and "-" in mine[5:] and mine[-5:] == theirs[-5:]:
        return Evidence(weights.SAME_YEARLESS, "birthday")
    is_part = mine.startswith(theirs) or theirs.startswith(mine)
    if is_part or (is_whole and f"{mine[:4]}-{mine[8:]}-{mine[5:7]}" == theirs):
        return Evidence(weights.SIMILAR_BIRTHDAY, "similar-birthday")
    if is_whole and _is_day_slip(mine, theirs):
        return Evidence(weights.NEAR_BIRTHDAY, "near-birthday")
    return Evidence(weights.OTHER_BIRTHDAY, "other-birthday")


def _is_day_slip(mine: str, theirs: str) -> bool:
    """Return whether one digit differs, other than the decade, which tells generations apart."""
    differing = [at for at in range(10) if mine[at] != theirs[at]]
    return len(differing) == 1 and differing[0] > 2
