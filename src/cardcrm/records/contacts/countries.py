"""Find the region of a country's name or code, so that national phone numbers can be read.

The table beside this module has a line for each region: its code and the folded names of the
country in some forty languages (from the Unicode CLDR), short names such as “uk”, and the letters
of car plates, which German address books put before the postcode. It is read in 2 ms, and only for
a national phone number of a contact whose address names a country.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cardcrm.phone_regions import is_region
from cardcrm.text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.contacts.drafts import AddressDraft

# Regions that write the postcode in front of the town (Universal Postal Union, addressing systems).
_POSTCODE_FIRST = """
AD AT AX BA BE BG CH CL CZ DE DK DZ EE ES FI FO FR GL GR HR HU IS IT LI
LT LU MA MC MD ME MK MX NL NO PL PT RO RS SE SI SK SM SN TN TR UY VA XK
"""
_TABLE = Path(__file__).with_name("country_names.txt")


def regions(addresses: "Sequence[AddressDraft]", label: str) -> list[str]:
    """Return the regions of addresses, first those of the label (for ``work fax``: work)."""
    labels = label.split()[:1]
    ordered = sorted(addresses, key=lambda each: [each.label] != labels)
    found = (region_of(each.country) for each in ordered if each.country)
    return list(dict.fromkeys(filter(None, found)))


def is_postcode_first(country: str, region: str) -> bool:
    """Return whether an address has the postcode first: as in its country, or else the region."""
    return (region_of(country) if country else region) in _POSTCODE_FIRST.split()


@cache
def region_of(country: str) -> str:
    """Return the two letters of a country by its name or code; "" if it is unknown."""
    code = country.strip().upper()
    if is_region(code):
        return code
    name = fold(country).replace(".", "").removeprefix("the ")
    return _names().get(name, "")


@cache
def _names() -> dict[str, str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return {name: line[:2] for line in lines for name in line[3:].split("|")}
