"""Read the towns of the package geopointdb (GeoNames, CC BY 4.0), if it is installed."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from cardcrm.errors import UsageError
from cardcrm.formats.places.geonames import PlacesFile, Progress
from cardcrm.records.contacts.countries import region_of
from cardcrm.records.places.gazetteer import Place
from cardcrm.records.places.loading import Entry
from cardcrm.records.places.place_names import place_key
from cardcrm.store.sqlite import other_files
from cardcrm.text import normalize_line

_PACKAGE = "geopointdb"
_TABLE = "cities"
# Countries that the Unicode CLDR writes in another way.
_COUNTRIES = {
    "aland islands": "AX", "bonaire, saint eustatius and saba": "BQ", "cabo verde": "CV",
    "democratic republic of the congo": "CD", "republic of the congo": "CG", "ivory coast": "CI",
    "macao": "MO", "hong kong": "HK", "myanmar": "MM", "palestinian territory": "PS",
    "pitcairn": "PN", "vatican": "VA", "timor leste": "TL", "cocos islands": "CC",
    "saint helena": "SH", "u.s. virgin islands": "VI", "falkland islands": "FK",
    "czechia": "CZ", "eswatini": "SZ", "north macedonia": "MK", "turkey": "TR",
}  # fmt: skip


def is_installed() -> bool:
    """Return whether the package with the towns is installed."""
    return importlib.util.find_spec(_PACKAGE) is not None


def open_builtin() -> PlacesFile:
    """Return the towns of the package to read. Raises UsageError where it is missing."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        from cardcrm.install_advice import install_command

        raise UsageError(
            "the towns of the world are not installed",
            f"Install them: {install_command(_PACKAGE)}. Or load a file of GeoNames.",
        )
    path = Path(spec.origin).with_name("worldcities.db")
    size = other_files.count_rows(path, _TABLE)
    return PlacesFile(size, lambda progress: _read(path, progress))


def _read(path: Path, progress: Progress) -> Iterator[Entry]:
    rows = other_files.read_rows(path, _TABLE, ("city", "country", "lat", "lon"))
    for number, (city, country, latitude, longitude) in enumerate(rows, 1):
        name = normalize_line(city)
        code = _COUNTRIES.get(country.strip().lower()) or region_of(country)
        if code:
            where = (code, "", "", "", latitude, longitude, 0)
            yield Entry(Place("city", name, place_key(name), *where))
        if number % 1000 == 0:
            progress(number)
