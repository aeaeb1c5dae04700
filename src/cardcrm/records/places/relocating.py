"""Locate stored addresses again, list those that stay open, and remember choices of towns."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from cardcrm.geodesy import Position
from cardcrm.records.places.find_place import find_similar_places
from cardcrm.records.places.gazetteer import AddressText, Gazetteer, Place
from cardcrm.records.places.locating import Unresolved, locate
from cardcrm.records.places.locations import LOCATIONS
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

Progress = Callable[[int], object]


class OpenTown(NamedTuple):
    """A town in addresses that is not located: the towns that it may be, or similar names."""

    address: AddressText
    addresses: int
    candidates: tuple[Place, ...]
    similar: tuple[str, ...] = ()


class Located(NamedTuple):
    """The number of located addresses by accuracy, and the towns that stay open."""

    counts: Mapping[str, int]
    open: tuple[OpenTown, ...]

    @property
    def open_addresses(self) -> int:
        """The number of addresses that stay open."""
        return sum(each.addresses for each in self.open)


def list_owners(store: Store) -> list[int]:
    """Return the contacts that have an address."""
    return [row[0] for row in store.rows("SELECT DISTINCT contact_id FROM address ORDER BY 1")]


@retry_transaction
def locate_contacts(store: Store, ids: Collection[int], progress: Progress) -> Located:
    """Locate the addresses of contacts again; the journal does not record it."""
    counts: Counter[str] = Counter()
    texts: Counter[AddressText] = Counter()
    done = 0
    with store.transaction():
        for chunk in chunks(ids):
            LOCATIONS.refresh(store.engine, chunk)
            counts.update(_count(store, chunk))
            texts.update(_read_missing(store, chunk))
            done += len(chunk[1])
            progress(done)
    return Located(counts, tuple(_explain(store, texts)))


def _count(store: Store, chunk: tuple[str, dict[str, int]]) -> dict[str, int]:
    marks, params = chunk
    rows = store.rows(
        f"SELECT accuracy, count(*) FROM location WHERE contact_id IN ({marks}) GROUP BY accuracy",
        **params,
    )
    return {row[0]: row[1] for row in rows}


def _read_missing(store: Store, chunk: tuple[str, dict[str, int]]) -> Iterator[AddressText]:
    """Yield the addresses without a location."""
    marks, params = chunk
    rows = store.rows(
        "SELECT a.city, a.region, a.postcode, a.country FROM address a "
        "LEFT JOIN location l ON l.contact_id = a.contact_id AND l.address_id = a.id "
        f"WHERE a.contact_id IN ({marks}) AND l.address_id IS NULL",
        **params,
    )
    return (AddressText(*row) for row in rows)


def _explain(store: Store, texts: Counter[AddressText]) -> Iterator[OpenTown]:
    """Yield the open towns, those of most addresses first; a choice is for all of one text."""
    gazetteer = Gazetteer(store.engine, texts)
    found: dict[tuple[str, str, str], OpenTown] = {}
    for text, count in texts.items():
        where = locate(gazetteer, text)
        if not isinstance(where, Unresolved):
            continue
        known = found.get(text.choice_key, OpenTown(text, 0, where.candidates))
        found[text.choice_key] = known._replace(addresses=known.addresses + count)
    for each in sorted(found.values(), key=lambda town: (-town.addresses, town.address)):
        similar = () if each.candidates else tuple(find_similar_places(store, each.address.city))
        yield each._replace(similar=similar)


class TownChoice(NamedTuple):
    """The place that addresses with a text mean."""

    address: AddressText
    label: str
    position: Position


@retry_transaction
def choose_towns(store: Store, choices: Sequence[TownChoice]) -> int:
    """Remember choices of towns in one step that can be undone; return how many are new."""
    from cardcrm.records import registry

    registry.record_type("place_choice")
    before = store.changes_made
    with store.transaction():
        for each in choices:
            _remember(store, each)
    return store.changes_made - before


def _remember(store: Store, choice: TownChoice) -> None:
    keys = dict(
        zip(("city_key", "region_key", "country_key"), choice.address.choice_key, strict=True)
    )
    values = {"place": choice.label, **choice.position._asdict()}
    known = store.value(
        "SELECT id FROM place_choice WHERE city_key = :city_key AND region_key = :region_key "
        "AND country_key = :country_key",
        **keys,
    )
    if known:
        store.update("place_choice", known, **values)
    else:
        store.insert("place_choice", **keys, **values)
