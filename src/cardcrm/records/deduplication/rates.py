"""Frequencies of names and addresses in the database: agreement on a rare one says more."""

from collections import Counter
from collections.abc import Sequence
from math import log2
from typing import NamedTuple

from cardcrm.records.deduplication.given_names import is_given_name
from cardcrm.records.deduplication.profiles import PostalAddress, Profile

# Shares of a given and a family name where a database is too small to tell: one of 200 people is
# assumed to have the same given name as another one, and one of 1,000 the same family name.
_GIVEN_SHARE, _FAMILY_SHARE = 0.005, 0.001
_PRIOR_CONTACTS = 1000  # contacts that the shares above count for
_ESTABLISHED = 5  # contacts that make a given name more than a slip of another one
_ESTABLISHED_SHARE = 5000  # … one more for as many contacts


class Rates(NamedTuple):
    """Counts of names, towns, contact points, employers and doors among ``total`` contacts."""

    total: int
    given: Counter[str]
    family: Counter[str]
    cities: Counter[str]
    points: Counter[str]
    orgs: Counter[int]
    doors: Counter[tuple[str, str, str]]

    def given_bits(self, name: str) -> float:
        """Return the evidence of a given name in common: the logarithm of its rarity."""
        return -log2(self._share(self._count(name), _GIVEN_SHARE))

    def family_bits(self, name: str) -> float:
        """Return the evidence of a family name in common."""
        return -log2(self._share(self._count(name), _FAMILY_SHARE))

    def city_bits(self, city: str) -> float:
        """Return the evidence of a town in common."""
        return -log2(self._share(self.cities[city], 0.05))

    def org_bits(self, org: int) -> float:
        """Return the evidence of an employer in common."""
        return -log2(self._share(self.orgs[org], 0.01))

    def sharing_bits(self, point: str) -> float:
        """Return what the evidence of a contact point loses, as other contacts have it as well."""
        return log2(max(1, self.points[point] - 1))

    def door_bits(self, address: PostalAddress) -> float:
        """Return what the evidence of an address loses, as in an office with many people."""
        return log2(max(1, self.doors[_door(address)] - 1))

    def is_established(self, given: str) -> bool:
        """Return whether a given name is a name of its own, and no slip of another one."""
        enough = _ESTABLISHED + self.total // _ESTABLISHED_SHARE
        return is_given_name(given) or self.given[given] >= enough

    def _count(self, name: str) -> int:
        """Return the contacts with a name, which some enter as the other part."""
        return max(self.given[name], self.family[name])

    def _share(self, count: int, share: float) -> float:
        """Return the share of contacts with a value, drawn to a prior share in small databases."""
        others = max(0, count - 2)  # the two that are compared say nothing about the others
        return (others + share * _PRIOR_CONTACTS) / (self.total + _PRIOR_CONTACTS)


def count_rates(profiles: Sequence[Profile]) -> Rates:
    """Return the counts of all profiles."""
    rates = Rates(len(profiles), Counter(), Counter(), Counter(), Counter(), Counter(), Counter())
    for each in profiles:
        rates.given.update(each.given[:1])
        rates.family.update(each.words if each.is_org else each.family)
        rates.cities.update({address.city for address in each.addresses if address.city})
        rates.points.update((*each.emails, *each.phones, *each.webs, *each.socials))
        rates.doors.update({_door(address) for address in each.addresses})
        if each.org:
            rates.orgs[each.org] += 1
    return rates


def _door(address: PostalAddress) -> tuple[str, str, str]:
    return address.street, address.number, address.city or address.postcode
