"""The map of the contacts that are listed: its places, the card beside it, its keys and mouse."""

import asyncio
import threading

import pytest
from textual import events

from cardcrm.geodesy import measure_distance
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.tui import palette
from cardcrm.tui.screens import contact_map
from cardcrm.tui.screens.contact_map import MapScreen
from cardcrm.tui.widgets.map_view import MapView

MARCUS = 10  # in Leeds


def add_pinned(store, name, latitude, longitude):
    address = AddressDraft("", "", "", "", "", "", str(latitude), str(longitude))
    return contacts.add(store, ContactDraft(name, addresses=(address,))).id


def walk_of(pilot):
    return pilot.app.screen.picture.walk


def names_on_map(pilot):
    """Return the names of all contacts on the map, in the order of the walk."""
    return [each.name for mark in walk_of(pilot).marks for each in mark.cluster.contacts]


async def open_map(pilot, query=""):
    await pilot.press("2")
    if query:
        await pilot.press("slash")
        await pilot.paste(query)
        await pilot.press("enter")
    await pilot.press("at")
    assert isinstance(pilot.app.screen, MapScreen)


@pytest.mark.engines("sqlite", "postgresql")
async def test_the_map_shows_the_contacts_of_the_query_and_the_card(open_app, store):
    located = "SELECT count(DISTINCT contact_id) FROM location"
    total, unpinned = store.value(located), "SELECT id FROM contact WHERE id NOT IN ({})"
    missing = len(store.rows(unpinned.format("SELECT contact_id FROM location")))
    async with open_app(size=(110, 30)) as pilot:
        await open_map(pilot)
        assert f"Map  {total} contacts · {missing} without a location" in pilot.text()
        assert ": cardcrm places load" in pilot.text()
        assert len(names_on_map(pilot)) == total
        mark = walk_of(pilot).mark
        assert f"{mark.text} Leeds" in pilot.text()
        assert pilot.app.screen.card.contact_id == MARCUS  # who was selected in the list
        assert "events manager at The Aire Grand Hotel" in pilot.text()
        assert f"Marcus Adeyemi · Leeds · located: exact · 1 of {mark.text} here" in pilot.text()
        await pilot.press("escape")
        assert pilot.app.is_on_page
        await pilot.press("slash")
        await pilot.paste("city:harrogate")
        await pilot.press("enter", "at")
        assert "Map  city:harrogate · 6 contacts" in pilot.text()
        assert {each.city for mark in walk_of(pilot).marks for each in mark.cluster.contacts} == {
            "Harrogate"
        }


@pytest.mark.engines("sqlite", "postgresql")
async def test_enter_opens_the_card_of_the_chosen_contact(open_app):
    async with open_app() as pilot:
        await open_map(pilot, "city:york or city:skipton")
        await pilot.press("n")
        chosen = walk_of(pilot).contact
        await pilot.press("enter")
        page = pilot.app.page
        assert pilot.app.is_on_page
        assert page.contacts.selected_id == page.card.contact_id == chosen.id
        assert page.search_input.value == "city:york or city:skipton"


async def test_arrows_move_the_map_and_home_shows_all_again(open_app):
    async with open_app() as pilot:
        await open_map(pilot)
        first = pilot.app.screen.picture
        for key, sign in (("right", 1), ("left", -1)):
            before = pilot.app.screen.picture.view.center.longitude
            await pilot.press(key)
            assert (pilot.app.screen.picture.view.center.longitude - before) * sign > 0
        for key, sign in (("up", 1), ("down", -1)):
            before = pilot.app.screen.picture.view.center.latitude
            await pilot.press(key)
            assert (pilot.app.screen.picture.view.center.latitude - before) * sign > 0
        await pilot.press(*["right"] * 5)
        assert walk_of(pilot).contact is None
        assert "No contacts here" in pilot.text()
        assert "home shows all" in pilot.text().lower()
        await pilot.press("n", "tab", "enter")  # nothing is there to choose
        assert isinstance(pilot.app.screen, MapScreen)
        await pilot.press("home")
        assert pilot.app.screen.picture.view == first.view
        assert pilot.app.screen.picture.lines == first.lines


async def test_zooming_keeps_the_chosen_contact_in_its_place(open_app):
    async with open_app() as pilot:
        await open_map(pilot)
        view, chosen = pilot.app.screen.picture.view, walk_of(pilot).contact
        at = view.locate(chosen.position)
        await pilot.press("plus", "plus")
        near = pilot.app.screen.picture.view
        assert near.scale == pytest.approx(4 * view.scale)
        assert near.locate(chosen.position) == pytest.approx(at, abs=1)
        assert walk_of(pilot).contact == chosen
        await pilot.press(*["plus"] * 12)
        assert len(names_on_map(pilot)) < 5
        assert walk_of(pilot).contact == chosen
        assert " m " in pilot.text().splitlines()[-2]  # the scale
        await pilot.press(*["minus"] * 30)
        assert "87 Leeds" in pilot.text()
        assert any("\u2801" <= char <= "\u28ff" for char in pilot.text())  # a coast


async def test_the_walk_visits_every_contact_from_the_middle_on(open_app):
    async with open_app() as pilot:
        await open_map(pilot, "city:leeds or city:york or city:otley")
        screen, names = pilot.app.screen, names_on_map(pilot)
        middle = screen.picture.view.center
        places = [each.cluster.position for each in walk_of(pilot).marks]
        assert places[0] == min(places, key=lambda each: measure_distance(each, middle))
        start = names.index(walk_of(pilot).contact.name)
        for step in range(1, len(names) + 1):
            screen.action_step(1)
            assert walk_of(pilot).contact.name == names[(start + step) % len(names)]
        await pilot.press("p")
        assert walk_of(pilot).contact.name == names[start - 1]
        await pilot.settle()
        assert screen.card.contact_id == walk_of(pilot).contact.id
        seen = []
        for _ in places:
            await pilot.press("tab")
            seen.append(walk_of(pilot).place)
        assert sorted(seen) == list(range(len(places)))
        await pilot.press("P")
        assert walk_of(pilot).place == seen[-2]


@pytest.mark.engines("sqlite", "postgresql")
async def test_changes_of_others_appear_and_the_map_stays(open_app, store):
    async with open_app() as pilot:
        await open_map(pilot, "city:otley")
        await pilot.press("plus")
        view, chosen = pilot.app.screen.picture.view, walk_of(pilot).contact
        east = chosen.longitude + 0.001
        with store.transaction("move"):
            row = store.row("SELECT id FROM address WHERE contact_id = :id", id=chosen.id)
            store.update("address", row[0], longitude=east)
        await pilot.look_for_changes()
        assert walk_of(pilot).contact.longitude == east
        assert pilot.app.screen.picture.view == view


async def test_a_click_chooses_and_a_double_click_opens(open_app):
    async with open_app() as pilot:
        await open_map(pilot)
        mark = next(each for each in walk_of(pilot).marks if each.cluster.city == "Harrogate")
        await pilot.click(MapView, offset=(mark.column + 1, mark.row))
        await pilot.settle()
        assert walk_of(pilot).mark == mark
        assert pilot.app.screen.card.contact_id == mark.cluster.contacts[0].id
        await pilot.click(MapView, offset=(0, 0))  # nothing is near
        await pilot.settle()
        assert walk_of(pilot).mark == mark
        await pilot.click(MapView, offset=(mark.column, mark.row), times=2)
        await pilot.settle()
        assert pilot.app.is_on_page
        assert pilot.app.page.contacts.selected_id == mark.cluster.contacts[0].id


@pytest.mark.parametrize(
    ("event", "grows"), [(events.MouseScrollUp, True), (events.MouseScrollDown, False)]
)
async def test_the_wheel_zooms_around_the_mouse(open_app, event, grows):
    async with open_app() as pilot:
        await open_map(pilot)
        view = pilot.app.screen.picture.view
        under = view.find_position(21, 22)
        await pilot._post_mouse_events([event], MapView, offset=(10, 5))
        await pilot.settle()
        now = pilot.app.screen.picture.view
        assert (now.scale > view.scale) is grows
        assert now.scale != view.scale
        assert now.locate(under) == pytest.approx((21, 22), abs=1)


async def test_without_any_location_the_map_is_that_of_the_earth(open_app, store):
    contacts.add(store, ContactDraft("Nowhere Man"))
    async with open_app() as pilot:
        await open_map(pilot, "nowhere")
        assert "0 contacts · 1 without a location: cardcrm places load" in pilot.text()
        assert "No contacts here" in pilot.text()
        assert any("\u2801" <= char <= "\u28ff" for char in pilot.text())
        await pilot.press("n", "p", "tab", "P", "plus", "minus", "up", "home", "enter")
        assert isinstance(pilot.app.screen, MapScreen)
        await pilot.press("escape")
        assert pilot.app.is_on_page


async def test_a_map_goes_across_the_antimeridian(open_app, store):
    add_pinned(store, "Fay Zzyx", -18.1, 178.4)
    add_pinned(store, "Sam Zzyx", -13.8, -171.7)
    async with open_app() as pilot:
        await open_map(pilot, "zzyx")
        fay, sam = sorted(walk_of(pilot).marks, key=lambda each: each.cluster.position.latitude)
        assert fay.column < sam.column
        await pilot.press(*["right"] * 40)
        assert pilot.app.screen.picture.view.center.longitude < 180


async def test_an_invalid_query_leads_back_to_the_list(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("value>many")
        await pilot.press("enter")
        assert pilot.app.page.contacts.words == "value>many"
        await pilot.press("at")
        assert pilot.app.is_on_page
        assert any("many" in note for note in pilot.notices)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (40, 12)], ids=str)
async def test_the_card_is_beside_the_map_or_below_it(open_app, size):
    async with open_app(size=size) as pilot:
        await open_map(pilot)
        area, card = pilot.app.screen.map.region, pilot.app.screen.card.region
        if size[0] >= 72:
            assert (card.x, card.y) == (area.right, area.y)
            assert area.width >= card.width
        else:
            assert (card.x, card.y) == (area.x, area.bottom)
        assert len(names_on_map(pilot)) == 87
        assert "Marcus Adeyemi" in pilot.text()
        await pilot.resize_terminal(100, 30)
        await pilot.settle()
        assert len(pilot.app.screen.picture.lines) == pilot.app.screen.map.size.height
        assert len(names_on_map(pilot)) == 87


@pytest.mark.parametrize("options", [{"theme": "plain"}, {"has_color": False}], ids=str)
async def test_the_chosen_place_is_seen_without_color(open_app, options):
    async with open_app(**options) as pilot:
        await open_map(pilot)
        mark = walk_of(pilot).mark
        strip = pilot.app.screen.map.render_line(mark.row)
        chosen = [each.text for each in strip if each.style and each.style.reverse]
        assert chosen == [mark.text]


async def test_the_palette_opens_the_map_from_another_page(open_app):
    async with open_app() as pilot:
        entry = next(each for each in palette.entries(pilot.app) if each.id == "map")
        assert "on the contacts page" in entry.help
        entry.run()
        await pilot.settle()
        assert isinstance(pilot.app.screen, MapScreen)
        await pilot.press("question_mark")
        assert "Keys of the Map page" in pilot.text()
        await pilot.press("escape", "escape")
        assert pilot.app.page.mode_name == "contacts"


async def test_keys_are_handled_while_a_map_is_drawn(open_app, monkeypatch):
    gate, draw, views = threading.Event(), contact_map.draw_picture, []

    def slowly(data, view, size, chosen):
        gate.wait(10)
        views.append(view)
        return draw(data, view, size, chosen)

    async with open_app() as pilot:
        await open_map(pilot)
        monkeypatch.setattr(contact_map, "draw_picture", slowly)
        first, view = walk_of(pilot).contact, pilot.app.screen.picture.view
        await pilot.press_only("right", "right", "right", "n")
        await asyncio.sleep(0.1)
        assert walk_of(pilot).contact != first  # though the map is still being drawn
        gate.set()
        await pilot.settle()
        assert len(views) <= 2  # the first move, and the two others together
        moved = view.move(0.25, 0).move(0.25, 0).move(0.25, 0)
        assert pilot.app.screen.picture.view.center == pytest.approx(moved.center)
