"""Find the place that a user names: coordinates, a town, a postal code or a contact."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from cardcrm.errors import AmbiguousError, CardcrmError, NotFoundError, UsageError
from cardcrm.geodesy import Position, parse_position
from cardcrm.records.contacts.contact_queries import Contact
from cardcrm.records.contacts.countries import region_of
from cardcrm.records.places.gazetteer import (
    AddressText,
    Gazetteer,
    Place,
    label_towns,
    write_position,
)
from cardcrm.records.places.loading import has_places
from cardcrm.records.places.locating import Located, Unresolved, locate
from cardcrm.records.places.place_names import is_region, place_key, postcode_key
from cardcrm.store import Store
from cardcrm.text import normalize_line

_MAX_SHOWN: Final = 10
LOAD_HINT: Final = (
    "Load a gazetteer: `cardcrm places load FILE` with a file of GeoNames, or "
    "`cardcrm places load --builtin`."
)


class FoundPlace(NamedTuple):
    """A place that was found: what it is called, where it is, and how exactly that is known."""

    label: str
    position: Position
    accuracy: str
    contact_id: int | None = None


def find_place(store: Store, text: str) -> FoundPlace:
    """Return the place of a text; a region or country may follow a comma: Newcastle, Australia.

    A contact is named as everywhere, or with ``id:`` before its number. Raises UsageError,
    NotFoundError with similar names, AmbiguousError with the candidates.
    """
    text = normalize_line(text)
    if not text:
        raise UsageError("no place given", "Name a town, a postal code, 53.80,-1.55 or a contact.")
    if position := parse_position(text):
        return FoundPlace(f"{position.latitude:g},{position.longitude:g}", position, "exact")
    if text.startswith(("id:", "#")):
        from cardcrm.records.contacts.resolve import resolve_number

        return _find_location(
            store, resolve_number(store, text.removeprefix("id:").removeprefix("#"))
        )
    found = _look_up(store, text)
    if isinstance(found, Located):
        _refuse_number(store, text, found)
        return FoundPlace(found.label, found.position, found.accuracy)
    if isinstance(found, Unresolved) and found.candidates:
        raise _ambiguous(text, found.candidates)
    try:
        return _find_contact(store, text)
    except NotFoundError as error:
        if error.code == "not_located":
            raise
        raise _unknown(store, text) from error


def _look_up(store: Store, text: str) -> Located | Unresolved | None:
    """Return what the gazetteer has of a text: a postal code, a town or a region."""
    name, _, rest = (each.strip() for each in text.partition(","))
    country = rest if region_of(rest) else ""
    region = "" if country else rest
    first, _, second = region.rpartition(",")
    if first and region_of(second):
        region, country = first.strip(), second.strip()
    word, _, after = name.partition(" ")
    is_code = country == rest and is_region(place_key(rest))  # MO: Macao, or Missouri
    wanted = [
        AddressText(postcode=name, country=country) if _has_digit(name) else None,
        AddressText(city=after, postcode=word, country=country) if _has_digit(word) else None,
        AddressText(city=name, region=region, country=country),
        AddressText(city=name, region=rest) if is_code else None,
        AddressText(city=text.replace(",", " ")),
    ]
    addresses = [each for each in wanted if each is not None]
    gazetteer = Gazetteer(store.engine, addresses)
    results = [
        locate(gazetteer, each, is_strict=is_region(place_key(each.region))) for each in addresses
    ]
    return next(
        (each for each in results if isinstance(each, Located) or _is_ambiguous(each)), None
    )


def _is_ambiguous(found: Located | Unresolved | None) -> bool:
    return isinstance(found, Unresolved) and bool(found.candidates)


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _refuse_number(store: Store, text: str, found: Located) -> None:
    """Raise AmbiguousError for the number of a contact that is a postal code as well."""
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        return
    name = store.value("SELECT name FROM contact WHERE id = :id", id=int(text))
    if name:
        raise AmbiguousError(
            f"“{text}” is a postal code of {found.label} and the number of {name}",
            f"Write id:{text} for the contact, or the postal code with its country.",
        )


def _find_contact(store: Store, who: str) -> FoundPlace:
    from cardcrm.records.contacts.resolve import resolve

    return _find_location(store, resolve(store, who))


def _find_location(store: Store, contact: Contact) -> FoundPlace:
    row = store.row(
        "SELECT latitude, longitude, accuracy FROM location WHERE contact_id = :id "
        "ORDER BY CASE accuracy WHEN 'exact' THEN 0 WHEN 'postcode' THEN 1 WHEN 'city' THEN 2 "
        "ELSE 3 END, address_id LIMIT 1",
        id=contact.id,
    )
    if row is None:
        raise NotLocatedError(
            f"{contact.id} {contact.name} has no location",
            f"Set one: cardcrm edit {contact.id} --pin 53.80,-1.55",
        )
    return FoundPlace(f"{contact.id} {contact.name}", Position(row[0], row[1]), row[2], contact.id)


class NotLocatedError(NotFoundError):
    """The contact exists, but its address is not located."""

    code = "not_located"


def _ambiguous(text: str, candidates: Sequence[Place]) -> CardcrmError:
    labels = label_towns(candidates)[:_MAX_SHOWN]
    more = f" and {len(candidates) - _MAX_SHOWN} more" if len(candidates) > _MAX_SHOWN else ""
    return AmbiguousError(
        f"“{text}” matches {len(candidates)} towns: {'; '.join(labels)}{more}",
        _tell_apart(candidates),
        [(number, each.label, _describe(each)) for number, each in enumerate(candidates, 1)],
    )


def _tell_apart(candidates: Sequence[Place]) -> str:
    """Return how to name one of some towns: by a region or country that no other one has."""
    areas = Counter(area for each in candidates for area in _list_areas(each))
    for each in candidates:
        for area in _list_areas(each):
            if areas[area] == 1:
                example = f"“{each.name}, {area}”"
                return f"Add the region or country, such as {example}, or coordinates."
    return f"Give coordinates instead, such as {write_position(candidates[0].position)}."


def _list_areas(place: Place) -> list[str]:
    """Return the region of a place, unless it is a number alone, and its country."""
    return [each for each in (place.region, place.country) if each and not each.isdigit()]


def _describe(place: Place) -> str:
    people = f"{place.population:,} people, " if place.population else ""
    return f"{people}{write_position(place.position)}"


def _unknown(store: Store, text: str) -> CardcrmError:
    if not has_places(store):
        return NotFoundError(f"unknown place “{text}”: no places are loaded", LOAD_HINT)
    near = find_similar_places(store, text)
    hint = "" if near else "Give coordinates: 53.80,-1.55."
    return NotFoundError(f"unknown place “{text}”", hint, near=near)


def find_similar_places(store: Store, text: str) -> list[str]:
    """Return towns and postal codes that are written much like a text."""
    import difflib

    key = place_key(text.partition(",")[0])
    if not key:
        return []
    names = _read_beginning(store, key)
    keys = difflib.get_close_matches(key, names, n=3, cutoff=0.7)
    return [names[each] for each in keys] or _similar_postcodes(store, text)


def _read_beginning(store: Store, key: str) -> dict[str, str]:
    """Return the names of towns with the same beginning, those at home in front, by their keys."""
    bounds = {"low": key[:2], "high": f"{key[:2]}\U0010ffff", "limit": 20_000}
    rows = store.rows(
        "SELECT name_key, name FROM place WHERE name_key >= :low AND name_key < :high "
        "AND kind IN ('city', 'postcode') ORDER BY name_key LIMIT :limit",
        **bounds,
    )
    return {row[0]: row[1] for row in rows}


def _similar_postcodes(store: Store, text: str) -> list[str]:
    key = postcode_key(text)[:3]
    if not _has_digit(key):
        return []
    rows = store.rows(
        "SELECT DISTINCT postcode FROM place WHERE postcode >= :low AND postcode < :high "
        "ORDER BY postcode LIMIT 3",
        low=key,
        high=f"{key}~",
    )
    return [row[0] for row in rows]
