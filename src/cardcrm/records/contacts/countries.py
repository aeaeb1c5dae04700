"""Find the region of a country's name or code, so that national phone numbers can be read.

The names are those of phonenumbers, for all countries in some forty languages, and the common ones
below. Loaded only for a national phone number of a contact whose address names a country.
"""

import importlib.util
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers

from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.records.contacts.drafts import AddressDraft

# Common names that the library, with one name a language, lacks; and the letters of car plates,
# which German address books put before the postcode.
_ALSO = {
    "GB": (
        "uk | britain | great britain | england | scotland | wales | northern ireland"
        " | grossbritannien | schottland | nordirland | grande-bretagne | angleterre | ecosse"
        " | gran bretana | inglaterra | groot-brittannie | engeland"
    ),
    "US": (
        "usa | united states of america | vereinigte staaten | etats-unis d'amerique"
        " | estados unidos de america | eeuu | verenigde staten van amerika"
    ),
    "DE": "d",
    "AT": "a",
    "FR": "f",
    "IT": "i",
    "ES": "e",
    "BE": "b",
    "LU": "l",
    "NL": "holland | paises bajos",
    "CZ": "czechia | tschechien | tchequie",
    "IE": "republic of ireland",
    "SK": "slovak republic",
    "RU": "russian federation",
    "BY": "weissrussland",
    "MK": "north macedonia | nordmazedonien",
    "CI": "ivory coast",
    "AE": "uae",
    "XK": "kosovo",
}


def regions(addresses: "Sequence[AddressDraft]", label: str) -> list[str]:
    """Return the regions of addresses, first those of the label (for ``work fax``: work)."""
    labels = label.split()[:1]
    ordered = sorted(addresses, key=lambda each: [each.label] != labels)
    found = (region_of(each.country) for each in ordered if each.country)
    return list(dict.fromkeys(filter(None, found)))


@cache
def region_of(country: str) -> str:
    """Return the two letters of a country by its name or code; "" if it is unknown."""
    code = country.strip().upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    name = fold(country).replace(".", "").removeprefix("the ")
    return _names().get(name, "")


@cache
def _names() -> dict[str, str]:
    also = {name: code for code, names in _ALSO.items() for name in names.split(" | ")}
    return dict(_listed()) | also


def _listed() -> Iterator[tuple[str, str]]:
    """Yield the names in the library with their codes.

    The file is loaded on its own: its package would load the places of all area codes in the world
    with it, 100 MB. A build of the library without them has no names either.
    """
    path = Path(str(phonenumbers.__file__)).with_name("geodata") / "locale.py"
    spec = importlib.util.spec_from_file_location("phonenumbers.geodata.locale", path)
    if spec is None or spec.loader is None or not path.exists():
        return
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for code, names in module.LOCALE_DATA.items():
        if code in phonenumbers.SUPPORTED_REGIONS:
            yield from ((fold(name), code) for name in names.values() if name[0] != "*")
