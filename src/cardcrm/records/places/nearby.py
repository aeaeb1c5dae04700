"""Find the contacts within a distance of a place, by the index of locations.

The index has the locations by bands of latitude and by longitude: a circle is looked for in the
bands that it touches, and the square of the chord decides. The index has all columns that are read
as well, so that of a location only the contact and the address are looked up. A contact is as far
as the nearest of its addresses.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from cardcrm.geodesy import (
    HALF_TURN,
    MAX_BANDS,
    Position,
    find_bounds,
    to_kilometers,
    to_square,
    to_vector,
)
from cardcrm.store import Store

AddParam = Callable[[Any], str]


class Neighbor(NamedTuple):
    """A contact near a place: the distance, and where its nearest address is."""

    contact_id: int
    name: str
    city: str
    km: float
    accuracy: str
    latitude: float
    longitude: float


def square_sql(center: Position, alias: str, write: AddParam) -> str:
    """Return SQL for the square of the chord from a place to a location."""
    parts = zip("xyz", map(write, to_vector(center)), strict=True)
    return " + ".join(f"({alias}.{axis} - {at}) * ({alias}.{axis} - {at})" for axis, at in parts)


def within_sql(center: Position, km: float, alias: str, write: AddParam) -> str:
    """Return SQL: a location is within a distance of a place."""
    within = f"{square_sql(center, alias, write)} <= {write(to_square(km))}"
    bounds = find_bounds(center, km)
    if len(bounds.bands) > MAX_BANDS or km >= HALF_TURN:
        return f"({within})"
    bands = ", ".join(map(write, bounds.bands))
    ranges = " OR ".join(
        f"{alias}.longitude BETWEEN {write(west)} AND {write(east)}"
        for west, east in bounds.longitudes
    )
    return f"({alias}.band IN ({bands}) AND ({ranges}) AND {within})"


class Circle(NamedTuple):
    """A place and the distance from it, in kilometers."""

    center: Position
    km: float


def find_neighbors(
    store: Store, circle: Circle, where: str = "1 = 1", params: dict[str, Any] | None = None
) -> list[Neighbor]:
    """Return the contacts in a circle, the nearest first; ``where`` is a condition on ``c``."""
    values: dict[str, Any] = {}

    def write(value: Any) -> str:
        values[f"n{len(values)}"] = value
        return f":n{len(values) - 1}"

    square = square_sql(circle.center, "l", write)
    within = within_sql(circle.center, circle.km, "l", write)
    rows = store.rows(
        f"SELECT c.id, c.name, a.city, {square} AS square, l.accuracy, l.latitude, l.longitude "
        "FROM location l JOIN contact c ON c.id = l.contact_id "
        "JOIN address a ON a.id = l.address_id "
        f"WHERE {within} AND ({where}) ORDER BY square, c.id, l.address_id",
        **values,
        **(params or {}),
    )
    nearest: dict[int, Any] = {}
    for row in rows:
        nearest.setdefault(row[0], row)
    return [
        Neighbor(row[0], row[1], row[2], to_kilometers(row[3]), *tuple(row)[4:])
        for row in nearest.values()
    ]
