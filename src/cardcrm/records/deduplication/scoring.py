"""Score a pair of contacts: the probability that both are one.

The score is the logistic function of a sum of evidence in bits, after Fellegi and Sunter (1969): it
begins with the odds of two contacts at random, and each finding adds its weight.
"""

from math import log2
from typing import NamedTuple

from cardcrm.records.deduplication import weights
from cardcrm.records.deduplication.detail_evidence import compare_details
from cardcrm.records.deduplication.name_evidence import (
    ANY_DETAIL,
    OTHER,
    PERSONAL_DETAIL,
    NameFinding,
    compare_names,
)
from cardcrm.records.deduplication.org_evidence import compare_orgs
from cardcrm.records.deduplication.profiles import Profile
from cardcrm.records.deduplication.rates import Rates
from cardcrm.records.deduplication.weights import Evidence

_MOST_BITS = 40.0


class Score(NamedTuple):
    """The probability that two contacts are one, from 0 to 1, and its evidence and its sum."""

    probability: float
    bits: float
    evidence: tuple[Evidence, ...]
    is_firm: bool = False  # more than names, and than what sisters have in common, agrees

    @property
    def reasons(self) -> tuple[str, ...]:
        """The evidence in words, what speaks for one contact first and strongest first."""
        ordered = sorted(self.evidence, key=lambda each: -each.bits)
        return tuple(map(weights.describe, ordered))


def prior_bits(total: int) -> float:
    """Return the logarithm of the odds that two contacts of a database at random are one."""
    return log2(2 * weights.EXPECTED / max(total, weights.LEAST_CONTACTS))


def to_probability(bits: float) -> float:
    """Return the probability for odds given as their binary logarithm."""
    odds: float = 2.0 ** max(-_MOST_BITS, min(_MOST_BITS, bits))
    return odds / (1.0 + odds)


def to_odds(probability: float) -> float:
    """Return the odds of a probability."""
    return probability / max(1e-12, 1.0 - probability)


def weigh_rivals(probability: float, rivals: float) -> float:
    """Return the probability of a pair beside the odds of others that exclude it."""
    odds = to_odds(probability)
    return odds / (1.0 + odds + rivals)


def _proves(name: NameFinding, detail: Evidence) -> bool:
    """Return whether a detail makes sure that two names are of one person."""
    if detail.bits < weights.FIRM or name.identifies == OTHER:
        return False
    is_personal = detail.key in weights.PERSONAL
    return name.proved_by >= (PERSONAL_DETAIL if is_personal else ANY_DETAIL)


def score_pair(first: Profile, second: Profile, rates: Rates) -> Score:
    """Return the score of two contacts of one kind."""
    evidence: tuple[Evidence, ...]
    is_firm = False
    if first.is_org:
        evidence = tuple(compare_orgs(first, second, rates))
        is_firm = any(each.bits >= weights.FIRM for each in evidence[1:])
    else:
        name = compare_names(first, second, rates)
        if name.identifies == OTHER and name.bits < 0:  # nothing outweighs two given names
            evidence = name.evidence
        else:
            details = compare_details(first, second, name.identifies, rates)
            found = [each for each in details if each.bits]
            evidence = (*name.evidence, *found)
            has_others = any(each.key == "other-email" for each in found)
            is_firm = any(
                _proves(name, each)
                for each in found
                if each.key != "similar-phone" or not has_others  # two extensions of an office
            )
    bits = sum(each.bits for each in evidence)
    probability = to_probability(prior_bits(rates.total) + bits)
    if not is_firm:
        probability = min(probability, weights.MOST_BY_NAME)
    return Score(probability, bits, evidence, is_firm)
