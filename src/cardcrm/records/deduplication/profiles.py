"""Read the contacts with what tells them apart, in the form in which it is compared."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from cardcrm.records.contacts.name_words import (
    COMPANY_WORDS,
    GENERATIONS,
    PARTICLES,
    TITLES,
    fold_word,
)
from cardcrm.records.deduplication.name_codes import romanize
from cardcrm.store import Store
from cardcrm.text import fold

Texts = tuple[str, ...]

# Folded words of titles that tell the gender of a person.
_MEN: Final = frozenset(("mr", "herr", "monsieur", "sr", "senor", "sig", "signor", "sir", "hr"))
_WOMEN: Final = frozenset(
    ("mrs", "ms", "miss", "frau", "madame", "mme", "mlle", "sra", "srta", "signora", "lady", "dame")
)
_OLDER: Final = frozenset(("sr", "snr", "senior"))
_YOUNGER: Final = frozenset(("jr", "jnr", "junior"))
_JUNIOR: Final = frozenset(("jr", "jnr"))  # also inside of a name
_FLAT: Final = re.compile(r"\b(?:flat|apt|apartment|unit|suite|wohnung|app|fl)\.? ?#?\w+\b")
_NUMBER: Final = re.compile(r"\b\d+ ?[a-z]?\b")
_STREET_WORDS: Final = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|close|court|ct|place|pl|square|sq|way|"
    r"crescent|cres|terrace|gardens|gdns|rue|via|viale|calle|c|boulevard|blvd|plaza|strasse|str|"
    r"weg|platz|allee|straat|laan|ulica|ul|gatan|vej|rua|avenida|de|la|du|des|del|di|the|"
    r"north|south|east|west|n|s|e|w)\b"
)
_STREET_END: Final = re.compile(r"(?:strasse|str)\b\.?")


class PostalAddress(NamedTuple):
    """An address as it is compared: the words of its street, house number, postcode and town."""

    street: str
    number: str
    postcode: str
    city: str


class Profile(NamedTuple):
    """A contact as it is compared; all texts are folded. ``org`` is an id, 0 for none.

    ``generation`` is what tells a father from his son: “jr”, “sr” or a number; ``gender`` that of
    the title, “m” or “f”.
    """

    id: int
    kind: str
    name: str
    name_key: str
    given: Texts
    middle: Texts
    family: Texts
    words: Texts
    generation: str
    gender: str
    org: int
    nicknames: Texts = ()
    emails: Texts = ()
    phones: Texts = ()
    webs: Texts = ()
    socials: Texts = ()
    addresses: tuple[PostalAddress, ...] = ()
    birthday: str = ""

    @property
    def is_org(self) -> bool:
        """True for an organization."""
        return self.kind == "org"


_HEAD = (
    "SELECT id, kind, name, name_key, prefix, given, middle, family, suffix, org_id FROM contact"
    " ORDER BY id"
)


def read_profiles(store: Store, advance: Callable[[int], object]) -> list[Profile]:
    """Return the profile of every contact in the order of ids; ``advance`` gets their number."""
    parts = _read_parts(store)
    found = []
    for number, row in enumerate(store.stream(_HEAD, {})):
        if number % 1000 == 0:
            advance(number)
        found.append(_build(row, parts.pop(row["id"], {})))
    return found


def _read_parts(store: Store) -> dict[int, dict[str, Any]]:
    """Return the parts of all contacts, as values of the fields of a `Profile`."""
    parts: dict[int, dict[str, Any]] = {}

    def add(contact_id: int, name: str, value: Any) -> None:
        mine = parts.setdefault(contact_id, {})
        mine[name] = (*mine.get(name, ()), value)

    points = "SELECT contact_id, kind, value_key FROM point ORDER BY id"
    fields = {"email": "emails", "phone": "phones", "web": "webs", "social": "socials"}
    for row in store.stream(points, {}):
        add(row[0], fields[row[1]], row[2])
    for row in store.stream("SELECT contact_id, name_key FROM nickname ORDER BY id", {}):
        add(row[0], "nicknames", row[1])
    addresses = "SELECT contact_id, street, city_key, postcode FROM address ORDER BY id"
    for row in store.stream(addresses, {}):
        add(row[0], "addresses", build_address(row[1], row[2], row[3]))
    birthdays = "SELECT contact_id, day FROM yearly_day WHERE label = 'birthday' ORDER BY id"
    for row in store.stream(birthdays, {}):
        parts.setdefault(row[0], {})["birthday"] = row[1]
    return parts


def _build(row: Any, parts: dict[str, Any]) -> Profile:
    """Return the profile of a contact from its row and its parts."""
    name_key, is_org = row["name_key"], row["kind"] == "org"
    family: Texts
    given, middle, family = (_words(row[part]) for part in ("given", "middle", "family"))
    words = split_org_name(name_key) if is_org else _name_words(name_key)
    if "@" in name_key or name_key[:1] in "+0123456789":
        given, middle, family, words = (), (), (), words if is_org else ()
    return Profile(
        row["id"],
        row["kind"],
        row["name"],
        name_key,
        () if is_org else given,
        () if is_org else middle,
        () if is_org else _without_particles(family),
        words,
        _generation(row["suffix"], name_key),
        _title_gender(row["prefix"]),
        row["org_id"] or 0,
        **parts,
    )


@lru_cache(maxsize=1 << 14)
def _words(text: str) -> Texts:
    """Return the words of a part of a name, folded and in Latin letters."""
    if not text:
        return ()
    key = fold(text).replace(".", " ").replace(",", " ").replace("-", " ").replace("'", "")
    return tuple(map(romanize, key.split()))


def _without_particles(family: Texts) -> Texts:
    return tuple(word for word in family if word not in PARTICLES) or family


def _name_words(name_key: str) -> Texts:
    words = _words(name_key)
    bare = tuple(word for word in words if word not in TITLES and word not in GENERATIONS)
    return bare or words


def split_org_name(name_key: str) -> Texts:
    """Return the words of an organization's name without its legal form."""
    words = name_key.replace("&", " ").replace(".", "").replace(",", " ").replace("-", " ").split()
    bare = [word for word in words if word not in LEGAL_FORMS and word not in _JOINING_WORDS]
    return tuple(map(romanize, bare or words))


# Legal forms beside the words that names of people end with; with dots removed, as in “GmbH & Co.”.
_BUSINESSES: Final = frozenset(
    ("group", "bank", "university", "school", "sons", "partners", "associates", "holdings")
)
LEGAL_FORMS: Final = (COMPANY_WORDS - _BUSINESSES) | frozenset((
    "mbh", "ggmbh", "kgaa", "gbr", "eg", "se", "pllc", "lp", "cic", "pvt", "sp", "zoo", "doo",
    "sro",
    "kft", "zrt", "ltda", "eirl", "sasu", "eurl", "snc", "sc", "scs", "vof", "cv", "hb", "asa",
    "ivs", "ooo", "oao", "the", "ek", "kdn", "sdn", "bhd", "nl", "cie", "compagnie",
))  # fmt: skip
_JOINING_WORDS: Final = frozenset(("and", "und", "et", "y", "e", "og", "och", "en", "of", "z", "o"))


def _generation(suffix: str, name_key: str) -> str:
    """Return “jr”, “sr” or a Roman number; empty for a name that tells no generation."""
    word = fold_word(suffix.partition(" ")[0]) if suffix else ""
    if word in _OLDER:
        return "sr"
    if word in _YOUNGER or not _JUNIOR.isdisjoint(name_key.replace(".", "").split()):
        return "jr"
    return word if word in GENERATIONS else ""


@lru_cache(maxsize=1 << 10)
def _title_gender(prefix: str) -> str:
    words = set(map(fold_word, prefix.split()))
    if words & _WOMEN:
        return "" if words & _MEN else "f"
    return "m" if words & _MEN else ""


@lru_cache(maxsize=1 << 14)
def build_address(street: str, city_key: str, postcode: str) -> PostalAddress:
    """Return an address as it is compared."""
    text = _FLAT.sub(" ", fold(street).replace("-", " ").replace(",", " "))
    numbers = _NUMBER.findall(text)
    words = _NUMBER.sub(" ", _STREET_END.sub(" ", text)).replace(".", " ")
    bare = " ".join(_STREET_WORDS.sub(" ", words).split()) or " ".join(words.split())
    number = numbers[0].replace(" ", "") if numbers else ""
    code = "".join(filter(str.isalnum, fold(postcode)))
    return PostalAddress(romanize(bare), number, code, romanize(city_key))
