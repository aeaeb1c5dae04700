"""Measure places: locating addresses, contacts near a place, a route, and the map."""

import random
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from bench import databases
from bench.databases import Plan
from bench.measure import (
    FLOOR,
    Line,
    Runner,
    command,
    environment,
    report,
    run_in_turns,
    time_call,
)  # fmt: skip
from bench.shell import open_database
from cardcrm.formats.places import builtin_towns
from cardcrm.geodesy import Position
from cardcrm.records.places.loading import has_places, load_places
from cardcrm.records.places.located_contacts import list_located
from cardcrm.records.places.nearby import Circle, find_neighbors
from cardcrm.records.places.relocating import list_owners, locate_contacts
from cardcrm.reports.places.route import plan_route
from cardcrm.store import Store
from cardcrm.store.places_migration import COLUMNS, TABLE, build_row
from cardcrm.tui.map_reading import draw_picture, read_contacts

PINNED = Plan("pinned", 1_000_000, 0, 0, 0)
MAPPED = Plan("mapped", 100_000, 0, 0, 0)
TOWNS = Plan("towns", 100_000, 0, 0, 0)
LOCATE, NEAR, ROUTE, MAP = 60_000.0, 50.0, 1_000.0, 1_000.0  # ms
_STOPS = 100
_KM = (25.0, 9.0)  # within which 4,000 and 520 of the contacts with pins are
_BRITAIN = ((50.0, 58.5), (-6.0, 2.0))  # degrees, in which the pins are scattered
_LEEDS = Position(53.8, -1.55)
_SCREEN = (110, 40)  # cells of a large map
_PIN = "UPDATE address SET latitude = :latitude, longitude = :longitude WHERE id = :id"
_TOWN = "UPDATE address SET city = :city, city_key = lower(:city), country = '' WHERE id = :id"


def measure(runs: int) -> list[Line]:
    """Measure all of it; towns are located only where the package with them is installed."""
    for plan in (PINNED, MAPPED):
        databases.ensure(plan, report)
        with open_database(plan.path) as store:
            _scatter_pins(store)
    return [*_measure_locating(), *_measure_near(runs), *_measure_route(runs), *_measure_map()]


def _measure_locating() -> Iterator[Line]:
    label = f"locating {TOWNS.contacts:,} addresses"
    if not builtin_towns.is_installed():
        yield Line(label, note="needs the towns of cardcrm[places]")
        return
    databases.ensure(TOWNS, report)
    with open_database(TOWNS.path) as store:
        _scatter_towns(store)
        owners = list_owners(store)
        report("  locating addresses")
        start = time_call(lambda: locate_contacts(store, owners, lambda _done: None))
        count = store.value("SELECT count(*) FROM location")
        yield Line(label, start, bound=LOCATE, unit="ms", note=f"{count:,} are certain")


def _measure_near(runs: int) -> Iterator[Line]:
    with open_database(PINNED.path) as store:
        for km in _KM:
            circle = Circle(_LEEDS, km)
            count = len(find_neighbors(store, circle))
            label = f"near, {count:,} of {PINNED.contacts:,} contacts within {km:g} km"
            taken = _take_median(partial(find_neighbors, store, circle), runs)
            yield Line(label, taken, bound=NEAR, unit="ms")


def _measure_route(runs: int) -> Iterator[Line]:
    numbers = random.Random(3).sample(range(1, PINNED.contacts), _STOPS)
    with open_database(PINNED.path) as store:
        stops = [each.position for each in list_located(store, numbers)]
    label = f"route of {_STOPS} stops"
    taken = _take_median(lambda: plan_route(_LEEDS, stops), runs)
    yield Line(label, taken, bound=ROUTE, unit="ms")
    words = command("route", ",".join(map(str, numbers)), "--start", "53.8,-1.55")
    env = environment(PINNED.path)
    runners = {
        "floor": Runner(FLOOR),
        "route": Runner(words, env),
        "day": Runner([*words, "--leave", "8:00"], env),
    }
    failed = run_in_turns(runners, runs)
    for name, note in (("route", ""), ("day", " --leave")):
        label = f"`route{note}`, {_STOPS} stops"
        if name in failed:
            yield Line(label, note=failed[name])
        else:
            floor = runners["floor"].median
            yield Line(label, runners[name].median, floor, ROUTE, "ms")


def _measure_map() -> Iterator[Line]:
    with open_database(MAPPED.path) as store:

        def open_map() -> None:
            draw_picture(read_contacts(store, ""), None, _SCREEN, None)

        open_map()  # decodes the coast lines
        taken = _take_median(open_map, 3)
        yield Line(f"map of {MAPPED.contacts:,} contacts", taken, bound=MAP, unit="ms")


def _take_median(action: Callable[[], object], runs: int) -> float:
    """Return the median of the milliseconds of some calls, after one that does not count."""
    action()
    return statistics.median(time_call(action) for _ in range(runs))


# The databases


def _scatter_pins(store: Store) -> None:
    """Give each address of a new database coordinates."""
    if store.value("SELECT 1 FROM location LIMIT 1"):
        return
    report("  scattering pins")
    chance = random.Random(5)
    engine = store.engine
    engine.begin()
    for rows in _list_addresses(store):
        spots = [Position(*(round(chance.uniform(*each), 5) for each in _BRITAIN)) for _ in rows]
        engine.execute_many(
            _PIN, ({"id": row[0], **spot._asdict()} for row, spot in zip(rows, spots, strict=True))
        )
        located = [
            build_row(row[1], row[0], "exact", spot, None)
            for row, spot in zip(rows, spots, strict=True)
        ]
        engine.insert_with_ids(TABLE, COLUMNS, located)
    engine.commit()


def _scatter_towns(store: Store) -> None:
    """Give each address of a new database a town of the world, without its country."""
    if has_places(store):
        return
    report("  loading towns")
    source = builtin_towns.open_builtin()
    load_places(store, [lambda: source.read(lambda _done: None)])
    towns = [row[0] for row in store.rows("SELECT DISTINCT name FROM place ORDER BY name")]
    chance = random.Random(7)
    engine = store.engine
    engine.begin()
    for rows in _list_addresses(store):
        engine.execute_many(_TOWN, ({"id": row[0], "city": chance.choice(towns)} for row in rows))
    engine.commit()


def _list_addresses(store: Store) -> Iterator[Sequence[Any]]:
    """Yield the ids of addresses with their contacts, some thousand at a time."""
    found: Iterable[Any] = store.rows("SELECT id, contact_id FROM address ORDER BY id")
    rest = iter(found)
    while rows := list(islice(rest, databases.CHUNK)):
        yield rows
