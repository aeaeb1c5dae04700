"""Contacts with the most exact location that each has, for maps, routes and files."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cardcrm.geodesy import Position
from cardcrm.records.places.locations import ACCURACIES
from cardcrm.store import Store
from cardcrm.store.derived_refresh import CHUNK, chunks


class LocatedContact(NamedTuple):
    """A contact with the address that is located most exactly."""

    id: int
    name: str
    kind: str
    stage: str
    org: str
    street: str
    city: str
    postcode: str
    country: str
    accuracy: str
    latitude: float
    longitude: float

    @property
    def position(self) -> Position:
        """The coordinates."""
        return Position(self.latitude, self.longitude)


_ORDER = " ".join(f"WHEN '{each}' THEN {rank}" for rank, each in enumerate(ACCURACIES))
_SELECT = (
    "SELECT c.id, c.name, c.kind, c.stage, coalesce(o.name, ''), a.street, a.city, a.postcode, "
    "a.country, l.accuracy, l.latitude, l.longitude FROM location l "
    "JOIN contact c ON c.id = l.contact_id JOIN address a ON a.id = l.address_id "
    "LEFT JOIN contact o ON o.id = c.org_id WHERE l.contact_id IN ({marks}) "
    f"ORDER BY c.id, CASE l.accuracy {_ORDER} END, l.address_id"
)


def list_located(store: Store, ids: Iterable[int]) -> Iterator[LocatedContact]:
    """Yield the located ones of some contacts, in their order."""
    batch: list[int] = []
    for each in ids:
        batch.append(each)
        if len(batch) == CHUNK:
            yield from _read(store, batch)
            batch = []
    yield from _read(store, batch)


def _read(store: Store, ids: list[int]) -> Iterator[LocatedContact]:
    found: dict[int, LocatedContact] = {}
    for marks, params in chunks(ids):
        for row in store.rows(_SELECT.format(marks=marks), **params):
            found.setdefault(row[0], LocatedContact(*row))
    return (found[each] for each in ids if each in found)
