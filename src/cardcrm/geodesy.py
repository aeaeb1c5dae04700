"""Distances on the earth as a sphere, and the bounds of a circle on it.

A position is also a vector of length 1 from the center of the earth. The square of the chord
between two such vectors is four times the haversine of the angle between them, so that a distance
is compared with additions and products alone, which every database has.
"""

import math
import re
from typing import NamedTuple

from cardcrm.errors import UsageError

RADIUS = 6371.0088  # km, the mean radius of the earth (IUGG)
HALF_TURN = math.pi * RADIUS  # km, the longest distance
BAND = 10  # bands of latitude in a degree; each is 11 km high
MAX_BANDS = 200  # a wider circle is found by reading all rows
_DECIMALS = 12  # of a vector: 6 nanometers, the same on every machine
_KM = {"": 1.0, "km": 1.0, "m": 0.001, "mi": 1.609344, "mile": 1.609344, "miles": 1.609344}
_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)"
_LENGTH = r"(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)"

Vector = tuple[float, float, float]


class Position(NamedTuple):
    """A point on the earth, in degrees north and east."""

    latitude: float
    longitude: float


def parse_position(text: str) -> Position | None:
    """Return the position that ``53.80,-1.55`` names; None for other text.

    Raises UsageError for half a position, or for degrees that do not exist.
    """
    whole = text.strip().removeprefix("geo:")
    numbers = [each.strip() for each in re.split(r"[,;]", whole)]
    if not any(char in whole for char in ",;"):
        numbers = whole.split()
    if not (numbers and numbers[0]) or not all(
        re.fullmatch(_NUMBER, each) for each in numbers if each
    ):
        return None
    if len(numbers) == 1 and "." not in whole:
        return None
    if len(numbers) != 2 or not numbers[1]:
        raise UsageError(
            f"“{text.strip()}” is not a latitude with a longitude", "Write both: 53.80,-1.55."
        )
    return check_position(float(numbers[0]), float(numbers[1]))


def check_position(latitude: float, longitude: float) -> Position:
    """Return a position. Raises UsageError for degrees that do not exist."""
    for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if not -most <= value <= most:
            swapped = " Latitude comes first." if name == "latitude" and abs(value) <= 180 else ""
            raise UsageError(
                f"{name} must be between -{most} and {most}, not {value:g}",
                f"Write degrees north, then east: 53.80,-1.55.{swapped}",
            )
    return Position(latitude, longitude)


def parse_length(text: str) -> float:
    """Return the kilometers of ``25``, ``25km`` or ``10mi``. Raises UsageError."""
    match = re.fullmatch(_LENGTH, text.strip().lower())
    if match is None or match[2] not in _KM:
        raise UsageError(f"invalid distance “{text.strip()}”", "Write it like 25km or 10mi.")
    return float(match[1]) * _KM[match[2]]


def to_vector(position: Position) -> Vector:
    """Return the vector of length 1 to a position."""
    latitude, longitude = math.radians(position.latitude), math.radians(position.longitude)
    across = math.cos(latitude)
    parts = (across * math.cos(longitude), across * math.sin(longitude), math.sin(latitude))
    x, y, z = (round(part, _DECIMALS) + 0.0 for part in parts)  # no -0.0
    return x, y, z


def measure_distance(one: Position, other: Position) -> float:
    """Return the kilometers between two positions, by the haversine formula."""
    (lat1, lon1), (lat2, lon2) = (map(math.radians, each) for each in (one, other))
    across = math.sin((lon2 - lon1) / 2) ** 2
    haversine = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * across
    return 2 * RADIUS * math.asin(math.sqrt(min(haversine, 1.0)))


def to_kilometers(square: float) -> float:
    """Return the kilometers of the square of a chord."""
    return 2 * RADIUS * math.asin(min(math.sqrt(max(square, 0.0)) / 2, 1.0))


def to_square(km: float) -> float:
    """Return the square of the chord of some kilometers; at most that of half a turn."""
    return 4 * math.sin(min(km, HALF_TURN) / (2 * RADIUS)) ** 2


def find_band(latitude: float) -> int:
    """Return the number of the band that a latitude is in."""
    return math.floor(latitude * BAND)


class Bounds(NamedTuple):
    """The bands and the ranges of longitude that a circle lies in."""

    first: int
    last: int
    longitudes: tuple[tuple[float, float], ...]

    @property
    def bands(self) -> range:
        """The bands."""
        return range(self.first, self.last + 1)


def find_bounds(center: Position, km: float) -> Bounds:
    """Return the bounds of a circle.

    They have all longitudes near a pole, and two ranges across the antimeridian.
    """
    angle = min(km, HALF_TURN) / RADIUS + 1e-9  # rounding must not lose a row
    degrees = math.degrees(angle)
    south, north = center.latitude - degrees, center.latitude + degrees
    bands = find_band(max(south, -90.0)), find_band(min(north, 90.0))
    if south <= -90 or north >= 90:
        return Bounds(*bands, ((-180.0, 180.0),))
    width = math.degrees(math.asin(math.sin(angle) / math.cos(math.radians(center.latitude))))
    west, east = center.longitude - width, center.longitude + width
    if west < -180:
        return Bounds(*bands, ((west + 360, 180.0), (-180.0, east)))
    if east > 180:
        return Bounds(*bands, ((west, 180.0), (-180.0, east - 360)))
    return Bounds(*bands, ((west, east),))
