"""Load places into the gazetteer, which the journal does not record.

The entries of a country replace those of their kind that were loaded for it before, so that a file
can be loaded again. Afterwards all addresses are located again, in the same transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from cardcrm.records.places.gazetteer import Place
from cardcrm.records.places.locations import LOCATIONS
from cardcrm.records.places.place_names import list_region_names, place_key
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

_BATCH = 5000


class Entry(NamedTuple):
    """A place with the keys of its other names, and the names of its region and district."""

    place: Place
    other_keys: tuple[str, ...] = ()
    region: str = ""
    district: str = ""


class Loaded(NamedTuple):
    """The number of places that were loaded, and of the countries they are in."""

    kind: str
    places: int
    countries: int


@retry_transaction
def load_places(store: Store, files: Sequence[Callable[[], Iterable[Entry]]]) -> list[Loaded]:
    """Load the entries of files; all or none of them. A damaged file raises UsageError."""
    with store.transaction():
        loaded = [_Loader(store).load(read()) for read in files]
        LOCATIONS.fill(store.engine)
    return loaded


class _Loader:
    """One load: the rows that wait, the countries that were replaced, and the regions seen."""

    def __init__(self, store: Store) -> None:
        self.engine = store.engine
        self.rows: list[tuple[Any, ...]] = []
        self.countries: set[str] = set()
        self.regions: dict[Place, _WeightedCenter] = {}
        self.kind, self.count = "", 0

    def load(self, entries: Iterable[Entry]) -> Loaded:
        for entry in entries:
            place = entry.place
            self.kind = place.kind
            if place.country not in self.countries:
                self._replace(place)
            self.count += 1
            self.rows.append(place)
            self.rows += [place._replace(name_key=key) for key in entry.other_keys]
            for region in _list_regions(entry):
                self.regions.setdefault(region, _WeightedCenter()).add(place)
            if len(self.rows) >= _BATCH:
                self._write()
        self.rows += [middle.place_at(region) for region, middle in self.regions.items()]
        self._write()
        return Loaded(self.kind, self.count, len(self.countries))

    def _replace(self, place: Place) -> None:
        """Remove the places of a kind that were loaded for a country before."""
        self.countries.add(place.country)
        self.engine.execute(
            "DELETE FROM place WHERE kind IN (:kind, :regions) AND country = :country",
            {"kind": place.kind, "regions": f"{place.kind}-region", "country": place.country},
        )

    def _write(self) -> None:
        self.engine.insert_with_ids("place", Place._fields, self.rows)
        self.rows = []


class _WeightedCenter:
    """The center of a region: the mean of its places, weighted by population."""

    def __init__(self) -> None:
        self.latitude = self.longitude = self.weight = 0.0

    def add(self, place: Place) -> None:
        weight = place.population + 1
        self.latitude += place.latitude * weight
        self.longitude += place.longitude * weight
        self.weight += weight

    def place_at(self, region: Place) -> Place:
        return region._replace(
            latitude=self.latitude / self.weight, longitude=self.longitude / self.weight
        )


def _list_regions(entry: Entry) -> Iterator[Place]:
    """Yield the regions that a place is in, without their coordinates."""
    place = entry.place
    named = [(entry.region, ""), (entry.district, place.district)]
    if place.kind == "city" and place.region:
        codes = list_region_names(place.country)
        named = [(place.region, ""), *((name, "") for name in _names_of(codes, place.region))]
    for name, district in named:
        if name:
            yield Place(
                f"{place.kind}-region", name, place_key(name), place.country, place.region,
                district, "", 0.0, 0.0, 0,
            )  # fmt: skip


def _names_of(codes: dict[str, str], code: str) -> Iterator[str]:
    return (name for name, each in codes.items() if each == code)


class GazetteerSummary(NamedTuple):
    """The number of places of a kind in a country."""

    kind: str
    country: str
    places: int


def summarize_gazetteer(store: Store) -> list[GazetteerSummary]:
    """Return what was loaded, by kind and country."""
    rows = store.rows(
        "SELECT kind, country, count(*) FROM "
        "(SELECT DISTINCT kind, country, name, postcode, latitude, longitude FROM place "
        "WHERE kind IN ('city', 'postcode')) p GROUP BY kind, country ORDER BY kind, country"
    )
    return [GazetteerSummary(*row) for row in rows]


def has_places(store: Store) -> bool:
    """Return whether a gazetteer was loaded."""
    return store.value("SELECT 1 FROM place LIMIT 1") is not None
