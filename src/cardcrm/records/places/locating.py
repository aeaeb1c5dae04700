"""Decide where an address is: by its pin, its postal code, its town, or else its region.

A name that several towns have is decided by the country and region of the address. Without a
country, a town in the country of the database comes first unless a larger one elsewhere has the
name. A town with ten times the people of all others of its name is meant. Otherwise the address
stays open, until the user chooses.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cardcrm.geodesy import Position, measure_distance
from cardcrm.records.contacts.countries import region_of
from cardcrm.records.places.gazetteer import AddressText, Gazetteer, Place, split_city
from cardcrm.records.places.place_names import (
    JOINING_WORDS,
    has_region,
    list_region_names,
    place_key,
    postcode_keys,
)
from cardcrm.store.engine import Engine
from cardcrm.store.places_migration import build_row

_SAME_TOWN = 15.0  # km between entries that are one town
_SAME_POSTCODE = 50.0  # km that a postal code may stretch over
_DOMINANT = 10  # times as many people as any other


class Located(NamedTuple):
    """The location of an address, with the remembered choice that decided on it."""

    accuracy: str
    position: Position
    label: str = ""
    choice_id: int | None = None


class Unresolved(NamedTuple):
    """The towns that an address may mean, the largest first; none if its town is unknown."""

    candidates: tuple[Place, ...] = ()


def locate_rows(engine: Engine, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of located addresses, given as contact, address, pin and text."""
    texts = {AddressText(*tuple(row)[4:]) for row in rows if row[2] is None or row[3] is None}
    gazetteer = Gazetteer(engine, texts)
    known = {text: locate(gazetteer, text) for text in texts}
    found = []
    for contact_id, address_id, latitude, longitude, *text in rows:
        if latitude is not None and longitude is not None:
            where: Located | Unresolved | None = Located("exact", Position(latitude, longitude))
        else:
            where = known[AddressText(*text)]
        if isinstance(where, Located):
            row = (where.accuracy, where.position, where.choice_id)
            found.append(build_row(contact_id, address_id, *row))
    return found


def locate(
    gazetteer: Gazetteer, address: AddressText, *, is_strict: bool = False
) -> Located | Unresolved | None:
    """Return where an address is, what it may mean, or None where it names no place.

    With ``is_strict``, a town that is not known to be in the region is not meant.
    """
    country = region_of(address.country) if address.country else ""
    if found := _find_postcode(gazetteer, address, country):
        return found
    towns = _find_towns(gazetteer, address, country, is_strict)
    if len(towns) == 1:
        return Located("city", towns[0].position, towns[0].label)
    if choice := gazetteer.choices.get(address.choice_key):
        position = Position(choice.latitude, choice.longitude)
        return Located("city", position, choice.place, choice.id)
    if towns:
        return Unresolved(tuple(towns))
    if not is_strict and (found := _find_region(gazetteer, address, country)):
        return found
    return Unresolved() if address.city or address.postcode else None


# Postal codes


def _find_postcode(gazetteer: Gazetteer, address: AddressText, country: str) -> Located | None:
    city = place_key(address.city)
    for key in postcode_keys(address.postcode):
        rows = gazetteer.postcodes.get(key, [])
        rows = _choose_country(rows, country, gazetteer.home, city)
        rows = [each for each in rows if each.name_key == city] or rows
        if rows and _spread(rows) <= _SAME_POSTCODE:
            return Located("postcode", _mean(rows), rows[0].label)
    return None


def _choose_country(rows: Sequence[Place], country: str, home: str, city: str) -> list[Place]:
    """Return the places in a country; without one those at home, or else with the right town."""
    if country:
        return [each for each in rows if each.country == country]
    at_home = [each for each in rows if each.country == home]
    if at_home:
        return at_home
    named = [each for each in rows if each.name_key == city]
    return named if len({each.country for each in named}) == 1 else []


def _spread(rows: Sequence[Place]) -> float:
    return max(measure_distance(rows[0].position, each.position) for each in rows)


def _mean(rows: Sequence[Place]) -> Position:
    """Return the middle of places that are close to each other."""
    if len(rows) == 1:
        return rows[0].position
    first = rows[0].longitude
    latitude = sum(each.latitude for each in rows) / len(rows)
    # Counted from the first, so that the antimeridian between two places does no harm.
    east = sum((each.longitude - first + 180) % 360 - 180 for each in rows) / len(rows)
    return Position(latitude, (first + east + 180) % 360 - 180)


# Towns


def _find_towns(
    gazetteer: Gazetteer, address: AddressText, country: str, is_strict: bool
) -> list[Place]:
    """Return the towns that an address may mean: one if it is certain."""
    for text in split_city(address.city) if address.city else ():
        key = place_key(text)
        rows = _towns_first(gazetteer.names.get(key, ()))
        if country:
            rows = [each for each in rows if each.country == country]
        is_measured = any(each.population for each in rows)
        if not rows or not is_measured:
            rows = [*rows, *_find_joined(gazetteer, key, country)]
        if rows:
            rows = narrow_to_region(rows, address.region, gazetteer, is_strict=is_strict)
            return choose_town(merge_towns(rows, gazetteer.home), country, gazetteer.home)
    return []


def _towns_first(rows: Iterable[Place]) -> list[Place]:
    """Return towns, or else the towns that postal codes have."""
    rows = list(rows)
    return [each for each in rows if each.kind == "city"] or rows


def _find_joined(gazetteer: Gazetteer, key: str, country: str) -> list[Place]:
    """Return the towns whose names go on with a word such as upon."""
    return [
        each
        for each in gazetteer.find_continued(key)
        if (not country or each.country == country)
        and each.name_key[len(key) :].split()[0] in JOINING_WORDS
    ]


def narrow_to_region(
    rows: list[Place], region: str, gazetteer: Gazetteer, *, is_strict: bool = False
) -> list[Place]:
    """Return the places in a region, else those that may be: their country has such a region.

    If there are none, return all places, or none with ``is_strict``.
    """
    key = place_key(region)
    if not key:
        return rows
    areas = gazetteer.regions.get(key, ())
    inside = {(each.country, each.region, each.district) for each in areas}
    found = [each for each in rows if _is_in_region(each, key, inside)]
    found = found or [each for each in rows if not each.region and has_region(each.country, key)]
    return found or ([] if is_strict else rows)


def _is_in_region(place: Place, key: str, inside: set[tuple[str, str, str]]) -> bool:
    codes = (place.region.lower(), place.district.lower())
    if key in codes or list_region_names(place.country).get(key) == place.region:
        return True
    area = (place.country, place.region)
    return bool({(*area, ""), (*area, place.district)} & inside)


def merge_towns(rows: Iterable[Place], home: str) -> list[Place]:
    """Return towns without other entries of the same one, the largest first, then those at home."""
    found: list[Place] = []
    for each in sorted(rows, key=lambda place: (-place.population, place.country != home)):
        if all(measure_distance(each.position, town.position) > _SAME_TOWN for town in found):
            found.append(each)
    return found


def choose_town(towns: list[Place], country: str, home: str) -> list[Place]:
    """Return the one town that is meant where that is certain, or all that may be."""
    if len(towns) < 2:
        return towns
    at_home = [each for each in towns if each.country == home] if not country else []
    if at_home and at_home[0].population < towns[0].population:
        return towns  # one at home, and a larger one elsewhere
    rest = at_home or towns
    largest, *others = rest
    if all(each.population * _DOMINANT <= largest.population for each in others):
        return [largest] if largest.population or not others else towns
    return towns


# Regions


def _find_region(gazetteer: Gazetteer, address: AddressText, country: str) -> Located | None:
    key = place_key(address.region)
    rows = _choose_country(gazetteer.regions.get(key, ()), country, gazetteer.home, key)
    areas = {(each.country, each.region, each.district) for each in rows}
    return Located("region", rows[0].position, rows[0].label) if len(areas) == 1 else None
