"""The contacts of a query for the map, and the map as it is drawn of them.

Drawing 100,000 contacts takes longer than a screen may wait, so both are done beside it.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.records.places import loading
from cardcrm.records.places.located_contacts import list_points
from cardcrm.records.query_sql import columns, contact_query
from cardcrm.render.maps.braille_map import draw_map, fit_cells, resize_cells
from cardcrm.render.maps.clusters import ClusterIndex
from cardcrm.render.maps.marks import Mark
from cardcrm.render.maps.view import Extent, View, find_extent
from cardcrm.store import Store
from cardcrm.tui.map_walk import MapWalk, begin_walk

_LEAST = (8, 2)  # cells of a map


class MapContacts(NamedTuple):
    """The located contacts of a query, for a map.

    ``located`` of the ``total`` contacts have a location; ``has_places`` says whether a gazetteer
    was loaded.
    """

    located: int
    total: int
    has_places: bool
    clusters: ClusterIndex
    extent: Extent


class MapPicture(NamedTuple):
    """A drawn map, and the walk over the contacts on it."""

    view: View
    lines: Sequence[Sequence[tuple[str, str]]]
    walk: MapWalk


def read_contacts(store: Store, words: str) -> MapContacts:
    """Read the located contacts of a query. Raises UsageError for an invalid one."""
    ids = columns.find_ids(store, contact_query.parse(store, words))
    found = list_points(store, ids)
    extent = find_extent(found)
    has_places = loading.has_places(store)
    return MapContacts(len(found), len(ids), has_places, ClusterIndex(found), extent)


def draw_picture(
    data: MapContacts, view: View | None, size: tuple[int, int], chosen: int | None
) -> MapPicture:
    """Draw a view in some cells, that of all contacts for None; stay on the chosen contact."""
    width, height = map(max, size, _LEAST)
    if view is None:
        view = fit_cells(data.extent, width, height)
    else:
        view = resize_cells(view, width, height)
    drawn = draw_map(view, data.clusters.find_clusters(view))
    return MapPicture(view, drawn.lines, begin_walk(_sort_marks(drawn.marks, view), chosen))


def _sort_marks(marks: Sequence[Mark], view: View) -> list[Mark]:
    """Return marks by their distance from the middle of a map."""
    middle = (view.width / 2, view.height / 2)
    return sorted(marks, key=lambda each: math.dist(view.locate(each.cluster.position), middle))
