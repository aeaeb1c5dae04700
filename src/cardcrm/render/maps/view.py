"""The part of the earth that a map shows, and where a position is on it.

The projection is the equirectangular one: degrees of longitude are as long as they are in the
middle of the map. Longitudes count from the middle, so that a map may lie across the antimeridian.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from cardcrm.geodesy import Position

_LEAST_SPAN = 0.3  # degrees that a map shows at least: some 30 km
_DIGITS = 2  # of a degree of longitude, so that there are few to sort
_MARGIN = 1.15  # times the extent of the positions
_MAX_LATITUDE = 85.0
_LARGEST_SCALE = 20_000.0  # dots in a degree: a cell of the terminal is 11 m wide


class View(NamedTuple):
    """A map of ``width`` by ``height`` dots around a position; ``scale`` is dots in a degree."""

    center: Position
    scale: float
    width: int
    height: int

    @property
    def squeeze(self) -> float:
        """The length of a degree of longitude in degrees of latitude."""
        return max(math.cos(math.radians(self.center.latitude)), 0.05)

    def locate(self, position: Position) -> tuple[float, float]:
        """Return the dot of a position, which may be outside of the map."""
        east = (position.longitude - self.center.longitude + 180) % 360 - 180
        x = self.width / 2 + east * self.scale * self.squeeze
        return x, self.height / 2 - (position.latitude - self.center.latitude) * self.scale

    def find_position(self, x: float, y: float) -> Position:
        """Return the position of a dot."""
        latitude = self.center.latitude + (self.height / 2 - y) / self.scale
        east = (x - self.width / 2) / self.scale / self.squeeze
        return Position(latitude, (self.center.longitude + east + 180) % 360 - 180)

    def shows(self, x: float, y: float) -> bool:
        """Return whether a dot is on the map."""
        return 0 <= x < self.width and 0 <= y < self.height

    def move(self, right: float, up: float) -> "View":
        """Return a view that is moved by parts of its width and height."""
        latitude = self.center.latitude + up * self.height / self.scale
        latitude = min(max(latitude, -_MAX_LATITUDE), _MAX_LATITUDE)
        longitude = self.center.longitude + right * self.width / self.scale / self.squeeze
        return self._replace(center=Position(latitude, (longitude + 180) % 360 - 180))

    def zoom(self, factor: float) -> "View":
        """Return a view of the same middle that shows more or less."""
        widest = min(self.width / 360, self.height / 180)
        return self._replace(scale=min(max(self.scale * factor, widest), _LARGEST_SCALE))

    def zoom_at(self, position: Position, factor: float) -> "View":
        """Return a view that shows more or less, with a position in the same place."""
        x, y = self.locate(position)
        zoomed = self.zoom(factor)
        now_x, now_y = zoomed.locate(position)
        return zoomed.move((now_x - x) / self.width, (y - now_y) / self.height)

    def resize(self, width: int, height: int) -> "View":
        """Return a view of the same middle and scale with another number of dots."""
        return self._replace(width=width, height=height)


class Extent(NamedTuple):
    """The middle of some positions, and the degrees that they reach across and up."""

    middle: Position
    across: float
    up: float

    def fit(self, width: int, height: int) -> View:
        """Return the view of ``width`` by ``height`` dots that shows all positions."""
        if self == EARTH:
            return View(self.middle, min(width / self.across, height / self.up), width, height)
        view = View(self.middle, 1.0, width, height)
        across = max(self.across * view.squeeze, _LEAST_SPAN) * _MARGIN
        up = max(self.up, _LEAST_SPAN) * _MARGIN
        return view._replace(scale=min(width / across, height / up))


EARTH = Extent(Position(0.0, 0.0), 360.0, 180.0)


class HasPosition(Protocol):
    """A position, or a contact with one: 100,000 need not be turned into positions."""

    @property
    def latitude(self) -> float:
        """Degrees north."""

    @property
    def longitude(self) -> float:
        """Degrees east."""


def find_extent(positions: Sequence[HasPosition]) -> Extent:
    """Return the extent of positions; the whole earth without any."""
    if not positions:
        return EARTH
    south, north = (pick(each.latitude for each in positions) for pick in (min, max))
    west, span = _find_span(each.longitude for each in positions)
    middle = Position((south + north) / 2, (west + span / 2 + 180) % 360 - 180)
    return Extent(middle, span, north - south)


def fit_view(positions: Sequence[HasPosition], width: int, height: int) -> View:
    """Return the view that shows all positions; the whole earth without any."""
    return find_extent(positions).fit(width, height)


def _find_span(longitudes: Iterable[float]) -> tuple[float, float]:
    """Return where the shortest range with all longitudes begins, and how wide it is."""
    ordered = sorted({round(each, _DIGITS) for each in longitudes})
    gaps = [other - one for one, other in pairwise(ordered)]
    gaps.append(ordered[0] + 360 - ordered[-1])
    widest = max(range(len(gaps)), key=gaps.__getitem__)
    return ordered[(widest + 1) % len(ordered)], 360 - gaps[widest]
