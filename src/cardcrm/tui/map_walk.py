"""The walk over the contacts on a map: from place to place, and from contact to contact."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.records.places.located_contacts import MapPoint
from cardcrm.render.maps.marks import Mark

_NEAR = 6  # cells from a mark within which a click chooses it
_ASPECT = 2  # a cell is twice as high as wide


class MapWalk(NamedTuple):
    """The marks on a map in the order of the walk; ``place`` and ``member`` are where it is."""

    marks: Sequence[Mark]
    place: int = 0
    member: int = 0

    @property
    def mark(self) -> Mark | None:
        """The mark of the chosen contact; None on a map without contacts."""
        return self.marks[self.place] if self.marks else None

    @property
    def contact(self) -> MapPoint | None:
        """The chosen contact."""
        return self.mark.cluster.contacts[self.member] if self.mark else None

    def step_place(self, step: int) -> "MapWalk":
        """Return the walk at the first contact of the next place or of the one before."""
        place = (self.place + step) % len(self.marks) if self.marks else 0
        return self._replace(place=place, member=0)

    def step(self, step: int) -> "MapWalk":
        """Return the walk at the next contact or the one before, perhaps in another place."""
        if self.mark and 0 <= self.member + step < len(self.mark.cluster.contacts):
            return self._replace(member=self.member + step)
        found = self.step_place(step)
        if step > 0 or found.mark is None:
            return found
        return found._replace(member=len(found.mark.cluster.contacts) - 1)

    def choose_near(self, column: int, row: int) -> "MapWalk":
        """Return the walk at the mark nearest to a cell; where it was if none is near."""
        far, place = min(
            ((_measure(each, column, row), at) for at, each in enumerate(self.marks)),
            default=(_NEAR + 1, 0),
        )
        if far > _NEAR or place == self.place:
            return self
        return self._replace(place=place, member=0)


def begin_walk(marks: Sequence[Mark], chosen: int | None) -> MapWalk:
    """Return the walk at a contact; at the first place if the contact is not on the map."""
    for place, mark in enumerate(marks):
        for member, contact in enumerate(mark.cluster.contacts):
            if contact.id == chosen:
                return MapWalk(marks, place, member)
    return MapWalk(marks)


def describe_place(walk: MapWalk) -> str:
    """Return the name of the chosen contact, its town, and how exactly it is located."""
    if walk.mark is None or walk.contact is None:
        return "No contacts here"
    contact, count = walk.contact, len(walk.mark.cluster.contacts)
    number = f"{walk.member + 1:,} of {count:,} here" if count > 1 else ""
    parts = (contact.name, contact.city, f"located: {contact.accuracy}", number)
    return " · ".join(filter(None, parts))


def _measure(mark: Mark, column: int, row: int) -> int:
    """Return the cells from a mark to another cell."""
    last = mark.column + len(mark.text) - 1
    across = max(mark.column - column, column - last, 0)
    return across + _ASPECT * abs(mark.row - row)
