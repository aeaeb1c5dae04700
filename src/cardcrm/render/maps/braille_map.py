"""Draw contacts on a map of braille characters: coast lines, and numbers of contacts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cardcrm.geodesy import Position
from cardcrm.records.places.located_contacts import LocatedContact
from cardcrm.render.charts.canvas import Canvas
from cardcrm.render.charts.pieces import Line
from cardcrm.render.maps.coast import load_coast
from cardcrm.render.maps.view import View, fit_view

_ACROSS, _DOWN = 6, 2  # cells of the terminal in which contacts become one number
_COAST = "series1"


class Cluster(NamedTuple):
    """Contacts side by side on a map, and the cell that they are shown in."""

    column: int
    row: int
    contacts: tuple[LocatedContact, ...]

    @property
    def city(self) -> str:
        """The town that most of them have."""
        towns = Counter(each.city for each in self.contacts if each.city)
        return towns.most_common(1)[0][0] if towns else ""


def fit_cells(contacts: Sequence[LocatedContact], width: int, height: int) -> View:
    """Return the view of contacts in cells of the terminal, which have two by four dots."""
    return fit_view([each.position for each in contacts], 2 * width, 4 * height)


def draw_map(view: View, contacts: Sequence[LocatedContact], *, unicode: bool = True) -> list[Line]:
    """Return the lines of a map."""
    canvas = Canvas(view.width // 2, view.height // 4, unicode=unicode)
    draw_coast(canvas, view)
    clusters = find_clusters(view, contacts)
    for each in clusters:
        mark = str(len(each.contacts)) if len(each.contacts) > 1 else "•" if unicode else "@"
        canvas.write(each.column, each.row, mark)
    for each in clusters:  # the names afterwards, in the room that the numbers leave
        if each.city:
            behind = each.column + len(str(len(each.contacts)))
            canvas.write(behind, each.row, f" {each.city}")  # the blank parts it from the coast
    return canvas.rows()


def draw_coast(canvas: Canvas, view: View) -> None:
    """Draw the coast lines that a map shows."""
    for line in load_coast():
        before = None
        for longitude, latitude in line:
            at = view.locate(Position(latitude, longitude))
            if before is not None and _may_show(view, before, at):
                canvas.line(_round(before), _round(at), _COAST)
            before = at


def _may_show(view: View, one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Return whether a step of a line may be on the map; one across its back edge is not drawn."""
    if abs(one[0] - other[0]) > 180 * view.scale * view.squeeze:
        return False
    return (
        max(one[0], other[0]) >= 0
        and min(one[0], other[0]) < view.width
        and max(one[1], other[1]) >= 0
        and min(one[1], other[1]) < view.height
    )


def _round(dot: tuple[float, float]) -> tuple[int, int]:
    return round(dot[0]), round(dot[1])


def find_clusters(view: View, contacts: Sequence[LocatedContact]) -> list[Cluster]:
    """Return the contacts on a map, those side by side together, the largest group first."""
    groups: dict[tuple[int, int], list[tuple[tuple[float, float], LocatedContact]]] = {}
    for contact, dot in _on_map(view, contacts):
        cell = (int(dot[0] // 2 // _ACROSS), int(dot[1] // 4 // _DOWN))
        groups.setdefault(cell, []).append((dot, contact))
    found = []
    for members in groups.values():
        x = sum(dot[0] for dot, _ in members) / len(members)
        y = sum(dot[1] for dot, _ in members) / len(members)
        found.append(Cluster(int(x // 2), int(y // 4), tuple(each for _, each in members)))
    return sorted(found, key=lambda each: (-len(each.contacts), each.row, each.column))


def _on_map(
    view: View, contacts: Sequence[LocatedContact]
) -> Iterator[tuple[LocatedContact, tuple[float, float]]]:
    for contact in contacts:
        dot = view.locate(contact.position)
        if view.shows(*dot):
            yield contact, dot
