"""Read from the gazetteer what the addresses of one batch need, a few queries for all of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from cardcrm.geodesy import Position
from cardcrm.records.places.place_names import place_key, postcode_keys
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.engine import Engine
from cardcrm.store.store import Locale
from cardcrm.text import fold

_MAX_NAMED = 200  # places of a name: more make no choice


class Place(NamedTuple):
    """A town, postal code or region of the gazetteer."""

    kind: str
    name: str
    name_key: str
    country: str
    region: str
    district: str
    postcode: str
    latitude: float
    longitude: float
    population: int

    @property
    def position(self) -> Position:
        """The coordinates."""
        return Position(self.latitude, self.longitude)

    @property
    def label(self) -> str:
        """Its name with region and country."""
        parts = (f"{self.postcode} {self.name}".strip(), self.region, self.country)
        return ", ".join(filter(None, parts))


def label_towns(towns: Sequence[Place]) -> list[str]:
    """Return the labels of towns; those with one label have their coordinates as well."""
    counts = Counter(each.label for each in towns)
    return [
        f"{each.label} ({write_position(each.position)})" if counts[each.label] > 1 else each.label
        for each in towns
    ]


def write_position(position: Position) -> str:
    """Return coordinates to a kilometer, which tells towns apart."""
    return f"{position.latitude:.2f},{position.longitude:.2f}"


class Choice(NamedTuple):
    """A town that was chosen for addresses with a name that several have."""

    id: int
    city_key: str
    region_key: str
    country_key: str
    place: str
    latitude: float
    longitude: float


class AddressText(NamedTuple):
    """The part of an address that says where it is, as typed."""

    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    @property
    def choice_key(self) -> tuple[str, str, str]:
        """The key of a choice of town that is remembered for such addresses."""
        return fold(self.city), fold(self.region), fold(self.country)


_COLUMNS = ", ".join(Place._fields)

# The expression keeps the planner of SQLite off the index of kinds, by which it would read all
# towns of the world: 25 ms a name instead of 6 µs.
CONTINUED = (
    f"SELECT {_COLUMNS} FROM place WHERE name_key > :low AND name_key < :high "
    "AND kind || '' = 'city' ORDER BY id LIMIT :limit"
)


class Gazetteer:
    """The places that some addresses may mean, by the keys of their texts."""

    def __init__(self, engine: Engine, addresses: Iterable[AddressText]) -> None:
        self.engine = engine
        wanted = set(addresses)
        self.home = _read_home(engine)
        self.names: dict[str, list[Place]] = {}
        self.regions: dict[str, list[Place]] = {}
        self._read_names(wanted)
        self.postcodes = self._read_postcodes(wanted)
        self.choices = self._read_choices(wanted)
        self._continued: dict[str, list[Place]] = {}

    def _read_names(self, wanted: Collection[AddressText]) -> None:
        keys = {
            key for each in wanted for text in split_city(each.city) if (key := place_key(text))
        }
        keys |= {key for each in wanted if (key := place_key(each.region))}
        for place in self._select("name_key", keys):
            found = self.regions if place.kind.endswith("region") else self.names
            found.setdefault(place.name_key, []).append(place)

    def _read_postcodes(self, wanted: Collection[AddressText]) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        for place in self._select(
            "postcode", {k for e in wanted for k in postcode_keys(e.postcode)}
        ):
            found.setdefault(place.postcode, []).append(place)
        return found

    def _read_choices(self, wanted: Collection[AddressText]) -> dict[tuple[str, str, str], Choice]:
        columns = ", ".join(Choice._fields)
        keys = {fold(each.city) for each in wanted if each.city}
        choices = (
            Choice(*row)
            for marks, params in chunks(keys)
            for row in self.engine.rows(
                f"SELECT {columns} FROM place_choice WHERE city_key IN ({marks}) ORDER BY id",
                params,
            )
        )
        return {(each.city_key, each.region_key, each.country_key): each for each in choices}

    def _select(self, column: str, keys: Collection[str]) -> list[Place]:
        return [
            Place(*row)
            for marks, params in chunks(keys)
            for row in self.engine.rows(
                f"SELECT {_COLUMNS} FROM place WHERE {column} IN ({marks}) ORDER BY id", params
            )
        ]

    def find_continued(self, key: str) -> list[Place]:
        """Return the towns whose names begin with a name and go on."""
        if key not in self._continued:
            bounds = {"low": f"{key} ", "high": f"{key}!", "limit": _MAX_NAMED}
            self._continued[key] = [Place(*row) for row in self.engine.rows(CONTINUED, bounds)]
        return self._continued[key]


def split_city(city: str) -> list[str]:
    """Return a town as typed, and the part before a comma in it."""
    before, comma, _ = city.partition(",")
    return [city, before] if comma else [city]


def _read_home(engine: Engine) -> str:
    """Return the country that addresses without one are in first."""
    found: list[Any] = engine.rows("SELECT value FROM setting WHERE name = 'region'", {})
    return str(found[0][0]) if found else Locale().region
