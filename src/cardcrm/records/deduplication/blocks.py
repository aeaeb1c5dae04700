"""Choose the pairs of contacts that are worth comparing, without comparing all with all.

Each contact has some keys, such as its phone number or its family name in its town, and the
contacts of one key are a block. All pairs of a small block are compared. A large block is sorted,
and each contact compared with those that follow it (Hernández and Stolfo 1995), so that the number
of pairs grows with the number of contacts and not with its square.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice

from cardcrm.records.deduplication.detail_evidence import is_shared_email
from cardcrm.records.deduplication.given_names import groups_of
from cardcrm.records.deduplication.name_codes import skeleton
from cardcrm.records.deduplication.org_evidence import domains_of
from cardcrm.records.deduplication.profiles import Profile

Blocks = dict[str, list[int]]

# Contacts in a database from which on names that are only similar are compared within a town: many
# names are similar there, and those alone do not make a likely pair.
_LARGE = 20_000
_MOST = 20  # contacts of a block that are compared all with all
_WINDOW = 6  # contacts after each one that it is compared with in a larger block


def candidate_pairs(
    profiles: Sequence[Profile], advance: Callable[[int], object]
) -> Iterator[tuple[int, int]]:
    """Yield the places of pairs that have a key in common, each pair once.

    ``advance`` gets the number of contacts whose keys were made.
    """
    blocks: Blocks = {}
    for place, profile in enumerate(profiles):
        if place % 1000 == 0:
            advance(place)
        for key in set(_keys(profile, is_large=len(profiles) > _LARGE)):
            blocks.setdefault(key, []).append(place)
    count = len(profiles)
    seen: set[int] = set()
    while blocks:
        _, places = blocks.popitem()
        if len(places) == 1:
            continue
        for first, second in _pairs(places, profiles):
            code = first * count + second if first < second else second * count + first
            if code not in seen:
                seen.add(code)
                yield divmod(code, count)


def _pairs(places: Sequence[int], profiles: Sequence[Profile]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of a block."""
    if len(places) <= _MOST:
        yield from combinations(places, 2)
        return
    for order in (_sort_by_name, _sort_by_place):
        ordered = sorted(places, key=lambda place: order(profiles[place]))
        for at, first in enumerate(ordered):
            for second in islice(ordered, at + 1, at + 1 + _WINDOW):
                yield first, second


def _sort_by_name(profile: Profile) -> tuple[str, ...]:
    return (*sorted(profile.words), *profile.emails[:1], str(profile.id))


def _sort_by_place(profile: Profile) -> tuple[str, ...]:
    """Return the town and the rest of an address; others are sorted by their contact points."""
    if not profile.addresses:
        return ("", *profile.phones[:1], *profile.emails[:1], str(profile.id))
    address = profile.addresses[0]
    return (address.city, address.postcode, address.street, *profile.words, str(profile.id))


def _keys(profile: Profile, *, is_large: bool) -> Iterator[str]:
    kind = profile.kind[0]
    for email in profile.emails:
        yield f"{kind}e{email}"
        user = email.partition("@")[0]
        if len(user) > 4 and not is_shared_email(email):
            yield f"{kind}u{user}"
    for phone in profile.phones:
        yield f"{kind}p{phone[-8:]}"
    for social in profile.socials:
        yield f"{kind}s{social}"
    for address in profile.addresses:
        if address.number:
            if address.postcode or address.city:
                yield f"{kind}a{address.postcode or address.city}/{address.number}"
            if address.street:
                yield f"{kind}t{skeleton(address.street)}/{address.number}/{address.city[:4]}"
    if profile.is_org:
        yield from _org_keys(profile)
    else:
        yield from _person_keys(profile)
        yield from _similar_name_keys(profile, is_large=is_large)


def _org_keys(profile: Profile) -> Iterator[str]:
    words = profile.words
    yield f"on{''.join(sorted(words))}"
    yield f"oc{''.join(sorted(map(skeleton, words)))}"
    yield f"of{''.join(words)[:5]}"
    yield f"ol{''.join(words)[-5:]}"
    if words:
        yield f"o1{words[0]}"
    if len(words) > 2:
        yield f"on{''.join(word[0] for word in words)}"
    for domain in domains_of(profile):
        yield f"od{domain}"
    for nickname in profile.nicknames:
        yield f"on{''.join(sorted(nickname.split()))}"


def _person_keys(profile: Profile) -> Iterator[str]:
    yield f"pn{' '.join(sorted(profile.words))}"
    for nickname in profile.nicknames:
        yield f"pn{' '.join(sorted(nickname.replace('.', ' ').split()))}"
    if profile.birthday:
        yield f"pb{profile.birthday[-10:]}"
    given, family = "".join(profile.given[:1]), "".join(profile.family)
    if not family:
        return
    code = skeleton(family)
    if profile.org:
        yield f"po{profile.org}/{code}"
    for address in profile.addresses:
        place = address.city or address.postcode
        if place:
            yield f"pf{place}/{code}/{given[:1]}"


def _similar_name_keys(profile: Profile, *, is_large: bool) -> Iterator[str]:
    """Yield keys that similar names have in common; in a large database in one town only."""
    places = {address.city[:4] for address in profile.addresses} if is_large else {""}
    for place in places:
        for key in _similar_names(profile):
            yield f"{key}/{place}"


def _similar_names(profile: Profile) -> Iterator[str]:
    given, family = "".join(profile.given[:1]), "".join(profile.family)
    if not given or not family:
        return
    code = skeleton(family)
    for group in (*groups_of(given), skeleton(given)):
        yield f"pc{'/'.join(sorted((str(group), code)))}"
    for word in profile.given[1:] + profile.middle[:1]:
        yield f"pc{'/'.join(sorted((skeleton(word), code)))}"
    yield f"ph{given[:3]}/{family[:4]}"
    yield f"pi{given[:3]}/{family[-4:]}"
    yield f"pj{given[-3:]}/{family[:4]}"
