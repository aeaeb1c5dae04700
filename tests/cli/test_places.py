"""`places`, `near`, `route`, `map` and the files of maps, as typed."""

import csv
import datetime as dt
import io
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import pytest

from cardcrm.formats.places import builtin_towns
from tests.cli.test_pager import Terminal
from tests.support.gazetteer import write_postcodes, write_towns

KML = "{http://www.opengis.net/kml/2.2}"


@pytest.fixture
def run(typed, monkeypatch):
    monkeypatch.setenv("TZ", "Europe/London")
    monkeypatch.setattr(builtin_towns, "is_installed", lambda: False)
    return typed


@pytest.fixture
def shop(run, tmp_path):
    """Load the sample gazetteer, and add contacts in and around Leeds."""
    run("add", "Ann Lee", "--city", "Leeds", "--tag", "vip")
    assert run("places", "load", str(write_towns(tmp_path / "cities500.txt")))[0] == 0
    run("add", "Bob Ray", "--city", "York")
    run("add", "Cid Fox", "--city", "Newcastle")
    run("add", "Dee Orr", "--pin", "53.8019,-1.549")
    run("add", "Eve Poe", "--city", "London", "--country", "UK")
    return run


def rows(run, *words):
    code, out, err = run(*words, "--json")
    assert code == 0, err
    return json.loads(out)


def ids(run, *words):
    return [each["id"] for each in rows(run, *words)]


def test_what_was_loaded_is_counted_and_listed_with_its_source(run, tmp_path):
    towns, codes = write_towns(tmp_path / "a.txt"), write_postcodes(tmp_path / "b.txt")
    packed = tmp_path / "GB.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(codes, "GB.txt")
        archive.writestr("readme.txt", "about")
    code, _, err = run("places", "load", str(towns), str(packed))
    assert code == 0
    assert "loaded 21 towns of 8 countries; loaded 5 postal codes of 3 countries" in err
    assert "GeoNames" in err
    assert {"kind": "postcode", "country": "GB", "places": 3} in rows(run, "places", "list")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"a,b,c\n", "has 1 columns between tabs"),
        (b"\xff\xfe\t\n", "line 1 of cities.txt is not UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_refused(run, tmp_path, content, problem):
    path = tmp_path / "cities.txt"
    path.write_bytes(content)
    code, _, err = run("places", "load", str(path))
    assert (code, problem in err) == (2, True)


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_file_that_was_cut_leaves_what_was_loaded_before(run, tmp_path, is_packed):
    path = write_towns(tmp_path / "cities.txt")
    run("places", "load", str(path))
    before = rows(run, "places", "list")
    cut = path.read_bytes()[:1500]
    path.write_bytes(cut)
    if is_packed:
        whole = tmp_path / "cities.zip"
        with zipfile.ZipFile(whole, "w") as archive:
            archive.writestr("cities.txt", cut)
        path = whole
    code, _, err = run("places", "load", str(path))
    assert code == 2
    assert re.search(r"line 1\d of cities\.(txt|zip)", err)
    assert "nothing was changed" in err
    assert rows(run, "places", "list") == before


def test_half_a_zip_file_and_impossible_degrees_are_refused(run, tmp_path):
    whole = tmp_path / "cities.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(write_towns(tmp_path / "cities.txt"), "cities.txt")
    whole.write_bytes(whole.read_bytes()[:300])
    code, _, err = run("places", "load", str(whole))
    assert (code, "is not a whole .zip file" in err) == (2, True)
    wrong = (("Nowhere", "", 91.5, 0.0, "GB", "ENG", "", 1),)
    code, _, err = run("places", "load", str(write_towns(tmp_path / "wrong.txt", wrong)))
    assert (code, "line 1 of wrong.txt: impossible coordinates 91.5, 0.0" in err) == (2, True)


def _damage(content, start, mask=0xFF, end=None):
    changed = bytearray(content)
    for at in range(start, end or start + 1):
        changed[at] ^= mask
    return bytes(changed)


@pytest.mark.parametrize(
    ("method", "damage", "problem"),
    [
        (zipfile.ZIP_DEFLATED, lambda zipped: _damage(zipped, 60, end=90), "is damaged: Error -3"),
        (zipfile.ZIP_STORED, lambda zipped: _damage(zipped, 300), "is damaged: Bad CRC-32"),
        (
            zipfile.ZIP_DEFLATED,
            lambda zipped: _damage(zipped, zipped.rindex(b"PK\1\2")),
            "is damaged: Bad magic number for central directory",
        ),
        (
            zipfile.ZIP_DEFLATED,
            lambda zipped: _damage(_damage(zipped, 6, 1), zipped.rindex(b"PK\1\2") + 8, 1),
            "is protected with a password",
        ),
        (zipfile.ZIP_LZMA, lambda zipped: zipped, "is not compressed with deflate"),
    ],
)
def test_a_damaged_or_protected_zip_file_leaves_what_was_loaded(
    run, tmp_path, method, damage, problem
):
    towns = write_towns(tmp_path / "cities.txt")
    run("places", "load", str(towns))
    before = rows(run, "places", "list")
    path = tmp_path / "cities.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.write(towns, "cities.txt")
    path.write_bytes(damage(path.read_bytes()))
    code, out, err = run("places", "load", str(path))
    assert (code, out, problem in err) == (2, "", True)
    assert len(err.splitlines()) == 2
    assert rows(run, "places", "list") == before


def test_a_damaged_file_after_a_whole_one_leaves_both_out(run, tmp_path):
    whole, cut = write_towns(tmp_path / "a.txt"), write_postcodes(tmp_path / "b.txt")
    cut.write_bytes(cut.read_bytes()[:-30])
    code, _, err = run("places", "load", str(whole), str(cut))
    assert (code, "nothing was changed" in err) == (2, True)
    assert rows(run, "places", "list") == []


@pytest.mark.parametrize(
    ("town", "problem"),
    [
        (("Leeds", "", 53.8, -1.5, "United Kingdom", "", "", 1), "invalid country code “United"),
        (("Leeds", "", 53.8, -1.5, "GB", "", "", -1), "impossible population -1"),
        (("Leeds", "", 53.8, -1.5, "GB", "", "", 10**22), "impossible population 10000"),
    ],
)
def test_impossible_towns_are_refused_with_their_line(run, tmp_path, town, problem):
    code, _, err = run("places", "load", str(write_towns(tmp_path / "a.txt", [town])))
    assert (code, f"line 1 of a.txt: {problem}" in err) == (2, True)


SWINDONS = [
    ("Swindon", "", 51.55797, -1.78116, "GB", "", "", 0),
    ("Swindon", "", 51.92363, -2.09839, "GB", "", "", 0),
]


def test_towns_with_one_label_are_told_apart_by_their_coordinates(run, tmp_path, cli_location):
    run("add", "Sam", "--city", "Swindon")
    run("places", "load", str(write_towns(tmp_path / "a.txt", SWINDONS)))
    code, _, err = run("near", "Swindon")
    assert (code, "Swindon, GB (51.56,-1.78); Swindon, GB (51.92,-2.10)" in err) == (4, True)
    assert "Give coordinates instead, such as 51.56,-1.78." in err
    (swindon,) = rows(run, "places", "locate")
    assert swindon["towns"] == ["Swindon, GB (51.56,-1.78)", "Swindon, GB (51.92,-2.10)"]
    terminal = Terminal("places", "locate", CARDCRM_DB=str(cli_location))
    terminal.wait_for("Which one? [1-2, Enter leaves it open]")
    assert "2  Swindon, GB (51.92,-2.10)" in terminal.output
    terminal.press("2\n")
    assert terminal.end() == 0
    assert ids(run, "near", "51.92,-2.10") == [1]


def test_the_example_of_an_ambiguous_town_names_an_area_that_no_other_has(run, tmp_path):
    towns = [*SWINDONS, ("Swindon", "", 10.0, 20.0, "AU", "", "", 0)]
    run("places", "load", str(write_towns(tmp_path / "a.txt", towns)))
    assert "such as “Swindon, AU”, or coordinates" in run("near", "Swindon")[2]
    assert run("near", "Swindon, AU")[0] == 0


@pytest.mark.parametrize("number", ["id:7", "#7"])
def test_the_number_of_no_contact_is_not_looked_for_in_names(shop, number):
    shop("add", "Stop 7", "--pin", "53.8,-1.5")
    code, out, err = shop("near", number)
    assert (code, out) == (3, "")
    assert "no contact has the number “7”" in err


def test_the_number_of_a_merged_contact_is_the_place_of_the_remaining_one(shop):
    shop("merge", "1", "2", "--yes")
    assert "of 1 Ann Lee" in shop("near", "id:2")[2]


def test_near_lists_the_nearest_first(shop):
    found = rows(shop, "near", "Leeds", "--km", "50")
    assert [(each["id"], each["km"]) for each in found] == [(1, 0.0), (4, 0.61), (2, 35.37)]
    assert [each["accuracy"] for each in found] == ["city", "exact", "city"]
    assert ids(shop, "near", "leeds", "--km", "50", "tag:vip") == [1]
    assert ids(shop, "near", "53.80,-1.55", "--km", "1mi") == [4, 1]
    assert ids(shop, "near", "Ann Lee") == [4]  # without the contact itself
    assert ids(shop, "near", "St", "Albans", "--km", "40") == [5]
    code, out, err = shop("near", "Leeds", "--limit", "1")
    assert (code, "Ann Lee" in out, "Dee Orr" in out) == (0, True, False)
    assert "2 contacts within 25 km of Leeds, ENG, GB (city)" in err


def test_a_query_finds_and_sorts_by_distance(shop):
    found = rows(shop, "find", "near:leeds<50km", "--columns", "id,km,located", "--sort", "-km")
    assert [(each["id"], each["km"], each["located"]) for each in found] == [
        (2, 35.37, "city"), (4, 0.61, "exact"), (1, 0.0, "city"),
    ]  # fmt: skip
    shop("segment", "add", "north", "near:leeds<50km")
    assert sorted(ids(shop, "find", "segment:north", "-tag:vip")) == [2, 4]
    assert ids(shop, "find", "located:none") == [3]


@pytest.mark.parametrize(
    ("line", "code", "problem"),
    [
        ("near Springfield", 4, "“Springfield” matches 3 towns: Springfield, MO, US"),
        ("near Leds", 3, "Did you mean Leeds?"),
        ("near 91,0", 2, "latitude must be between -90 and 90"),
        ("near 53.8,", 2, "is not a latitude with a longitude"),
        ("near Leeds --km far", 2, "invalid distance “far”"),
        ("near id:3", 3, "3 Cid Fox has no location"),
        ("find near:Springfield<5km", 4, "matches 3 towns"),
        ("add Flo --latitude 53.8", 2, "--latitude needs --longitude"),
        ("add Flo --pin Leeds", 2, "invalid pin “Leeds”"),
        ("edit 1 --pin 53.8,200", 2, "longitude must be between -180 and 180"),
        ("route 1,3 --start Leeds", 3, "1 contact without a location: 3"),
        ("route 1", 2, "a route needs a start"),
        ("route 1 --start Leeds --stay 20m", 2, "times need the start of the round"),
        ("route 1 --start Leeds --speed 90", 2, "Add it: --leave 8:30"),
        ("route 1 --start Leeds --leave noonish", 2, "noonish"),
        ("route 1 --start Leeds --leave 9:00 --stay 2d", 2, "invalid length of a visit"),
        ("route 1 --start Leeds --leave 9:00 --speed 0", 2, "speed must be between 1 and 300"),
        ("places choose Newcastle Springfield", 4, "matches 3 towns"),
        ("places load", 2, "no file given"),
        ("report regions --by street", 2, "--by does not take “street”"),
    ],
)
def test_bad_input_has_one_clear_line(shop, line, code, problem):
    found, out, err = shop(*line.split())
    assert (found, out) == (code, "")
    assert problem in err


def test_without_places_the_hint_says_how_to_get_them(run):
    run("add", "Ann Lee", "--city", "Leeds")
    code, _, err = run("near", "Leeds")
    assert (code, "cardcrm places load FILE" in err) == (3, True)
    assert "no places are loaded" in run("places", "list")[2]
    assert "0 contacts on the map; 1 without a location" in run("map")[2]


def test_an_open_town_is_listed_chosen_and_undone(shop):
    (newcastle,) = rows(shop, "places", "locate")
    assert newcastle["towns"] == [
        "Newcastle, 02, AU", "Newcastle upon Tyne, ENG, GB", "Newcastle under Lyme, ENG, GB",
    ]  # fmt: skip
    code, _, err = shop("places", "choose", "Newcastle", "Newcastle upon Tyne")
    assert (code, err) == (0, "Newcastle is Newcastle upon Tyne, ENG, GB\n")
    assert rows(shop, "places", "locate") == []
    assert ids(shop, "near", "54.97,-1.61") == [3]
    shop("add", "Gus Old", "--city", "newcastle")
    assert ids(shop, "near", "54.97,-1.61") == [3, 6]
    shop("rm", "6", "--yes")
    shop("undo", "2")
    assert shop("undo")[0] == 0
    assert ids(shop, "find", "located:none") == [3]
    assert shop("db", "check")[0] == 0


def test_a_person_chooses_on_a_terminal(shop, cli_location):
    terminal = Terminal("places", "locate", CARDCRM_DB=str(cli_location))
    terminal.wait_for("Which one? [1-3, Enter leaves it open]")
    assert "2  Newcastle upon Tyne, ENG, GB" in terminal.output
    terminal.press("2\n")
    assert terminal.end() == 0
    assert ids(shop, "near", "54.97,-1.61") == [3]


def test_a_route_visits_each_contact_on_the_shortest_way(shop):
    found = rows(shop, "route", "5,2,1", "--start", "Leeds", "--end", "York")
    assert [each["id"] for each in found] == [1, 5, 2, None]
    assert found[-1]["total_km"] == pytest.approx(sum(each["km"] for each in found), abs=0.01)
    assert found[0]["geo"] == "geo:53.796480,-1.547850"
    assert "3 stops from Leeds, ENG, GB" in shop("route", "1,2,5", "--start", "Leeds")[2]


def test_a_route_with_a_start_keeps_to_the_opening_hours_of_contacts_and_their_firms(shop):
    shop("field", "add", "opening hours")
    shop("add", "Ray Ltd", "--kind", "org", "--field", "opening hours=Mon 9:00-9:15")
    shop("edit", "2", "--org", "Ray Ltd")
    shop("edit", "4", "--field", "opening hours=Tue 9-17")
    shop("edit", "1", "--field", "opening hours=ring first")
    words = ("route", "1,2,4", "--start", "Leeds", "--end", "Leeds")
    assert "arrival" not in rows(shop, *words)[0]
    words = (*words, "--leave", "2026-11-23 8:00")
    found = rows(shop, *words)
    assert [each["id"] for each in found if each["is_open"] is not None] == [2, 4]
    assert [each["is_open"] for each in found if each["id"] == 2] == [True]
    assert [each["is_open"] for each in found if each["id"] == 4] == [False]
    (visit,) = (each for each in found if each["id"] == 2)
    arrival = dt.datetime.fromisoformat(visit["arrival"])
    opens = arrival + dt.timedelta(minutes=visit["wait_minutes"])
    assert opens == dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    _, out, err = shop(*words, "--stay", "1h", "--speed", "80", "--format", "table")
    assert "closed" in out
    assert "1 visit outside the opening hours" in err
    assert "ignored unreadable opening hours: contact 1" in err


def test_geojson_has_longitude_first_and_leaves_out_what_is_not_located(shop):
    code, out, err = shop("export", "--format", "geojson")
    assert (code, "1 contact without a location was left out" in err) == (0, True)
    found = json.loads(out)
    assert found["type"] == "FeatureCollection"
    shapes = {each["id"]: each["geometry"] for each in found["features"]}
    assert shapes[1] == {"type": "Point", "coordinates": [-1.54785, 53.79648]}
    assert set(shapes) == {1, 2, 4, 5}
    assert all(each["type"] == "Feature" for each in found["features"])
    assert found["features"][0]["properties"]["accuracy"] == "city"
    assert json.loads(shop("export", "nobody", "--format", "geojson")[1])["features"] == []


def test_kml_has_longitude_first_and_escapes_names(shop, tmp_path):
    shop("add", "Zed & <Sons>", "--kind", "org", "--pin", "1.5,-2.5")
    shop("add", "Odd\ufffe\uffff Name", "--pin", "1.5,-2.5")  # XML has no such characters
    path = tmp_path / "all.kml"
    code, _, err = shop("export", "--to", str(path))
    assert (code, f"wrote 6 located contacts to {path}" in err) == (0, True)
    marks = ET.parse(path).getroot().findall(f"{KML}Document/{KML}Placemark")
    points = {
        mark.findtext(f"{KML}name"): mark.findtext(f"{KML}Point/{KML}coordinates") for mark in marks
    }
    assert points["Zed & <Sons>"] == "-2.5000000,1.5000000"
    assert points["Odd Name"] == "-2.5000000,1.5000000"
    assert points["Ann Lee"] == "-1.5478500,53.7964800"


def test_a_map_on_the_terminal_has_numbers_and_towns(shop):
    shop("add", "Hal Day", "--city", "Leeds")
    code, out, err = shop("map")
    assert code == 0
    assert "3 Leeds" in out
    assert "• London" in out
    assert any("\u2801" <= char <= "\u28ff" for char in out)
    assert "\x1b[" not in out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "5 contacts on the map; 1 without a location" in err
    assert len(rows(shop, "map", "tag:vip")) == 1


def test_a_map_across_the_antimeridian_is_narrow(run):
    run("add", "Fay", "--pin", "-18.1,178.4")
    run("add", "Sam", "--pin", "-13.8,-171.7")
    lines = run("map")[1].splitlines()
    columns = [line.index("•") for line in lines if "•" in line]
    assert columns == sorted(columns, reverse=True)  # the one in the north is in the east
    assert columns[0] - columns[-1] > 30


def test_the_page_of_a_map_loads_nothing(shop, tmp_path):
    shop("add", "Zed <script>alert(1)</script>", "--pin", "53.7,-1.4")
    path = tmp_path / "map.html"
    assert shop("map", "--html", str(path))[0] == 0
    page = path.read_text("utf-8")
    assert not re.search(r"https?:|//[a-z]|url\(|@import|<link|<img|src=", page)
    assert "default-src 'none'" in page
    assert "<script>alert" not in page
    assert page.count('class="pin"') == 5
    assert shop("map", "--html", str(path))[0] == 4
    assert shop("route", "1,2", "--start", "Leeds", "--html", str(path), "--force")[0] == 0
    assert 'class="way"' in path.read_text("utf-8")


def test_regions_have_figures_and_bars(shop):
    shop("sell", "1", "100 GBP")
    found = rows(shop, "report", "regions", "--by", "city")
    assert [found[0][key] for key in ("place", "contacts", "customers")] == ["Leeds", 1, 1]
    assert sum(each["contacts"] for each in found) == 5
    text = shop("report", "regions", "--by", "city", "--format", "csv")[1]
    assert next(csv.DictReader(io.StringIO(text)))["revenue"] == "100.00"
