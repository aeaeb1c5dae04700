"""The weights of evidence, in bits, and the words for them.

A weight is the binary logarithm of how much likelier a finding is for two entries of one contact
than for two contacts (Fellegi and Sunter 1969). ``docs/explanation/duplicates.md`` tells where each
comes from; a test compares its tables with the ones here.
"""

from enum import IntEnum
from typing import Final, NamedTuple


class Level(IntEnum):
    """Degrees of agreement between two parts of a name, the weakest first."""

    DIFFERENT = 0
    MISSING = 1
    INITIAL = 2
    PART = 3
    RELATED = 4
    FAR = 5
    SLIP = 6
    VARIANT = 7
    SPELLING = 8
    SAME = 9


class Evidence(NamedTuple):
    """One finding: its weight in bits, the key of its words, and the texts that differ."""

    bits: float
    key: str
    detail: str = ""


# A given or family name in common counts by its rarity; less for a name that is only similar.
MOST_GIVEN: Final = 11.0
MOST_FAMILY: Final = 13.0
GIVEN: Final = {
    Level.SPELLING: -0.5,
    Level.VARIANT: -1.5,
    Level.SLIP: -2.5,
    Level.FAR: -3.5,
    Level.PART: -1.0,
}
FAMILY: Final = {
    Level.SPELLING: -1.0,
    Level.SLIP: -3.0,
    Level.PART: -2.0,
}
LEAST_SIMILAR: Final = 1.5  # of two similar names, however common both are
NAMELESS: Final = 4.0
RELATED: Final = -5.0
INITIAL: Final = 3.0
DIFFERENT_GIVEN: Final = -14.0
DIFFERENT_FAMILY: Final = -6.0
SWAPPED: Final = -1.0
SAME_MIDDLE: Final = 2.0
DIFFERENT_MIDDLE: Final = -4.0
DIFFERENT_GENDER: Final = -15.0
DIFFERENT_GENERATION: Final = -20.0
ONE_GENERATION: Final = -5.0

# A detail that households and offices share says nothing about two given names, little about an
# initial, and much about a full name: one weight for each.
PHONE: Final = (0.0, 6.0, 14.0)
SIMILAR_PHONE: Final = (0.0, 3.0, 8.0)
ADDRESS: Final = (0.0, 5.0, 11.0)
SIMILAR_ADDRESS: Final = (0.0, 3.0, 8.0)
EMAIL: Final = (1.0, 13.0, 13.0)
SIMILAR_EMAIL: Final = (0.0, 7.0, 9.0)
SHARED_EMAIL: Final = (0.0, 1.0, 8.0)
MOST_VAGUE: Final = 8.0  # of a phone and an address together
POSTCODE: Final = 4.0
MOST_CITY: Final = 4.0
OTHER_STREET: Final = -1.0
OTHER_NUMBER: Final = -3.0  # added to a similar address
OTHER_CITY: Final = -3.0
OTHER_PHONE: Final = -2.0
OTHER_EMAIL: Final = -2.0
NAME_AS_USER: Final = -1.0
SAME_USER: Final = 3.0
SOCIAL: Final = 12.0
WEB: Final = 2.0
SAME_BIRTHDAY: Final = 12.0
SAME_YEARLESS: Final = 8.0
SIMILAR_BIRTHDAY: Final = 2.0
NEAR_BIRTHDAY: Final = -3.0
OTHER_BIRTHDAY: Final = -20.0
MOST_ORG: Final = 5.0
OTHER_ORG: Final = -1.0
FIRM: Final = 4.0  # evidence of this weight is more than chance
MOST_BY_NAME: Final = 0.97  # the score of two contacts that have no more than names in common
# Findings that tell a person apart from others of a household.
PERSONAL: Final = frozenset(("email", "similar-email", "birthday", "social"))

# Organizations.
ORG_NAME: Final = {
    Level.SAME: 16.0,
    Level.SPELLING: 15.0,
    Level.SLIP: 11.0,
    Level.PART: 6.0,
    Level.INITIAL: 4.0,
    Level.DIFFERENT: -12.0,
}
ORG_DOMAIN: Final = 10.0
ORG_EMAIL: Final = 8.0

# One contact of ten is expected to be stored twice, in a database of 2,000 contacts or more.
EXPECTED: Final = 0.1
LEAST_CONTACTS: Final = 2000

WORDS: Final = {
    "same-name": "same name",
    "swapped": "same name in another order",
    "order": "names in another order",
    "same-given": "same given name",
    "same-family": "same family name",
    "part": "part of the name",
    "slip": "similar name",
    "variant": "form of the name",
    "related": "related given names",
    "spelling": "spelling of the name",
    "initial": "initial",
    "nameless": "a contact without a name",
    "different-given": "different given names",
    "different-family": "different family names",
    "middle": "same middle name",
    "different-middle": "different middle names",
    "gender": "different forms of address",
    "generation": "different generations",
    "one-generation": "a generation in one name",
    "email": "same email",
    "similar-email": "similar email",
    "family-email": "same email of a family",
    "shared-email": "same shared email",
    "user": "same email user",
    "other-email": "different emails",
    "other-domain": "emails of one user at different domains",
    "phone": "same phone",
    "similar-phone": "similar phone",
    "other-phone": "different phones",
    "address": "same address",
    "similar-address": "similar address",
    "postcode": "same postcode",
    "city": "same town",
    "other-street": "different streets",
    "other-city": "different towns",
    "social": "same social address",
    "web": "same website",
    "birthday": "same birthday",
    "similar-birthday": "similar birthday",
    "near-birthday": "birthdays that differ in one digit",
    "other-birthday": "different birthdays",
    "org": "same organization",
    "other-org": "different organizations",
    "domain": "same domain",
    "different-name": "different names",
    "legal-form": "same name without its legal form",
}


def describe(evidence: Evidence) -> str:
    """Return a finding in words: “form of the name: Bob – Robert”, “but different towns”."""
    words = WORDS[evidence.key] + (f": {evidence.detail}" if evidence.detail else "")
    return f"but {words}" if evidence.bits < 0 else words
