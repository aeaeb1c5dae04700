"""The contacts near a place are those of a plain loop over all of them, on both engines."""

import random

import pytest

from cardcrm.errors import AmbiguousError, NotFoundError, UsageError
from cardcrm.geodesy import Position, measure_distance
from cardcrm.query import parse, unparse
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.contacts.query_fields import FILTERS
from cardcrm.records.places.find_place import find_place
from cardcrm.records.places.located_contacts import list_located, list_points
from cardcrm.records.places.nearby import Circle, find_neighbors
from cardcrm.records.query_sql import columns, contact_query, segments
from tests.support.gazetteer import load_sample

CENTERS = [
    Position(53.8, -1.55), Position(0.0, 0.0), Position(90.0, 0.0), Position(-89.95, 45.0),
    Position(-18.1, 179.9), Position(-18.1, -179.9), Position(0.0, 180.0), Position(65.0, -170.0),
]  # fmt: skip
DISTANCES = [0.0, 1.0, 25.0, 300.0, 3000.0, 19_000.0, 25_000.0]


@pytest.fixture
def places(empty_store, tmp_path):
    load_sample(empty_store, tmp_path)
    return empty_store


def pin(store, name, *positions):
    addresses = tuple(
        AddressDraft(street=f"{number}", latitude=repr(each[0]), longitude=repr(each[1]))
        for number, each in enumerate(positions)
    )
    return contacts.add(store, ContactDraft(name, addresses=addresses)).id


def scatter(store):
    """Add contacts around each center, at the corners of the earth, and anywhere."""
    chance = random.Random(7)
    known = {}
    for number, center in enumerate(CENTERS):
        for reach in (0.0, 0.1, 0.5, 3.0):
            latitude = max(-90.0, min(90.0, center[0] + chance.uniform(-reach, reach)))
            longitude = (center[1] + chance.uniform(-reach, reach) + 180) % 360 - 180
            spot = (round(latitude, 5), round(longitude, 5))
            known[pin(store, f"Near {number} {reach}", spot)] = [spot]
    for number in range(40):
        spots = [(round(chance.uniform(-90, 90), 4), round(chance.uniform(-180, 180), 4))]
        spots *= 1 + number % 2
        spots = [(each[0], round(each[1] / (1 + at), 4)) for at, each in enumerate(spots)]
        known[pin(store, f"Far {number}", *spots)] = spots
    return known


def test_neighbors_are_those_of_a_plain_loop(empty_store):
    known = scatter(empty_store)
    for center in CENTERS:
        away = {
            id_: min(measure_distance(center, Position(*spot)) for spot in spots)
            for id_, spots in known.items()
        }
        for km in DISTANCES:
            found = find_neighbors(empty_store, Circle(center, km))
            expected = {id_ for id_, distance in away.items() if distance <= km + 1e-6}
            assert {each.contact_id for each in found} == expected
            assert [each.km for each in found] == pytest.approx(
                sorted(away[id_] for id_ in expected), abs=0.01
            )


def test_the_query_finds_the_same_contacts_with_their_distances(empty_store):
    known = scatter(empty_store)
    node = contact_query.parse(empty_store, "near:53.8,-1.55<300km")
    shown = columns.find_columns(empty_store, ["id", "km"], node)
    rows = list(columns.select(empty_store, node, shown, sort="km"))
    found = find_neighbors(empty_store, Circle(Position(53.8, -1.55), 300.0))
    assert rows == [(each.contact_id, round(each.km, 2)) for each in found]
    others = contact_query.parse(empty_store, "-near:53.8,-1.55<300km")
    assert columns.count(empty_store, others) == len(known) - len(found)
    few = contact_query.compile_query(empty_store, node, per_row=True)
    assert empty_store.value(f"SELECT count(*) FROM contact c WHERE {few[0]}", **few[1]) == len(
        rows
    )


def test_a_segment_passes_its_place_on(places):
    ann = contacts.add(places, ContactDraft("Ann", addresses=(AddressDraft(city="York"),))).id
    contacts.add(places, ContactDraft("Bob", addresses=(AddressDraft(city="London"),)))
    segments.save(places, "north", "near:leeds<50km")
    node = contact_query.parse(places, "@north")
    shown = columns.find_columns(places, ["id", "km", "located"], node)
    rows = list(columns.select(places, node, shown, sort="-km"))
    assert [(row[0], round(row[1]), row[2]) for row in rows] == [(ann, 35, "city")]


@pytest.mark.parametrize(
    "text",
    [
        "near:leeds<25km", "near:53.8,-1.55<10km", 'near:"new york"<5mi', "near:leeds",
        'near:"Newcastle, Australia"<25km tag:vip', "(near:leeds<5km or near:york<5km)",
        "-near:leeds<=25km",
    ],
)  # fmt: skip
def test_the_filter_is_read_and_written(text):
    tree = parse(text, FILTERS)
    assert parse(unparse(tree), FILTERS) == tree


def test_what_a_place_may_be(places):
    ann = pin(places, "Ann Lee", (53.5, -1.5))
    bare = contacts.add(places, ContactDraft("Bob")).id
    assert find_place(places, "53.80,-1.55").position == Position(53.80, -1.55)
    assert find_place(places, "leeds").label == "Leeds, ENG, GB"
    assert find_place(places, "LS29 8AL").accuracy == "postcode"
    assert find_place(places, "12345 Berlin").position == Position(52.5, 13.4)
    assert find_place(places, "Newcastle, NSW, Australia").position[0] == -32.92953
    for text in ("Springfield, Illinois", "Springfield, IL", "Springfield, IL, US"):
        assert find_place(places, text).position[0] == 39.80172
    assert find_place(places, "Ann Lee").contact_id == ann
    assert find_place(places, f"id:{ann}").position == Position(53.5, -1.5)
    with pytest.raises(NotFoundError, match="2 Bob has no location"):
        find_place(places, f"id:{bare}")
    with pytest.raises(NotFoundError) as unknown:
        find_place(places, "Leds")
    assert unknown.value.near == ("Leeds",)
    with pytest.raises(AmbiguousError) as several:
        find_place(places, "Springfield")
    assert [each[1] for each in several.value.candidates] == [
        "Springfield, MO, US", "Springfield, MA, US", "Springfield, IL, US",
    ]  # fmt: skip
    for text in ("", "91,0", "53.8,"):
        with pytest.raises(UsageError):
            find_place(places, text)


def test_the_region_of_an_ambiguous_town_decides(places):
    with pytest.raises(AmbiguousError) as several:
        find_place(places, "Springfield")
    for _, label, _ in several.value.candidates:
        name, region, _country = label.split(", ")
        assert find_place(places, f"{name}, {region}").label == label
    assert "“Springfield, MO”" in several.value.hint
    assert find_place(places, "Leeds, AL").label == "Leeds, AL, US"
    assert find_place(places, "Leeds, Nowhereshire").label == "Leeds, ENG, GB"
    for text in ("Leeds, Texas", "Leeds, MO", "Leeds, FR", "Leeds, Albania"):
        with pytest.raises(NotFoundError, match=f"unknown place “{text}”"):
            find_place(places, text)


def test_a_gazetteer_without_regions_narrows_by_their_country(places):
    places.engine.execute("UPDATE place SET region = '', district = '' WHERE kind = 'city'", {})
    assert find_place(places, "Leeds, AL").label == "Leeds, US"
    with pytest.raises(AmbiguousError, match="matches 3 towns"):
        find_place(places, "Springfield, MO")


def test_a_number_that_is_two_things_is_refused(places):
    places.engine.execute("UPDATE place SET postcode = '1' WHERE postcode = 'YO1'", {})
    pin(places, "Ann Lee", (53.5, -1.5))
    with pytest.raises(AmbiguousError, match="postal code of 1 York"):
        find_place(places, "1")


def test_without_a_gazetteer_the_hint_says_how_to_get_one(empty_store):
    with pytest.raises(NotFoundError) as caught:
        find_place(empty_store, "Leeds")
    assert "places load" in caught.value.hint


@pytest.mark.parametrize("text", ["near>leeds", "near:leeds<far", "near<25km"])
def test_bad_filters_are_refused(places, text):
    with pytest.raises(UsageError):
        columns.count(places, contact_query.parse(places, text))


def test_the_points_of_a_map_are_the_most_exact_locations_in_the_order_asked_for(places):
    towns = (AddressDraft(city="York"), AddressDraft(latitude="53.5", longitude="-1.5"))
    ann = contacts.add(places, ContactDraft("Ann", addresses=towns)).id
    bare = contacts.add(places, ContactDraft("Bob")).id
    zed = pin(places, "Zed", (1.0, 2.0), (3.0, 4.0))
    found = list_points(places, [zed, bare, ann])
    assert [(each.id, each.position, each.accuracy) for each in found] == [
        (zed, Position(1.0, 2.0), "exact"), (ann, Position(53.5, -1.5), "exact"),
    ]  # fmt: skip
    located = list_located(places, [zed, bare, ann])
    assert [(each.id, each.city, each.position) for each in located] == [
        (each.id, each.city, each.position) for each in found
    ]
    assert list_points(places, []) == []
