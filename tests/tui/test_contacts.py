"""The drawer: letters, search, marking, flipping, and the card that goes with it."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input

from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.query_sql import compiler, segments
from cardcrm.records.search.result_page import find_page
from cardcrm.store import journal
from cardcrm.text import clean, width
from cardcrm.tui import search_controller
from cardcrm.tui.screens import contacts as screens_contacts
from cardcrm.tui.widgets import contact_list as drawn
from cardcrm.tui.widgets.card_lines import wrap
from cardcrm.tui.widgets.search_box import Words as SearchWords
from cardcrm.tui.worker import Desk


def name(pilot):
    return pilot.app.page.drawer.chosen.name


async def test_a_capital_letter_goes_to_its_cards_and_the_card_follows(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "S")
        assert pilot.app.page.drawer.chosen.sort_key.startswith("s")
        assert pilot.app.page.card.card.details.contact.name == name(pilot)


async def test_the_ends_and_pages_of_the_drawer(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "end")
        assert pilot.app.page.drawer.cursor == pilot.app.page.drawer.count - 1 == 41
        await pilot.press("home")
        assert name(pilot) == "Marcus Adeyemi"
        await pilot.press("pagedown")
        assert pilot.app.page.drawer.cursor > 10


@pytest.mark.engines("sqlite", "postgresql")
async def test_search_narrows_the_drawer_with_every_letter(open_app):
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.press(*"elean")
        assert name(pilot) == "Eleanor Whitcombe"
        await pilot.press("escape")
        assert pilot.app.page.drawer.count == 42


async def test_filters_work_and_what_is_wrong_with_one_stands_below_it(open_app):
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("tag:vip")
        assert 0 < pilot.app.page.drawer.count < 42
        await pilot.press("escape", "slash")
        await pilot.paste("tagg:vip")
        assert "unknown field" not in pilot.text()  # not while one types
        await shown(pilot, "unknown field “tagg”")
        assert "Did you mean tag" in pilot.text()


async def shown(pilot, text):
    """Wait until a text stands on the screen."""
    for _ in range(200):
        if text in pilot.text():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(pilot.text())


async def test_what_is_only_begun_is_no_error_and_leaves_the_list_as_it_is(open_app, monkeypatch):
    monkeypatch.setattr(screens_contacts, "FINISHED", 60)
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("tag:vip")
        vips = pilot.app.page.drawer.count
        for begun in (" or", " -", " stage:", " stage:cust", " (city:leeds", ' "wed'):
            await pilot.paste(begun)
            assert pilot.app.page.drawer.count == vips
            assert not pilot.app.page.query_one("#wrong").display
            for _ in begun:
                await pilot.press("backspace")
        assert pilot.app.page.drawer.words == "tag:vip"
        assert pilot.app.page.drawer.count == vips


async def test_what_is_only_begun_is_taken_as_it_is_after_a_pause_or_enter(
    open_app, store, monkeypatch
):
    without = store.value(
        "SELECT count(*) FROM contact WHERE id NOT IN (SELECT contact_id FROM tag)"
    )
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("tag:")
        assert pilot.app.page.drawer.count == 42
        await shown(pilot, f" {without} card")
        monkeypatch.setattr(screens_contacts, "FINISHED", 60)
        await pilot.press("escape", "slash")
        await pilot.paste("stage:cust")
        assert pilot.app.page.drawer.count == 42
        await pilot.press("escape", "slash")
        await pilot.paste("tag:")
        await pilot.press("enter")
        assert pilot.app.page.drawer.count == without


@pytest.mark.engines("sqlite", "postgresql")
async def test_how_many_cards_words_find_is_told_in_the_end_and_all_of_them_can_be_gone_to(
    open_app, monkeypatch, store
):
    wanted = {each.id for each in find_page(store, compiler.parse(store, "example"), 100).contacts}
    monkeypatch.setattr(search_controller, "BEST", 5)
    monkeypatch.setattr(search_controller, "FIRST", 5)

    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("example")
        await shown(pilot, f" {len(wanted)} cards")
        list_ = pilot.app.page.drawer
        assert list_.count == 5
        await pilot.press("down")
        for _ in range(30):
            await pilot.press("end")
        assert {list_.slip(n).id for n in range(list_.count)} == wanted
        assert list_.count == len(wanted) > 10


async def test_a_count_that_takes_too_long_is_left_open(open_app, monkeypatch):
    monkeypatch.setattr(search_controller, "BEST", 5)
    monkeypatch.setattr(search_controller, "count", lambda *_: None)

    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("example")
        await shown(pilot, " 5+ cards")


async def test_fields_and_tags_are_completed(open_app):
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("ta")
        await pilot.press("right")
        await pilot.paste("vi")
        await pilot.press("right", "enter")
        assert pilot.app.page.drawer.words == "tag:vip"


async def test_a_long_text_pasted_into_the_empty_search_box_shows_its_end(open_app):
    async with open_app() as pilot:
        await pilot.press("/")
        await pilot.paste(" ".join(f"word{number}" for number in range(40)))
        assert "word39" in pilot.text()
        assert "word0 " not in pilot.text()


async def test_behind_a_field_its_first_value_is_offered_and_tab_takes_it(open_app):
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste("segment:")
        await pilot.press("tab", "enter")
        assert pilot.app.page.drawer.words == "segment:contracts"
        assert pilot.app.page.drawer.count == 2


async def test_a_name_that_is_taken_by_another_search_is_asked_about(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "v")
        await pilot.paste("Contracts")
        await pilot.press("tab")
        await pilot.paste("tag:vip")
        await pilot.press("enter")
        assert "contracts is kept already: tag:contract" in pilot.text()
        await pilot.press("n")
        assert pilot.app.screen.value("query") == "tag:vip"
        await pilot.press("enter", "y")
    assert segments.get(store, "contracts").query == "tag:vip"


async def test_a_search_that_makes_no_sense_is_not_kept(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "v")
        await pilot.paste("odd")
        await pilot.press("tab")
        await pilot.paste("tagg:vip")
        await pilot.press("enter")
        assert "unknown field" in pilot.text()
    assert "odd" not in [each.name for each in segments.list_segments(store)]


async def test_a_day_of_another_year_is_not_taken_for_one_of_a_month(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "K")
        assert "Dec’25" in pilot.text()


async def test_flipping_and_relations_and_the_way_back(open_app):
    async with open_app() as pilot:
        await pilot.press("2")
        first = name(pilot)
        await pilot.press("greater_than_sign")
        assert name(pilot) != first
        await pilot.press("less_than_sign", "enter")
        card = pilot.app.page.card
        while card.target.kind != "card" or card.target.text != "Eleanor Whitcombe":
            await pilot.press("down")
        await pilot.press("enter")
        assert card.card.details.contact.name == "Eleanor Whitcombe"
        assert name(pilot) == "Eleanor Whitcombe"
        await pilot.press("backspace")
        assert card.card.details.contact.name == first


@pytest.mark.engines("sqlite", "postgresql")
async def test_marked_cards_are_tagged_together_after_a_yes_and_undone_together(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "space", "space", "space")
        assert "3 marked" in pilot.text()
        ids = list(pilot.app.page.drawer.marked)
        await pilot.press("t")
        await pilot.paste("spring -vip")
        await pilot.press("enter")
        assert "Tag 3 cards?" in pilot.text()
        await pilot.press("y")
        assert all("spring" in contacts.tags_of(store, each) for each in ids)
        assert journal.steps(store, 1)[0].command == "tui: tag 3 cards spring -vip"
        await pilot.press("u")
        assert not any("spring" in contacts.tags_of(store, each) for each in ids)


async def test_a_no_changes_nothing(open_app, store):
    before = journal.steps(store, 1)[0].id

    async with open_app() as pilot:
        await pilot.press("2", "space", "space", "space", "t")
        await pilot.paste("spring")
        await pilot.press("enter", "n")
        assert "nothing was changed" in pilot.text()
    assert journal.steps(store, 1)[0].id == before


async def test_assign_remind_and_export_the_marked(open_app, store, tmp_path):
    target = tmp_path / "two.csv"

    async with open_app() as pilot:
        await pilot.press("2", "space", "space")
        ids = list(pilot.app.page.drawer.marked)
        await pilot.press("w")
        await pilot.paste("ann")
        await pilot.press("enter")
        assert {contacts.get(store, each).owner for each in ids} == {"ann"}
        await pilot.press("n")
        await pilot.paste("call")
        await pilot.press("tab")
        await pilot.paste("fri")
        await pilot.press("enter")
        for each in ids:
            assert "call" in [plan.text for plan in reminders.open_of(store, each)]
        await pilot.press("x")
        pilot.app.screen.query_one("#field-path").value = str(target)
        await pilot.press("enter")
    assert len(target.read_text(encoding="utf-8").splitlines()) >= 3
    assert target.stat().st_mode & 0o077 == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_remove_asks_and_undo_brings_the_card_back(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "delete")
        assert "Remove Marcus Adeyemi with everything on it?" in pilot.text()
        await pilot.press("y")
        assert name(pilot) != "Marcus Adeyemi"
        assert store.value("SELECT count(*) FROM contact") == 41
        await pilot.press("u")
        assert store.value("SELECT count(*) FROM contact") == 42


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("words", ["", "stage:customer"])
async def test_a_card_that_comes_back_has_the_cursor_again(open_app, words):
    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste(words)
        await pilot.press("enter", "down", "down")
        drawer = pilot.app.page.drawer
        ids = [drawer.slip(n).id for n in range(drawer.count)]
        await pilot.press("delete", "y")
        assert drawer.chosen.id == ids[3]
        await pilot.press("delete", "y")
        assert drawer.chosen.id == ids[4]
        await pilot.press("u")
        assert drawer.chosen.id == ids[3]
        await pilot.press("u")
        assert drawer.chosen.id == ids[2]
        await pilot.press("delete", "y", "down", "u")  # who has gone on is not led back
        assert drawer.chosen.id == ids[4]


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_reminder_that_comes_back_has_the_cursor_again(open_app):
    async with open_app() as pilot:
        await pilot.press("down")
        list_ = pilot.app.page.list
        first = list_.chosen.id
        await pilot.press("d", "enter")
        assert list_.chosen.id != first
        await pilot.press("u")
        assert list_.chosen.id == first


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_change_elsewhere_leaves_the_cursor_far_down_in_what_was_found(open_app, store):
    with store.transaction():
        for number in range(450):
            contacts.add(store, ContactDraft(f"Zed {number:03}", tags=("many",)))

    async with open_app() as pilot:
        for words in ("tag:many", "zed"):
            await pilot.press("slash")
            pilot.app.page.query_one(Input).value = ""
            await pilot.paste(words)
            await pilot.press("enter")
            await shown(pilot, "450 cards")
            drawer = pilot.app.page.drawer
            while drawer.count < 450:
                await pilot.press("end")
            await pilot.press("pageup")
            chosen = drawer.chosen.id
            interactions.log(store, [10], f"called about {words}")
            await pilot.look_for_changes()
            assert drawer.chosen.id == chosen, words


async def test_who_goes_to_the_end_before_all_is_counted_stays_there(open_app, store):
    with store.transaction():
        for number in range(450):
            contacts.add(store, ContactDraft(f"Zed {number:03}", tags=("many",)))

    async with open_app() as pilot:
        await pilot.press("slash")
        pilot.app.post_message(events.Paste("tag:many or tag:none"))
        await pilot.pause()
        await pilot.press_only("enter")
        drawer = pilot.app.page.drawer
        while drawer.count < 200:
            await pilot.pause(0.01)
        await pilot.press_only("end")
        while drawer.count == 200:
            await pilot.pause(0.01)
        at = drawer.cursor
        await pilot.settle()
        assert (drawer.count > 200, drawer.cursor) == (True, at)


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("words", ["", "stage:customer"])
async def test_who_goes_on_while_the_list_is_read_anew_is_not_led_back(
    open_app, store, monkeypatch, words
):
    """However slow the answers, and at whichever of them one goes on."""
    ask = Desk.ask

    async def slow(desk, question):
        answer = await ask(desk, question)
        await asyncio.sleep(0.05)
        return answer

    async with open_app() as pilot:
        await pilot.press("slash")
        await pilot.paste(words)
        await pilot.press("enter", "down")
        drawer = pilot.app.page.drawer
        monkeypatch.setattr(Desk, "ask", slow)
        for number in range(8):
            was = drawer.chosen.sort_key
            contacts.add(store, ContactDraft(f"Aaron {number:03}", stage="customer"))
            pilot.app.lookout.look()
            await pilot.pause(0.02 + 0.05 * number)
            await pilot.press_only("down")
            await pilot.settle()
            assert drawer.chosen.sort_key > was, number
            assert drawer.slip(drawer.cursor - 1).sort_key == was, number


async def test_copy_takes_the_number_and_the_timeline_can_be_of_one_kind(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "y")
        assert pilot.app.clipboard == "+44 113 496 0111"
        await pilot.press("k")
        assert "timeline: calls only" in pilot.notices


async def test_open_says_which_program_is_missing(open_app):
    async with open_app(open_command="/nowhere/opener") as pilot:
        await pilot.press("2", "o")
        assert any("cannot be started" in note for note in pilot.notices)


async def test_a_number_is_given_to_the_configured_program(open_app, tmp_path):
    told = tmp_path / "told"
    program = tmp_path / "opener"
    program.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    program.chmod(0o700)

    async with open_app(open_command=str(program)) as pilot:
        await pilot.press("2", "o")
    assert told.read_text() == "tel:+441134960111\n"


@pytest.mark.engines("sqlite", "postgresql")
async def test_a_card_removed_elsewhere_leaves_the_list_and_nothing_breaks(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "down")
        gone = pilot.app.page.drawer.chosen
        contacts.remove(store, [gone.id])
        await pilot.look_for_changes()
        assert pilot.app.page.drawer.count == 41
        assert name(pilot) != gone.name
        await pilot.press("l", "escape")


async def test_odd_data_is_shown_safely_in_any_size(open_app, store):
    note = "\n".join(f"line {number} \x1b[31m 漢字 👩‍👩‍👧 שלום" for number in range(10_000))
    with store.transaction("test"):
        store.update("contact", 10, note=note)

    async with open_app() as pilot:
        await pilot.press("2")
        assert "\x1b" not in pilot.text()
        for size in ((20, 5), (200, 60), (1, 1), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.settle()
            for mode in "1234":
                await pilot.press(mode)


async def test_on_a_narrow_card_long_labels_are_wrapped_and_not_cut(open_app, store):
    async with open_app(size=(44, 40)) as pilot:
        await pilot.press("2", "slash")
        await pilot.paste("eleanor")
        await pilot.press("enter", "enter")
        words = pilot.text().split()
        assert {"favourite", "flower", "referred"} <= set(words)
        assert "favourit…" not in words


def test_an_address_that_is_too_long_is_broken_between_its_parts():
    assert wrap("priya@calderfinch.example.com", 26) == ["priya", "@calderfinch.example.com"]
    assert wrap("write to priya@calderfinch.example.com soon", 26) == [
        "write to",
        "priya",
        "@calderfinch.example.com",
        "soon",
    ]
    assert wrap("www.calderfinch.example/lilies/white", 26) == [
        "www.calderfinch.example/",
        "lilies/white",
    ]
    assert wrap("a" * 30, 26) == ["a" * 26, "aaaa"]


@given(st.text(st.sampled_from("ab.@/-日本é \u0301")), st.integers(4, 30))
def test_what_is_wrapped_loses_nothing_and_fits(text, room):
    lines = wrap(text, room)
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "")
    assert all(width(line) <= room for line in lines)


async def test_a_letter_typed_right_after_the_key_of_the_drawer_leads_to_its_cards(open_app):
    async with open_app() as pilot:
        keys = [events.Key("2", "2"), events.Key("S", "S")]
        for key in keys:  # both come in one go, as from a quick hand
            pilot.app.post_message(key)
        await pilot.settle()
        assert name(pilot) == "Ingrid Solberg"
        await pilot.press("1")
        pilot.app.changed()  # the drawer is to be read anew when it is gone to
        for key in (events.Key("2", "2"), events.Key("M", "M")):
            pilot.app.post_message(key)
        await pilot.settle()
        assert name(pilot) == "Peter Mallinson"


@pytest.mark.engines("sqlite", "postgresql")
async def test_who_goes_on_while_the_drawer_is_read_anew_is_not_led_back(open_app, monkeypatch):
    counted = drawn._count

    def slowly(part, store):
        time.sleep(0.02)
        return counted(part, store)

    async with open_app() as pilot:
        await pilot.press("2")
        monkeypatch.setattr(drawn, "_count", slowly)
        pilot.app.changed()
        await asyncio.sleep(0.05)
        await pilot.press_only("down", "down")
        await pilot.settle()
        assert pilot.app.page.drawer.cursor == 2


async def test_in_the_search_box_the_last_line_says_what_leads_out_of_it(open_app):
    async with open_app() as pilot:
        await pilot.press("slash")
        last = pilot.text().split("\n")[-1]
        assert "↓ to the list" in last
        assert "esc end the search" in last
        assert "redo" not in last
        await pilot.press("down")
        assert "mark" in pilot.text().split("\n")[-1]


def test_an_or_between_filters_is_not_taken_for_the_beginning_of_a_field():
    async def offers():
        words = SearchWords()
        return [await words.get_suggestion(text) for text in ("or", "tag:vip or", "tag:vip ord")]

    assert asyncio.run(offers()) == ["orders:", None, "tag:vip orders:"]


async def test_the_whole_of_what_is_chosen_on_a_card_is_brought_into_sight(open_app, store):
    text = "The garland is to hang above both doors, lights on the left one alone. " * 3
    interactions.log(store, [10], text + "Bill it to the hotel.", kind="call")

    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("2", "enter")
        while "call" not in pilot.app.page.card._line(pilot.app.page.card.cursor).spans[0].text:
            await pilot.press("down")
        assert "Bill it to the hotel." in pilot.text()
