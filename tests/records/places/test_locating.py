"""Addresses are where the gazetteer has them; what several towns may be stays open."""

import pytest

from cardcrm.geodesy import Position
from cardcrm.records.contacts import contacts, merge, update
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.places.gazetteer import CONTINUED, AddressText, Gazetteer
from cardcrm.records.places.loading import summarize_gazetteer
from cardcrm.records.places.locating import Located, Unresolved, locate
from cardcrm.store import integrity, journal
from tests.support.gazetteer import TOWNS, load_file, load_sample, write_postcodes, write_towns

LEEDS, YORK = (53.79648, -1.54785), (53.95763, -1.08271)


@pytest.fixture
def places(empty_store, tmp_path):
    load_sample(empty_store, tmp_path)
    return empty_store


def find(store, *text):
    address = AddressText(*text)
    return locate(Gazetteer(store.engine, [address]), address)


def add(store, name, **address):
    return contacts.add(store, ContactDraft(name, addresses=(AddressDraft(**address),))).id


def located(store, contact_id):
    return [
        tuple(row)
        for row in store.rows(
            "SELECT accuracy, round(CAST(latitude AS NUMERIC), 5), "
            "round(CAST(longitude AS NUMERIC), 5) FROM location "
            "WHERE contact_id = :id ORDER BY address_id",
            id=contact_id,
        )
    ]


@pytest.mark.parametrize(
    ("text", "accuracy", "position"),
    [
        (("Leeds",), "city", LEEDS),  # at home, and the largest of its name
        (("LEEDS ", "", "", "UK"), "city", LEEDS),
        (("Leeds", "Alabama", "", "USA"), "city", (33.54816, -86.54443)),
        (("Leeds, West Yorkshire",), "city", LEEDS),
        (("saint albans",), "city", (51.75, -0.33333)),
        (("Köln", "", "", "Deutschland"), "city", (50.93333, 6.95)),
        (("London", "Ontario", "", "Canada"), "city", (42.98339, -81.23304)),
        (("Paris",), "city", (48.85341, 2.3488)),  # 80 times as many people as the other one
        (("Springfield", "IL"), "city", (39.80172, -89.64371)),
        (("Springfield", "Missouri", "", "US"), "city", (37.21533, -93.29824)),
        (("Newcastle", "", "", "Australia"), "city", (-32.92953, 151.7801)),
        (("Newcastle upon Tyne",), "city", (54.97328, -1.61396)),
        (("Leeds", "", "LS1 4AP"), "postcode", (53.7956, -1.5477)),
        (("", "", "ls29 8al"), "postcode", (53.925, -1.822)),
        (("Beverly Hills", "", "90210-1234", "United States"), "postcode", (34.0901, -118.4065)),
        (("Berlin", "", "12345"), "postcode", (52.5, 13.4)),  # abroad, but the town agrees
        (("", "West Yorkshire", "", "England"), "region", None),
        (("", "North Yorkshire"), "region", None),
    ],
)
def test_an_address_is_located(places, text, accuracy, position):
    found = find(places, *text)
    assert isinstance(found, Located)
    assert found.accuracy == accuracy
    if position:
        assert found.position == Position(*position)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (("Springfield",), 3),
        (("Springfield", "", "", "USA"), 3),
        (("Newcastle",), 3),  # two at home, and a larger one elsewhere
        (("Newcastle", "", "", "GB"), 2),
        (("Atlantis",), 0),
        (("Leeds", "", "", "France"), 0),
        (("", "", "ZZ99"), 0),
    ],
)
def test_what_several_towns_may_be_stays_open(places, text, count):
    found = find(places, *text)
    assert isinstance(found, Unresolved)
    assert len(found.candidates) == count


def test_longer_names_are_found_by_the_index_of_names(places):
    if places.engine.name != "sqlite":
        pytest.skip("the plan of a small table says nothing on a server")
    bounds = {"low": "newcastle ", "high": "newcastle!", "limit": 9}
    plan = [row[3] for row in places.rows(f"EXPLAIN QUERY PLAN {CONTINUED}", **bounds)]
    assert plan[0] == "SEARCH place USING INDEX place_name (name_key>? AND name_key<?)"
    assert len(places.rows(CONTINUED, **bounds)) == 2


def test_an_address_without_a_town_names_no_place(places):
    assert find(places, "", "", "", "France") is None


def test_every_change_of_an_address_follows(places):
    ann = add(places, "Ann", city="Leeds")
    assert [each[0] for each in located(places, ann)] == ["city"]
    update.edit(places, [ann], update.Edit(values=(("city", "York"),)))
    assert [float(each) for each in located(places, ann)[0][1:]] == [53.95763, -1.08271]
    journal.undo(places)
    assert float(located(places, ann)[0][1]) == 53.79648
    update.edit(places, [ann], update.Edit(values=(("latitude", "53.8"), ("longitude", "-1.5"))))
    assert located(places, ann)[0][0] == "exact"
    twin = add(places, "Ann Twin", city="York")
    merge.merge(places, ann, twin)
    assert located(places, twin) == []
    assert [each[0] for each in located(places, ann)] == ["exact", "city"]
    contacts.remove(places, [ann])
    assert places.value("SELECT count(*) FROM location") == 0
    assert not integrity.check_database(places, lambda _done: None)


def test_loading_locates_what_was_there_before(empty_store, tmp_path):
    ann = add(empty_store, "Ann", city="Leeds")
    assert located(empty_store, ann) == []
    load_sample(empty_store, tmp_path)
    assert [each[0] for each in located(empty_store, ann)] == ["city"]
    assert not integrity.check_database(empty_store, lambda _done: None)


def test_loading_again_replaces_and_is_no_step_to_undo(empty_store, tmp_path):
    before = empty_store.value("SELECT count(*) FROM step")
    load_sample(empty_store, tmp_path)
    once = empty_store.value("SELECT count(*) FROM place")
    load_sample(empty_store, tmp_path)
    assert empty_store.value("SELECT count(*) FROM place") == once
    assert empty_store.value("SELECT count(*) FROM step") == before
    load_file(empty_store, write_towns(tmp_path / "few.txt", TOWNS[:2]))
    counts = {(each.kind, each.country): each.places for each in summarize_gazetteer(empty_store)}
    assert counts["city", "GB"] == 2  # of a country that the file has, only what it has
    assert counts["city", "AU"] == 1
    assert counts["postcode", "GB"] == 3


def test_postal_codes_alone_locate_towns(empty_store, tmp_path):
    load_file(empty_store, write_postcodes(tmp_path / "GB.txt"))
    found = find(empty_store, "Ilkley")
    assert isinstance(found, Located)
    assert found.position == Position(53.925, -1.822)


def test_pins_of_an_older_database_are_located(empty_store):
    from cardcrm.store.places_migration import fill_pins

    ann = add(empty_store, "Ann", street="Station", latitude="53.8", longitude="-1.5")
    stored = located(empty_store, ann)
    empty_store.engine.execute("DELETE FROM location", {})
    fill_pins(empty_store.engine)
    assert located(empty_store, ann) == stored
    assert stored[0][0] == "exact"
