"""Maps: where positions are, which contacts make one number, and the marks of the numbers."""

import random
from itertools import pairwise

import pytest

from cardcrm.geodesy import HALF_TURN, Position, measure_distance
from cardcrm.records.places.located_contacts import MapPoint
from cardcrm.render.maps.braille_map import draw_map, draw_scale, fit_cells
from cardcrm.render.maps.clusters import ClusterIndex
from cardcrm.render.maps.coast import load_coast, load_pieces
from cardcrm.render.maps.view import View, find_extent, fit_view

EARTH = fit_view([], 160, 80)


def contact(number, latitude, longitude, city=""):
    return MapPoint(number, f"n{number}", city, "exact", latitude, longitude)


def scattered(count, south=-90.0, north=90.0, west=-180.0, east=180.0):
    chance = random.Random(7)
    places = [(chance.uniform(south, north), chance.uniform(west, east)) for _ in range(count)]
    return [contact(number, *each) for number, each in enumerate(places)]


def fit_all(found, width, height):
    return fit_cells(find_extent(found), width, height)


def ids_of(clusters):
    return sorted(each.id for cluster in clusters for each in cluster.contacts)


@pytest.mark.parametrize(
    "view",
    [EARTH, EARTH._replace(center=Position(0.0, 179.0)), View(Position(60.0, -5.0), 40, 120, 60)],
)
def test_the_position_of_a_dot_is_where_it_is_drawn(view):
    for dot in ((1, 1), (80.5, 33), (119, 59)):
        assert view.locate(view.find_position(*dot)) == pytest.approx(dot)


@pytest.mark.parametrize("factor", [2, 1.5, 0.5])
def test_zooming_at_a_position_keeps_it_there(factor):
    view = View(Position(53.8, 179.9), 300, 160, 80)
    at = view.find_position(140, 12)
    zoomed = view.zoom_at(at, factor)
    assert zoomed.scale == pytest.approx(view.scale * factor)
    assert zoomed.locate(at) == pytest.approx((140, 12), abs=0.5)


def test_every_contact_of_the_earth_is_in_one_cluster():
    found = scattered(3000)
    index = ClusterIndex(found)
    assert ids_of(index.find_clusters(EARTH)) == list(range(3000))
    moved = EARTH.move(0.4, 0)
    assert ids_of(index.find_clusters(moved)) == list(range(3000))


def test_clusters_stay_the_same_while_a_map_is_moved():
    index = ClusterIndex(scattered(2000, 50, 55, -5, 2))
    view = View(Position(52.5, -1.5), 60, 160, 80)
    before = set(index.find_clusters(view))
    after = set(index.find_clusters(view.move(0.13, 0)))
    assert before & after
    whole = {each for each in before if 30 <= view.locate(each.position)[0] < 130}
    assert whole <= after


def test_zooming_in_splits_clusters_until_each_has_one_place():
    found = [contact(1, 53.8, -1.5), contact(2, 53.81, -1.5), contact(3, 53.81, -1.5)]
    index, view = ClusterIndex(found), fit_all(found, 80, 20)
    counts = []
    for _ in range(30):
        counts.append([len(each.contacts) for each in index.find_clusters(view)])
        view = view.zoom_at(found[1].position, 1.5)
    assert counts[0] in ([3], [2, 1])
    assert counts[-1] == [2]


def test_clusters_reach_across_the_antimeridian_and_to_the_poles():
    found = [contact(1, -17.0, 179.99), contact(2, -17.0, -179.99)]
    (cluster,) = ClusterIndex(found).find_clusters(EARTH)
    assert abs(cluster.position.longitude) == pytest.approx(180)
    poles = [contact(1, 90.0, 180.0), contact(2, -90.0, -180.0), contact(3, 89.9999, 0.0)]
    assert ids_of(ClusterIndex(poles).find_clusters(EARTH._replace(scale=0.4))) == [1, 2, 3]


def test_the_town_of_a_cluster_is_that_of_most():
    towns = ["", "Leeds", "York", "Leeds", ""]
    found = [contact(number, 53.8, -1.5, town) for number, town in enumerate(towns)]
    (cluster,) = ClusterIndex(found).find_clusters(fit_all(found, 80, 20))
    assert cluster.city == "Leeds"


@pytest.mark.parametrize("unicode", [True, False])
def test_marks_do_not_touch_and_lose_no_contact(unicode):
    found = scattered(4000, 45, 55, -5, 10)
    view = fit_all(found, 80, 24)
    drawn = draw_map(view, ClusterIndex(found).find_clusters(view), unicode=unicode)
    assert ids_of(mark.cluster for mark in drawn.marks) == list(range(4000))
    rows = ["".join(piece.text for piece in line) for line in drawn.lines]
    assert {len(row) for row in rows} == {80}
    for mark in drawn.marks:
        end = mark.column + len(mark.text)
        assert rows[mark.row][mark.column : end] == mark.text
        beside = rows[mark.row][max(mark.column - 1, 0) : mark.column] + rows[mark.row][end:][:1]
        assert not any(each.isdigit() or each in "•@" for each in beside)
    assert sum(len(mark.cluster.contacts) for mark in drawn.marks) == 4000


def test_pieces_of_the_coast_are_its_lines():
    steps = {step for line in load_coast() for step in pairwise(line)}
    assert {step for each in load_pieces() for step in pairwise(each.points)} == steps
    for each in load_pieces():
        assert all(each.west <= x <= each.east for x, _ in each.points)
        assert all(each.south <= y <= each.north for _, y in each.points)


def test_a_part_of_the_coast_is_drawn_as_on_a_larger_map():
    large = View(Position(54.0, -3.0), 12, 160, 160)
    small = large.resize(80, 80)
    whole, part = (draw_map(view, []).lines for view in (large, small))
    text = ["".join(piece.text for piece in line) for line in whole]
    shown = ["".join(piece.text for piece in line) for line in part]
    assert [row[20:60] for row in text[10:30]] == shown
    assert any("\u2801" <= char <= "\u28ff" for char in "".join(shown))


@pytest.mark.parametrize("scale", [0.4, 7, 300, 20_000])
def test_the_scale_is_as_long_as_it_says(scale):
    view = View(Position(0.0, 0.0), scale, 160, 80)
    line, number, unit = draw_scale(view).replace(",", "").split()
    km = float(number) / (1 if unit == "km" else 1000)
    ends = view.find_position(0, 40), view.find_position(2 * len(line), 40)
    assert measure_distance(*ends) == pytest.approx(km, rel=0.2)
    assert 2 <= len(line) <= 14
    assert km < HALF_TURN
